"""A trace in plain text.

Here: words and layout. Not here: finding anything (`trace`).
"""

from decimal import Decimal

from etl.report.places import place
from etl.report.trace import COMPUTED_BALANCE, Figure, Trace, Vintage


def describe(trace: Trace) -> str:
    """Say a trace in plain text."""
    figure = trace.figure
    lines = [f"{figure.code} {figure.name}: {figure.flow}, {figure.period} ({figure.series.name})"]
    if trace.mart is None:
        lines.append(f"no mart shows a {figure.period_type.replace('_', ' ')} of this series; vintages do")
    elif trace.value is None:
        lines.append(f"marts.{trace.mart}: no value")
    else:
        basis = f" ({trace.basis})" if trace.basis else ""
        lines.append(f"marts.{trace.mart}: {_amount(trace.value, figure)}{basis}")
    if trace.components:
        lines += ["", "the sum of:"]
        flow = "" if figure.flow == figure.series.flows[0] else f" --flow {figure.flow}"
        lines += [
            f"  {part.period}  {part.value}  `etl trace {figure.code} {part.period}{flow}`"
            for part in trace.components
        ]
    if trace.basis == COMPUTED_BALANCE:
        command = f"etl trace {figure.code} {figure.period} --flow"
        lines += ["", f"computed: `{command} exports` less `{command} imports`"]
    counting = any(vintage.vintage_id == trace.vintage_id for vintage in trace.vintages)
    heading = f"vintages, oldest first{' (* counts)' if counting else ''}:"
    lines += ["", heading if trace.vintages else "no source prints it"]
    for vintage in trace.vintages:
        lines += _vintage(vintage, figure, counts=vintage.vintage_id == trace.vintage_id)
    return "\n".join(lines) + "\n"


def _amount(value: Decimal, figure: Figure) -> str:
    return f"{value} {figure.series.unit}"


def _vintage(vintage: Vintage, figure: Figure, *, counts: bool) -> list[str]:
    until = f"to {vintage.valid_to}" if vintage.valid_to else "stands"
    end = ", withdrawn" if vintage.is_withdrawn else ""
    confirmed = ""
    if vintage.last_confirmed_on != vintage.published_on:
        confirmed = f", confirmed on {vintage.last_confirmed_on}"
    mark = "*" if counts else " "
    head = f"{mark} {_amount(vintage.value, figure)}, {vintage.status}, {vintage.basis}"
    if vintage.inputs:
        return ["", head, *_inputs(vintage)]
    lines = [
        "",
        head,
        f"    printed    {vintage.value_as_printed} {vintage.unit}",
        f"    published  {vintage.published_on} ({vintage.published_on_is}{confirmed}); "
        f"from {vintage.valid_from} {until}{end}",
        f"    release    {vintage.release_id}",
    ]
    if vintage.correction:
        lines.append(f"    corrected  {vintage.correction}")
    if vintage.cell:
        of_file = f" of {vintage.file_name}" if vintage.file_name else ""
        lines.append(f"    where      {place(vintage.sheet or '', vintage.cell)}{of_file}")
    if vintage.source_url:
        lines.append(f"    address    {vintage.source_url}")
    if vintage.file_sha256:
        starter = " (a starter file: SBP's figures in SBP's cells, written by this project)"
        lines.append(f"    file       {vintage.file_sha256}{starter if vintage.via == 'starter' else ''}")
        lines.append(f"    first seen {vintage.first_seen_at:%Y-%m-%d %H:%M} UTC, {vintage.via}")
    return lines


def _inputs(vintage: Vintage) -> list[str]:
    """Say what a derived value is made of, each part with its cell or link."""
    lines = [f"    known      from {vintage.valid_from}, as a difference of cumulative columns:"]
    for part in vintage.inputs:
        where = f"{place(part.sheet or '', part.cell)} of " if part.cell else ""
        lines.append(
            f"    {'+' if part.sign > 0 else '-'} {part.value}  {part.period}, {part.release_id} of "
            f"{part.published_on}: {where}{part.source}"
        )
    return lines
