"""`etl brief`: the release note of a month, as of any day, in plain text and Markdown."""

from datetime import date

import pytest

from etl.serve import brief
from tests.support.installation import Installation


def note(published: Installation, month: str | None = None, as_of: str | None = None) -> str:
    return brief.write(
        published.settings.current_database,
        date.fromisoformat(f"{month}-01") if month else None,
        as_of=date.fromisoformat(as_of) if as_of else None,
    )


def test_of_december_2025_it_says_what_the_press_said_on_the_day(published: Installation) -> None:
    """Two of the months before were not known yet, which it says; of the surplus nothing was known."""
    text = note(published, as_of="2026-01-20")
    for words in (
        "December 2025, as known on 2026-01-20",
        "came to 437 million US$ in December 2025",
        "up 23 % from 356 million in November",
        "up 26 % from 348 million in December 2024",
        "a record among the months known, above the 386 million US$ of October 2025; 2 months of the two",
        "the first month known with IT exports above 400 million US$",
        "In the first half of FY26 (July to December 2025) IT exports came to 2.24 billion US$, up 20 %",
        "nearly half (46.7 %) of all services exports",
    ):
        assert words in text
    assert "largest surplus" not in text


def test_today_the_record_of_december_2025_is_one_without_conditions(published: Installation) -> None:
    text = note(published, "2025-12")
    assert "was a record month for IT exports, above the 386 million US$ of October 2025." in text
    assert "was the first month with IT exports above 400 million US$." in text


@pytest.mark.parametrize(
    ("as_of", "said", "not_said"),
    [
        ("2024-12-20", ("324 million US$", "down 2 %", "up 25 %", "1.53 billion US$, up 33 %"), "revised"),
        (
            "2025-01-31",
            ("310 million US$", "down 6 %", "up 20 %", "324 million US$", "revised down"),
            "record m",
        ),
    ],
)
def test_a_first_print_is_what_it_was_until_it_is_revised(
    published: Installation, as_of: str, said: tuple[str, ...], not_said: str
) -> None:
    text = note(published, "2024-11", as_of)
    for words in (*said, "the third-highest month for IT exports up to then", "14th month in a row"):
        assert words in text
    assert not_said not in text


def test_rounding_is_no_revision(published: Installation) -> None:
    """374 was printed and 373.528077 later: the same figure."""
    assert "first published" not in note(published, "2026-01")


def test_of_a_month_with_little_known_it_says_little(published: Installation) -> None:
    text = note(published, "2020-09")
    assert "came to 158 million US$ in September 2020." in text
    for words in ("record", "up ", "down ", "average", "FY21"):
        assert words not in text


def test_it_leads_with_the_newest_detail_and_names_the_newer_headline_last(published: Installation) -> None:
    title, *_, last = note(published).strip().split("\n\n")
    assert "March 2026" in title
    assert last.startswith("Newer, without detail: ")
    assert "394 million US$ in August 2026" in last
    assert "394 million US$, published on 2026-09-18" in last


def test_it_names_the_cell_of_its_figure_and_each_other_file_or_print_once(published: Installation) -> None:
    source, also = (part for part in note(published).split("\n\n") if part.startswith(("Source: ", "Also ")))
    assert "sheet EBOPS, cell I59 of dt-2026-03.xls (written by this project" in source
    assert also.count("dt-2026-02.xls") == 1
    assert "dt-2026-03.xls" not in also
    assert "https://www.arabnews.pk/node/2629942 (2026-01-18)" in also


def test_it_is_short_enough_for_the_end_of_a_refresh(published: Installation) -> None:
    assert len([line for line in note(published).splitlines() if line]) <= 10


@pytest.mark.parametrize(
    ("month", "as_of", "message"),
    [
        (
            "2020-12",
            None,
            "no IT exports are known for December 2020; there are months from 2020-09 to 2026-08",
        ),
        ("1970-01", None, "no IT exports are known for January 1970; "),
        (
            "2026-02",
            "2026-01-20",
            "February 2026 as of 2026-01-20; there are months from 2020-09 to 2025-12",
        ),
        (None, "1999-01-01", "no IT exports are known as of 1999-01-01"),
    ],
)
def test_a_month_that_is_not_known_is_an_error(
    published: Installation, month: str | None, as_of: str | None, message: str
) -> None:
    with pytest.raises(brief.NoFigureError, match=message):
        note(published, month, as_of)


def test_as_markdown_it_has_a_heading_and_links(published: Installation) -> None:
    text = published.etl("brief", "--markdown", "--as-of", "2026-01-20").stdout
    heading, *_, sources = text.strip().split("\n\n")
    assert heading == "## Pakistan's IT exports, December 2025, as known on 2026-01-20"
    assert all(line.startswith("- ") for line in sources.splitlines())
    assert (
        "437 million US$, published on 2026-01-18; [www.arabnews.pk](<https://www.arabnews.pk/node/26"
        in sources
    )
