"""Archives given by hand that are made to lead elsewhere, or to have no end."""

import io
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from etl.archive.store import Archive
from etl.catalog.releases import Catalog
from etl.fetch.by_hand import add
from tests.support.readings import SERVICES
from tests.support.workbooks import services_grid

Tries = Callable[[int, int], Iterator[int]]


def zipped(**entries: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return buffer.getvalue()


@pytest.mark.fault(
    "`etl add` of a zip whose entries are called `../../dt.xls` or `/etc/dt.xls`",
    promise="the archive takes them by what they hold; no name leads anywhere",
)
def test_a_name_in_a_zip_leads_nowhere(
    tmp_path: Path, catalog: Catalog, archive: Archive, tries: Tries
) -> None:
    content = services_grid().xls()
    for number in tries(1, 1):
        given = tmp_path / f"{number}" / "in" / "given.zip"
        given.parent.mkdir(parents=True)
        given.write_bytes(zipped(**{"../../dt.xls": content, "/etc/../dt (1).xls": content + b"\0"}))
        before = {path for path in tmp_path.rglob("*") if path.is_file()}

        added = list(add([given], catalog, archive, None, None))

        assert [(one.release_id, one.is_new) for one in added] == [(SERVICES, True), (SERVICES, True)]
        assert all(".." not in file.facts.original_name for file in archive.files(SERVICES))
        new = {path for path in tmp_path.rglob("*") if path.is_file()} - before
        assert all(SERVICES in str(path.relative_to(tmp_path)) for path in new)


@pytest.mark.fault(
    "`etl add` of a zip in a zip in a zip, fifty deep, and of one that holds itself fifty times",
    promise="refused with the reason at the third; what lies beside it is taken",
)
def test_a_zip_without_end_is_refused(
    tmp_path: Path, catalog: Catalog, archive: Archive, tries: Tries
) -> None:
    for number in tries(1, 1):
        deep = services_grid().xls()
        for _ in range(50):
            deep = zipped(deeper=deep)
        wide = zipped(**{f"{n}.zip": deep for n in range(50)}, good=services_grid().xlsx())
        given = tmp_path / f"{number}.zip"
        given.write_bytes(wide)

        added = list(add([given], catalog, archive, None, None))

        assert [one.release_id for one in added if one.is_new] == [SERVICES]
        refused = {one.reason for one in added if not one.is_new}
        assert refused == {"is a zip archive two archives deep; unpack the outer one and add it again"}
