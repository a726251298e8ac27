"""Measurements against what one would use instead: `make bench`.

Here: what is measured and how, and the peers. Nothing in `etl` knows of it, and no test asserts a time.
"""
