"""Reporting: what the published marts say, in words. Here: the brief. Not here: any arithmetic that a
mart could hold; a sentence must not contradict its table.
"""
