"""The page of the report: headline, brief, sections, sources, in one file that needs no network.

Here: what goes into the template, and the policy that lets nothing else run or load. Not here: the words of
sections (`sections`) and how the page looks (`page.html.j2`, `page.css`, `page.js` beside this module).
"""

import base64
import hashlib
import os
from dataclasses import dataclass
from datetime import date
from importlib import resources
from pathlib import Path
from typing import NamedTuple

import vl_convert
from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from etl.common.errors import EtlError
from etl.common.files import write_whole
from etl.common.settings import Settings
from etl.serve import brief
from etl.serve.brief import Brief, Sentence
from etl.serve.dictionary.page import FILE_NAME
from etl.serve.report import figures, style
from etl.serve.report import figures as citations
from etl.serve.report.figures import Citation, Figures, Headline, References
from etl.serve.report.sections import sections
from etl.warehouse import connect

_STARTER = " (written by this project from SBP’s published figures, same sheet and cell)"
_BASIS = {
    "published": "published by SBP",
    "transcribed": "quoted by a print",
    "derived": "derived from cumulative columns",
}


@dataclass(frozen=True)
class Tile:
    """A figure beside the headline."""

    title: str
    value: str | None
    detail: str = ""
    link: str = ""
    source: int | None = None


class Said(NamedTuple):
    """A sentence of the brief with the numbers of its citations, first and last of each run."""

    text: str
    sources: list[tuple[int, int]]


@dataclass(frozen=True)
class SourceNote:
    """A citation in words."""

    printed: str
    what: str
    where: str
    link: str | None
    address: str
    """The link without its scheme, to be read on paper."""
    note: str
    """What the source says beside its address."""
    vintage_id: str


@dataclass(frozen=True)
class Edition:
    """What a page says of itself."""

    brief: Brief
    as_of: date | None
    dictionary: str | None
    """Address of the data dictionary from the page; None where the page does not lie beside it."""


def render(figures: Figures, sources: References, edition: Edition) -> str:
    """Return the page as HTML. What figures and labels say is text and never markup.

    Citations are numbered as they are asked for here: in the order in which a reader meets them.
    """
    headline = figures.headline
    number = sources.number(headline.vintage_id)
    tiles = _tiles(headline, sources)
    said = [[_said(sentence, sources) for sentence in rows] for rows in edition.brief.paragraphs]
    newer = _said(edition.brief.newer.sentence, sources) if edition.brief.newer else None
    parts = sections(figures, sources)
    vega, script = vl_convert.javascript_bundle("window.vegaEmbed = vegaEmbed;"), _packaged("page.js")
    return (
        _environment()
        .get_template("page.html.j2")
        .render(
            title=f"Pakistan’s IT exports, {headline.month:%B %Y}",
            month=f"{headline.month:%B %Y}",
            period=f"{headline.month:%Y-%m}",
            known=_known(figures, sources, edition.as_of),
            as_of=edition.as_of,
            headline={"text": style.amount(headline.exports), "source": number},
            is_record=headline.is_record,
            marks=_marks(headline),
            tiles=tiles,
            brief=said,
            newer=newer,
            sections=parts,
            sources=[(shown, _source(citation, sources)) for shown, citation in sources.shown()],
            dictionary=edition.dictionary,
            style=_packaged("page.css"),
            vega=vega,
            script=script,
            policy=_policy(vega, script),
        )
    )


