"""The one way into reading: bytes of a release file in, a `Reading` or the reason for none out.

Here: which reader a layout takes, and what a whole file must satisfy. Not here: files, networks,
databases; nothing in this package knows any.
"""

from collections.abc import Callable, Iterable

from etl.catalog.labels import row_key
from etl.catalog.releases import Layout
from etl.common.formats import detect_format
from etl.readers import (
    easydata,
    flows_by_period,
    identities,
    items_by_periods,
    pdf,
    periods_across,
    periods_down,
    plausibility,
    printed_periods,
    table,
    workbook,
)
from etl.readers.printed_table import as_sheet
from etl.readers.values import LayoutChangedError, NotUnderstood, Observation, Reading, Sheet, Unread
from etl.readers.workbook import last_saved_in_properties


def joined(
    tables: Iterable[tuple[list[Observation], tuple[Unread, ...]]], layout: Layout
) -> tuple[list[Observation], tuple[Unread, ...]]:
    """Put the tables of a file together. What one repeats of another is reported as unread; where they
    disagree about a figure the file is refused, since nothing in it says which is newer.
    """
    kept: dict[tuple[object, ...], Observation] = {}
    unread: list[Unread] = []
    for observations, of_table in tables:
        unread += of_table
        for observation in observations:
            first = kept.setdefault(_figure(observation), observation)
            if first is observation:
                continue
            if first.value_as_printed != observation.value_as_printed:
                raise _disagreement(first, observation)
            unread.append(Unread(observation.sheet, observation.cell, observation.value_as_printed))
    _require_enough(kept.values(), layout)
    _require_titles(kept.values(), layout)
    return list(kept.values()), tuple(unread)


def _figure(o: Observation) -> tuple[object, ...]:
    """Return what a number is about; `Credit` and `credit` are one flow."""
    return (
        o.row_key,
        o.flow_label and o.flow_label.casefold(),
        o.period_type,
        o.period_starts_on,
        o.period_ends_on,
    )


def _disagreement(first: Observation, second: Observation) -> LayoutChangedError:
    return LayoutChangedError(
        "two tables disagree about one figure",
        f"{first.sheet!r} {first.cell} and {second.sheet!r} {second.cell}",
        f"one number for {first.row_label.strip()!r}, {first.column_label!r}",
        f"{first.value_as_printed} and {second.value_as_printed}",
    )


def _require_enough(observations: Iterable[Observation], layout: Layout) -> None:
    """Check that the file is an archive: a current edition has the same words and few periods."""
    found = {o.period_ends_on for o in observations if o.period_type == layout.holds}
    if len(found) < layout.at_least:
        kind = layout.holds.replace("_", " ")
        raise LayoutChangedError(
            "too few periods for an archive",
            "the file",
            f"at least {layout.at_least} {kind}s",
            f"{len(found)}",
        )


def _require_titles(observations: Iterable[Observation], layout: Layout) -> None:
    """Check that all tables are there that the layout names by their titles."""
    found = {o.flow_label for o in observations}
    for title in layout.titles:
        if title not in found:
            there = ", ".join(sorted(repr(flow) for flow in found))
            raise LayoutChangedError("a table is missing", "the file", repr(title), there)


SheetReader = Callable[[Sheet, Layout, frozenset[str]], tuple[list[Observation], tuple[Unread, ...]] | None]

_READERS: dict[str, SheetReader] = {
    "flows_by_period": flows_by_period.read_sheet,
    "periods_across": periods_across.read_sheet,
    "periods_down": periods_down.read_sheet,
    "items_by_periods": items_by_periods.read_sheet,
}
_WITH_INDENTS = frozenset({"periods_across"})
_WITH_SEVERAL_TABLES = frozenset({"items_by_periods", "periods_down"})

WholeFileReader = Callable[[bytes, Layout, frozenset[str]], Reading]

_WHOLE_FILE_READERS: dict[str, WholeFileReader] = {
    "easydata_series": easydata.read,
    "printed_periods": printed_periods.read,
}
"""Of layouts that come in no workbook."""


