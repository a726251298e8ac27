"""What changed between two states of the marts: two published snapshots, or two days.

Here: the monthly figures of both, and weekly ones where a series has weeks, compared: added, revised,
withdrawn. Not here: what a vintage is, and why a figure changed; `etl trace` shows that.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal, NamedTuple

from etl.common.errors import EtlError
from etl.common.settings import Settings
from etl.publish import store
from etl.serve.series import SERIES, Series, SeriesMart
from etl.warehouse import connect

Kind = Literal["added", "revised", "withdrawn"]


class UnknownStateError(EtlError):
    """There is no such snapshot; the message says which there are."""


@dataclass(frozen=True)
class ComparedFigure:
    """A figure: what it is, and how exactly it is known, in the unit of its series."""

    name: str
    value: Decimal
    rounding: float


class Key(NamedTuple):
    """Which figure it is."""

    series: str
    code: str
    period: str
    """A month (`2026-03`), or the last day of a week."""
    flow: str


@dataclass(frozen=True)
class Change:
    """A figure that one state has and the other has not, or that they hold different."""

    kind: Kind
    key: Key
    name: str
    before: Decimal | None
    """In the unit of the series."""
    after: Decimal | None


def between(settings: Settings, first: str, second: str) -> tuple[Change, ...]:
    """Return what changed from one state to another; each is the number of a snapshot or a day."""
    return compare(_state(settings, first), _state(settings, second))


def compare(before: dict[Key, ComparedFigure], after: dict[Key, ComparedFigure]) -> tuple[Change, ...]:
    """Compare figure by figure. The same figure printed more exactly is no change."""
    changes = []
    for key in sorted(before.keys() | after.keys(), key=lambda key: (key.period, *key)):
        old, new = before.get(key), after.get(key)
        kind = _kind(old, new)
        if kind is not None:
            name = (new or old or _NOTHING).name
            changes.append(Change(kind, key, name, old.value if old else None, new.value if new else None))
    return tuple(changes)


def since(before: connect.Connection, after: connect.Connection) -> tuple[Change, ...]:
    """Return what changed between two snapshots. Only calendar years of which they do not hold the same
    figures are fetched: of eighty years a new file changes two.
    """
    digests, others = _digests(before), _digests(after)
    years = sorted({year for (_, year), _ in digests.items() ^ others.items()})
    return compare(figures(before, years), figures(after, years)) if years else ()


def figures(connection: connect.Connection, years: Sequence[str] | None = None) -> dict[Key, ComparedFigure]:
    """Return the figures of each series by its shortest periods, all or those of some calendar years.

    A snapshot of an older version may lack the mart of a series, and then has no figure of it.
    """
    return {
        Key(series.name, code, period, flow): ComparedFigure(name, value, rounding)
        for series in _there(connection)
        for code, name, period, flow, value, rounding in connection.execute(
            _query(series), {"years": years}
        ).fetchall()
    }


def _digests(connection: connect.Connection) -> dict[tuple[str, str], int]:
    """Return a hash of the figures of each series and calendar year; equal ones hold the same figures."""
    return {
        (series.name, year): digest
        for series in _there(connection)
        for year, digest in connection.execute(
            f"select left(period, 4), sum(hash(code, period, flow, value)) from ({_figures(series)})"
            " where value is not null group by all"
        ).fetchall()
    }


def _there(connection: connect.Connection) -> list[Series]:
    columns = set(connection.execute(_COLUMNS).fetchall())
    return [series for series in SERIES if columns.issuperset(_needed(series))]


_COLUMNS = "select table_name, column_name from information_schema.columns where table_schema = 'marts'"


def _needed(series: Series) -> set[tuple[str, str]]:
    """Return the tables and columns that hold the figures of a series."""
    mart = series.marts[0]
    stems = [stem for _, _, stem in _columns(series, mart)]
    return {(mart.name, f"{stem}_{suffix}") for stem in stems for suffix in (series.suffix, "vintage_id")}


_NOTHING = ComparedFigure("", Decimal(0), 0.0)
_BALANCE = "balance"
"""It changes where one of its sides does, which says more."""


def _query(series: Series) -> str:
    """Return the query of a series' figures: code, name, period, flow, value, rounding.

    A rate has no rounding in US dollars; it is that of its last printed digit.
    """
    return f"""
        select figures.code, names.name, figures.period, figures.flow, figures.value,
            coalesce(vintages.rounding_usd_mn, 0.5 * 10.0 ** -vintages.decimals, 0)
        from ({_figures(series)}) as figures
        inner join marts.vintages as vintages on figures.vintage_id = vintages.vintage_id
        inner join ({series.codes}) as names on figures.code = names.code
        where $years is null or left(figures.period, 4) in $years
    """


def _figures(series: Series) -> str:
    """Return the query of code, period, flow, value and vintage of a series' figures."""
    mart = series.marts[0]
    selects = [
        f"""
        select {key} as code, {mart.period} as period, '{flow}' as flow, {stem}_{series.suffix} as value,
            {stem}_vintage_id as vintage_id
        from marts.{mart.name}
        """
        for key, flow, stem in _columns(series, mart)
    ]
    return " union all ".join(selects)


def _columns(series: Series, mart: SeriesMart) -> list[tuple[str, str, str]]:
    """Return code (in SQL), flow and beginning of the columns of each figure in a row of a mart."""
    flows = [flow for flow in series.flows if flow != _BALANCE]
    if series.key:
        return [(series.key, flow, mart.stem.format(flow=flow)) for flow in flows]
    codes = [code for code in series.codes_in_columns if code != _BALANCE]
    return [(f"'{code}'", flow, mart.stem.format(code=code)) for flow in flows for code in codes]


def _kind(old: ComparedFigure | None, new: ComparedFigure | None) -> Kind | None:
    if old is None:
        return "added"
    if new is None:
        return "withdrawn"
    rounding = Decimal(max(old.rounding, new.rounding))
    return "revised" if abs(new.value - old.value) > rounding else None


def _state(settings: Settings, name: str) -> dict[Key, ComparedFigure]:
    """Return the figures of a snapshot by its number, or of the marts as known on a day."""
    if not name.isdigit():
        try:
            day = date.fromisoformat(name)
        except ValueError as error:
            raise UnknownStateError(f"{name!r} is neither a snapshot nor a day like 2026-03-31") from error
        with connect.read_as_of(settings.current_database, day) as connection:
            return figures(connection)
    kept = store.store_of(settings).databases()
    database = kept.get(int(name))
    if database is None:
        raise UnknownStateError(
            f"there is no snapshot {name}; kept are: {', '.join(map(str, sorted(kept))) or 'none'}"
        )
    with connect.read(database) as connection:
        return figures(connection)
