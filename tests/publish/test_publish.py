"""A tested build becomes what analysts open, all at once or not at all."""

import json
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from etl.common.errors import EtlError
from etl.common.settings import Settings
from etl.publish import publish as publishing
from etl.publish import snapshots, store
from etl.publish.publish import PublishingError, mark_tested, mark_untested
from etl.publish.snapshots import QuarantinedFile, ReleaseState, Snapshot
from etl.publish.store import current
from etl.warehouse import connect
from tests.support.small_build import MODELS, SECOND_FILE, build, exports_in, exports_of, publish


def numbers(settings: Settings) -> list[str]:
    return sorted(entry.name for entry in settings.published.iterdir() if entry.name.isdigit())


def others(settings: Settings) -> list[str]:
    return sorted(entry.name for entry in settings.published.iterdir() if not entry.name.isdigit())


def published(settings: Settings) -> Snapshot:
    snapshot = current(settings)
    assert snapshot is not None
    return snapshot


def test_before_the_first_publication_nothing_is_current(settings: Settings) -> None:
    assert current(settings) is None


def test_a_tested_build_is_published_and_current(settings: Settings) -> None:
    snapshot = publish(settings)

    assert current(settings) == snapshot
    assert snapshot.folder == settings.published / "1"
    assert settings.current_database.resolve() == snapshot.database
    assert exports_in(settings.current_database) == 903.0


def test_a_snapshot_says_of_itself_what_it_holds(settings: Settings) -> None:
    told = publish(settings).build

    assert told.number == 1
    assert told.mart_rows == {"dim_release": 3, "dim_release_file": 3, "services_monthly": 1, "vintages": 2}
    assert [state.release_id for state in told.releases] == [
        "balance_of_payments_summary",
        "trade_in_services",
    ]
    assert told.releases[1] == ReleaseState(
        release_id="trade_in_services",
        files_landed=1,
        files_quarantined=1,
        latest_period_ends_on=told.releases[1].latest_period_ends_on,
        latest_published_on=told.releases[1].latest_published_on,
        quarantined=(
            QuarantinedFile(sha256="c" * 64, words="older.xls: x at x: expected x; found x"),
            QuarantinedFile(
                sha256=SECOND_FILE,
                words="dt.xls: a row is missing at row 9: expected a; found b",
            ),
        ),
    )
    assert str(told.releases[1].latest_period_ends_on) == "2026-03-31"
    assert told.releases[0].quarantine is None


def test_the_build_key_is_that_of_the_files_that_were_landed(settings: Settings) -> None:
    first = publish(settings).build.build_key
    assert publish(settings, exports=912.0).build.build_key == first

    build(settings, raw_key="other readers")
    mark_tested(settings, MODELS)

    assert publishing.publish(settings).build.build_key != first


def test_models_that_changed_while_they_were_built_are_not_taken_for_built(settings: Settings) -> None:
    """What is on disk by now is not what was tested: the next refresh must find another key."""
    build(settings)
    mark_tested(settings, "models of before")
    before = publishing.publish(settings).build.build_key

    mark_tested(settings, "models of after")

    assert publishing.publish(settings).build.build_key != before


# Only what was tested


def test_a_build_that_was_not_tested_is_refused(settings: Settings) -> None:
    build(settings)

    with pytest.raises(PublishingError, match=r"was not tested, or was changed since; run `etl refresh`"):
        publishing.publish(settings)

    assert current(settings) is None


def test_a_build_that_is_being_changed_is_refused(settings: Settings) -> None:
    publish(settings)
    mark_untested(settings)
    mark_untested(settings)

    with pytest.raises(PublishingError):
        publishing.publish(settings)

    assert numbers(settings) == ["1"]


def test_a_build_that_has_another_file_than_when_it_was_tested_is_refused(settings: Settings) -> None:
    build(settings)
    mark_tested(settings, MODELS)
    with connect.write(settings.build_database) as connection:
        connection.execute("insert into raw.release_files values ('trade_in_services', ?, null)", ["c" * 64])

    with pytest.raises(PublishingError, match="changed since"):
        publishing.publish(settings)


@pytest.mark.parametrize("mart", ["services_monthly", "vintages"])
def test_empty_marts_are_not_published_and_the_last_good_ones_are_served(
    settings: Settings, mart: str
) -> None:
    publish(settings)
    build(settings, exports=0.0)
    with connect.write(settings.build_database) as connection:
        connection.execute(f"delete from marts.{mart}")
    mark_tested(settings, MODELS)

    with pytest.raises(PublishingError, match=f"mart {mart} is empty"):
        publishing.publish(settings)

    assert exports_in(settings.current_database) == 903.0
    assert numbers(settings) == ["1"]


def test_a_build_without_anything_landed_names_the_remedy(settings: Settings) -> None:
    build(settings)
    with connect.write(settings.build_database) as connection:
        connection.execute("delete from raw.landed_with")

    with pytest.raises(PublishingError, match="holds no landed files; run `etl refresh`"):
        mark_tested(settings, MODELS)


# All at once


def test_a_reader_keeps_what_it_has_open_and_a_new_one_sees_the_new(settings: Settings) -> None:
    publish(settings, exports=903.0)
    with connect.read(settings.current_database) as early_reader:
        publish(settings, exports=912.0)

        assert exports_of(early_reader) == 903.0
        assert exports_in(settings.current_database) == 912.0


