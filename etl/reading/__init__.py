"""Reading: bytes and values in, values out. Nothing in here knows Dagster, DuckDB, dbt or requests."""
