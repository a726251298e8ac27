"""Commands that bring releases in and make marts of them.

Here: their arguments and what they print. Not here: what they do. Heavy modules are imported by the command
that needs them.
"""

import sys
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from etl.cli.common import DAY, FAILED, NOT_STRICTLY_GOOD, known_release
from etl.common.settings import Settings

if TYPE_CHECKING:
    from etl.catalog.releases import Catalog
    from etl.fetch.backfill import Source


@click.command()
@click.option("--offline", is_flag=True, help="Ask for nothing; build from what is archived.")
@click.option("--strict", is_flag=True, help="Exit 2 where a release failed or is quarantined.")
@click.option("--release", "names", multiple=True, help="Ask for this release only; may be repeated.")
@click.pass_obj
def refresh(verbose: bool, offline: bool, strict: bool, names: tuple[str, ...]) -> None:
    """Fetch what is new, build and publish the marts, say what they show."""
    from etl.catalog.releases import Catalog
    from etl.cli.console import PlainConsole
    from etl.cli.display import RefreshDisplay
    from etl.orchestration import refresh as refreshing
    from etl.publish import store

    settings, catalog = Settings.from_environment(), Catalog.load()
    asked = [known_release(name, catalog) for name in names] if names else list(catalog.file_releases)
    before = store.current(settings)
    console = PlainConsole()
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
    brief = None
    if refreshed.is_new:
        from etl.serve.brief import write

        brief = write(settings.current_database)
        console.print()
        console.print(brief, markup=False)
    _tell(settings, catalog, failure=None, brief=brief)
    if strict and not refreshed.is_strictly_good:
        sys.exit(NOT_STRICTLY_GOOD)


@click.command()
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--release", "name", help="The release, where its content does not tell.")
@click.option("--published-on", type=DAY, help="Day on which SBP published it.")
def add(paths: tuple[Path, ...], name: str | None, published_on: datetime | None) -> None:
    """Take release files by hand: a browser download, an old copy, a folder or a zip archive of them.

    Each is recognised by its content. They are landed at the next refresh.
    """
    from etl.archive.store import Archive
    from etl.catalog.releases import Catalog
    from etl.cli import display
    from etl.cli.console import PlainConsole
    from etl.fetch import by_hand

    settings, catalog = Settings.from_environment(), Catalog.load()
    day = published_on.date() if published_on else None
    if name is not None:
        known_release(name, catalog)
    console = PlainConsole()
    added = []
    with console.status("reading") as status:
        for item in by_hand.add(paths, catalog, Archive(settings.archive), name, day):
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


@click.command()
@click.argument("file", metavar="FILE|SHA256")
@click.option("--reason", required=True, help="Why; it stands in the archive's log and in `etl status`.")
def withdraw(file: str, reason: str) -> None:
    """Take an archived file out: it stays in the archive, and nothing of it counts any more.

    FILE is its path, or the beginning of its SHA-256. `etl restore` takes it back.
    """
    _decide(file, "withdrawn", reason)


@click.command()
@click.argument("file", metavar="FILE|SHA256")
@click.option("--reason", required=True, help="Why; it stands in the archive's log.")
def restore(file: str, reason: str) -> None:
    """Take a withdrawn file back: it counts again."""
    _decide(file, "restored", reason)


@click.command("correct-date")
@click.argument("file", metavar="FILE|SHA256")
@click.option("--published-on", type=DAY, required=True, help="Day on which SBP published it.")
@click.option("--reason", required=True, help="Why; it stands in the archive's log beside the day before.")
def correct_date(file: str, published_on: datetime, reason: str) -> None:
    """Give an archived file another day of publication. The log of the archive keeps both."""
    _decide(file, "dated", reason, published_on.date())


def _decide(
    word: str,
    action: Literal["withdrawn", "restored", "dated"],
    reason: str,
    published_on: date | None = None,
) -> None:
    from etl.archive.store import Archive
    from etl.catalog.releases import Catalog
    from etl.cli.console import PlainConsole
    from etl.fetch import by_hand

    settings, catalog = Settings.from_environment(), Catalog.load()
    archive = Archive(settings.archive)
    file = by_hand.archived(word, catalog, archive)
    by_hand.decide(file, archive, action, reason, published_on)
    day = f" as published on {published_on}" if published_on else ""
    facts = file.facts
    PlainConsole().print(
        f"{action} {facts.original_name} of {facts.release_id} ({facts.sha256[:12]}){day}; "
        "run `etl refresh --offline` to build by it",
        markup=False,
    )


@click.command()
@click.option(
    "--from", "source", type=click.Choice(["wayback", "easydata"]), required=True, help="Who kept them."
)
@click.option("--since", type=DAY, help="Nothing older than this day.")
@click.option("--release", "names", multiple=True, help="Of this release only; may be repeated.")
def backfill(source: "Source", since: datetime | None, names: tuple[str, ...]) -> None:
    """Take vintages of the past from whoever kept them: wayback, the web archive at web.archive.org, or
    easydata, SBP's data portal, which needs a key (EASYDATA_API_KEY).

    Whatever is asked politely takes long; end it when you like, and the same command goes on there.
    """
    from etl.archive.store import Archive
    from etl.catalog.releases import Catalog
    from etl.cli.console import PlainConsole
    from etl.cli.display import BackfillDisplay
    from etl.fetch.backfill import backfill_from
    from etl.fetch.backfill_values import Request

    settings, catalog = Settings.from_environment(), Catalog.load()
    releases = [known_release(name, catalog) for name in names] if names else catalog.file_releases
    day = since.date() if since else None
    request = Request(settings, Archive(settings.archive), tuple(releases), day)
    display = BackfillDisplay(PlainConsole())
    with display.running():
        backfilled = backfill_from(source, request, display.progress)
    display.sum_up(backfilled)
    if backfilled.unfinished:
        sys.exit(FAILED)


@click.command()
def replay() -> None:
    """Rebuild every table from the archive alone and compare it with what is published.

    Equal row for row, or it says which rows differ; nothing that is published is touched.
    """
    from etl.catalog.releases import Catalog
    from etl.cli.console import PlainConsole
    from etl.cli.display import RefreshDisplay, print_replayed
    from etl.publish import replay as replaying

    console = PlainConsole()
    display = RefreshDisplay(console)
    with display.running("rebuilding from the archive"):
        replayed = replaying.replay(Settings.from_environment(), Catalog.load(), display.progress)
    print_replayed(console, replayed)
    if replayed.differences:
        sys.exit(FAILED)


def _tell(settings: Settings, catalog: "Catalog", failure: str | None, brief: str | None = None) -> None:
    """Tell people of what the refresh found; what does not get through is a line and no failure."""
    from etl.monitor.alerts import send

    for line in send.after_command(settings, catalog, failure, brief=brief):
        sys.stderr.write(f"etl: {line}\n")
