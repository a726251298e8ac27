"""What a build depends on, as two hashes: equal inputs give equal marts, so equal keys need no build.

Here: the raw key (how files are read) and the build key (that, which files there are, and how they are
modelled). Not here: what is done about a difference.
"""

import hashlib
import os
from collections.abc import Iterable
from pathlib import Path

from etl.archive.store import Archive
from etl.catalog import calendar
from etl.catalog.releases import RELEASES_FOLDER, Catalog, corrections_beside, identities_seed, labels_seed
from etl.common.settings import DBT_PROJECT

_PACKAGE = Path(__file__).resolve().parents[1]
_MODEL_FILES = (".sql", ".yml", ".csv")
_NOT_MODELS = frozenset({"target", "logs", "dbt_packages"})


def raw_key(catalog: Catalog) -> str:
    """Hash what decides what is landed: readers, catalogue, known labels, corrections and holidays."""
    layouts = [release.layout for release in catalog.file_releases if release.layout is not None]
    seeds = {labels_seed(layout) for layout in layouts}
    seeds |= {identities_seed(layout) for layout in layouts if layout.identities_seed}
    code = [path for room in ("readers", "landing") for path in (_PACKAGE / room).glob("*.py")]
    code += [_PACKAGE / "catalog" / name for name in ("labels.py", "calendar.py")]
    entries = [*RELEASES_FOLDER.glob("*.toml"), *corrections_beside(RELEASES_FOLDER).glob("*.toml")]
    return _hash_files([*code, *entries, *seeds], calendar.library_version())


def models_key() -> str:
    """Hash the dbt project: models, tests, macros, seeds and their descriptions."""
    return _hash_files(model_files())


def build_key(raw: str, files: Iterable[tuple[str, str]], models: str) -> str:
    """Combine the raw key, the files (release and SHA-256, in any order) and the models' key."""
    digest = hashlib.sha256(f"{raw} {models}\n".encode())
    for release_id, sha256 in sorted(files):
        digest.update(f"{release_id} {sha256}\n".encode())
    return digest.hexdigest()


def file_in_key(sha256: str, decision: str | None) -> str:
    """Return a file as it counts in a build key: its hash, and what a person decided about it."""
    return f"{sha256} {decision}" if decision else sha256


def wanted_build_key(catalog: Catalog, archive: Archive) -> str:
    """Return the key of the build that catalogue, archive and models call for now."""
    decided = archive.decided()
    files = [
        (r.id, file_in_key(sha256, decided.get((r.id, sha256))))
        for r in catalog.file_releases
        for sha256 in archive.hashes(r.id)
    ]
    return build_key(raw_key(catalog), files, models_key())


def model_files() -> list[Path]:
    """Return the files that make up the dbt project."""
    found = []
    for folder, folders, names in os.walk(DBT_PROJECT):
        folders[:] = set(folders) - _NOT_MODELS
        found += [Path(folder, name) for name in names if name.endswith(_MODEL_FILES)]
    return found


def _hash_files(paths: Iterable[Path], also: str = "") -> str:
    digest = hashlib.sha256(also.encode())
    for path in sorted(paths, key=str):  # as text: to compare paths takes Python longer
        digest.update(f"{path.parent.name}/{path.name}\0".encode())
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()
