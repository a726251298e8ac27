"""A DuckLake with PostgreSQL as its catalogue: where marts lie that machines share (docs/lake.md).

Here: what a lake is, who may write it, and what is published in it. Not here: opening it (`etl.warehouse`),
landing, modelling and publishing, which are the same for a lake and for a file.
"""
