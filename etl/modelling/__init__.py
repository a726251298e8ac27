"""Modelling: dbt run over schema `raw`, in a process of its own, and what its manifest says.

Here: the worker that runs dbt, the manifest as values, and the sources declared to dbt. Not here: the
models themselves (`dbt_project/`) and Dagster.
"""
