"""One asset a release file: to materialise it is to ask SBP for it.

Here: the assets of group `releases` and their checks. An address that does not answer is no failed run:
the archive keeps what it has, and the check says so.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

import dagster as dg

from etl.archive.store import ArchivedFile
from etl.catalog.calendar import Timeliness, timeliness, today
from etl.catalog.labels import known_row_keys
from etl.catalog.releases import Release
from etl.common.markdown import escaped, table
from etl.common.markdown import table as markdown_table
from etl.common.secrets import VARIABLE
from etl.common.terminal import one_line
from etl.fetch.collect import Collected, collect, install_starter, last_seen
from etl.landing.land import LandedFile
from etl.landing.raw_tables import BOOKKEEPING_TABLES
from etl.landing.read_files import Reader, read_content
from etl.modelling import manifest as keys
from etl.modelling.dbt import ModellingError, NodeResult
from etl.modelling.manifest import Manifest, ModelTest, Node
from etl.modelling.worker import COLUMNS_SHOWN, ROWS_SHOWN
from etl.orchestration import changes
from etl.orchestration.resources import RUN_HEARTBEAT, WAREHOUSE_LOCK, Context
from etl.publish import build, publish, store
from etl.publish import build as building
from etl.publish.snapshots import Build, Snapshot
from etl.readers.values import NotUnderstood, Reading
from etl.serve.dictionary import page
from etl.serve.dictionary.contents import measure
from etl.serve.dictionary.page import FILE_NAME
from etl.warehouse import connect
from etl.warehouse.connect import read, size_bytes

CHECKS = {
    "is_reachable": "An address of the release answers with its file. A warning: the archive stays as it is.",
    "is_understood": "The newest file is laid out as the catalogue describes it. Where it is not, it is "
    "kept, shown as quarantined, and the marts are served without it.",
    "is_up_to_date": "The latest period inside the archived files is the one that the release calendar "
    "expects by now. A warning: SBP decides when it publishes.",
}


def release_key(release: Release) -> dg.AssetKey:
    """Return the asset key of a release file."""
    return dg.AssetKey(["release", release.id])


def release_assets(context: Context) -> list[dg.AssetsDefinition]:
    """Return one asset for each release of files in the catalogue."""
    return [_asset(context, release) for release in context.catalog.file_releases]


def _asset(context: Context, release: Release) -> dg.AssetsDefinition:
    key = release_key(release)
    fetch, calendar, _ = release.rules

    @dg.asset(
        key=key,
        group_name="releases",
        kinds={fetch.formats[0]},
        required_resource_keys={RUN_HEARTBEAT},
        description=f"**{release.title}**: SBP's file, asked for and archived as it comes.\n\n"
        f"{release.description.strip()}\n\nAddresses, in order:\n\n"
        + "\n".join(f"- {address}" for address in fetch.addresses),
        metadata={"cadence": calendar.cadence, "usual_lag_days": calendar.usual_lag_days},
        check_specs=[dg.AssetCheckSpec(name, asset=key, description=text) for name, text in CHECKS.items()],
    )
    # Where an asset has checks, Dagster takes the type with an argument for one of values.
    def fetch_release() -> dg.MaterializeResult:  # type: ignore[type-arg]
        install_starter(context.archive)
        collected = _collect(context, release)
        read = _read_newest(context, release)
        latest = _latest_period(context, release, read[1] if read else None)
        state = timeliness(calendar, latest, today()) if latest else None
        return dg.MaterializeResult(
            data_version=dg.DataVersion(read[0].facts.sha256) if read else None,
            metadata=_release_metadata(collected, read, latest) | _times(context, release, state),
            check_results=_check(release, collected, read, latest, state),
        )

    return fetch_release


def _collect(context: Context, release: Release) -> Collected:
    client = context.clients.of(release)
    if client is None:
        address = release.rules[0].addresses[0]
        return Collected(release.id, "not_asked", None, address, f"{VARIABLE} is not set")
    seen = last_seen(context.archive, [release])[release.id]
    return collect(release, client, context.archive, asked_by="dagster", seen=seen)


def _read_newest(context: Context, release: Release) -> tuple[ArchivedFile, Reading | NotUnderstood] | None:
    """Read the file that came last; None where the archive has none."""
    files = sorted(context.archive.files(release.id), key=lambda file: file.facts.first_seen_at)
    if not files:
        return None
    _, _, layout = release.rules
    is_corrected = files[-1].facts.sha256 in {entry.file_sha256 for entry in context.catalog.corrections}
    reader = Reader(layout, known_row_keys(layout))
    (read,) = read_content(files[-1].read(), [reader], must_add_up=not is_corrected)
    return files[-1], read


def _latest_period(context: Context, release: Release, newest: Reading | NotUnderstood | None) -> date | None:
    """Return the end of the latest period that any understood file holds: what came last may be older, or
    may not be understood.
    """
    known = [newest.latest_period_ends_on] if isinstance(newest, Reading) else []
    if published := store.current(context.settings):
        states = (state for state in published.build.releases if state.release_id == release.id)
        known += [state.latest_period_ends_on for state in states if state.latest_period_ends_on]
    return max(known, default=None)


def _release_metadata(
    collected: Collected,
    read: tuple[ArchivedFile, Reading | NotUnderstood] | None,
    latest: date | None,
) -> dict[str, dg.MetadataValue]:
    metadata: dict[str, dg.MetadataValue] = {
        "outcome": dg.MetadataValue.text(collected.outcome),
        "address": dg.MetadataValue.url(collected.address),
    }
    if collected.reason:
        metadata["reason"] = dg.MetadataValue.text(collected.reason)
    if latest is not None:
        metadata["latest_period"] = dg.MetadataValue.text(f"{latest:%B %Y}")
    if read is None:
        return metadata
    file, result = read
    metadata |= {
        "file": dg.MetadataValue.path(str(file.path)),
        "sha256": dg.MetadataValue.text(file.facts.sha256),
        "size_bytes": dg.MetadataValue.int(file.facts.size_bytes),
        "came": dg.MetadataValue.text(
            f"{file.facts.via}, first seen {file.facts.first_seen_at:%Y-%m-%d %H:%M} UTC"
        ),
    }
    if isinstance(result, Reading):
        metadata["period_of_file"] = dg.MetadataValue.text(f"{result.latest_period_ends_on:%B %Y}")
        metadata["preview"] = dg.MetadataValue.md(_preview(result))
    return metadata


def _times(context: Context, release: Release, state: Timeliness | None) -> dict[str, dg.MetadataValue]:
    """Say when it was asked and changed, and how far it is behind its calendar."""
    records = [record for record in context.archive.fetches() if record.release_id == release.id]
    changes = [record.asked_at for record in records if record.outcome == "new"]
    times: dict[str, dg.MetadataValue] = {}
    if records:
        times["last_asked"] = dg.MetadataValue.timestamp(records[-1].asked_at)
    if changes:
        times["last_changed"] = dg.MetadataValue.timestamp(changes[-1])
    if state is not None:
        times["next_period"] = dg.MetadataValue.text(
            f"{state.next_period_ends_on:%B %Y}, due on {state.due_on}"
        )
        times["days_late"] = dg.MetadataValue.int(state.days_late)
    return times


def _preview(reading: Reading) -> str:
    """Show the first cells of the latest period as a table."""
    latest = [o for o in reading.observations if o.period_ends_on == reading.latest_period_ends_on]
    rows = [(o.row_label, o.column_label, o.flow_label, o.value_as_printed, o.cell) for o in latest[:12]]
    return table(("row", "period", "flow", "as printed", "cell"), rows, right=("as printed",))


def _check(
    release: Release,
    collected: Collected,
    read: tuple[ArchivedFile, Reading | NotUnderstood] | None,
    latest: date | None,
    state: Timeliness | None,
) -> list[dg.AssetCheckResult]:
    key = release_key(release)
    results = [
        dg.AssetCheckResult(
            check_name="is_reachable",
            asset_key=key,
            passed=not collected.has_failed,
            severity=dg.AssetCheckSeverity.WARN,
            metadata={"address": collected.address, "found": collected.reason or collected.outcome},
        )
    ]
    result = read[1] if read else None
    results.append(
        dg.AssetCheckResult(
            check_name="is_understood",
            asset_key=key,
            passed=isinstance(result, Reading) or (read is None and collected.outcome == "not_asked"),
            metadata=_explain_fetch(result) if isinstance(result, NotUnderstood) else {},
        )
    )
    results.append(_check_timeliness(release, collected, latest, state))
    return results


def _explain_fetch(result: NotUnderstood) -> dict[str, str]:
    return {
        "reason": result.reason,
        "where": result.where,
        "expected": result.expected,
        "found": result.found,
    }


def _check_timeliness(
    release: Release, collected: Collected, latest: date | None, state: Timeliness | None
) -> dg.AssetCheckResult:
    metadata: dict[str, str | int] = {"found": "no file that was understood"}
    is_overdue = collected.outcome != "not_asked"
    if latest is not None and state is not None:
        is_overdue = state.is_overdue
        metadata = {
            "expected": f"{state.next_period_ends_on:%B %Y} by {state.due_on}",
            "found": f"{latest:%B %Y}",
            "days_late": state.days_late,
        }
    return dg.AssetCheckResult(
        check_name="is_up_to_date",
        asset_key=release_key(release),
        passed=not is_overdue,
        severity=dg.AssetCheckSeverity.WARN,
        metadata=metadata,
    )


_COLUMNS = ("file", "cells", "outside the table", "quarantined because")
_COUNTS = ("cells", "outside the table")


def raw_key(table: str) -> dg.AssetKey:
    """Return the asset key of a raw table."""
    return dg.AssetKey(["raw", table])


def raw_assets(context: Context) -> list[dg.AssetsDefinition]:
    """Return the raw tables of releases as one step, and the bookkeeping tables as another."""
    return [_releases(context), _bookkeeping(context)]


def _releases(shared: Context) -> dg.AssetsDefinition:
    releases = {raw_key(release.id): release for release in shared.catalog.file_releases}

    @dg.multi_asset(
        specs=[_raw_spec(release) for release in releases.values()],
        name="land_releases",
        can_subset=True,
        required_resource_keys={RUN_HEARTBEAT, WAREHOUSE_LOCK},
    )
    def land_releases(context: dg.AssetExecutionContext) -> Iterator[dg.MaterializeResult[None]]:
        selected = {key: release for key, release in releases.items() if key in context.selected_asset_keys}
        shared.progress.step("landing")
        landed = build.land(shared.settings, shared.catalog, shared.archive, *selected.values())
        for file in landed:
            shared.progress.landed(file)
        for key, release in selected.items():
            files = [file for file in landed if file.release_id == release.id]
            yield dg.MaterializeResult(asset_key=key, metadata=_raw_metadata(files))

    return land_releases


def _raw_spec(release: Release) -> dg.AssetSpec:
    return dg.AssetSpec(
        raw_key(release.id),
        deps=[release_key(release)],
        group_name="raw",
        kinds={"duckdb"},
        description=f"Every cell of every archived file of **{release.title}**, exactly as printed.",
    )


def _raw_metadata(landed: Sequence[LandedFile]) -> dict[str, dg.MetadataValue]:
    rows = [
        (file.file_sha256[:12], file.observation_count, file.unread_count, file.quarantine) for file in landed
    ]
    return {
        "outcome": dg.MetadataValue.text(f"{len(landed)} new files" if landed else "unchanged"),
        "rows_landed": dg.MetadataValue.int(sum(file.observation_count for file in landed)),
        "files": dg.MetadataValue.md(markdown_table(_COLUMNS, rows, right=_COUNTS) if landed else "none"),
    }


def _bookkeeping(context: Context) -> dg.AssetsDefinition:
    @dg.multi_asset(
        specs=[
            dg.AssetSpec(
                raw_key(table.name),
                deps=[raw_key(release.id) for release in context.catalog.file_releases],
                group_name="raw",
                kinds={"duckdb"},
                description=table.description,
            )
            for table in BOOKKEEPING_TABLES
        ],
        name="land_bookkeeping",
        required_resource_keys={RUN_HEARTBEAT, WAREHOUSE_LOCK},
    )
    def land_bookkeeping() -> Iterator[dg.MaterializeResult[None]]:
        gained = build.land_bookkeeping(context.settings, context.catalog, context.archive)
        for bookkeeping in BOOKKEEPING_TABLES:
            metadata = {"rows_landed": gained} if bookkeeping.name == "fetches" else {}
            yield dg.MaterializeResult(asset_key=raw_key(bookkeeping.name), metadata=metadata)

    return land_bookkeeping


Metadata = dict[str, dg.MetadataValue]


def table_metadata(result: NodeResult) -> Metadata:
    """Return the metadata of a table that was built; a view has no rows of its own."""
    metadata: Metadata = {}
    if result.rows is not None:
        metadata["dagster/row_count"] = dg.MetadataValue.int(result.rows)
    if result.preview is not None:
        metadata["preview"] = dg.MetadataValue.md(table(result.preview.names, result.preview.rows))
    return metadata


def findings_metadata(connection: connect.Connection, finders: Mapping[str, str]) -> dict[str, Metadata]:
    """Return some of the rows that each test found, by the id of its node; `finders` are their queries."""
    return {unique_id: {"found": _rows_of(connection, sql)} for unique_id, sql in finders.items()}


def _rows_of(connection: connect.Connection, sql: str) -> dg.MetadataValue:
    shown = connection.execute(f"select * from (\n{sql}\n) limit {ROWS_SHOWN}")
    names = [column[0] for column in shown.description or ()][:COLUMNS_SHOWN]
    return dg.MetadataValue.md(table(names, [row[:COLUMNS_SHOWN] for row in shown.fetchall()]))


Event = dg.MaterializeResult[None] | dg.AssetCheckResult
"""What a node that was built or tested comes to."""

_NOT_BLOCKING = dg.AssetCheckSeverity.WARN


def node_key(node: Node) -> dg.AssetKey:
    """Return the asset key of a dbt node: its schema and name; a source's is that of its raw table."""
    return dg.AssetKey([node.schema, node.name])


