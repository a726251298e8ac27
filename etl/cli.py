"""The command `etl`.

Here: arguments, exit codes and one line for each error. Not here: what the commands do and how results
look. Heavy modules are imported by the command that needs them: `etl status` is asked often.

Exit codes: 0 published or nothing to do; 1 not published, or refused; 2 with `--strict`: published, but a
release could not be fetched or is quarantined, or a claim is wrong; 64 bad usage.
"""

import os
import sys
import traceback
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from etl import __version__
from etl.errors import EtlError
from etl.settings import PROJECT_ROOT, Settings

if TYPE_CHECKING:
    from etl.backfilling.sources import Source
    from etl.catalog import Catalog, Release
    from etl.exporting.export import Format

FAILED, NOT_STRICTLY_GOOD, BAD_USAGE = 1, 2, 64


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, message="etl %(version)s")
@click.option("--verbose", is_flag=True, help="Show where an error arose, Dagster's log, dbt's names.")
@click.pass_context
def etl(context: click.Context, verbose: bool) -> None:
    """Keep and query the State Bank of Pakistan's external-sector releases."""
    context.obj = verbose


@etl.command()
@click.option("--offline", is_flag=True, help="Ask for nothing; build from what is archived.")
@click.option("--strict", is_flag=True, help="Exit 2 where a release failed or is quarantined.")
@click.option("--release", "names", multiple=True, help="Ask for this release only; may be repeated.")
@click.pass_obj
def refresh(verbose: bool, offline: bool, strict: bool, names: tuple[str, ...]) -> None:
    """Fetch what is new, build and publish the marts, say what they show."""
    from rich.console import Console

    from etl import refreshing, snapshots
    from etl.catalog import Catalog
    from etl.terminal import RefreshDisplay

    settings, catalog = Settings.from_environment(), Catalog.load()
    asked = [_known(name, catalog) for name in names] if names else list(catalog.file_releases)
    before = snapshots.current(settings)
    console = Console(highlight=False, soft_wrap=True)
    display = RefreshDisplay(console, is_verbose=verbose)
    try:
        with display.running("archived files" if offline else "asking SBP"):
            refreshed = refreshing.refresh(
                settings,
                catalog,
                [] if offline else asked,
                on_answer=display.answered,
                progress=display.progress,
                log_level="INFO" if verbose else "CRITICAL",
            )
    except Exception as error:
        _tell(settings, catalog, str(error) or type(error).__name__)
        raise
    display.sum_up(refreshed, before.build if before else None, settings)
    if refreshed.is_new:
        from etl.report import brief

        console.print()
        console.print(brief.write(settings.current_database), markup=False)
    _tell(settings, catalog, failure=None)
    if strict and not refreshed.is_strictly_good:
        sys.exit(NOT_STRICTLY_GOOD)


@etl.command()
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--release", "name", help="The release, where its content does not tell.")
@click.option("--published-on", type=click.DateTime(["%Y-%m-%d"]), help="Day on which SBP published it.")
def add(paths: tuple[Path, ...], name: str | None, published_on: datetime | None) -> None:
    """Take release files by hand: a browser download, an old copy, a folder or a zip archive of them.

    Each is recognised by its content. They are landed at the next refresh.
    """
    from rich.console import Console

    from etl.adding import display, taking
    from etl.archive import Archive
    from etl.catalog import Catalog

    settings, catalog = Settings.from_environment(), Catalog.load()
    day = published_on.date() if published_on else None
    if name is not None:
        _known(name, catalog)
    console = Console(highlight=False, soft_wrap=True)
    added = []
    with console.status("reading") as status:
        for item in taking.add(paths, catalog, Archive(settings.archive), name, day):
            added.append(item)
            status.update(f"{len(added)} files read")
    for line in display.lines(added):
        console.print(line)
    if not added:
        console.print("there are no files in what was given")
    if any(item.is_new for item in added):
        console.print("run `etl refresh` to land and publish")
    if any(item.reason is not None for item in added):
        sys.exit(FAILED)


