"""Exports: the published marts as Parquet, CSV and one Excel workbook, with a data package.

Here: what is exported and how each format says it. Not here: the marts, their descriptions and their keys;
they are read from the published snapshot.
"""
