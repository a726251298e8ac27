"""What changed between two states of the marts: two published snapshots, or two days.

Here: the monthly figures of both, compared: added, revised, withdrawn. Not here: what a vintage is, and
why a figure changed; `etl trace` shows that.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Literal

from etl import warehouse
from etl.errors import EtlError
from etl.settings import Settings

Kind = Literal["added", "revised", "withdrawn"]


class UnknownStateError(EtlError):
    """There is no such snapshot; the message says which there are."""


@dataclass(frozen=True)
class Figure:
    """A monthly figure: what it is, and how exactly it is known."""

    name: str
    value_usd_mn: Decimal
    rounding_usd_mn: float


Key = tuple[str, str, str]
"""Code, month (`2026-03`), flow."""


@dataclass(frozen=True)
class Change:
    """A figure that one state has and the other has not, or that they hold different."""

    kind: Kind
    code: str
    name: str
    month: str
    flow: str
    before_usd_mn: Decimal | None
    after_usd_mn: Decimal | None


def between(settings: Settings, first: str, second: str) -> tuple[Change, ...]:
    """Give what changed from one state to another; each is the number of a snapshot or a day."""
    return compare(_state(settings, first), _state(settings, second))


def of_databases(before: Path, after: Path) -> tuple[Change, ...]:
    """Give what changed from one published database to another."""
    states = []
    for path in (before, after):
        with warehouse.read(path) as connection:
            states.append(figures(connection))
    return compare(*states)


def compare(before: dict[Key, Figure], after: dict[Key, Figure]) -> tuple[Change, ...]:
    """Compare figure by figure. The same figure printed more exactly is no change."""
    changes = []
    for key in sorted(before.keys() | after.keys(), key=lambda key: (key[1], key[0], key[2])):
        old, new = before.get(key), after.get(key)
        kind = _kind(old, new)
        if kind is not None:
            code, month, flow = key
            name = (new or old or _NOTHING).name
            values = (old.value_usd_mn if old else None, new.value_usd_mn if new else None)
            changes.append(Change(kind, code, name, month, flow, *values))
    return tuple(changes)


def figures(connection: warehouse.Connection) -> dict[Key, Figure]:
    """Give the monthly figures of items and lines."""
    rows = connection.execute(_FIGURES).fetchall()
    return {(row[0], row[1], row[2]): Figure(row[3], row[4], row[5]) for row in rows}


_NOTHING = Figure("", Decimal(0), 0.0)
_FIGURES = """
with figures as (
    select item_code as code, month, 'exports' as flow, item_name as name, exports_usd_mn as value_usd_mn,
        exports_vintage_id as vintage_id
    from marts.services_monthly
    union all
    select item_code, month, 'imports', item_name, imports_usd_mn, imports_vintage_id
    from marts.services_monthly
    union all
    select line_code, month, 'amount', line_name, amount_usd_mn, amount_vintage_id
    from marts.balance_of_payments_monthly
)

select
    figures.code, strftime(month, '%Y-%m'), figures.flow, name, figures.value_usd_mn, vintages.rounding_usd_mn
from figures
inner join marts.vintages using (vintage_id)
"""


def _kind(old: Figure | None, new: Figure | None) -> Kind | None:
    if old is None:
        return "added"
    if new is None:
        return "withdrawn"
    rounding = Decimal(max(old.rounding_usd_mn, new.rounding_usd_mn))
    return "revised" if abs(new.value_usd_mn - old.value_usd_mn) > rounding else None


def _state(settings: Settings, name: str) -> dict[Key, Figure]:
    """Give the figures of a snapshot by its number, or of the marts as known on a day."""
    if not name.isdigit():
        try:
            day = date.fromisoformat(name)
        except ValueError as error:
            raise UnknownStateError(f"{name!r} is neither a snapshot nor a day like 2026-03-31") from error
        with warehouse.read_as_of(settings.current_database, day) as connection:
            return figures(connection)
    path = settings.published / name / "warehouse.duckdb"
    if not path.exists():
        kept = sorted(int(e.name) for e in settings.published.glob("*") if e.name.isdigit())
        raise UnknownStateError(
            f"there is no snapshot {name}; kept are: {', '.join(map(str, kept)) or 'none'}"
        )
    with warehouse.read(path) as connection:
        return figures(connection)