@etl.command()
@click.option(
    "--from", "source", type=click.Choice(["wayback", "easydata"]), required=True, help="Who kept them."
)
@click.option("--since", type=click.DateTime(["%Y-%m-%d"]), help="Nothing older than this day.")
@click.option("--release", "names", multiple=True, help="Of this release only; may be repeated.")
def backfill(source: "Source", since: datetime | None, names: tuple[str, ...]) -> None:
    """Take vintages of the past from whoever kept them: wayback, the web archive at web.archive.org, or
    easydata, SBP's data portal, which needs a key (EASYDATA_API_KEY).

    Whatever is asked politely takes long; end it when you like, and the same command goes on there.
    """
    from rich.console import Console

    from etl.archive import Archive
    from etl.backfilling.display import BackfillDisplay
    from etl.backfilling.sources import backfill_from
    from etl.backfilling.values import Request
    from etl.catalog import Catalog

    settings, catalog = Settings.from_environment(), Catalog.load()
    releases = [_known(name, catalog) for name in names] if names else catalog.file_releases
    day = since.date() if since else None
    request = Request(settings, Archive(settings.archive), tuple(releases), day)
    display = BackfillDisplay(Console(highlight=False, soft_wrap=True))
    with display.running():
        backfilled = backfill_from(source, request, display.progress)
    display.sum_up(backfilled)
    if backfilled.unfinished:
        sys.exit(FAILED)


@etl.command()
def status() -> None:
    """Show for each release when it was asked, how far it reaches, what is due."""
    from etl.archive import Archive
    from etl.calendar import today
    from etl.catalog import Catalog
    from etl.status import index_complaint, release_statuses
    from etl.status_display import print_status

    settings = Settings.from_environment()
    catalog, archive = Catalog.load(), Archive(settings.archive)
    statuses = release_statuses(settings, catalog, archive, today())
    print_status(statuses, index_complaint(catalog, archive))


@etl.command()
@click.option("--offline", is_flag=True, help="Ask nobody.")
@click.option("--thorough", is_flag=True, help="Read every archived file.")
@click.option("--send-test-alert", is_flag=True, help="Send an alert on every channel that is set.")
def doctor(offline: bool, thorough: bool, send_test_alert: bool) -> None:
    """Look whether this installation is well, and say what to do where it is not."""
    from etl.doctoring.checks import Case
    from etl.doctoring.display import print_findings
    from etl.doctoring.everything import examine_all

    case = Case(Settings.from_environment(), offline, thorough, send_test_alert)
    if not print_findings(examine_all(case)):
        sys.exit(FAILED)


@etl.command()
@click.argument("query")
@click.option("--format", "style", type=click.Choice(["table", "csv", "json"]), default="table")
@click.option("--as-of", type=click.DateTime(["%Y-%m-%d"]), help="The marts as known on this day.")
def sql(query: str, style: str, as_of: datetime | None) -> None:
    """Query the published marts, read-only.

    With --as-of the marts have their usual names and hold what was published by the end of that day.
    """
    import duckdb

    from etl import warehouse
    from etl.rows import print_rows

    if not query.strip():
        raise click.UsageError("the query is empty")

    database = Settings.from_environment().current_database
    opened = warehouse.read_as_of(database, as_of.date()) if as_of else warehouse.read(database, "marts")
    with opened as connection:
        try:
            result = connection.execute(query)
            names = [column[0] for column in result.description or ()]
            rows = result.fetchall()
        except duckdb.Error as error:
            raise EtlError(_without_picture(str(error))) from error
    print_rows(names, rows, style)


@etl.command()
@click.argument("first")
@click.argument("second")
@click.option("--format", "style", type=click.Choice(["table", "csv", "json"]), default="table")
def diff(first: str, second: str, style: str) -> None:
    """Show which monthly (and weekly) figures changed from FIRST to SECOND: numbers of snapshots, or days."""
    from etl.report import changes
    from etl.rows import print_rows

    found = changes.between(Settings.from_environment(), first, second)
    names = ("change", "series", "code", "period", "flow", "before", "after", "name")
    rows = [(change.kind, *change.key, change.before, change.after, change.name) for change in found]
    if rows or style != "table":
        print_rows(names, rows, style)
    else:
        sys.stdout.write(f"no figure changed from {first} to {second}\n")


