"""Databases: the only opener of DuckDB files and of a DuckLake.

Here: connections, what a session may do, descriptions in a database. Not here: which tables there are
(`landing`, `dbt_project/`), and which database is published (`publish`).
"""