def model_assets(shared: Context, manifest: Manifest) -> dg.AssetsDefinition:
    """Return the asset definition that builds and tests the models."""
    names = {node_key(node): node.name for node in manifest.built}

    @dg.multi_asset(
        name="dbt_build",
        specs=[_spec(node, manifest) for node in manifest.built],
        check_specs=[_check_spec(check, manifest) for check in manifest.checks.values()],
        can_subset=True,
        required_resource_keys={RUN_HEARTBEAT, WAREHOUSE_LOCK},
    )
    def dbt_build(context: dg.AssetExecutionContext) -> Iterator[Event]:
        selected = [names[key] for key in context.selected_asset_keys]
        is_all = len(selected) == len(names)
        run = _Run(shared, manifest)
        yield from run.nodes(() if is_all else selected)
        built = [manifest.nodes[r.unique_id] for r in run.held if r.is_good and r.unique_id in manifest.nodes]
        with build.read_build(shared.settings) as connection:
            is_whole = run.failure is None and is_all
            seen = changes.of_marts(connection, built, _look(shared, connection) if is_whole else None)
            found = findings_metadata(connection, run.finders)
        for result in run.held:
            shown = seen.get(result.unique_id, {}) | found.get(result.unique_id, {}) | table_metadata(result)
            yield from _events(result, manifest, shown)
        if run.failure:
            raise dg.Failure(run.failure, allow_retries=False)

    return dbt_build