@etl.command()
def replay() -> None:
    """Rebuild every table from the archive alone and compare it with what is published.

    Equal row for row, or it says which rows differ; nothing that is published is touched.
    """
    from rich.console import Console

    from etl import replaying
    from etl.catalog import Catalog
    from etl.terminal import RefreshDisplay, print_replayed

    console = Console(highlight=False, soft_wrap=True)
    display = RefreshDisplay(console)
    with display.running("rebuilding from the archive"):
        replayed = replaying.replay(Settings.from_environment(), Catalog.load(), display.progress)
    print_replayed(console, replayed)
    if replayed.differences:
        sys.exit(FAILED)


@etl.command()
@click.option("--month", type=click.DateTime(["%Y-%m"]), help="By default the newest month with detail.")
@click.option("--markdown", is_flag=True, help="Write Markdown.")
@click.option("--as-of", type=click.DateTime(["%Y-%m-%d"]), help="As it was known on this day.")
def brief(month: datetime | None, markdown: bool, as_of: datetime | None) -> None:
    """Say what a month's figures are, in words, with their source."""
    from etl.report import brief as report

    database = Settings.from_environment().current_database
    day = date(month.year, month.month, 1) if month else None
    known_on = as_of.date() if as_of else None
    sys.stdout.write(report.write(database, day, as_of=known_on, as_markdown=markdown))


@etl.command()
@click.option("--month", type=click.DateTime(["%Y-%m"]), help="By default the newest month with detail.")
@click.option("--as-of", type=click.DateTime(["%Y-%m-%d"]), help="As it was known on this day.")
@click.option("--output", type=click.Path(path_type=Path), help="By default ETL_HOME/reports/<month>.html.")
def report(month: datetime | None, as_of: datetime | None, output: Path | None) -> None:
    """Write a month's report: one page with charts, tables and the source of every figure.

    The page is one file that opens without a network and prints on paper; its path is printed.
    """
    from etl.report.page import writing

    day = date(month.year, month.month, 1) if month else None
    known_on = as_of.date() if as_of else None
    path = writing.write(Settings.from_environment(), day, as_of=known_on, output=output)
    sys.stdout.write(f"{path}\n")


@etl.command()
@click.argument("code")
@click.argument("period")
@click.option("--flow", help="exports, imports or balance of an item; average or month_end of a rate.")
@click.option("--series", help="The series, where a code stands in several.")
@click.option("--as-of", type=click.DateTime(["%Y-%m-%d"]), help="As it was known on this day.")
def trace(code: str, period: str, flow: str | None, series: str | None, as_of: datetime | None) -> None:
    """Follow a number back to its cells.

    CODE is an item of services (9), a line of the balance of payments (P00010), exports or imports of
    goods, a currency (USD), a country of remittances (WR0020) or a holder of reserves (sbp). PERIOD is
    2026-03, FY26, FY26-Q3, FY26-to-03 or the last day of a week.
    """
    from etl.report import trace as report
    from etl.report.trace_words import describe

    known_on = as_of.date() if as_of else None
    database = Settings.from_environment().current_database
    found = report.find(database, code, period, flow=flow, series=series, as_of=known_on)
    sys.stdout.write(describe(found))


@etl.command("check-claim")
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
    from etl.calendar import today
    from etl.claims import command, reading

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
        is_good = command.print_score(database, claims, style)
    else:
        is_good = command.check_claims(database, claims, style, only=only)
    if strict and not is_good:
        sys.exit(NOT_STRICTLY_GOOD)


@etl.command()
@click.argument("words", nargs=-1)
@click.option("--open", "is_opened", is_flag=True, help="Open it with this machine's browser.")
def dictionary(words: tuple[str, ...], is_opened: bool) -> None:
    """Say where the data dictionary is: the page on every table, column, measure, release and test.

    With WORDS the address shows what has all of them; with one column, such as
    marts.services_monthly.exports_usd_mn, that column.
    """
    from etl.report.dictionary.where import address

    found = address(Settings.from_environment().current_database, words)
    sys.stdout.write(f"{found}\n")
    sys.stdout.flush()
    if is_opened and click.launch(found):
        raise EtlError("no program of this machine opens it; open the address above in a browser")


