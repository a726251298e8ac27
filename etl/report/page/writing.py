"""Writing the report of a month to a file.

Here: which month, from which marts, to which path. Not here: what the page says (`page`).
"""

import os
from contextlib import suppress
from datetime import date
from pathlib import Path

from etl import warehouse
from etl.errors import EtlError
from etl.report import brief
from etl.report.dictionary.where import FILE_NAME
from etl.report.page import citations, figures
from etl.report.page.page import Edition, render
from etl.settings import Settings

_MARTS = (*brief.MARTS, *figures.MARTS, *citations.MARTS)


class ReportError(EtlError):
    """The page cannot be written where it was asked for."""


def write(
    settings: Settings, month: date | None = None, *, as_of: date | None = None, output: Path | None = None
) -> Path:
    """Write the report of a month, by default the brief's, and give the path of its file.

    With `as_of` it shows what was published by the end of that day. Without `output` the file is
    `ETL_HOME/reports/<YYYY-MM>.html`, or `<YYYY-MM>-as-of-<day>.html`.

    Raises `NoFigureError` for a month that the marts do not hold, `WarehouseError` where nothing is
    published, `ReportError` where the file cannot be written.
    """
    database = settings.current_database
    opened = warehouse.read_as_of(database, as_of, _MARTS) if as_of else warehouse.read(database)
    with opened as connection:
        said = brief.read(connection, month, as_of)
        shown = figures.load(connection, said.month)
        sources = citations.load(connection, shown.vintage_ids() | _behind(said))
    path = output or _default(settings, said.month, as_of)
    _replace(path, render(shown, sources, Edition(said, as_of, _dictionary(settings, path))))
    return path


def _behind(said: brief.Brief) -> set[str]:
    """Give the vintages that the sentences of a brief rest on."""
    newer = [said.newer.sentence] if said.newer else []
    return {vintage_id for sentence in (*said.sentences, *newer) for vintage_id in sentence.vintage_ids}


def _default(settings: Settings, month: date, as_of: date | None) -> Path:
    name = f"{month:%Y-%m}-as-of-{as_of}" if as_of else f"{month:%Y-%m}"
    return settings.reports / f"{name}.html"


def _dictionary(settings: Settings, path: Path) -> str | None:
    """Give the way from a page inside ETL_HOME to the dictionary; elsewhere a link would soon be broken."""
    dictionary = settings.current_documents / FILE_NAME
    if not path.resolve().is_relative_to(settings.home.resolve()) or not dictionary.exists():
        return None
    return Path(os.path.relpath(dictionary, path.resolve().parent)).as_posix()


def _replace(path: Path, page: str) -> None:
    """Write the page at once: whoever has the old one open never sees half a new one."""
    half = path.with_name(f"{path.name}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        half.write_text(page, encoding="utf-8")
        half.replace(path)
    except OSError as error:
        with suppress(OSError):
            half.unlink()
        raise ReportError(
            f"the report cannot be written to {path}: {error.strerror}; give another path with --output"
        ) from error
