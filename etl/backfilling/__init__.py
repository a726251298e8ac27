"""Backfilling: the vintages of the past, from whoever kept them.

Here: one module a source of past vintages. Each has `backfill(request, progress) -> Backfilled`, leaves
what it takes in the archive and what it asked in the log of fetches, may be ended anywhere and goes on
where it was when it is started again. Not here: how a file is kept (`archive`) and what it says
(`reading`); a backfilled file is landed at the next refresh like any other.
"""
