"""The command `etl`: groups of commands and what they show.

Here: arguments, options, exit codes, tables. Not here: what a command does; each calls one function of a
room.
"""
