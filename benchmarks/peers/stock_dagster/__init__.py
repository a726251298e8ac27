"""The same warehouse as a stock Dagster project: dagster-dbt's own resource around the same dbt project."""
