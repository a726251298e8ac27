"""What the assets of this code location share: settings, catalogue, archive, dbt's worker.

Here: the one value that definitions are built around. Not here: Dagster resources; a value that is known
when the definitions are built needs no configuration at run time.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property

from etl.archive import Archive
from etl.asking import Askers
from etl.catalog import Catalog
from etl.modelling.dbt import DbtWorker
from etl.orchestration.what_changed import Looks
from etl.progress import Progress
from etl.settings import Settings


@dataclass(frozen=True)
class Context:
    """An installation and the progress that whoever started the run wants to see."""

    settings: Settings
    catalog: Catalog
    archive: Archive
    warm_worker: DbtWorker | None = None
    """A dbt worker that was started before Dagster was imported; else one is started when it is needed."""
    progress: Progress = field(default_factory=Progress)
    looks: Looks = field(default_factory=Looks)

    @classmethod
    def of(cls, settings: Settings, catalog: Catalog) -> "Context":
        """Give the context of an installation."""
        return cls(settings, catalog, Archive(settings.archive))

    @cached_property
    def askers(self) -> Askers:
        """Who asks in this process, and so in its run: the wait between two requests to a host and what is
        known of hosts out of reach hold across releases.
        """
        catalog = self.catalog
        return Askers(
            catalog.file_releases,
            catalog.index_addresses,
            self.settings,
            self.archive,
            "dagster",
            self.progress.step,
        )

    @contextmanager
    def worker(self) -> Iterator[DbtWorker]:
        """Give a dbt worker: the warm one, or one of this step's own."""
        if self.warm_worker is not None:
            yield self.warm_worker
            return
        with DbtWorker(self.settings) as worker:
            yield worker
