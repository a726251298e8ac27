"""The commands of `etl`, by what they are for.

Here: arguments, options and what is printed. Not here: the list of commands and the exit codes of errors
(`etl.cli`), and what a command does.
"""
