"""The header of a printed table: which words stand over which column."""

import pytest

from etl.readers.pdf import Page, read_pages
from etl.readers.printed_table import PrintedHeader, find_header
from etl.readers.values import LayoutChangedError, NotUnderstood
from tests.support.drawn import Text, drawn
from tests.support.readings import HEADLINE, SERVICES_PDF, layout

UPPER, LOWER = 700, 680


def page(*texts: Text) -> Page:
    (found,) = read_pages(drawn(texts))
    return found


def centred(y: float, **words: float) -> list[Text]:
    return [Text(x, y, text.replace("__", "-"), align="centre") for text, x in words.items()]


def header(release_id: str, *texts: Text) -> PrintedHeader:
    found = find_header(page(*texts), layout(release_id))
    assert found is not None
    return found


def headings(found: PrintedHeader) -> list[tuple[str, str]]:
    return [(heading.upper, heading.lower) for heading in found.headings]


def refusal(release_id: str, *texts: Text) -> NotUnderstood:
    with pytest.raises(LayoutChangedError) as caught:
        find_header(page(*texts), layout(release_id))
    return caught.value.explanation


def flows(first: float, *names: str) -> list[Text]:
    return [Text(first + 60 * n, LOWER, name, align="centre") for n, name in enumerate(names)]


def over(x: float, words: str) -> Text:
    return Text(x, UPPER, words, align="centre")


def test_a_period_stands_over_the_columns_that_it_is_merged_across() -> None:
    found = header(
        SERVICES_PDF,
        Text(50, 730, "(Amount in Thousand US$)"),
        over(260, "Feb-26 (R)"),
        over(440, "Mar-26 (P)"),
        *flows(200, "Credit", "Debit", "Net", "Credit", "Debit", "Net"),
    )
    february = [("Feb-26 (R)", flow) for flow in ("Credit", "Debit", "Net")]
    assert headings(found) == february + [("Mar-26 (P)", flow) for flow in ("Credit", "Debit", "Net")]
    assert (found.first_line, found.last_line) == (2, 3)


def test_a_period_whose_middle_lies_beside_the_page_still_heads_its_last_column() -> None:
    found = header(SERVICES_PDF, over(140, "Jul-Mar, FY26 (P)"), Text(300, LOWER, "Net"))
    assert headings(found) == [("Jul-Mar, FY26 (P)", "Net")]


@pytest.mark.parametrize("y", [UPPER, 690, LOWER])
def test_the_words_over_the_labels_may_stand_on_any_height(y: float) -> None:
    found = header(
        SERVICES_PDF,
        Text(50, y, "Trade in Services"),
        over(260, "Mar-26 (P)"),
        *flows(200, "Credit", "Debit", "Net"),
    )
    assert found.stub == "Trade in Services"
    assert len(found.headings) == 3


@pytest.mark.parametrize(
    "marks",
    [
        [Text(220, LOWER, "R"), Text(320, LOWER, "P")],
        [Text(216, LOWER + 11, "R", 6), Text(316, LOWER + 11, "P", 6)],
        [Text(220, UPPER, "R"), Text(320, UPPER, "P")],
    ],
    ids=["beside", "above", "beside the period"],
)
def test_a_mark_belongs_to_the_column_that_it_stands_beside(marks: list[Text]) -> None:
    found = header(
        HEADLINE,
        over(200, "Feb"),
        over(300, "Mar"),
        Text(200, LOWER, "FY26", align="centre"),
        Text(300, LOWER, "FY26", align="centre"),
        *marks,
    )
    assert headings(found) == [("Feb", "FY26 R"), ("Mar", "FY26 P")]


def test_a_merged_cumulative_period_stands_over_both_years() -> None:
    years = [Text(x, LOWER, f"FY{year}", align="centre") for x, year in ((200, 27), (260, 26), (320, 27))]
    found = header(HEADLINE, over(200, "Aug"), over(290, "Jul-Aug"), *years)
    assert headings(found) == [("Aug", "FY27"), ("Jul-Aug", "FY26"), ("Jul-Aug", "FY27")]


def test_a_page_that_only_goes_on_has_no_header() -> None:
    assert (
        find_header(page(Text(50, 700, "4. Travel"), Text(300, 700, "95,785")), layout(SERVICES_PDF)) is None
    )


def test_words_that_are_no_period_are_refused() -> None:
    answer = refusal(SERVICES_PDF, over(260, "latest month"), *flows(200, "Credit", "Debit", "Net"))
    assert (answer.reason, answer.where) == ("a period header is not understood", "page 1, line 1")
    assert answer.found == "'latest month'"


def test_nothing_above_the_flows_is_refused() -> None:
    answer = refusal(SERVICES_PDF, *flows(200, "Credit", "Debit", "Net"))
    assert answer.reason == "a period header is not understood"


def test_a_period_without_a_column_is_refused() -> None:
    answer = refusal(
        SERVICES_PDF, over(260, "Mar-26"), over(480, "Jul-Mar, FY26"), *flows(200, "Credit", "Debit", "Net")
    )
    assert (answer.reason, answer.found) == ("a column is missing", "none under 'Jul-Mar, FY26'")


def test_a_column_between_two_periods_is_refused() -> None:
    answer = refusal(
        HEADLINE, over(200, "Feb"), over(300, "Mar"), *[Text(x, LOWER, "FY26") for x in (190, 240, 290)]
    )
    assert answer.reason == "a column stands between two period headers"