def _look(shared: Context, connection: connect.Connection) -> changes.ChangesShown:
    published, tested = store.current(shared.settings), publish.tested_build_key(shared.settings)
    return shared.looks.look(published, tested, connection)


@dataclass
class _Run:
    """What became of the nodes of one command of dbt's."""

    shared: Context
    manifest: Manifest
    held: list[NodeResult] = field(default_factory=list)
    """Of what more is shown than dbt says: it is read from the database, which dbt has until it is done."""
    finders: Mapping[str, str] = field(default_factory=dict)
    """Queries of the tests that found rows."""
    failure: str | None = None
    """Where something failed, what to say about it."""

    def nodes(self, select: Sequence[str]) -> Iterator[Event]:
        """Run dbt; tell Dagster of each node that is whole as it stands while dbt works on the next ones."""
        bad: list[NodeResult] = []
        told: set[str] = set()
        waiting: set[str] = set()
        try:
            with self.shared.worker() as worker:
                for result in build.model(self.shared.settings, worker, select):
                    self.shared.progress.node(result)
                    if not result.is_good:
                        bad.append(result)
                    if self._is_whole(result, told, waiting):
                        told.add(result.unique_id)
                        yield from _events(result, self.manifest, table_metadata(result))
                    else:
                        waiting.add(result.unique_id)
                        self.held.append(result)
                self.finders = worker.finders
        except ModellingError as error:
            self.failure = str(error)
            return
        self.failure = _summary(bad) if bad else None

    def _is_whole(self, result: NodeResult, told: Collection[str], waiting: Collection[str]) -> bool:
        """Whether there is nothing to show but what dbt says. A check comes after its asset, and an
        asset after those it is made of.
        """
        if check := self.manifest.checks.get(result.unique_id):
            return result.status == "pass" and check.node in told
        node = self.manifest.nodes[result.unique_id]
        is_shown = node.schema == "marts" and node.name in changes.SHOWN
        return result.is_good and not is_shown and not any(p in waiting for p in node.depends_on)