def test_another_program_that_follows_the_link_keeps_its_snapshot_until_it_connects_again(
    settings: Settings,
) -> None:
    publish(settings, exports=903.0)
    query = "c.execute('select exports from marts.services_monthly').fetchone()[0]"
    program = (
        "import duckdb, sys; p = sys.argv[1]; c = duckdb.connect(p, read_only=True);"
        f"print({query}, flush=True); input(); print({query}, flush=True); c.close();"
        f"c = duckdb.connect(p, read_only=True); print({query}, flush=True)"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program, str(settings.current_database)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as reader:
        assert reader.stdout is not None
        assert reader.stdout.readline() == "903.0\n"

        publish(settings, exports=912.0)

        seen, _ = reader.communicate("\n")
    assert seen == "903.0\n912.0\n"


def test_whoever_crashes_before_the_swap_leaves_the_last_good_marts(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(settings, exports=903.0)
    for module, step in (
        (snapshots, "_copy_durably"),
        (publishing, "_describe"),
        (snapshots, "point_current_to"),
    ):

        def crash(*_: object) -> None:
            raise KeyboardInterrupt

        with monkeypatch.context() as patch:
            patch.setattr(module, step, crash)
            with pytest.raises(KeyboardInterrupt):
                publish(settings, exports=0.0)

        assert published(settings).build.number == 1
        assert exports_in(settings.current_database) == 903.0

    assert exports_in(publish(settings, exports=912.0).database) == 912.0
    assert others(settings) == ["current"]


def test_the_link_is_never_missing(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    publish(settings)
    was_there = []
    replace, unlink = Path.replace, Path.unlink

    def watched_replace(self: Path, target: Path) -> Path:
        if target.name == "current":
            was_there.append((settings.published / "current").is_symlink())
        return replace(self, target)

    def watched_unlink(self: Path, missing_ok: bool = False) -> None:
        assert self.name != "current"
        unlink(self, missing_ok=missing_ok)

    monkeypatch.setattr(Path, "replace", watched_replace)
    monkeypatch.setattr(Path, "unlink", watched_unlink)

    build(settings)
    mark_tested(settings, MODELS)
    publishing.publish(settings)

    assert was_there == [True]
    assert (settings.published / "current").readlink() == Path("2")


def test_what_is_published_cannot_be_written_and_has_no_log_beside_it(settings: Settings) -> None:
    snapshot = publish(settings)

    assert sorted(path.name for path in snapshot.folder.iterdir()) == ["build.json", "warehouse.duckdb"]
    for path in snapshot.folder.iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == 0o444


# Pruning


def test_only_the_newest_snapshots_are_kept(settings: Settings) -> None:
    few = Settings(settings.home, 0.0, snapshots_kept=2)

    for exports in (1.0, 2.0, 3.0, 4.0):
        publish(few, exports)

    assert numbers(few) == ["3", "4"]
    assert exports_in(few.current_database) == 4.0


def test_a_number_is_not_given_twice(settings: Settings) -> None:
    one = Settings(settings.home, 0.0, snapshots_kept=1)

    assert [publish(one).build.number for _ in range(3)] == [1, 2, 3]


def test_who_has_a_pruned_snapshot_open_keeps_it(settings: Settings) -> None:
    one = Settings(settings.home, 0.0, snapshots_kept=1)
    publish(one, exports=903.0)
    with connect.read(published(one).database) as reader:
        publish(one, exports=912.0)

        assert numbers(one) == ["2"]
        assert exports_of(reader) == 903.0


def test_what_killed_publications_left_is_removed(settings: Settings) -> None:
    publish(settings)
    leftover = settings.published / ".2.4711"
    leftover.mkdir()
    (leftover / "warehouse.duckdb").write_bytes(b"half a database")
    (leftover / "warehouse.duckdb").chmod(0o444)
    (settings.published / ".current.4711").symlink_to("1")

    publish(settings)

    assert others(settings) == ["current"]
    assert numbers(settings) == ["1", "2"]


def test_a_publication_that_was_killed_before_the_swap_is_not_taken_for_current(settings: Settings) -> None:
    publish(settings, exports=903.0)
    (settings.published / "2").mkdir()

    snapshot = publish(settings, exports=912.0)

    assert snapshot.build.number == 3
    assert published(settings) == snapshot


# What a snapshot says of itself


@pytest.mark.parametrize("damage", [b"", b"{", b"[]", b'{"number": 1}', b"\xff"])
def test_a_damaged_description_is_named_with_the_remedy(settings: Settings, damage: bytes) -> None:
    path = publish(settings).folder / "build.json"
    path.chmod(0o644)
    path.write_bytes(damage)

    with pytest.raises(EtlError) as caught:
        current(settings)

    link = settings.published / "current"
    assert str(caught.value).startswith(f"{link / 'build.json'} is damaged (")
    assert str(caught.value).endswith(f"; delete {link} and refresh")


def test_after_the_remedy_a_refresh_publishes_again(settings: Settings) -> None:
    publish(settings)
    (settings.published / "current").unlink()
    assert current(settings) is None

    assert publish(settings).build.number == 2
    assert published(settings).build.number == 2


def test_the_description_is_a_file_that_a_person_can_read(settings: Settings) -> None:
    snapshot = publish(settings)

    told = json.loads((snapshot.folder / "build.json").read_text(encoding="utf-8"))

    assert told["mart_rows"]["vintages"] == 2
    assert told["releases"][1]["latest_period_ends_on"] == "2026-03-31"
    assert store.current(settings) == snapshot
