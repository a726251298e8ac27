"""What every room uses: settings, errors, secrets, files, text that is safe to show, formats, addresses.

Here: what knows nothing of releases, databases or Dagster. Not here: anything that imports another room.
"""
