"""The command `etl`.

Here: the list of commands, exit codes and one line for each error. Not here: the commands (`etl.cli`).

Exit codes: 0 published or nothing to do; 1 not published, or refused; 2 with `--strict`: published, but a
release could not be fetched or is quarantined, or a claim is wrong; 64 bad usage.
"""

import os
import sys
import traceback

import click

from etl import __version__
from etl.cli import operate, query, refresh, write
from etl.cli.common import BAD_USAGE, FAILED
from etl.common.errors import EtlError
from etl.common.terminal import make_streams_plain


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, message="etl %(version)s")
@click.option("--verbose", is_flag=True, help="Show where an error arose, Dagster's log, dbt's names.")
@click.pass_context
def etl(context: click.Context, verbose: bool) -> None:
    """Keep and query the State Bank of Pakistan's external-sector releases."""
    context.obj = verbose


for _command in (
    refresh.refresh,
    refresh.add,
    refresh.withdraw,
    refresh.restore,
    refresh.correct_date,
    refresh.backfill,
    operate.status,
    query.sql,
    query.trace,
    query.brief,
    write.report,
    query.check_claim,
    query.diff,
    write.export,
    write.dictionary,
    refresh.replay,
    operate.doctor,
    operate.ui,
):
    etl.add_command(_command)


_OF_ANOTHER_VERSION = ("CatalogException", "BinderException")
"""DuckDB's errors where a table or column is not there, by name: to import DuckDB for them takes 60 ms. A
user's query is answered with DuckDB's own words before it comes here.
"""


def main() -> None:
    """Run the command; every error is one line on standard error."""
    make_streams_plain()
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
        return _complain(_of_disk(error) or str(error), is_verbose)
    except BrokenPipeError:
        # Whoever reads has read enough; what is still buffered goes nowhere.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        said = f"{where}{error.strerror or error}; mend it and run again"
        return _complain(_of_disk(error) or said, is_verbose)
    except Exception as error:
        return _complain(_of_disk(error) or _unexpected(error), is_verbose)
    return 0


def _of_disk(error: Exception) -> str | None:
    """Say that a disk is full or read-only where an error comes from that, whichever library met it."""
    from etl.common import files
    from etl.common.settings import Settings, SettingsError

    try:
        return files.why_not_written(error, Settings.from_environment().home)
    except SettingsError:
        return None


def _unexpected(error: Exception) -> str:
    if type(error).__name__ in _OF_ANOTHER_VERSION:
        what = str(error).split("\n")[0]
        return f"what is published was built by another version ({what}); run `etl refresh`"
    return f"this is a mistake of the program: {type(error).__name__}: {error}; --verbose shows where"


def _complain(message: str, is_verbose: bool) -> int:
    if is_verbose:
        traceback.print_exc()
    sys.stderr.write(f"etl: {' '.join(message.split())}\n")
    return FAILED


if __name__ == "__main__":
    main()
