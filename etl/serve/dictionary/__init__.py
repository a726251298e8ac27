"""The data dictionary: one page that says what every table, column, measure, release and test is.

Here: its contents and the page. Not here: descriptions; they stand beside the models and in the catalogue, so
that a new release or column is in the dictionary without anyone typing it again.
"""
