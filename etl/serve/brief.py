"""The brief: a release note on a month's IT exports, made of the sentences of the mart `headlines`.

Here: choosing the month, putting its sentences into paragraphs, and naming where its figures come from. Not
here: what may be said of a month, and in which words; that is the mart's.
"""

import re
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import NamedTuple
from urllib.parse import urlsplit

from etl.common.errors import EtlError
from etl.common.location import Database
from etl.common.markdown import escaped, link
from etl.serve.series import place
from etl.warehouse import connect

_ADDRESS = re.compile(r"https?://[^\s,]+")

_VIA = {
    "starter": " (written by this project from SBP's published figures, same sheet and cell)",
    "by_hand": " (given by hand)",
    "web_archive": " (kept by a web archive)",
}


@dataclass(frozen=True)
class BriefSource:
    """A file or a print, with the first of the figures that a brief takes from it."""

    release_title: str
    basis: str
    via: str
    value_as_printed: str | None
    """None for a derived figure: nothing printed it."""
    unit: str
    sheet: str | None
    cell: str | None
    file_name: str | None
    """None where SBP's file is not in the archive."""
    address: str | None
    """Of the file, or of the print; may say in words where in it."""
    published_on: date


def in_full(source: BriefSource, *, as_markdown: bool = False) -> str:
    """Return where a figure stands, as what it is printed, since when, and where to get it."""
    write = escaped if as_markdown else str
    if source.basis == "derived":
        return "derived from cumulative figures, whose cells are in the mart `derivations`"
    printed = write(f"{source.value_as_printed} {source.unit}, published on {source.published_on}")
    if source.file_name is None:
        return f"transcribed, SBP's file is not in the archive: {printed}; {_where(source, as_markdown)}"
    stands = f"{place((source.sheet or '').strip(), source.cell or '')} of {source.file_name}"
    text = f"{write(source.release_title)}, {write(stands)}{_VIA.get(source.via, '')}: {printed}"
    return f"{text}; {_where(source, as_markdown)}" if source.address else text


def also_from(source: BriefSource, *, as_markdown: bool = False) -> str:
    """Name a further source in short."""
    if source.basis == "derived":
        return in_full(source)
    write = escaped if as_markdown else str
    name = write(source.file_name) if source.file_name else _where(source, as_markdown)
    return f"{name} ({source.published_on})"


def _where(source: BriefSource, as_markdown: bool) -> str:
    address = source.address or ""
    if not as_markdown:
        return address

    def linked(found: re.Match[str]) -> str:
        return link(urlsplit(found[0]).netloc, found[0])

    parts = _ADDRESS.split(address)
    links = [linked(found) for found in _ADDRESS.finditer(address)]
    return "".join(escaped(part) + shown for part, shown in zip(parts, [*links, ""], strict=True))


MARTS = ("headlines", "it_exports_monthly", "vintages", "dim_release", "dim_release_file")
"""What a brief is read from."""


class NoFigureError(EtlError):
    """The marts hold no figure for the month that was asked for."""


class Sentence(NamedTuple):
    """A sentence of the mart."""

    topic: str
    text: str
    vintage_ids: list[str]
    """Every vintage that its numbers rest on."""


@dataclass(frozen=True)
class Newer:
    """What is said first of a newer month, of which there is no detail."""

    sentence: Sentence
    source: BriefSource


@dataclass(frozen=True)
class Brief:
    """What is said of a month, before it is plain text, Markdown or a page."""

    month: date
    sentences: tuple[Sentence, ...]
    sources: tuple[BriefSource, ...]
    newer: Newer | None

    @property
    def paragraphs(self) -> list[list[Sentence]]:
        """The sentences, a paragraph a topic."""
        return [list(rows) for _, rows in groupby(self.sentences, key=lambda row: row.topic)]


def write(
    database: Database, month: date | None = None, *, as_of: date | None = None, as_markdown: bool = False
) -> str:
    """Write the brief of a month, by default the newest one whose detail is in the archive.

    With `as_of` it says what was published by the end of that day.

    Raises `NoFigureError` for a month that the marts do not hold.
    """
    with _open(database, as_of) as connection:
        return written(connection, month, as_of=as_of, as_markdown=as_markdown)


def written(
    connection: connect.Connection,
    month: date | None = None,
    *,
    as_of: date | None = None,
    as_markdown: bool = False,
) -> str:
    """Return what `write` writes; the connection shows the marts of `as_of`."""
    brief = read(connection, month, as_of)
    title = f"Pakistan's IT exports, {brief.month:%B %Y}" + (f", as known on {as_of}" if as_of else "")
    return _markdown(title, brief) if as_markdown else _plain(title, brief)