def read_release(
    content: bytes, layout: Layout, known_rows: frozenset[str], *, must_add_up: bool = True
) -> Reading | NotUnderstood:
    """Read a release file.

    A workbook with a corrected cell need not add up: the models see to that, with the correction.
    `known_rows` are the keys that the layout's labels seed lists. Whatever is wrong with the file comes
    back as `NotUnderstood`: its address, what was expected and what was found. Sheets without the table
    are passed over; none with it is a changed layout, and so are two, but where tables belong together.
    """
    try:
        if layout.reader in _WHOLE_FILE_READERS:
            reading = _WHOLE_FILE_READERS[layout.reader](content, layout, known_rows)
            if must_add_up:
                plausibility.check_edition(reading.observations, layout)
                if layout.sums:
                    identities.check_identities(list(reading.observations), layout, must_have=False)
            return reading
        is_printed = detect_format(content) == "pdf"
        sheets = _printed(content, layout, known_rows) if is_printed else _workbook(content, layout)
        read = _read_every_table if layout.reader in _WITH_SEVERAL_TABLES else _read_only_table
        observations, unread = read(sheets, layout, known_rows)
        if must_add_up:
            plausibility.check_edition(observations, layout)
        if is_printed or (must_add_up and identities.is_checked(layout)):
            identities.check_identities(observations, layout)
    except LayoutChangedError as error:
        return error.explanation
    return Reading(
        observations=tuple(observations),
        unread=unread,
        latest_period_ends_on=max({o.period_ends_on for o in observations}),
        figures_sha256=table.figures_sha256(observations),
        last_saved_on=last_saved_in_properties(content),
    )


def _workbook(content: bytes, layout: Layout) -> tuple[Sheet, ...]:
    return workbook.read_sheets(content, with_indents=layout.reader in _WITH_INDENTS)


def _printed(content: bytes, layout: Layout, known_rows: frozenset[str]) -> tuple[Sheet, ...]:
    return (as_sheet(pdf.read_pages(content), layout, known_rows),)


def _read_only_table(
    sheets: tuple[Sheet, ...], layout: Layout, known_rows: frozenset[str]
) -> tuple[list[Observation], tuple[Unread, ...]]:
    read = _READERS[layout.reader]
    tables = [(sheet.name, found) for sheet in sheets if (found := read(sheet, layout, known_rows))]
    with_numbers = [(name, found) for name, found in tables if found[0]]
    if len(with_numbers) != 1:
        headers = " ".join([repr(layout.stub), *layout.flows])
        names = ", ".join(repr(sheet.name) for sheet in sheets) or "no sheet"
        near, nearness = _nearest_to_headers(sheets, layout)
        raise LayoutChangedError(
            "the table is not there" if not with_numbers else "the table is there more than once",
            f"sheets {names}",
            f"one sheet with the headers {headers} and numbers below",
            f"it on {len(with_numbers)}" if with_numbers else near,
            100 if tables else nearness,
        )
    return with_numbers[0][1]


def _read_every_table(
    sheets: tuple[Sheet, ...], layout: Layout, known_rows: frozenset[str]
) -> tuple[list[Observation], tuple[Unread, ...]]:
    read = _READERS[layout.reader]
    tables = [found for sheet in sheets if (found := read(sheet, layout, known_rows))]
    if not tables:
        raise LayoutChangedError(
            "the table is not there",
            "sheets " + (", ".join(repr(sheet.name) for sheet in sheets) or "none"),
            f"rows or columns such as {', '.join(map(repr, layout.required_rows[:3]))} with numbers",
            "no two known labels beside numbers",
            nearness=0,
        )
    return joined(tables, layout)


def _nearest_to_headers(sheets: tuple[Sheet, ...], layout: Layout) -> tuple[str, int]:
    """Show what stands where the headers of the table should: the row that shares most words with them,
    and how many of them in per cent.
    """
    wanted = {row_key(word) for word in (layout.stub, *layout.flows)}
    rows = [
        (len(wanted & {row_key(text) for text in texts}), -number, sheet.name, texts)
        for sheet in sheets
        for number, cells in enumerate(sheet.rows)
        if (texts := [cell.strip() for cell in cells if isinstance(cell, str)])
    ]
    if not rows:
        return "no words at all", 0
    shared, number, sheet_name, texts = max(rows)
    shown = " ".join(repr(text) for text in texts[:8])
    near = f"{shown} in row {1 - number} of sheet {sheet_name!r}"
    if not shared:
        return f"none of these headers; the first row with words has {near}", 0
    return near, 99 * shared // len(wanted)
