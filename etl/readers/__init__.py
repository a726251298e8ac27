"""Readers: bytes and values in, observations out.

Here: layouts of release files, periods, what must add up inside a file. Nothing here knows Dagster, DuckDB,
dbt, requests or a folder. Not here: meaning; item codes, months and units come from dbt's seeds and models.
"""
