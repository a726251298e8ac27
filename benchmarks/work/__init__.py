"""The work that is measured: what each side does, in which state, and how it is known that it was done.

Here: functions that measure rows together, each from one alternation of all who do the same. Not here: the
rows' words and goals (`benchmarks/rows.py`).
"""
