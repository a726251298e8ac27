"""Commands that answer a question from what is published.

Here: their arguments and what they print. Not here: what they do. Heavy modules are imported by the command
that needs them.
"""

import sys
from datetime import date, datetime
from pathlib import Path

import click

from etl.cli.common import DAY, NOT_STRICTLY_GOOD
from etl.cli.display import print_rows
from etl.common.errors import EtlError
from etl.common.settings import Settings


@click.command()
@click.argument("query", required=False)
@click.option("--format", "style", type=click.Choice(["table", "csv", "json"]), default="table")
@click.option("--as-of", type=DAY, help="The marts as known on this day.")
def sql(query: str | None, style: str, as_of: datetime | None) -> None:
    """Query the published marts, read-only: QUERY, else what is piped in, else in DuckDB's own shell.

    With --as-of the marts have their usual names and hold what was published by the end of that day.
    """
    import duckdb

    from etl.warehouse import connect, session_sql

    database, day = Settings.from_environment().current_database, as_of.date() if as_of else None
    if query is None and sys.stdin.isatty():
        from etl.cli import shell

        shell.start(database, style, day)
    asked = _piped_in() if query is None or query == "-" else query
    if not asked.strip():
        raise click.UsageError("the query is empty")

    schemas = session_sql.PUBLISHED_SCHEMAS
    opened = connect.read_as_of(database, day) if day else connect.read(database, *schemas)
    with opened as connection:
        try:
            names, rows = connect.ask(connection, asked)
        except duckdb.Error as error:
            raise EtlError(_without_picture(str(error))) from error
    print_rows(names, rows, style)


@click.command()
@click.argument("code")
@click.argument("period")
@click.option("--flow", help="exports, imports or balance of an item; average or month_end of a rate.")
@click.option("--series", help="The series, where a code stands in several.")
@click.option("--as-of", type=DAY, help="As it was known on this day.")
def trace(code: str, period: str, flow: str | None, series: str | None, as_of: datetime | None) -> None:
    """Follow a number back to its cells.

    CODE is an item of services (9), a line of the balance of payments (P00010), exports or imports of
    goods, a currency (USD), a country of remittances (WR0020), a holder of reserves (sbp), or a statement of
    the mart headlines (record, streak) with all that it was computed from. PERIOD is 2026-03, FY26, FY26-Q3,
    FY26-to-03 or the last day of a week.
    """
    from etl.serve import trace as report

    known_on = as_of.date() if as_of else None
    database = Settings.from_environment().current_database
    if code in report.names(database):
        sys.stdout.write(report.describe_statement(database, code, period, known_on))
        return
    found = report.find(database, code, period, flow=flow, series=series, as_of=known_on)
    sys.stdout.write(report.describe(found))


@click.command()
@click.argument("first")
@click.argument("second")
@click.option("--format", "style", type=click.Choice(["table", "csv", "json"]), default="table")
def diff(first: str, second: str, style: str) -> None:
    """Show which monthly (and weekly) figures changed from FIRST to SECOND: numbers of snapshots, or days."""
    from etl.serve import diff as changes

    found = changes.between(Settings.from_environment(), first, second)
    names = ("change", "series", "code", "period", "flow", "before", "after", "name")
    rows = [(change.kind, *change.key, change.before, change.after, change.name) for change in found]
    if rows or style != "table":
        print_rows(names, rows, style)
    else:
        sys.stdout.write(f"no figure changed from {first} to {second}\n")


@click.command()
@click.option("--month", type=click.DateTime(["%Y-%m"]), help="By default the newest month with detail.")
@click.option("--markdown", is_flag=True, help="Write Markdown.")
@click.option("--as-of", type=DAY, help="As it was known on this day.")
def brief(month: datetime | None, markdown: bool, as_of: datetime | None) -> None:
    """Return what a month's figures are, in words, with their source."""
    from etl.serve import brief as report

    database = Settings.from_environment().current_database
    day = date(month.year, month.month, 1) if month else None
    known_on = as_of.date() if as_of else None
    sys.stdout.write(report.write(database, day, as_of=known_on, as_markdown=markdown))


@click.command("check-claim")
@click.argument("claim", nargs=-1, metavar="[SUBJECT PERIOD NUMBER]")
@click.option("--measure", help="exports_yoy_pct, exports_mom_pct and so on; by default the amount.")
@click.option("--printed-on", help="Day, or month where no day is known; by default today.")
@click.option("--link", help="Of the print, which is no evidence for itself.")
@click.option("--file", "path", type=click.Path(path_type=Path), help="A CSV of claims.")
@click.option("--all", "is_press", is_flag=True, help="The claims of the press that come with the project.")
@click.option(
    "--only", type=click.Choice(["right", "right-now", "wrong", "cannot"]), help="This verdict only."
)
@click.option("--score", is_flag=True, help="Count verdicts against files and against other prints.")
@click.option("--strict", is_flag=True, help="Exit 2 where a claim is wrong.")
@click.option("--format", "style", type=click.Choice(["table", "csv", "json"]), default="table")
def check_claim(
    claim: tuple[str, ...],
    measure: str | None,
    printed_on: str | None,
    link: str | None,
    path: Path | None,
    is_press: bool,
    only: str | None,
    score: bool,
    strict: bool,
    style: str,
) -> None:
    """Check a printed figure: right for its day, right now only, wrong, or cannot be judged.

    SUBJECT is it-exports, services-imports and so on, or an item such as 9.2.5; PERIOD is 2026-03, FY26,
    FY26-Q3, FY26-H1 or FY26-to-03; NUMBER is as it was printed: 437, "2.24 billion", "+23 %". A claim that
    begins with a minus sign comes after --.
    """
    from etl.catalog.calendar import today
    from etl.cli.press_check import check_claims, print_score
    from etl.serve.press_check import claims as reading

    if [bool(claim), path is not None, is_press].count(True) != 1 or len(claim) not in (0, 3):
        raise click.UsageError("give SUBJECT PERIOD NUMBER, or --file, or --all")
    if score and only:
        raise click.UsageError("--score counts every verdict; leave --only out")
    if claim:
        day = printed_on or today().isoformat()
        subject, period, number = claim
        claims = [reading.claim(subject, period, number, printed_on=day, measure=measure, link=link)]
    elif measure or printed_on or link:
        raise click.UsageError("--measure, --printed-on and --link are columns of a file")
    else:
        claims = reading.read(path or reading.PRESS)
    database = Settings.from_environment().current_database
    if score:
        is_good = print_score(database, claims, style)
    else:
        is_good = check_claims(database, claims, style, only=only)
    if strict and not is_good:
        sys.exit(NOT_STRICTLY_GOOD)


def _without_picture(message: str) -> str:
    """Keep what DuckDB says is wrong and drop its drawing of where."""
    return message.split("\n\n")[0]


def _piped_in() -> str:
    try:
        return sys.stdin.buffer.read().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise click.UsageError("what is piped in is not text in UTF-8; save it as that") from error