def read(connection: connect.Connection, month: date | None = None, as_of: date | None = None) -> Brief:
    """Read what is said of a month, as `write` writes it; the connection shows the marts of `as_of`.

    Raises `NoFigureError` for a month that the marts do not hold.
    """
    first, last, newest_with_detail = _known_months(connection, as_of)
    chosen = month or newest_with_detail
    sentences = _sentences(connection, chosen)
    if not sentences:
        raise NoFigureError(
            f"no IT exports are known for {chosen:%B %Y}{_on(as_of)}; there are months from"
            f" {first:%Y-%m} to {last:%Y-%m}, some of them missing"
        )
    newer = _newer(connection, last) if month is None and last > chosen else None
    return Brief(chosen, sentences, _sources(connection, chosen), newer)


def _open(database: Database, as_of: date | None) -> AbstractContextManager[connect.Connection]:
    if as_of is None:
        return connect.read(database)
    return connect.read_as_of(database, as_of, ["headlines"])


def _on(as_of: date | None) -> str:
    return f" as of {as_of}" if as_of else ""


def _known_months(connection: connect.Connection, as_of: date | None) -> tuple[date, date, date]:
    """Return the first and the last month with a figure, and the last whose detail is in the archive: of a
    file, or where there is none, the last.
    """
    row = connection.execute(
        "select min(month), max(month), max(month) filter (exports_basis = 'published')"
        " from marts.it_exports_monthly"
    ).fetchone()
    first, last, newest_with_detail = row or (None, None, None)
    if first is None:
        raise NoFigureError(f"no IT exports are known{_on(as_of)}; `etl refresh` fetches what there is")
    return first, last, newest_with_detail or last


def _sentences(connection: connect.Connection, month: date) -> tuple[Sentence, ...]:
    """Return what the brief says of a month, topic by topic."""
    rows = connection.execute(
        "select topic, sentence, vintage_ids from marts.headlines where month = ? and is_in_brief"
        " order by min(sort_order) over (partition by topic), sort_order",
        [month],
    ).fetchall()
    return tuple(Sentence(*row) for row in rows)


def _sources(connection: connect.Connection, month: date) -> tuple[BriefSource, ...]:
    """Return where the printed numbers of a brief are from, the month's own figure first, each file and each
    print once.
    """
    rows = connection.execute(_SOURCES, [month]).fetchall()
    return tuple(BriefSource(*row) for row in rows)


_SOURCES = """
with numbers as (
    select
        sort_order,
        generate_subscripts(numbers, 1) as place,
        unnest(numbers, recursive := true)
    from marts.headlines
    where month = ? and is_in_brief
)

select
    any_value(releases.title),
    arg_min(vintages.basis, (sort_order, place)),
    arg_min(vintages.via, (sort_order, place)),
    arg_min(vintages.value_as_printed, (sort_order, place)),
    arg_min(vintages.unit, (sort_order, place)),
    arg_min(vintages.sheet, (sort_order, place)),
    arg_min(vintages.cell, (sort_order, place)),
    any_value(files.original_name),
    arg_min(vintages.source_url, (sort_order, place)),
    arg_min(vintages.published_on, (sort_order, place))
from numbers
inner join marts.vintages on numbers.vintage_id = vintages.vintage_id
inner join marts.dim_release as releases on vintages.release_id = releases.release_id
left join marts.dim_release_file as files
    on vintages.file_sha256 = files.file_sha256 and vintages.release_id = files.release_id
group by vintages.release_id, coalesce(vintages.file_sha256, vintages.source_url)
order by min((sort_order, place))
"""


def _newer(connection: connect.Connection, month: date) -> Newer:
    """Return what is said first of a month, and its source."""
    row = connection.execute(
        "select topic, sentence, vintage_ids from marts.headlines where month = ? and statement = 'level'",
        [month],
    ).fetchone()
    if row is None:
        raise NoFigureError(f"nothing is said of {month:%B %Y}, whose IT exports are known")
    return Newer(Sentence(*row), _sources(connection, month)[0])


def _texts(brief: Brief) -> list[str]:
    return [" ".join(sentence.text for sentence in paragraph) for paragraph in brief.paragraphs]


def _plain(title: str, brief: Brief) -> str:
    first, *others = brief.sources
    parts = [f"{title}\n{'=' * len(title)}", *_texts(brief), f"Source: {in_full(first)}"]
    if others:
        parts.append(f"Also from: {'; '.join(also_from(source) for source in others)}")
    if brief.newer:
        said = f"{brief.newer.sentence.text} Source: {in_full(brief.newer.source)}"
        parts.append(f"Newer, without detail: {said}")
    return "\n\n".join(parts) + "\n"


def _markdown(title: str, brief: Brief) -> str:
    parts = [f"## {escaped(title)}", *(escaped(text) for text in _texts(brief))]
    if brief.newer:
        parts.append(f"Newer, without detail: {escaped(brief.newer.sentence.text)}")
    first, *others = brief.sources
    listed = [in_full(first, as_markdown=True), *(also_from(one, as_markdown=True) for one in others)]
    if brief.newer:
        listed.append(in_full(brief.newer.source, as_markdown=True))
    parts += ["Sources:", "\n".join(f"- {line}" for line in listed)]
    return "\n\n".join(parts) + "\n"
