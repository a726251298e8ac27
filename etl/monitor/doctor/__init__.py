"""The doctor: whether this installation is well, and if not, what to do.

Here: the checks, and running them so that none stops the others. Not here: repairing anything, and Dagster
(`etl.orchestration.checks`).
"""
