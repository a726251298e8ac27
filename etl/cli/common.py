"""What the commands share: exit codes, days on the command line, names of releases."""

from typing import TYPE_CHECKING

import click

from etl.common.errors import EtlError

if TYPE_CHECKING:
    from etl.catalog.releases import Catalog, Release

FAILED, NOT_STRICTLY_GOOD, BAD_USAGE = 1, 2, 64
DAY = click.DateTime(["%Y-%m-%d"])
"""A day, as arguments and options give it."""


def known_release(name: str, catalog: "Catalog") -> "Release":
    """Return the release of a name; an unknown one is bad usage."""
    try:
        return catalog.get(name)
    except EtlError as error:
        raise click.BadParameter(str(error)) from error
