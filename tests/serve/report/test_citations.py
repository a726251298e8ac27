"""A citation leads to a cell or a print; each has one number on a page."""

from datetime import date

import pytest

from etl.serve.report import figures
from etl.serve.report.figures import Citation
from etl.warehouse import connect
from tests.serve.report.conftest import Written
from tests.support.installation import Installation

DERIVED = "services:9.1:exports:2025-04:derived"


PRINTED = Citation(
    vintage_id="v",
    code="9",
    name="IT",
    flow="exports",
    period="2026-05",
    value_as_printed="373265.0824",
    unit="thousand US$",
    basis="transcribed",
    via="transcribed",
    release_title="Cells",
    published_on=date(2026, 6, 17),
    published_on_is="stated",
    sheet="EBOPS ",
    cell="I59",
    file_name=None,
    file_sha256=None,
    source_url=None,
    input_ids=[],
)


def test_a_figure_of_a_file_has_its_sheet_cell_and_file(march: Written) -> None:
    found = march.sources.known[march.figures.headline.vintage_id]
    assert (found.place, found.file_name) == ("sheet EBOPS, cell I59", "dt-2026-03.xls")
    assert found.published == "published on 2026-04-17"


def test_a_derived_figure_brings_what_it_is_made_of(published: Installation) -> None:
    with connect.read(published.settings.current_database) as connection:
        sources = figures.load_citations(connection, [DERIVED])
    assert sources.number(DERIVED) == 1
    shown = dict(sources.shown())
    assert len(shown) > 1
    assert [shown[number].vintage_id for number in list(shown)[1:]] == sources.known[DERIVED].input_ids


def test_a_vintage_keeps_its_number(march: Written) -> None:
    sources = figures.References(march.sources.known)
    ids = sorted(march.figures.vintage_ids())[:3]
    assert [sources.number(one) for one in (*ids, ids[0])] == [1, 2, 3, 1]


@pytest.mark.parametrize(
    ("source_url", "link", "beside"),
    [
        ("https://a.test/b.pdf", "https://a.test/b.pdf", ""),
        ("https://a.test/b.pdf, recorded in c", "https://a.test/b.pdf", "recorded in c"),
        ("https://a.test/d.xls (May-26 vintage)", "https://a.test/d.xls", "(May-26 vintage)"),
        ("a newspaper", None, "a newspaper"),
        ("javascript:alert(1)", None, "javascript:alert(1)"),
        (None, None, ""),
    ],
)
def test_only_an_address_is_a_link(source_url: str | None, link: str | None, beside: str) -> None:
    found = PRINTED._replace(source_url=source_url)
    assert (found.link, found.beside_the_link) == (link, beside)


@pytest.mark.parametrize(
    ("rests_on", "words"),
    [("stated", "published on"), ("first_seen", "out by"), ("assumed", "published about")],
)
def test_a_day_says_how_sure_it_is(rests_on: str, words: str) -> None:
    assert PRINTED._replace(published_on_is=rests_on).published == f"{words} 2026-06-17"
