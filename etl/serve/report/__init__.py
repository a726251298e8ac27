"""The report: one HTML page with charts, tables and the citation of every figure in them.

Here: what is read from the marts (`figures`), charts, sections, the page. Not here: arithmetic that a mart
could hold, and the sentences of the brief, which the page only shows.
"""
