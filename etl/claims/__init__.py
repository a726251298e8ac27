"""The press check: what was printed, against every source but the print itself.

Here: claims, what is known, verdicts. Only `evidence` reads the warehouse; everything that judges is pure:
values in, values out.
"""
