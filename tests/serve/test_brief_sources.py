"""A source in words: no markup where a label holds its characters, and every address a link."""

from dataclasses import replace
from datetime import date

import pytest

from etl.common.markdown import escaped, link
from etl.serve.brief import BriefSource, also_from, in_full

FILE = BriefSource(
    release_title="Trade in services",
    basis="published",
    via="by_hand",
    value_as_printed="373,528*",
    unit="thousand US$",
    sheet="EBOPS ",
    cell="F59",
    file_name="dt_2026_02.xls",
    address="https://www.sbp.org.pk/ecodata/dt_(new).xls",
    published_on=date(2026, 3, 17),
)
PRINT = replace(FILE, basis="transcribed", via="transcribed", file_name=None, sheet=None, cell=None)


def test_a_file_is_named_with_its_cell() -> None:
    assert in_full(FILE) == (
        "Trade in services, sheet EBOPS, cell F59 of dt_2026_02.xls (given by hand): 373,528* thousand US$,"
        " published on 2026-03-17; https://www.sbp.org.pk/ecodata/dt_(new).xls"
    )


def test_asterisks_underscores_and_parentheses_break_no_markdown() -> None:
    shown = in_full(FILE, as_markdown=True)
    assert r"dt\_2026\_02.xls" in shown
    assert r"373,528\* thousand" in shown
    assert shown.endswith("; [www.sbp.org.pk](<https://www.sbp.org.pk/ecodata/dt_(new).xls>)")


def test_words_beside_an_address_stay_words() -> None:
    source = replace(PRINT, address="https://a.pk/x.pdf, recorded in github.com/b/some_repo data_x.json")
    assert also_from(source, as_markdown=True) == (
        r"[a.pk](<https://a.pk/x.pdf>), recorded in github.com/b/some\_repo data\_x.json (2026-03-17)"
    )


def test_a_file_without_an_address_is_no_link() -> None:
    assert in_full(replace(FILE, address=None)).endswith("published on 2026-03-17")


def test_a_derived_figure_leads_to_what_it_is_derived_from() -> None:
    source = replace(PRINT, basis="derived", value_as_printed=None, address=None)
    assert (
        in_full(source)
        == also_from(source)
        == ("derived from cumulative figures, whose cells are in the mart `derivations`")
    )


@pytest.mark.parametrize("text", ["a*b_c", "[x](y)", "<b>", "`x`", "#1", "a|b", "~x~", "\\"])
def test_every_character_of_markup_is_escaped(text: str) -> None:
    assert escaped(text).replace("\\\\", "\0").replace("\\", "").replace("\0", "\\") == text
    assert escaped(text) != text


def test_an_address_cannot_close_its_own_brackets() -> None:
    assert link("x", "https://a.pk/<y>") == "[x](<https://a.pk/%3Cy%3E>)"
