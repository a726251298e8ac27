"""Telling: what a person should know without looking, told once, and once more when it is over.

Here: which incidents are open (`incidents`), from what that is known (`facts`), what was told where
(`memory`), the words (`words`), the channels, and doing it (`tell`). Not here: when (`etl.orchestration`
and the command).
"""
