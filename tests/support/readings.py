"""Reading in tests: bytes in, and out what the test says they are, with the catalogue's own layouts."""

from functools import cache

import msgspec

from etl.catalog.labels import known_row_keys
from etl.catalog.releases import Catalog, Layout
from etl.readers.read import read_release
from etl.readers.values import NotUnderstood, Observation, Period, Reading

SERVICES = "trade_in_services"
SUMMARY = "balance_of_payments_summary"
SERVICES_PDF = "trade_in_services_pdf"
HEADLINE = "services_headline"


@cache
def layout(release_id: str) -> Layout:
    """Return the layout of a release as the catalogue has it."""
    return Catalog.load().get(release_id).rules[2]


@cache
def known_rows(release_id: str) -> frozenset[str]:
    """Return the rows that the labels seed of a release lists."""
    return known_row_keys(layout(release_id))


@cache
def understood(release_id: str, content: bytes) -> Reading:
    """Read a file that must be understood."""
    result = read_release(content, layout(release_id), known_rows(release_id))
    assert isinstance(result, Reading), str(result)
    return result


@cache
def shape(release_id: str) -> Layout:
    """Return a layout that takes any set of periods: where a test is about headers."""
    of = layout(release_id)
    return msgspec.structs.replace(of, prints="", begins_on=None, largest_step=0.0, has_codes_in_order=False)


@cache
def understood_as_shape(release_id: str, content: bytes) -> Reading:
    """Read an excerpt, or a table that no edition is, which must be understood."""
    result = read_release(content, shape(release_id), known_rows(release_id))
    assert isinstance(result, Reading), str(result)
    return result


def refusal_as_shape(release_id: str, content: bytes) -> NotUnderstood:
    """Read an excerpt that must not be understood; returns the explanation."""
    result = read_release(content, shape(release_id), known_rows(release_id))
    assert isinstance(result, NotUnderstood), f"{len(result.observations)} observations"
    return result


def refusal(release_id: str, content: bytes) -> NotUnderstood:
    """Read a file that must not be understood; returns the explanation."""
    result = read_release(content, layout(release_id), known_rows(release_id))
    assert isinstance(result, NotUnderstood), f"{len(result.observations)} observations"
    return result


def at(reading: Reading, cell: str) -> Observation:
    """Return the observation of a cell."""
    return next(o for o in reading.observations if o.cell == cell)


def periods(reading: Reading) -> list[Period]:
    """Return the periods of the columns, from left to right."""
    first_row = [o for o in reading.observations if o.row_number == reading.observations[0].row_number]
    found = [Period(o.period_type, o.period_starts_on, o.period_ends_on, o.status_mark) for o in first_row]
    has_flows = first_row[0].flow_label is not None
    return found[::3] if has_flows else found


Figure = tuple[str, str | None, str, object, object]


def figures(reading: Reading) -> dict[Figure, float | None]:
    """Return what a file says, wherever on the sheet it says it: row, flow, period and number."""
    return {
        (o.row_key, o.flow_label, o.period_type, o.period_starts_on, o.period_ends_on): o.value
        for o in reading.observations
    }
