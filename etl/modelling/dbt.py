"""dbt, as the rest of the warehouse sees it: a worker that is told what to run and reports each node.

Here: starting and ending the worker, its arguments, the manifest brought up to date. Not here: what the
nodes are (`manifest.py`) and which step of a run does what (`etl.orchestration`).
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from etl.common.errors import EtlError
from etl.common.files import write_whole
from etl.common.location import WRITER
from etl.common.secrets import without_secrets
from etl.common.settings import DBT_PROJECT, Settings
from etl.modelling import as_of, build_key
from etl.modelling.manifest import Manifest

MEMORY_LIMIT = "600MB"
"""Of DuckDB in dbt's process, as the profile has it for whoever runs dbt by hand. With less, marts of a
thousand editions spill to the disk and take longer (36 s; 42 s with 400 MB, 51 s with 300; one run each)."""
_KEY_FILE = "manifest.key"
_NOT_BUILT = ("--exclude-resource-type", "unit_test", "--exclude-resource-type", "exposure")


class ModellingError(EtlError):
    """dbt could not run or a model or test failed; the message says which and where the details are."""


@dataclass(frozen=True)
class NodeResult:
    """What became of one model, seed or test."""

    unique_id: str
    status: str
    """`success` or `pass`, `warn`, `fail` (a test found rows), `error`, `skipped`."""
    message: str | None
    """What dbt says; of a test that found rows, what they are in words."""
    failures: int
    """Rows that a test found."""
    seconds: float
    rows: int | None = None
    """Rows of the seed or table that was built; None of a view."""
    preview: "Preview | None" = None
    """Of a mart that was built."""

    @property
    def is_good(self) -> bool:
        """Whether the node may be built on; a warning may."""
        return self.status in ("success", "pass", "warn")

    @property
    def has_findings(self) -> bool:
        """Whether it is a test of data that found rows; a unit test finds none."""
        return self.status in ("warn", "fail") and self.unique_id.startswith("test.")

    @property
    def in_words(self) -> str:
        """Return what happened; a test's findings name their table, anything else its node."""
        message = " ".join((self.message or "").split())
        return message if self.has_findings else f"{self.unique_id}: {message or self.status}"


@dataclass(frozen=True)
class Preview:
    """The last rows of a table and its first columns, as text; None where there is no value."""

    names: list[str]
    rows: list[list[str | None]]


