"""The command `etl`.

Here: arguments, exit codes and one line for each error. Not here: what the commands do and how results
look. Heavy modules are imported by the command that needs them: `etl status` is asked often.

Exit codes: 0 published or nothing to do; 1 not published, or refused; 2 published, but a release could
not be fetched or is quarantined, and `--strict` was asked for; 64 bad usage.
"""

import os
import sys
import traceback
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import click
import typer

from etl.errors import EtlError
from etl.settings import PROJECT_ROOT, TIME_ZONE, Settings

FAILED, NOT_STRICTLY_GOOD, BAD_USAGE = 1, 2, 64

app = typer.Typer(
    name="etl",
    help="The warehouse of the State Bank of Pakistan's external-sector releases.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
_verbosity = {"is_verbose": False}


class Format(StrEnum):
    """How the rows of a query are printed."""

    TABLE = "table"
    CSV = "csv"
    JSON = "json"


@app.callback()
def options(
    verbose: Annotated[
        bool, typer.Option("--verbose", help="Show where an error arose, and Dagster's log.")
    ] = False,
) -> None:
    """Options of every command."""
    _verbosity["is_verbose"] = verbose


@app.command()
def refresh(
    offline: Annotated[bool, typer.Option(help="Ask for nothing; build from what is archived.")] = False,
    strict: Annotated[bool, typer.Option(help="Exit 2 where a release failed or is quarantined.")] = False,
    release: Annotated[
        list[str] | None, typer.Option(help="Ask for this release only; may be repeated.")
    ] = None,
) -> None:
    """Fetch what is new, build and publish the marts, and say what they show."""
    from rich.console import Console

    from etl import publishing, refreshing
    from etl.catalog import Catalog
    from etl.report import brief
    from etl.terminal import RefreshDisplay

    settings, catalog = Settings.from_environment(), Catalog.load()
    asked = [catalog.get(name) for name in release] if release else list(catalog.file_releases)
    before = publishing.current(settings)
    console = Console(highlight=False)
    display = RefreshDisplay(console)
    with display.running():
        refreshed = refreshing.refresh(
            settings,
            catalog,
            [] if offline else asked,
            on_answer=display.answered,
            progress=display.progress,
            log_level="INFO" if _verbosity["is_verbose"] else "CRITICAL",
        )
    display.sum_up(refreshed, before.build if before else None, settings)
    console.print()
    console.print(brief.write(settings.current_database), markup=False, soft_wrap=True)
    is_bad = any(item.has_failed for item in refreshed.collected) or any(
        state.quarantine for state in refreshed.snapshot.build.releases
    )
    if strict and is_bad:
        raise typer.Exit(NOT_STRICTLY_GOOD)


@app.command()
def add(
    files: Annotated[list[Path], typer.Argument(help="Release files: a browser download, an old copy.")],
    release: Annotated[str | None, typer.Option(help="The release, where its content does not tell.")] = None,
    published_on: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Day on which SBP published it.")
    ] = None,
) -> None:
    """Take release files by hand; they are landed at the next refresh."""
    from rich.console import Console

    from etl.archive import Archive
    from etl.catalog import Catalog
    from etl.collecting import add_file
    from etl.terminal import added_line

    settings, catalog = Settings.from_environment(), Catalog.load()
    archive = Archive(settings.archive)
    day = published_on.date() if published_on else None
    added = [add_file(path, catalog, archive, release, day) for path in files]
    console = Console(highlight=False)
    for item in added:
        console.print(added_line(item), soft_wrap=True)
    if any(item.is_new for item in added):
        console.print("run `etl refresh` to land and publish")
    if any(item.reason is not None for item in added):
        raise typer.Exit(FAILED)


@app.command()
def status() -> None:
    """Show for each release when it was asked, when it changed, how far it reaches, what is due."""
    from rich.console import Console

    from etl.archive import Archive
    from etl.catalog import Catalog
    from etl.status import release_statuses
    from etl.terminal import status_table

    settings = Settings.from_environment()
    today = datetime.now(ZoneInfo(TIME_ZONE)).date()
    Console(highlight=False).print(
        status_table(release_statuses(settings, Catalog.load(), Archive(settings.archive), today))
    )


@app.command()
def sql(
    query: Annotated[str, typer.Argument(help="One or more SQL statements; the last one's rows are shown.")],
    format: Annotated[Format, typer.Option(help="How rows are printed.")] = Format.TABLE,
) -> None:
    """Query the published marts, read-only."""
    import duckdb
    from rich.console import Console

    from etl import warehouse
    from etl.terminal import print_rows

    with warehouse.read(Settings.from_environment().current_database) as connection:
        try:
            result = connection.execute(query)
            names = [column[0] for column in result.description or ()]
            rows = result.fetchall()
        except duckdb.Error as error:
            raise EtlError(_first_lines(str(error))) from error
    print_rows(Console(highlight=False), names, rows, format.value)


@app.command()
def brief(
    month: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m"], help="The month; by default the newest with detail.")
    ] = None,
    markdown: Annotated[bool, typer.Option(help="Write Markdown.")] = False,
) -> None:
    """Say what a month's figures are, in words, with their source."""
    from etl.report import brief as report

    database = Settings.from_environment().current_database
    day = date(month.year, month.month, 1) if month else None
    sys.stdout.write(report.write(database, day, as_markdown=markdown))


@app.command()
def ui(port: Annotated[int, typer.Option(help="Port on this machine.")] = 3000) -> None:
    """Start Dagster on this machine, with the nightly schedule running."""
    from etl.orchestration.instance import prepare_dagster_home

    settings = Settings.from_environment()
    os.environ["ETL_HOME"] = str(settings.home)
    prepare_dagster_home(settings)
    sys.stdout.write(f"Dagster: http://127.0.0.1:{port} (Ctrl-C ends it)\n")
    sys.stdout.flush()
    os.chdir(PROJECT_ROOT)
    command = [
        sys.executable,
        "-m",
        "dagster",
        "dev",
        "-w",
        "workspace.yaml",
        "-h",
        "127.0.0.1",
        "-p",
        str(port),
    ]
    os.execv(sys.executable, command)


def main() -> None:
    """Run the command; every error is one line on standard error."""
    sys.exit(_run())


def _run() -> int:
    try:
        code = app(standalone_mode=False)
    except click.UsageError as error:
        error.show()
        return BAD_USAGE
    except (click.exceptions.Abort, KeyboardInterrupt):
        return _complain("interrupted; nothing was published that was not whole", FAILED)
    except EtlError as error:
        return _complain(str(error), FAILED)
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        return _complain(f"{where}{error.strerror or error}; nothing is lost, mend it and run again", FAILED)
    except Exception as error:
        message = f"{type(error).__name__}: {error}"
        return _complain(f"this is a mistake of the program: {message}; `etl --verbose` shows where", FAILED)
    return code if isinstance(code, int) else 0


def _complain(message: str, code: int) -> int:
    if _verbosity["is_verbose"]:
        traceback.print_exc()
    sys.stderr.write(f"etl: {' '.join(message.split())}\n")
    return code


def _first_lines(message: str) -> str:
    """Keep what DuckDB says is wrong and drop the picture of where."""
    return message.split("\n\n")[0]


if __name__ == "__main__":
    main()
