"""The mart `headlines`: no number in a sentence that is not in `numbers`, and each said as it is rounded."""

import re
from decimal import Decimal
from typing import Any

import pytest

from tests.support.installation import Installation

LABELS = re.compile(
    r"FY\d\d|(January|February|March|April|May|June|July|August|September|October|November|December) \d{4}"
)
NUMBER = re.compile(r"(\d[\d,.]*\d|\d)( million| billion| trillion)?")
TIMES = {" million": Decimal(1), " billion": Decimal(1000), " trillion": Decimal(1_000_000), "": Decimal(1)}
WORDS = {
    word: str(number)
    for number, word in enumerate(
        ("second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth"), start=2
    )
}


def said_numbers(sentence: str) -> list[tuple[Decimal, Decimal]]:
    """Return the numbers of a sentence, each with half a unit of its last digit."""
    text = LABELS.sub("", sentence)
    for word, number in WORDS.items():
        text = text.replace(f"the {word}", f"the {number}").replace(
            f"least the {word}", f"least the {number}"
        )
    found = []
    for digits, unit in NUMBER.findall(text):
        number = Decimal(digits.replace(",", ""))
        # Trailing zeros are not said: a billion is rounded to two digits, less than ten million to one.
        places = 2 if unit in (" billion", " trillion") else 1 if "." in digits or number < 10 else 0
        found.append((number * TIMES[unit], Decimal("0.5") * TIMES[unit] / 10**places))
    return found


@pytest.fixture(scope="module")
def headlines(published: Installation) -> list[tuple[Any, ...]]:
    return published.rows("select month, statement, sentence, numbers from marts.headlines")


def test_a_sentence_says_its_numbers_and_no_others(headlines: list[tuple[Any, ...]]) -> None:
    assert len(headlines) > 500
    for month, statement, sentence, numbers in headlines:
        said = said_numbers(sentence)
        assert len(said) == len(numbers), (month, statement, sentence)
        for (shown, half_a_unit), number in zip(said, numbers, strict=True):
            value = abs(number["value"]) / (1000 if number["unit"] == "million PKR" else 1)
            shown_in_unit = shown / (1000 if number["unit"] == "million PKR" else 1)
            assert abs(value - shown_in_unit) <= max(half_a_unit, Decimal("0.5")), (month, statement, number)


def test_no_sentence_is_left_unfinished(headlines: list[tuple[Any, ...]]) -> None:
    for month, statement, sentence, _ in headlines:
        assert sentence[0].isupper(), (month, statement)
        assert sentence.endswith("."), (month, statement)
        assert not re.search(r"[{}]|  |\bnan\b|\bnull\b", sentence), (month, statement)


def test_a_printed_number_is_the_value_of_its_vintage(published: Installation) -> None:
    """Numbers without a vintage are computed (rates, ranks, sums), or set and not printed (targets)."""
    unequal = published.rows(
        "with numbers as (select unnest(numbers, recursive := true) from marts.headlines)"
        " select name, numbers.value, value_usd_mn from numbers join marts.vintages using (vintage_id)"
        " where numbers.value <> round(value_usd_mn, 6)"
    )
    assert unequal == []


def test_a_statement_rests_on_the_figure_of_its_month_too(published: Installation) -> None:
    """A record is one of the month's figure, though the number that is said is the record before."""
    without = published.rows(
        "select month, statement from marts.headlines join marts.it_exports_monthly using (month)"
        " where statement in ('record', 'threshold', 'rank')"
        " and not list_contains(vintage_ids, exports_vintage_id)"
    )
    assert without == []
    assert published.value("select count(*) from marts.headlines where statement = 'record'") > 3


def test_as_of_a_day_no_statement_rests_on_what_came_later(published: Installation) -> None:
    late = published.rows(
        "with ids as (select unnest(vintage_ids) as vintage_id from marts.headlines_as_of('2026-01-20'))"
        " select vintage_id from ids join marts.vintages using (vintage_id) where published_on > '2026-01-20'"
    )
    assert late == []
    assert published.value(
        "select sentence from marts.headlines_as_of('2024-12-20') where month = '2024-11-01'"
        " and statement = 'level'"
    ).endswith("down 2 % from 330 million in October and up 25 % from 259 million in November 2023.")


def test_under_its_usual_name_too(published: Installation) -> None:
    query = (
        "select count(*) as revisions from headlines where statement = 'first_print' and month = '2024-11-01'"
    )
    counts = [
        published.etl("sql", "--format", "csv", "--as-of", day, query).stdout.split()[1]
        for day in ("2024-12-20", "2025-01-31")
    ]
    assert counts == ["0", "1"]
