"""Building: the steps between archive and publication, each safe to repeat and to interleave.

Here: what each step does to the build database, what must be true before the next, and what a tested build
gets before it may be published (macros as of a day, descriptions). Not here: how a file is landed, a model
built or a snapshot published, the locks themselves (`locks`), and Dagster, which calls these one by one.

Two refreshes at once lock the build database step by step. That is enough: each step brings it to
what archive and models call for, and publication demands that what it publishes was tested as it is.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager

from etl.archive.store import Archive
from etl.catalog.releases import Catalog, Release
from etl.common.location import Database
from etl.common.settings import Settings
from etl.landing import land as landing
from etl.modelling import as_of, build_key
from etl.modelling.dbt import DbtWorker, NodeResult, manifest_path
from etl.modelling.manifest import Manifest
from etl.publish import publish as publishing
from etl.publish.locks import build_lock
from etl.publish.snapshots import Snapshot
from etl.warehouse import comments, connect
from etl.warehouse.comments import Comment


def finish(database: Database, compiled: Mapping[str, as_of.Model], manifest: Manifest) -> None:
    """Bring a build database that is wholly built and tested to what is published of it."""
    with connect.write(database) as connection, connect.transaction(connection):
        _make_as_of_macros(connection, compiled)
        _describe(connection, list(_wanted(database, manifest)))


def _make_as_of_macros(connection: connect.Connection, compiled: Mapping[str, as_of.Model]) -> None:
    """Make `marts.<mart>_as_of(day)`. That each gives its mart for a day after every print is a test of the
    project and not of each build, which it made a fifth slower.
    """
    for mart in as_of.MARTS:
        connection.execute(as_of.macro(mart, compiled))


def _describe(connection: connect.Connection, wanted: list[Comment]) -> None:
    statements = comments.statements(wanted, comments.said(connection))
    if statements:
        connection.execute(";".join(statements))


def _wanted(database: Database, manifest: Manifest) -> Iterator[Comment]:
    """Return what every seed, model, column and macro is; landing described its tables."""
    are_columns_of_views_described = connect.takes_comments_on("columns of views", database)
    for node in manifest.built:
        is_view = node.materialized == "view"
        has_columns = not is_view or are_columns_of_views_described
        yield from comments.of_relation(
            "view" if is_view else "table",
            f"{node.schema}.{node.name}",
            node.description,
            ((column.name, column.description) for column in node.columns if has_columns),
        )
    described = {node.name: node.description for node in manifest.built}
    for mart in as_of.MARTS if connect.takes_comments_on("macros", database) else ():
        text = f"The mart {mart} as it was known by the end of a day: {mart}_as_of('2026-01-20'). "
        yield from comments.of_relation("macro table", f"marts.{mart}_as_of", text + described[mart])


@contextmanager
def read_build(settings: Settings) -> Iterator[connect.Connection]:
    """Read the build database while no step changes it."""
    with build_lock(settings), connect.read(settings.build_database) as connection:
        yield connection


def land(
    settings: Settings, catalog: Catalog, archive: Archive, *releases: Release
) -> tuple[landing.LandedFile, ...]:
    """Land the files of releases that are not landed yet."""
    with build_lock(settings):
        with _ready(settings, catalog) as connection:
            landed = landing.land_releases(connection, releases, archive)
        if landed:
            publishing.mark_untested(settings)
        return landed


def land_bookkeeping(settings: Settings, catalog: Catalog, archive: Archive) -> int:
    """Land the log of fetches; returns how many lines it has gained."""
    with build_lock(settings), _ready(settings, catalog) as connection:
        return landing.land_fetches(connection, archive)


def model(settings: Settings, worker: DbtWorker, select: Sequence[str] = ()) -> Iterator[NodeResult]:
    """Build the models and run their tests; returns each node as it finishes.

    The build counts as tested only where all of it was built and nothing failed.
    """
    with build_lock(settings):
        publishing.mark_untested(settings)
        is_good = True
        for result in worker.build(select):
            is_good = is_good and result.is_good
            yield result
        if is_good and not select:
            finish(settings.build_database, worker.compiled, Manifest.load(manifest_path(settings)))
            publishing.mark_tested(settings, worker.models_key)


def publish(settings: Settings, documents: Mapping[str, str]) -> Snapshot:
    """Publish the build database where it was tested as it is, and documents about it."""
    with build_lock(settings):
        return publishing.publish(settings, documents)


def _ready(settings: Settings, catalog: Catalog) -> AbstractContextManager[connect.Connection]:
    return landing.ready(settings.build_database, catalog, build_key.raw_key(catalog))
