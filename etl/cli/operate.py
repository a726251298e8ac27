"""Commands for whoever runs an installation.

Here: their arguments and what they print. Not here: what they do. Heavy modules are imported by the command
that needs them.
"""

import os
import sys

import click

from etl.cli.common import FAILED
from etl.common.addresses import is_loopback
from etl.common.settings import PROJECT_ROOT, Settings


@click.command()
def status() -> None:
    """Show for each release when it was asked, how far it reaches, what is due."""
    from etl.archive.store import Archive
    from etl.catalog.calendar import today
    from etl.catalog.releases import Catalog
    from etl.cli.display import print_status
    from etl.monitor.status import index_complaint, release_statuses

    settings = Settings.from_environment()
    catalog, archive = Catalog.load(), Archive(settings.archive)
    statuses = release_statuses(settings, catalog, archive, today())
    print_status(statuses, index_complaint(catalog, archive))


@click.command()
@click.option("--offline", is_flag=True, help="Ask nobody.")
@click.option("--thorough", is_flag=True, help="Read every archived file.")
@click.option("--send-test-alert", is_flag=True, help="Send an alert on every channel that is set.")
def doctor(offline: bool, thorough: bool, send_test_alert: bool) -> None:
    """Look whether this installation is well, and say what to do where it is not."""
    from etl.cli.doctor import examine_all, print_findings
    from etl.monitor.doctor.checks import Case

    case = Case(Settings.from_environment(), offline, thorough, send_test_alert)
    if not print_findings(examine_all(case)):
        sys.exit(FAILED)


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Dagster has no login of its own.")
@click.option("--port", type=click.IntRange(1, 65_535), default=3000, show_default=True)
def ui(host: str, port: int) -> None:
    """Start Dagster on this machine, with the nightly schedule running."""
    from etl.orchestration.instance import prepare_dagster_home

    settings = Settings.from_environment()
    os.environ["ETL_HOME"] = str(settings.home)
    prepare_dagster_home(settings)
    if not is_loopback(host):
        sys.stderr.write(
            f"etl: whoever reaches {host}:{port} can start, end and delete runs: Dagster has no login; put a "
            "proxy with one before it, or an ssh tunnel (docs/operations.md)\n"
        )
    sys.stdout.write(f"Dagster: http://{host}:{port} (Ctrl-C ends it)\n")
    sys.stdout.flush()
    os.chdir(PROJECT_ROOT)
    address = ["-h", host, "-p", str(port)]
    os.execv(sys.executable, [sys.executable, "-m", "dagster", "dev", "-w", "workspace.yaml", *address])