def _spec(node: Node, manifest: Manifest) -> dg.AssetSpec:
    deps = [node_key(manifest.nodes[parent]) for parent in node.depends_on if parent in manifest.nodes]
    description = node.description
    if node.code and node.kind == "model":
        description += f"\n\n```sql\n{node.code}\n```"
    columns = [
        dg.TableColumn(column.name, column.data_type or "", description=column.description)
        for column in node.columns
    ]
    return dg.AssetSpec(
        node_key(node),
        deps=deps,
        description=description,
        group_name=node.schema,
        kinds={"dbt", "duckdb", node.materialized or "seed"},
        metadata={"dagster/column_schema": dg.TableSchema(columns=columns)} if columns else {},
    )


def _check_spec(check: ModelTest, manifest: Manifest) -> dg.AssetCheckSpec:
    return dg.AssetCheckSpec(
        check.name,
        asset=node_key(manifest.nodes[check.node]),
        description=check.description or None,
        blocking=check.is_blocking,
    )


def _events(result: NodeResult, manifest: Manifest, shown: Metadata) -> Iterator[Event]:
    if check := manifest.checks.get(result.unique_id):
        if result.status == "skipped":
            return
        yield dg.AssetCheckResult(
            check_name=check.name,
            asset_key=node_key(manifest.nodes[check.node]),
            passed=result.status == "pass",
            severity=dg.AssetCheckSeverity.ERROR if check.is_blocking else _NOT_BLOCKING,
            metadata=_explain(check, result, manifest) | shown,
        )
    elif result.is_good:
        yield dg.MaterializeResult(
            asset_key=node_key(manifest.nodes[result.unique_id]),
            metadata=shown | {"seconds": dg.MetadataValue.float(result.seconds)},
        )