@etl.command()
@click.argument("folder", metavar="[DIR]", required=False, type=click.Path(path_type=Path))
@click.option("--as-of", type=click.DateTime(["%Y-%m-%d"]), help="The marts as known on this day.")
@click.option("--mart", "marts", multiple=True, help="This mart only; may be repeated.")
@click.option(
    "--format",
    "formats",
    type=click.Choice(["parquet", "csv", "excel"]),
    multiple=True,
    help="In this format only; may be repeated.",
)
def export(
    folder: Path | None, as_of: datetime | None, marts: tuple[str, ...], formats: "tuple[Format, ...]"
) -> None:
    """Write the marts to DIR as files to take away: Parquet, CSV, one Excel workbook, and datapackage.json,
    which describes them all. DIR is exports/ in ETL_HOME by default; an export that is there is replaced.
    """
    from rich.console import Console

    from etl.exporting import export as exporting
    from etl.exporting.tables import UnknownMartError

    console = Console(highlight=False, soft_wrap=True)
    with console.status("exporting") as status:
        try:
            exported = exporting.export(
                Settings.from_environment(),
                folder,
                marts=marts,
                formats=formats or exporting.FORMATS,
                as_of=as_of.date() if as_of else None,
                on_step=status.update,
            )
        except UnknownMartError as error:
            raise click.BadParameter(str(error)) from error
    for line in exported.lines():
        console.print(line, markup=False)


@etl.command()
@click.option("--port", type=click.IntRange(1, 65_535), default=3000, show_default=True)
def ui(port: int) -> None:
    """Start Dagster on this machine, with the nightly schedule running."""
    from etl.orchestration.instance import prepare_dagster_home

    settings = Settings.from_environment()
    os.environ["ETL_HOME"] = str(settings.home)
    prepare_dagster_home(settings)
    sys.stdout.write(f"Dagster: http://127.0.0.1:{port} (Ctrl-C ends it)\n")
    sys.stdout.flush()
    os.chdir(PROJECT_ROOT)
    address = ["-h", "127.0.0.1", "-p", str(port)]
    os.execv(sys.executable, [sys.executable, "-m", "dagster", "dev", "-w", "workspace.yaml", *address])


def main() -> None:
    """Run the command; every error is one line on standard error."""
    code = _run(sys.argv[1:])
    sys.stdout.flush()
    sys.stderr.flush()
    # Dagster takes 0.8 s of the usual way out to tidy up memory that the system takes back at once.
    os._exit(code)


def _run(arguments: list[str]) -> int:
    # Of every command, before it or after it.
    is_verbose = "--verbose" in arguments
    if is_verbose:
        arguments = ["--verbose", *(argument for argument in arguments if argument != "--verbose")]
    try:
        etl.main(arguments, prog_name="etl", standalone_mode=False)
    except SystemExit as stop:
        return stop.code if isinstance(stop.code, int) else FAILED
    except click.UsageError as error:
        error.show()
        return BAD_USAGE
    except (click.Abort, KeyboardInterrupt):
        return _complain("interrupted: nothing half done was published; run it again", is_verbose)
    except EtlError as error:
        return _complain(str(error), is_verbose)
    except BrokenPipeError:
        # Whoever reads has read enough; what is still buffered goes nowhere.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        return _complain(f"{where}{error.strerror or error}; mend it and run again", is_verbose)
    except Exception as error:
        kind = f"{type(error).__name__}: {error}"
        return _complain(f"this is a mistake of the program: {kind}; --verbose shows where", is_verbose)
    return 0


def _known(name: str, catalog: "Catalog") -> "Release":
    """Give the release of a name; an unknown one is bad usage."""
    try:
        return catalog.get(name)
    except EtlError as error:
        raise click.BadParameter(str(error)) from error


def _tell(settings: Settings, catalog: "Catalog", failure: str | None) -> None:
    """Tell people of what the refresh found; what does not get through is a line and no failure."""
    from etl.telling import tell

    for line in tell.after_command(settings, catalog, failure):
        sys.stderr.write(f"etl: {line}\n")


def _complain(message: str, is_verbose: bool) -> int:
    if is_verbose:
        traceback.print_exc()
    sys.stderr.write(f"etl: {' '.join(message.split())}\n")
    return FAILED


def _without_picture(message: str) -> str:
    """Keep what DuckDB says is wrong and drop its drawing of where."""
    return message.split("\n\n")[0]


if __name__ == "__main__":
    main()
