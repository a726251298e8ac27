"""Monitoring: how releases and the installation are, and whom to tell.

Here: status, the doctor, alerts. Not here: when they run (`cli`, `orchestration`); nothing here repairs
anything.
"""
