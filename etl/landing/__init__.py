"""Landing: archived files become rows of the raw tables.

Here: parsers in a sandbox, reading many files, the raw tables. Not here: how a layout is read (`readers`).
"""
