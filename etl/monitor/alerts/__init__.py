"""Alerts: what people should know without looking, sent once, and once more when it is over.

Here: open incidents, what was sent where, messages, channels. Not here: when (`orchestration` and the
command).
"""
