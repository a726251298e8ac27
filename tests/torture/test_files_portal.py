"""Files of the data portal: pulls whose JSON is damaged, exports whose numbers an office program rewrote."""

import json
from collections.abc import Callable, Iterator
from datetime import date
from functools import cache

import pytest

from etl.readers.easydata import Asked, Pull, pack
from etl.readers.read import read_release
from etl.readers.values import NotUnderstood, Reading
from tests.support.damage import cut, flipped
from tests.support.easydata import SERVICES, api_json
from tests.support.readings import figures, known_rows, layout
from tests.support.remittances import remittances

Tries = Callable[[int, int], Iterator[int]]
KEYS = tuple(f"TS_GP_BOP_TRDSER_M.{code}" for code in ("SCM009", "SDM009", "SNM009"))
VALUES = {
    "2026-02-28": ("364012.5", "51234.25", "312778.25"),
    "2026-03-31": ("413622.89", "53158.03", "360464.86"),
}


@cache
def answers() -> dict[str, bytes]:
    """Return an answer a series: IT exports, imports and their balance in two months."""
    label = "BOP Services-Telecommunications; Computer; and information services"
    rows = {
        key: [
            ["Trade in Services", key, label, day, values[place], "Thousand USD", "Normal", ""]
            for day, values in VALUES.items()
        ]
        for place, key in enumerate(KEYS)
    }
    return {key: json.dumps(api_json(of_key)).encode() for key, of_key in rows.items()}


def pull(answers: dict[str, bytes]) -> bytes:
    asked = Asked(dataset="D", since=date(2005, 7, 1), until=date(2026, 4, 30), series=KEYS)
    return pack(Pull(asked, b"", answers))


def read(release_id: str, content: bytes) -> Reading | NotUnderstood:
    return read_release(content, layout(release_id), known_rows(release_id))


def same_or_quarantined(content: bytes) -> bool:
    whole, result = read(SERVICES, pull(answers())), read(SERVICES, content)
    assert isinstance(whole, Reading)
    return isinstance(result, NotUnderstood) or figures(result) == figures(whole)


@pytest.mark.fault(
    "the file of a pull from EasyData cut off, or one bit of it turned", promise="quarantined, or read right"
)
@pytest.mark.parametrize("damage", [cut, flipped])
def test_a_damaged_pull_gives_no_other_figures(damage: Callable[[bytes, int], bytes], tries: Tries) -> None:
    content = pull(answers())
    for seed in tries(200, 4000):
        assert same_or_quarantined(damage(content, seed))


@pytest.mark.fault(
    "an answer of EasyData that was cut off before it was kept: JSON without its end",
    promise="the pull is quarantined with the series and the answer's beginning",
)
def test_json_without_its_end_is_quarantined(tries: Tries) -> None:
    for seed in tries(100, 2000):
        broken = answers() | {KEYS[0]: cut(answers()[KEYS[0]], seed)}
        result = read(SERVICES, pull(broken))
        assert isinstance(result, NotUnderstood)
        assert result.where.startswith(KEYS[0])


@pytest.mark.fault(
    "JSON that is no answer: nested a hundred thousand deep, numbers for lists, keys twice, NaN",
    promise="quarantined with the answer's beginning",
)
@pytest.mark.parametrize(
    "body",
    [
        b"[" * 100_000,
        b'{"columns": 1, "rows": 2}',
        b'{"columns": [], "rows": []}',
        b'{"columns": ["Series Key"], "rows": [[NaN]]}',
        b"\xff\xfe{",
        b"null",
    ],
    ids=lambda body: body[:24].decode("utf-8", "replace"),
)
def test_json_that_is_no_answer_is_quarantined(body: bytes, tries: Tries) -> None:
    for _ in tries(1, 1):
        assert isinstance(read(SERVICES, pull(answers() | {KEYS[1]: body})), NotUnderstood)


@pytest.mark.fault(
    "numbers of an export as text of other locales, dates in their place, not a number",
    promise="quarantined with the series, the day and what stands there",
)
@pytest.mark.parametrize(
    "number",
    [
        "308,88",
        "3.656,34",
        "3\u00a0656.34",
        "3'656.34",
        "3,08,879.57",
        "(308)",
        "308-",
        "1e5",
        "31-Aug-2026",
        "NaN",
    ],
)
def test_a_number_of_another_locale_is_never_taken_for_one(number: str, tries: Tries) -> None:
    for _ in tries(1, 1):
        content = remittances().replace(b"308.8795715", number.encode())
        result = read("workers_remittances", content)
        assert isinstance(result, NotUnderstood)
        assert result.reason == "an observation is no number"
        assert result.found == repr(number)
