"""The report: one HTML page with charts, tables and the citation of every figure in them.

Here: what is read from the marts (`figures`, `citations`), the charts (`charts`, `charts_of_month`), tables
and words (`sections`), and the page (`page`). Not here: any arithmetic that a mart could hold, and the
sentences of the brief, which the page only shows.
"""
