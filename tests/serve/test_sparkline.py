"""A series as a small picture: it fits where it is shown, and odd series draw as well as usual ones."""

from decimal import Decimal
from urllib.parse import unquote
from xml.etree import ElementTree

import pytest

from etl.serve.pictures import SHOWN, Point, as_markdown, number, svg

INLINE = 1_000


def series(*values: str | None, new: int = 0) -> list[Point]:
    return [
        Point(f"2026-{position + 1:02d}", Decimal(value) if value else None, position >= len(values) - new)
        for position, value in enumerate(values)
    ]


def paths(points: list[Point]) -> list[str]:
    root = ElementTree.fromstring(svg(points))  # noqa: S314 - our own picture
    return [element.attrib["d"] for element in root.iter() if element.tag.endswith("path")]


def texts(points: list[Point]) -> list[str]:
    root = ElementTree.fromstring(svg(points))  # noqa: S314 - our own picture
    return [element.text or "" for element in root.iter() if element.tag.endswith("text")]


def test_it_shows_the_last_the_highest_and_the_lowest_value_and_both_ends() -> None:
    assert texts(series("386", "356", "437", "373.528")) == ["374", "2026-01", "2026-04", "437", "356"]


def test_higher_is_above_and_later_is_to_the_right() -> None:
    assert paths(series("1", "3", "2")) == ["M4 66h0l180-50l180 25"]


def test_a_period_that_is_not_known_is_a_gap() -> None:
    assert paths(series("1", "2", None, "2", "1")) == ["M4 66h0l90-50m180 0h0l90 50"]


def test_what_is_new_is_marked_and_counted() -> None:
    points = series("1", "2", "3", new=2)
    assert paths(points)[1] == "M184 41h0M364 16h0"
    assert as_markdown("Exports", points).endswith("Exports: 3.00 in 2026-03; 2 new or changed")


@pytest.mark.parametrize(
    "points",
    [series("5"), series("5", "5"), series("-1", "-1"), series("0"), series(None, "5", None)],
    ids=["one", "equal", "below zero", "zero", "one among unknown ones"],
)
def test_a_series_without_differences_is_drawn_in_the_middle(points: list[Point]) -> None:
    assert paths(points)[0].split("h0")[0].endswith(" 41")


@pytest.mark.parametrize("points", [[], series(None), series(None, None)], ids=["no row", "one", "two"])
def test_a_series_without_a_known_value_says_so(points: list[Point]) -> None:
    assert as_markdown("Exports", points) == "Exports: no figure is known"
    assert paths(points) == []


def test_five_years_with_ten_months_of_news_are_short_enough_to_be_shown_in_their_place() -> None:
    values = [f"{(-1) ** month * 98765}.123456" for month in range(200)]
    points = [Point(f"{2010 + i // 12}-{i % 12 + 1:02d}", Decimal(v), i >= 190) for i, v in enumerate(values)]
    text = as_markdown("Balance of the current account, million US$", points)
    assert len(text) < INLINE
    assert svg(points) == svg(points[-SHOWN:])


def test_the_image_in_markdown_is_the_picture() -> None:
    points = series("386", "356")
    image, words = as_markdown("Exports", points).split("\n\n")
    assert image.startswith("![A line](<data:image/svg+xml,")
    assert unquote(image.partition(",")[2].removesuffix(">)")) == svg(points)
    assert words == "Exports: 356 in 2026-02; highest since 2026-01 386 in 2026-01"


@pytest.mark.parametrize(
    ("value", "shown"), [("0.5", "0.50"), ("45.83", "45.8"), ("437.4", "437"), ("-20524", "-20,524")]
)
def test_a_number_has_three_digits_that_count(value: str, shown: str) -> None:
    assert number(Decimal(value)) == shown
