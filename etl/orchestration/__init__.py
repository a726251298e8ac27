"""The warehouse as a Dagster code location: a thin shell that shows each step and runs it on the clock.

Here: assets, checks, jobs, schedules, sensors and their metadata. Not here: any step itself; what an
asset does is one call of a function that also works without Dagster.
"""
