"""Each dbt model and seed as an asset, each dbt test as a check of its asset.

Here: the dbt project as one step of a run. Not through dagster-dbt: its resource starts dbt anew and asks
it for its version in every run, 13.3 s where this takes under 6 (`docs/decisions/0004-dbt-in-dagster.md`).
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import dagster as dg

from etl import building, publishing, snapshots, warehouse
from etl.modelling.dbt import ModellingError, NodeResult
from etl.modelling.manifest import Check, Manifest, Node
from etl.orchestration import what_changed
from etl.orchestration.context import Context
from etl.orchestration.previews import Metadata, findings_metadata, table_metadata
from etl.orchestration.running import ALIVE, TURN

Event = dg.MaterializeResult[None] | dg.AssetCheckResult
"""What a node that was built or tested comes to."""

_NOT_BLOCKING = dg.AssetCheckSeverity.WARN


def node_key(node: Node) -> dg.AssetKey:
    """Give the asset key of a dbt node: its schema and name; a source's is that of its raw table."""
    return dg.AssetKey([node.schema, node.name])


def model_assets(shared: Context, manifest: Manifest) -> dg.AssetsDefinition:
    """Give the asset definition that builds and tests the models."""
    names = {node_key(node): node.name for node in manifest.built}

    @dg.multi_asset(
        name="dbt_build",
        specs=[_spec(node, manifest) for node in manifest.built],
        check_specs=[_check_spec(check, manifest) for check in manifest.checks.values()],
        can_subset=True,
        required_resource_keys={ALIVE, TURN},
    )
    def dbt_build(context: dg.AssetExecutionContext) -> Iterator[Event]:
        selected = [names[key] for key in context.selected_asset_keys]
        is_all = len(selected) == len(names)
        run = _Run(shared, manifest)
        yield from run.nodes(() if is_all else selected)
        built = [manifest.nodes[r.unique_id] for r in run.held if r.is_good and r.unique_id in manifest.nodes]
        with building.read_build(shared.settings) as connection:
            is_whole = run.failure is None and is_all
            seen = what_changed.of_marts(connection, built, _look(shared, connection) if is_whole else None)
            found = findings_metadata(connection, run.finders)
        for result in run.held:
            shown = seen.get(result.unique_id, {}) | found.get(result.unique_id, {}) | table_metadata(result)
            yield from _events(result, manifest, shown)
        if run.failure:
            raise dg.Failure(run.failure, allow_retries=False)

    return dbt_build


def _look(shared: Context, connection: warehouse.Connection) -> what_changed.Seen:
    published, tested = snapshots.current(shared.settings), publishing.tested_build_key(shared.settings)
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
                for result in building.model(self.shared.settings, worker, select):
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
        """Tell whether there is nothing to show but what dbt says. A check comes after its asset, and an
        asset after those it is made of.
        """
        if check := self.manifest.checks.get(result.unique_id):
            return result.status == "pass" and check.node in told
        node = self.manifest.nodes[result.unique_id]
        is_shown = node.schema == "marts" and node.name in what_changed.SHOWN
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


def _check_spec(check: Check, manifest: Manifest) -> dg.AssetCheckSpec:
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


def _explain(check: Check, result: NodeResult, manifest: Manifest) -> Metadata:
    """Say where the test looked, what it expected and what dbt says; the rows that it found come beside."""
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
