"""Files with damage as disks, cables and half downloads make it, and what came of reading them.

Here: flipped bits and cut ends, chosen by a seed, and the comparison with the whole file. Not here: files
that somebody made to do harm (`tests/support/hostile.py`).
"""

import random
from collections import Counter
from collections.abc import Callable, Iterable
from functools import cache

from etl.landing.read_files import Reader, read_content
from etl.readers.read import read_release
from etl.readers.values import NotUnderstood, Reading
from tests.support.printed import printed, services_table
from tests.support.readings import SERVICES, SERVICES_PDF, SUMMARY, known_rows, layout
from tests.support.remittances import remittances
from tests.support.tables_down import goods_of_a_year
from tests.support.workbooks import services, services_grid, summary_grid

REMITTANCES = "workers_remittances"
ROUNDING = {SERVICES: 1.5, SERVICES_PDF: 1.5, SUMMARY: 0.5, "goods_trade": 0.001, REMITTANCES: 0.0}
"""In the unit of the release, what is apart by no more says the same: half a last digit as printed; of
services three halves, for net = credit - debit holds within the rounding of its three terms.
"""
Figures = dict[tuple[object, ...], float]


@cache
def whole_files() -> dict[str, tuple[str, bytes]]:
    """Return a file of each format, with the release that it is."""
    return {
        "services as xls": (SERVICES, services_grid().xls()),
        "services as xlsx": (SERVICES, services_grid().xlsx()),
        "balance of payments as xls": (SUMMARY, summary_grid().xls()),
        "goods as xls": ("goods_trade", goods_of_a_year().xls()),
        "services as pdf": (SERVICES_PDF, printed(services_table(services()))),
        "remittances as csv": (REMITTANCES, remittances()),
    }


def flipped(content: bytes, seed: int) -> bytes:
    """Return the bytes with one bit turned."""
    at = random.Random(seed).randrange(len(content) * 8)
    return content[: at // 8] + bytes([content[at // 8] ^ 1 << at % 8]) + content[at // 8 + 1 :]


def cut(content: bytes, seed: int) -> bytes:
    """Return the beginning of a file, as long as chance has it."""
    return content[: random.Random(seed).randrange(len(content))]


def outcome(release_id: str, whole: bytes, damaged: bytes) -> str:
    """Read both and compare: `same`, `quarantined`, or what is wrong and went unseen."""
    # Apart: one byte of a .xls is enough to end the process that reads it.
    (result,) = read_content(damaged, [Reader(layout(release_id), known_rows(release_id))])
    if isinstance(result, NotUnderstood):
        assert all((result.reason, result.where, result.expected, result.found))
        return "quarantined"
    right, read = _figures(release_id, whole), _of(result)
    if read.keys() - right.keys():
        return "another label or period"
    if right.keys() - read.keys():
        return "a figure missing"
    apart = max(abs(value - right[key]) for key, value in read.items())
    return "another number" if not apart <= ROUNDING[release_id] else "same"


@cache
def _figures(release_id: str, whole: bytes) -> Figures:
    result = read_release(whole, layout(release_id), known_rows(release_id))
    assert isinstance(result, Reading), str(result)
    return _of(result)


def _of(reading: Reading) -> Figures:
    return {
        (o.row_key, o.flow_label, o.period_type, o.period_starts_on, o.period_ends_on): o.value
        for o in reading.observations
        if o.value is not None
    }


def outcomes(name: str, damage: Callable[[bytes, int], bytes], seeds: Iterable[int]) -> Counter[str]:
    """Count what came of damaging a file so often."""
    release_id, whole = whole_files()[name]
    return Counter(outcome(release_id, whole, damage(whole, seed)) for seed in seeds)
