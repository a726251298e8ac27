"""Dagster: the warehouse as a code location, and a refresh as one of its runs.

Here: assets, checks, schedules, sensors, resources. Not here: any step itself; what an asset does is one
call of a function that also works without Dagster.
"""
