"""The doctor: is this installation well, and if not, what is to be done.

Here: one module a field, each of checks that look at one thing, and `checks`, which runs them. Not here:
mending anything; and Dagster (`etl.orchestration.health`).
"""
