"""The press check: printed claims against every source but the print itself.

Here: claims, evidence, verdicts. Only `evidence` reads the warehouse; everything that judges is pure: values
in, values out.
"""
