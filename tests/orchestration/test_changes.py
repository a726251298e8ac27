"""What stands beside a mart: its series drawn, the brief, and what differs from the published snapshot."""

import shutil
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import msgspec
import pytest

from etl.common.markdown import INLINE
from etl.common.settings import Settings
from etl.modelling.dbt import ensure_manifest
from etl.modelling.manifest import Manifest, Node
from etl.orchestration import changes
from etl.orchestration.changes import ChangesView, Compared
from etl.publish import store
from etl.publish.snapshots import Build, Snapshot
from etl.serve import pictures
from etl.serve.diff import Change, Key
from etl.warehouse import connect
from tests.support.installation import Installation, installation


@pytest.fixture
def installed(published: Installation, tmp_path: Path) -> Installation:
    home = tmp_path / "home"
    shutil.copytree(published.settings.home, home, symlinks=True)
    return installation(home)


@pytest.fixture(scope="module")
def marts(published: Installation) -> dict[str, Node]:
    manifest = Manifest.load(ensure_manifest(published.settings))
    return {node.name: node for node in manifest.nodes.values() if node.schema == "marts"}


def shown_of(
    settings: Settings, marts: dict[str, Node], *, is_whole: bool = True
) -> dict[str, changes.Metadata]:
    published = store.current(settings)
    with connect.read(settings.build_database) as connection:
        seen = ChangesView().look(published, "key", connection) if is_whole else None
        return changes.of_marts(connection, marts.values(), seen)


def seen(settings: Settings, marts: dict[str, Node], mart: str, *, is_whole: bool = True) -> dict[str, str]:
    shown = shown_of(settings, marts, is_whole=is_whole)
    return {name: str(value.value) for name, value in shown[marts[mart].unique_id].items()}


def test_a_mart_shows_its_series_the_brief_and_that_nothing_changed(
    published: Installation, marts: dict[str, Node]
) -> None:
    shown = seen(published.settings, marts, "services_monthly")
    assert list(shown) == ["headline", "brief", "it_exports", "services_exports", "changed"]
    assert shown["headline"].startswith("Pakistan's IT exports (telecommunications, computer and information")
    assert shown["brief"].startswith("## Pakistan's IT exports")
    assert "IT exports, million US$: 394 in 2026-08; highest since" in shown["it_exports"]
    assert shown["changed"] == "no figure changed since snapshot 1"


def test_what_is_short_enough_is_shown_in_its_place(published: Installation, marts: dict[str, Node]) -> None:
    shown = shown_of(published.settings, marts)
    for metadata in shown.values():
        for name, value in metadata.items():
            assert name == "brief" or len(str(value.value)) < INLINE, name


def test_a_figure_that_differs_from_the_published_one_is_marked_and_listed(
    installed: Installation, marts: dict[str, Node]
) -> None:
    with connect.write(installed.settings.build_database) as connection:
        connection.execute(
            "update marts.services_monthly set exports_usd_mn = 500"
            " where month = '2026-08-01' and item_code = '9'"
        )
    shown = seen(installed.settings, marts, "services_monthly")
    assert shown["changed"] == "1 revised since snapshot 1"
    assert "| 2026-08 | 9 | exports | revised | 394.000 | 500.000 |" in shown["changes"]
    assert shown["it_exports"].endswith("IT exports, million US$: 500 in 2026-08; 1 new or changed")
    assert "new or changed" not in shown["services_exports"]


def test_a_part_of_the_models_shows_its_series_alone(published: Installation, marts: dict[str, Node]) -> None:
    shown = seen(published.settings, marts, "services_monthly", is_whole=False)
    assert list(shown) == ["it_exports", "services_exports"]


@pytest.mark.parametrize("rows", [0, 1])
def test_a_mart_without_rows_or_with_one_fails_nothing(
    installed: Installation, marts: dict[str, Node], rows: int
) -> None:
    with connect.write(installed.settings.build_database) as connection:
        for mart in {"it_exports_monthly", "headlines", *(picture.mart for picture in pictures.PICTURES)}:
            connection.execute(
                f"delete from marts.{mart} where rowid not in (select rowid from marts.{mart} limit {rows})"
            )
    for mart in {picture.mart for picture in pictures.PICTURES}:
        shown = seen(installed.settings, marts, mart)
        assert all(shown[picture.name] for picture in pictures.PICTURES if picture.mart == mart)
    assert seen(installed.settings, marts, "services_monthly")["headline"]


def test_a_snapshot_of_a_version_without_a_mart_is_compared_by_the_others(
    installed: Installation, marts: dict[str, Node]
) -> None:
    before = store.current(installed.settings)
    assert before is not None
    before.database.chmod(0o644)
    with connect.write(before.database) as connection:
        connection.execute("drop table marts.balance_of_payments_monthly")
    assert (
        seen(installed.settings, marts, "services_monthly")["changed"] == "no figure changed since snapshot 1"
    )
    known = installed.rows("from duckdb_tables() where table_name = 'balance_of_payments_monthly'")
    assert known == []
    shown = seen(installed.settings, marts, "balance_of_payments_monthly")
    assert shown["changed"].endswith("added since snapshot 1")


def test_only_the_last_look_is_remembered_and_only_of_the_same_build_and_snapshot(
    installed: Installation,
) -> None:
    looks, published = ChangesView(), store.current(installed.settings)
    assert published is not None
    seventh = replace(published, build=msgspec.structs.replace(published.build, number=7))
    assert looks.seen(published, "first") is None
    with connect.read(installed.settings.build_database) as connection:
        seen = looks.look(published, "first", connection)
        assert looks.seen(published, "first") is seen
        assert looks.seen(published, "second") is None
        assert looks.seen(seventh, "first") is None
        assert looks.seen(None, "first") is None
        looks.look(published, "second", connection)
    assert looks.seen(published, "first") is None


def test_a_publication_shows_the_brief_the_series_and_how_many_figures_changed(
    installed: Installation,
) -> None:
    published = store.current(installed.settings)
    with connect.write(installed.settings.build_database) as connection:
        connection.execute(
            "update marts.services_monthly set exports_usd_mn = 500 where month = '2026-08-01'"
        )
    with connect.read(installed.settings.build_database) as connection:
        shown = ChangesView().look(published, "key", connection).metadata
    assert list(shown) == ["headline", "brief", "it_exports", "services_exports", "changed", "changes"]
    assert str(shown["changed"].value) == "1 revised since snapshot 1"


def test_before_the_first_publication_nothing_is_compared(installed: Installation) -> None:
    with connect.read(installed.settings.build_database) as connection:
        shown = ChangesView().look(None, "key", connection).metadata
    assert list(shown) == ["headline", "brief", "it_exports", "services_exports"]


def test_of_many_changes_the_newest_are_listed_and_the_rest_counted() -> None:
    changed = [
        Change("added", Key("services", "9", f"{year}-01", "exports"), "IT | exports", None, Decimal(year))
        for year in range(1900, 2000)
    ]
    shown = changes.differences(Compared(_snapshot(7), tuple(changed)))
    assert str(shown["changed"].value) == "100 added since snapshot 7"
    listed = str(shown["changes"].value)
    assert len(listed) < INLINE
    assert listed.splitlines()[2].startswith(
        "| 1999-01 | 9 | exports | added |  | 1,999.000 | IT \\| exports |"
    )
    assert listed.endswith("and 90 more: `etl diff` shows all")


def _snapshot(number: int) -> Snapshot:
    build = Build(number=number, build_key="", published_at=datetime.now(UTC), mart_rows={}, releases=())
    return Snapshot(Path(), build, Path())
