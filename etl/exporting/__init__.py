"""Files to take away: the published marts as Parquet, CSV and one Excel workbook, and a data package that
describes them.

Here: what is exported and how each format says it. Not here: the marts, their descriptions and their keys;
they are read from the published snapshot.
"""
