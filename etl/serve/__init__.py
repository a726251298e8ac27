"""Serving: what the published marts say.

Here: the brief, a number's way back to its cell, comparisons, report, dictionary, exports, the press check.
Not here: arithmetic that a mart could hold; a sentence must not contradict its table.
"""
