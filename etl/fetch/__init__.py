"""Fetching: release files from SBP, EasyData, the web archive and people.

Here: HTTP, what a response must be, where SBP's index has a file, files by hand, past vintages. Not here: how
a file is kept (`archive`) and what it says (`readers`).
"""
