"""What a statement of `headlines` rests on: each number in its sentence, and every figure they are made of.

Here: the way from a computed measure (growth, a streak, an average) to the vintages it was computed from, in
words. Not here: the way of a single figure (`trace`), which each of them has from there.
"""

from datetime import date

from etl import warehouse
from etl.lake.place import Database
from etl.report.places import place
from etl.report.trace import NothingToTraceError

_STATEMENT = "select sentence, numbers, vintage_ids from marts.headlines where statement = ? and month = ?"
_VINTAGES = """
select
    vintages.code, vintages.flow, vintages.period, vintages.value, vintages.unit, vintages.basis,
    vintages.published_on, vintages.sheet, vintages.cell, files.original_name, vintages.source_url
from marts.vintages as vintages
left join marts.dim_release_file as files using (release_id, file_sha256)
where vintages.vintage_id in (select unnest(?::varchar[]))
order by vintages.code, vintages.flow, vintages.period_starts_on, vintages.period
"""
_NEEDED = ("headlines", "vintages", "dim_release_file", "dim_item")


def names(database: Database) -> frozenset[str]:
    """Give the names of the statements there are."""
    with warehouse.read(database) as connection:
        return frozenset(
            name
            for (name,) in connection.execute("select distinct statement from marts.headlines").fetchall()
        )


def describe(database: Database, statement: str, period: str, as_of: date | None = None) -> str:
    """Say in plain text what a statement says of a month and what its numbers rest on.

    Raises `NothingToTraceError` where PERIOD is no month, or the statement is not made of it.
    """
    month = _month(period)
    opened = warehouse.read_as_of(database, as_of, _NEEDED) if as_of else warehouse.read(database)
    with opened as connection:
        found = connection.execute(_STATEMENT, [statement, month]).fetchone()
        if found is None:
            known_on = f" as of {as_of}" if as_of else ""
            raise NothingToTraceError(
                f"the statement {statement!r} is not made of {period}{known_on}; "
                f"`etl sql \"select statement, sentence from headlines where month = '{month}'\"` lists them"
            )
        sentence, numbers, vintage_ids = found
        rows = connection.execute(_VINTAGES, [vintage_ids]).fetchall()
    lines = [f"{statement}, {period} (marts.headlines)", "", sentence, "", "numbers:"]
    for number in numbers:
        origin = number["vintage_id"] or "computed"
        lines.append(f"  {number['name']}  {number['value'].normalize():f} {number['unit']}  ({origin})")
    lines += ["", "computed from, and quoted of:"]
    for code, flow, name, value, unit, basis, published_on, sheet, cell, file_name, address in rows:
        where = f"{place(sheet or '', cell)} of {file_name}" if cell and file_name else address
        lines.append(f"  {code} {flow} {name}  {value} {unit}, {basis}, {published_on}: {where}")
    return "\n".join(lines) + "\n"


def _month(period: str) -> date:
    try:
        return date.fromisoformat(f"{period}-01")
    except ValueError as error:
        raise NothingToTraceError(
            f"{period!r} is no month; a statement is of one, such as 2025-12"
        ) from error
