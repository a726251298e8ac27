"""The warehouse of the State Bank of Pakistan's external-sector releases.

Data flows one way: catalogue, fetch, archive, read, land, model (dbt), publish, report. Each step is a
module or package of its name; `etl.orchestration` shows them to Dagster and `etl.cli` to a terminal.
"""

__version__ = "0.1.0"
