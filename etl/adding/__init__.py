"""Adding: release files that a person gives, as files, folders or zip archives.

Here: finding the files in what is given, telling by its content which release each is, and archiving it.
Not here: asking SBP (`collecting`), others who kept files (`backfilling`), and how a file is kept
(`archive`).
"""