def _explain(check: ModelTest, result: NodeResult, manifest: Manifest) -> Metadata:
    """Return where the test looked, what it expected and what dbt says; the rows that it found come
    beside.
    """
    node = manifest.nodes[check.node]
    expected = (
        f"no {check.finding}" if check.finding else f"{check.name} ({check.description or 'every row'})"
    )
    return {
        "where": dg.MetadataValue.text(f"{node.schema}.{node.name}"),
        "expected": dg.MetadataValue.text(expected),
        "rows_found": dg.MetadataValue.int(result.failures),
        "message": dg.MetadataValue.text(result.message or ""),
    }


def _summary(bad: list[NodeResult]) -> str:
    """Name what failed itself; what was skipped because of it follows from that."""
    failed = [result for result in bad if result.status != "skipped"]
    named = "; ".join(result.in_words for result in failed)
    return f"{len(failed)} of dbt's nodes failed, so nothing is published: {named}"


PUBLISHED_KEY = dg.AssetKey(["published", "warehouse"])
GATE_KEY = dg.AssetKey(["published", "gate"])
GATE_STEP = "__".join(GATE_KEY.path)
"""Dagster's name of the gate's step."""


def published_asset(context: Context, manifest: Manifest) -> dg.AssetsDefinition:
    """Return the asset that publishes a tested build."""

    @dg.asset(
        key=PUBLISHED_KEY,
        deps=[node_key(node) for node in manifest.built if node.schema in ("marts", "main")],
        group_name="published",
        kinds={"duckdb"},
        required_resource_keys={RUN_HEARTBEAT, WAREHOUSE_LOCK},
        description="The warehouse that analysts open, read-only: swapped all at once after every test "
        "that must hold has passed. Who has it open keeps the snapshot; a new connection sees the new one.",
    )
    def warehouse() -> dg.MaterializeResult[None]:
        context.progress.step("publishing")
        with building.read_build(context.settings) as connection:
            extents = measure(connection, manifest)
        documents = {
            FILE_NAME: page.render(manifest, context.catalog, extents, today()),
            keys.FILE_NAME: keys.document(manifest),
        }
        before = store.current(context.settings)
        snapshot = building.publish(context.settings, documents)
        seen = context.looks.seen(before, snapshot.build.build_key) or _look_at_published(
            context, snapshot, before
        )
        return dg.MaterializeResult(
            metadata={
                **seen.metadata,
                "database": dg.MetadataValue.path(str(context.settings.current_database)),
                "dictionary": dg.MetadataValue.path(str(context.settings.current_documents / FILE_NAME)),
                "snapshot": dg.MetadataValue.int(snapshot.build.number),
                "size_bytes": dg.MetadataValue.int(size_bytes(snapshot.database)),
                "rows": dg.MetadataValue.md(_rows(snapshot.build)),
                "quarantined": dg.MetadataValue.md(_quarantined(snapshot.build)),
            }
        )

    return warehouse


