"""Fuzzing of the readers, by coverage; run by hand with `make fuzz`, and not by the tests."""