class DbtWorker:
    """A process that runs dbt commands one after the other on the project as it was when it started.

    Starting it returns at once; it warms up by itself.
    """

    def __init__(self, settings: Settings, memory_limit: str = MEMORY_LIMIT) -> None:
        """Start it; `memory_limit` is what DuckDB's tables and queries may take there."""
        self._settings = settings
        self._is_ready = False
        self.compiled: dict[str, as_of.Model] = {}
        """SQL of the models that the last command built, by their names."""
        self.finders: dict[str, str] = {}
        """Queries of the data tests of the last command that found rows, by their ids."""
        self.models_key = build_key.models_key()
        """Key of the models as they are when this starts: it builds no later ones."""
        folder = manifest_path(settings).parent
        folder.mkdir(parents=True, exist_ok=True)
        self._log = folder / "worker.log"
        environment = without_secrets(os.environ) | {
            **_target(settings),
            "ETL_DBT_MEMORY": memory_limit,
            "DO_NOT_TRACK": "1",
        }
        manifest = "-" if _has_manifest(settings, self.models_key) else str(manifest_path(settings))
        options = ["--project-dir", str(DBT_PROJECT), "--profiles-dir", str(DBT_PROJECT)]
        options += ["--target-path", str(folder), "--log-path", str(folder)]
        options += ["--quiet", "--log-level", "none", "--log-level-file", "warn"]
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "etl.modelling.worker", manifest, *options],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                env=environment,
                text=True,
                encoding="utf-8",
            )

    def build(self, select: Sequence[str] = ()) -> Iterator[NodeResult]:
        """Build models and seeds and run their tests, all or those selected; returns each as it finishes.

        Unit tests are for whoever changes a model (`make test`), not for each refresh.
        """
        selection = ["--select", *select] if select else []
        yield from self._run(["build", *_NOT_BUILT, *selection])

    def test_units(self) -> Iterator[NodeResult]:
        """Run the unit tests of the models."""
        yield from self._run(["test", "--select", "test_type:unit"])

    def wait_until_ready(self) -> None:
        """Wait until the project is read and its manifest written.

        Raises `ModellingError` where the project cannot be read.
        """
        if self._is_ready:
            return
        event = next(self._events(), None)
        if event is None:
            raise ModellingError(f"dbt did not start: {self._last_words()}")
        if event["error"] is not None:
            raise ModellingError(f"the dbt project cannot be read: {event['error']}; more in {self._log}")
        write_whole(manifest_path(self._settings).with_name(_KEY_FILE), self.models_key.encode())
        self._is_ready = True

    def close(self) -> None:
        """End the process; it is ended by force where it does not end by itself."""
        if self._process.stdin and not self._process.stdin.closed:
            with suppress(BrokenPipeError):  # it ended before it had read all that it was told
                self._process.stdin.close()
        try:
            self._process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        if self._process.stdout:
            self._process.stdout.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _run(self, command: list[str]) -> Iterator[NodeResult]:
        self.wait_until_ready()
        self._tell(command)
        has_failed = False
        for event in self._events():
            kind = event.pop("event")
            if kind == "compiled":
                self.compiled = {model["name"]: as_of.Model(**model) for model in event["models"]}
                self.finders = event["finders"]
                continue
            if kind == "done":
                if event["error"] is not None:
                    raise ModellingError(f"dbt {command[0]} failed: {event['error']}; more in {self._log}")
                if not event["success"] and not has_failed:
                    raise ModellingError(f"dbt {command[0]} failed; more in {self._log}")
                return
            preview = event.pop("preview", None)
            result = self._worded(NodeResult(**event, preview=Preview(**preview) if preview else None))
            has_failed = has_failed or not result.is_good
            yield result
        raise ModellingError(f"dbt ended before it was done: {self._last_words()}")

    def _worded(self, result: NodeResult) -> NodeResult:
        """Put a test's findings into words: dbt says `Got 230 results, configured to warn if != 0`."""
        if not result.has_findings:
            return result
        manifest = Manifest.load(manifest_path(self._settings))
        return replace(result, message=manifest.finding(result.unique_id, result.failures))

    def _tell(self, command: list[str]) -> None:
        if self._process.stdin is None:
            raise ModellingError("dbt was closed")
        try:
            self._process.stdin.write(json.dumps(command) + "\n")
            self._process.stdin.flush()
        except BrokenPipeError as error:
            raise ModellingError(f"dbt ended before it was told: {self._last_words()}") from error

    def _last_words(self) -> str:
        lines = self._log.read_text(encoding="utf-8", errors="replace").split("\n")
        words = next((line.strip() for line in reversed(lines) if line.strip()), "it said nothing")
        return f"{words}; more in {self._log}"

    def _events(self) -> Iterator[dict[str, Any]]:
        if self._process.stdout is not None:
            for line in self._process.stdout:
                yield json.loads(line)


def manifest_path(settings: Settings) -> Path:
    """Return the path of dbt's manifest."""
    return settings.build / "dbt" / "manifest.json"


def ensure_manifest(settings: Settings, worker: DbtWorker | None = None) -> Path:
    """Return the path of a manifest that belongs to the models as they are now; make it where there is none.

    Decided by a hash of the models, because a checkout or a copy gives every file a new time.
    """
    if not _has_manifest(settings, build_key.models_key()):
        if worker is not None:
            worker.wait_until_ready()
        else:
            with DbtWorker(settings) as own_worker:
                own_worker.wait_until_ready()
    return manifest_path(settings)


def _target(settings: Settings) -> dict[str, str]:
    """Return what dbt's profile asks of the environment."""
    if settings.lake is None:
        return {"ETL_DBT_TARGET": "file", "ETL_BUILD_DATABASE": str(settings.build_database)}
    return {
        "ETL_DBT_TARGET": "lake",
        "ETL_LAKE_CATALOGUE": f"{settings.lake.catalogue} application_name={WRITER}",
        "ETL_LAKE_DATA": settings.lake.data,
        "ETL_LAKE_IS_OWN_STORE": "yes" if settings.lake.is_own_store else "no",
        "ETL_LAKE_SPILL": str(settings.build / "spill"),
    }


def _has_manifest(settings: Settings, key: str) -> bool:
    manifest = manifest_path(settings)
    key_file = manifest.with_name(_KEY_FILE)
    return manifest.exists() and key_file.exists() and key_file.read_text(encoding="utf-8") == key