def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("etl.serve.report", "."),
        autoescape=select_autoescape(["j2"], default=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _packaged(name: str) -> str:
    return resources.files("etl.serve.report").joinpath(name).read_text(encoding="utf-8")


def _policy(*scripts: str) -> str:
    """Let a browser run these scripts, no other, and ask for nothing. Vega places marks by styles."""
    hashes = (base64.b64encode(hashlib.sha256(script.encode()).digest()).decode() for script in scripts)
    allowed = " ".join(f"'sha256-{value}'" for value in hashes)
    return (
        f"default-src 'none'; script-src {allowed}; style-src 'unsafe-inline'; base-uri 'none'; "
        "form-action 'none'"
    )


def _known(figures: Figures, sources: References, as_of: date | None) -> str:
    if as_of:
        return f"As it was known on {_day(as_of)}"
    prints = [sources.known[row.vintage_id] for row in figures.months if row.vintage_id]
    newest = max(prints, key=lambda citation: citation.published_on)
    return f"With what was published until {_day(newest.published_on)}"


def _day(day: date) -> str:
    return f"{day.day} {day:%B %Y}"


def _said(sentence: Sentence, sources: References) -> Said:
    return Said(sentence.text, sources.ranges(sentence.vintage_ids))


def _marks(headline: Headline) -> list[str]:
    record = ["record"] if headline.is_record else []
    status = [headline.status] if headline.status != "not_stated" else []
    return [*record, *status, _BASIS[headline.basis]]


def _tiles(headline: Headline, sources: References) -> list[Tile]:
    """Return the figures beside the headline; one that is not known says so."""
    month = headline.month
    before = date(month.year - (month.month == 1), (month.month - 2) % 12 + 1, 1)
    year_before = month.replace(year=month.year - 1)
    months = f"July to {month:%B}" if month.month != 7 else "July"
    fytd = None if headline.fytd is None else style.amount(headline.fytd)
    surplus = None if headline.balance is None else style.amount(abs(headline.balance))
    return [
        _change(
            "On the month",
            style.growth(headline.mom_pct) if headline.mom_pct is not None else None,
            f"from {style.amount(headline.month_before)} in {before:%B}",
            headline.month_before_vintage_id,
            sources,
        ),
        _change(
            "On the year",
            style.growth(headline.yoy_pct) if headline.yoy_pct is not None else None,
            f"from {style.amount(headline.year_before)} in {year_before:%B %Y}",
            headline.year_before_vintage_id,
            sources,
        ),
        Tile(
            f"{months}, {headline.fiscal_year}",
            fytd,
            f"{style.growth(headline.fytd_yoy_pct)} on the year before"
            if headline.fytd_yoy_pct is not None
            else "",
            "#fiscal-year",
        ),
        Tile(
            "Last twelve months",
            None if headline.twelve_months is None else style.amount(headline.twelve_months),
            f"{style.growth(headline.twelve_months_yoy_pct)} on the twelve before"
            if headline.twelve_months_yoy_pct is not None
            else "",
            "#series",
        ),
        Tile(
            "Share of services exports",
            None if headline.share_pct is None else f"{headline.share_pct:.1f} %",
            "by month" if headline.share_pct is not None else "",
            "#share",
        ),
        Tile(
            "Surplus" if surplus is None or (headline.balance or 0) >= 0 else "Deficit",
            surplus,
            "the largest of the twelve services" if headline.is_largest_surplus else "",
            "#balances",
        ),
    ]


def _change(title: str, value: str | None, detail: str, base_id: str | None, sources: References) -> Tile:
    if value is None or base_id is None:
        return Tile(title, None)
    number = sources.number(base_id)
    return Tile(title, value, detail, f"#source-{number}", number)


def _source(citation: Citation, sources: References) -> SourceNote:
    printed = f"{citation.value_as_printed} {citation.unit}" if citation.value_as_printed else "Derived:"
    return SourceNote(
        printed=printed,
        what=f"{citation.flow} of {citation.code} {citation.name}, {citation.period}",
        where=_where(citation, sources),
        link=citation.link,
        address=(citation.link or "").partition("://")[2],
        note=citation.beside_the_link,
        vintage_id=citation.vintage_id,
    )


def _where(citation: Citation, sources: References) -> str:
    """Return where a figure stands: its cell and file, its print, or what it is derived from."""
    published = citation.published
    if citation.input_ids:
        numbers = ", ".join(str(sources.number(one)) for one in citation.input_ids)
        return f"{citation.release_title}: made of the cumulative figures {numbers}"
    if citation.file_name:
        starter = _STARTER if citation.via == "starter" else ""
        return f"{citation.release_title}: {citation.place} of {citation.file_name}{starter}, {published}"
    cell = f", {citation.place}" if citation.place else ""
    return f"{citation.release_title}{cell}: transcribed, {published}"


_MARTS = (*brief.MARTS, *figures.MARTS, *citations.CITED_MARTS)


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
    opened = connect.read_as_of(database, as_of, _MARTS) if as_of else connect.read(database)
    with opened as connection:
        said = brief.read(connection, month, as_of)
        shown = figures.load(connection, said.month)
        sources = citations.load_citations(connection, shown.vintage_ids() | _behind(said))
    path = output or _default(settings, said.month, as_of)
    _replace(path, render(shown, sources, Edition(said, as_of, _dictionary(settings, path))))
    return path


def _behind(said: brief.Brief) -> set[str]:
    """Return the vintages that the sentences of a brief rest on."""
    newer = [said.newer.sentence] if said.newer else []
    return {vintage_id for sentence in (*said.sentences, *newer) for vintage_id in sentence.vintage_ids}


def _default(settings: Settings, month: date, as_of: date | None) -> Path:
    name = f"{month:%Y-%m}-as-of-{as_of}" if as_of else f"{month:%Y-%m}"
    return settings.reports / f"{name}.html"


def _dictionary(settings: Settings, path: Path) -> str | None:
    """Return the way from a page inside ETL_HOME to the dictionary; elsewhere a link would soon be broken."""
    dictionary = settings.current_documents / FILE_NAME
    if not path.resolve().is_relative_to(settings.home.resolve()) or not dictionary.exists():
        return None
    return Path(os.path.relpath(dictionary, path.resolve().parent)).as_posix()


def _replace(path: Path, page: str) -> None:
    """Write the page at once: whoever has the old one open never sees half a new one."""
    try:
        write_whole(path, page.encode())
    except OSError as error:
        raise ReportError(
            f"the report cannot be written to {path}: {error.strerror}; give another path with --output"
        ) from error
