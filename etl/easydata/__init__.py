"""EasyData, SBP's data portal: its API asked series by series with a key, within the portal's limits.

Here: the key, the calls, their count, and pulls that go on where they stopped. Not here: what an answer
says (`etl.reading`), and how a pull is kept (`etl.archive`).
"""
