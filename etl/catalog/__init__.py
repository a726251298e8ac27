"""The catalogue: which releases there are, what their rows mean, when they come out.

Here: the entries (`releases/*.toml`) as values, known labels, corrections, units, the calendar with
Pakistan's public holidays. Not here: files of a release (`archive`) and what is in them (`readers`).
"""
