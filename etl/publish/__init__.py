"""Publication: the build database, its lock, and the snapshots that people read.

Here: the steps of a build, snapshots in a folder or in a lake, replay, pruning. Not here: how a file is
landed or a model built, and Dagster.
"""
