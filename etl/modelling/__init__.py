"""Modelling: dbt run over schema `raw`, and what its manifest says.

Here: the process that runs dbt, the manifest as values, the key of a build. Not here: the models themselves
(`dbt_project/`) and Dagster.
"""
