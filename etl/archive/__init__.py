"""The archive: every release file for ever as it came, and the log of all fetches.

Here: the write-once store and the results of fetches. Not here: asking anyone (`fetch`) and what a file says
(`readers`). Everything above can be built again from here.
"""
