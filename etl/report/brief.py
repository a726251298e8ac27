"""The brief: a release note on a month's IT exports, made of the sentences of the mart `headlines`.

Here: choosing the month, putting its sentences into paragraphs, and naming where its figures come from. Not
here: what may be said of a month, and in which words; that is the mart's.
"""

from contextlib import AbstractContextManager
from datetime import date
from pathlib import Path

from etl import warehouse
from etl.errors import EtlError
from etl.report.brief_sources import Source, also_from, in_full
from etl.report.markdown import escaped

_MARTS = ("headlines", "it_exports_monthly", "vintages", "dim_release", "dim_release_file")


class NoFigureError(EtlError):
    """The marts hold no figure for the month that was asked for."""


def write(
    database: Path, month: date | None = None, *, as_of: date | None = None, as_markdown: bool = False
) -> str:
    """Write the brief of a month, by default the newest one whose detail is in the archive.

    With `as_of` it says what was published by the end of that day.

    Raises `NoFigureError` for a month that the marts do not hold.
    """
    with _open(database, as_of) as connection:
        first, last, newest_with_detail = _known_months(connection, as_of)
        chosen = month or newest_with_detail
        paragraphs = _paragraphs(connection, chosen)
        if not paragraphs:
            raise NoFigureError(
                f"no IT exports are known for {chosen:%B %Y}{_on(as_of)}; there are months from"
                f" {first:%Y-%m} to {last:%Y-%m}, some of them missing"
            )
        sources = _sources(connection, chosen)
        newer = _newer(connection, last) if month is None and last > chosen else None
    title = f"Pakistan's IT exports, {chosen:%B %Y}" + (f", as known on {as_of}" if as_of else "")
    if as_markdown:
        return _markdown(title, paragraphs, sources, newer)
    return _plain(title, paragraphs, sources, newer)


def _open(database: Path, as_of: date | None) -> AbstractContextManager[warehouse.Connection]:
    if as_of is None:
        return warehouse.read(database)
    return warehouse.read_as_of(database, as_of, _MARTS)


def _on(as_of: date | None) -> str:
    return f" as of {as_of}" if as_of else ""


def _known_months(connection: warehouse.Connection, as_of: date | None) -> tuple[date, date, date]:
    """Give the first and the last month with a figure, and the last whose detail is in the archive: of a
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


def _paragraphs(connection: warehouse.Connection, month: date) -> list[str]:
    """Give what the brief says of a month, a paragraph a topic."""
    rows = connection.execute(
        "select string_agg(sentence, ' ' order by sort_order) from marts.headlines"
        " where month = ? and is_in_brief group by topic order by min(sort_order)",
        [month],
    ).fetchall()
    return [text for (text,) in rows]


def _sources(connection: warehouse.Connection, month: date) -> list[Source]:
    """Give where the printed numbers of a brief are from, the month's own figure first, each file and each
    print once.
    """
    rows = connection.execute(_SOURCES, [month]).fetchall()
    return [Source(*row) for row in rows]


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


def _newer(connection: warehouse.Connection, month: date) -> tuple[str, Source]:
    """Give what is said first of a month, and its source."""
    row = connection.execute(
        "select sentence from marts.headlines where month = ? and statement = 'level'", [month]
    ).fetchone()
    if row is None:
        raise NoFigureError(f"nothing is said of {month:%B %Y}, whose IT exports are known")
    return str(row[0]), _sources(connection, month)[0]


def _plain(title: str, paragraphs: list[str], sources: list[Source], newer: tuple[str, Source] | None) -> str:
    parts = [f"{title}\n{'=' * len(title)}", *paragraphs, f"Source: {in_full(sources[0])}"]
    if len(sources) > 1:
        parts.append(f"Also from: {'; '.join(also_from(source) for source in sources[1:])}")
    if newer:
        sentence, source = newer
        parts.append(f"Newer, without detail: {sentence} Source: {in_full(source)}")
    return "\n\n".join(parts) + "\n"


def _markdown(
    title: str, paragraphs: list[str], sources: list[Source], newer: tuple[str, Source] | None
) -> str:
    parts = [f"## {escaped(title)}", *(escaped(text) for text in paragraphs)]
    if newer:
        parts.append(f"Newer, without detail: {escaped(newer[0])}")
    listed = [in_full(sources[0], as_markdown=True)]
    listed += [also_from(source, as_markdown=True) for source in sources[1:]]
    if newer:
        listed.append(in_full(newer[1], as_markdown=True))
    parts += ["Sources:", "\n".join(f"- {line}" for line in listed)]
    return "\n\n".join(parts) + "\n"