def gate_asset(context: Context) -> dg.AssetsDefinition:
    """Return the asset that fails a run in which a quarantine is new; the marts are published by then."""

    @dg.asset(
        key=GATE_KEY,
        deps=[PUBLISHED_KEY],
        group_name="published",
        required_resource_keys={RUN_HEARTBEAT},
        description="Fails the run whose snapshot is the first to hold a quarantined file, so that somebody "
        "looks; the good marts are served all the same. In later runs the file shows as a failing check of "
        "its release and as a line of the snapshot, so that a new failure does not hide behind an old one.",
    )
    def gate() -> dg.MaterializeResult[None]:
        snapshot = store.current(context.settings)
        new = snapshot.build.new_quarantines if snapshot else ()
        if new:
            raise dg.Failure(
                f"published, without {len(new)} newly quarantined: {'; '.join(new)}", allow_retries=False
            )
        return dg.MaterializeResult(metadata={"newly_quarantined": 0})

    return gate


def _look_at_published(context: Context, snapshot: Snapshot, before: Snapshot | None) -> changes.ChangesShown:
    with read(snapshot.database) as connection:
        return context.looks.look(before, snapshot.build.build_key, connection)


def _quarantined(build: Build) -> str:
    lines = [
        f"- {state.release_id}: {escaped(one_line(state.quarantine))}"
        for state in build.releases
        if state.quarantine
    ]
    return "\n".join(lines) or "nothing"


def _rows(build: Build) -> str:
    rows = [(name, f"{count:,}") for name, count in build.mart_rows.items()]
    return table(("mart", "rows"), rows, right=("rows",))
