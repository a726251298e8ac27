"""Commands that write, or name, files for people: the report, the exports, the dictionary.

Here: their arguments and what they print. Not here: what they do. Heavy modules are imported by the command
that needs them.
"""

import sys
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from etl.cli.common import DAY
from etl.common.errors import EtlError
from etl.common.settings import Settings

if TYPE_CHECKING:
    from etl.serve.export.export import Format


@click.command()
@click.option("--month", type=click.DateTime(["%Y-%m"]), help="By default the newest month with detail.")
@click.option("--as-of", type=DAY, help="As it was known on this day.")
@click.option("--output", type=click.Path(path_type=Path), help="By default ETL_HOME/reports/<month>.html.")
def report(month: datetime | None, as_of: datetime | None, output: Path | None) -> None:
    """Write a month's report: one page with charts, tables and the source of every figure.

    The page is one file that opens without a network and prints on paper; its path is printed.
    """
    from etl.serve.report import page

    day = date(month.year, month.month, 1) if month else None
    known_on = as_of.date() if as_of else None
    path = page.write(Settings.from_environment(), day, as_of=known_on, output=output)
    sys.stdout.write(f"{path}\n")


@click.command()
@click.argument("folder", metavar="[DIR]", required=False, type=click.Path(path_type=Path))
@click.option("--as-of", type=DAY, help="The marts as known on this day.")
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
    from etl.cli.console import PlainConsole
    from etl.serve.export import export as exporting
    from etl.serve.export.tables import UnknownMartError

    console = PlainConsole()
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


@click.command()
@click.argument("words", nargs=-1)
@click.option("--open", "is_opened", is_flag=True, help="Open it with this machine's browser.")
def dictionary(words: tuple[str, ...], is_opened: bool) -> None:
    """Return where the data dictionary is: the page on every table, column, measure, release and test.

    With WORDS the address shows what has all of them; with one column, such as
    marts.services_monthly.exports_usd_mn, that column.
    """
    from etl.publish import store
    from etl.serve.dictionary.page import address

    settings = Settings.from_environment()
    store.current(settings)  # of a lake this brings its documents here
    found = address(settings.current_documents, words)
    sys.stdout.write(f"{found}\n")
    sys.stdout.flush()
    if is_opened and click.launch(found):
        raise EtlError("no program of this machine opens it; open the address above in a browser")
