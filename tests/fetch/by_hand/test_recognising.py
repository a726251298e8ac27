"""Which release a file is, is told by the readers; where none or several fit, the reason is one to act on."""

import msgspec
import pytest

from etl.catalog.releases import Catalog
from etl.fetch.by_hand import Recogniser
from etl.landing.read_files import Reader, read_as_each
from etl.readers import workbook
from tests.support.readings import SERVICES, SUMMARY
from tests.support.releases import MARCH, SUMMARY_OF_MARCH
from tests.support.workbooks import Grid, encrypted_xls, services_grid


@pytest.fixture(scope="module")
def recogniser() -> Recogniser:
    return Recogniser(two_releases())


def two_releases() -> Catalog:
    known = Catalog.load()
    return Catalog((known.get(SUMMARY), known.get(SERVICES)))


def test_a_release_is_known_by_its_layout(recogniser: Recogniser) -> None:
    for path, release_id in ((MARCH, SERVICES), (SUMMARY_OF_MARCH, SUMMARY)):
        releases, reason = recogniser.recognise(path.read_bytes())
        assert ([release.id for release in releases], reason) == ([release_id], "")


def test_of_a_file_that_is_nearly_a_release_the_nearest_layout_says_what_is_wrong(
    recogniser: Recogniser,
) -> None:
    content = services_grid().put("I63", "1,234").xls()

    releases, reason = recogniser.recognise(content)

    assert releases == ()
    assert reason.startswith(
        f"is no release known here; nearest is {SERVICES}: "
        "a cell of the table holds no number at 'EBOPS ' I63"
    )
    assert SUMMARY not in reason
    assert "`--release ID` keeps it in quarantine" in reason


def test_of_a_file_with_some_headers_of_a_release_that_one_is_the_nearest(recogniser: Recogniser) -> None:
    content = services_grid().put("B7", "Services traded").put("C8", "Exports").xls()

    _, reason = recogniser.recognise(content)

    assert f"nearest is {SERVICES}: " in reason
    assert SUMMARY not in reason


def test_of_a_file_that_is_nothing_like_a_release_it_is_said_once_what_was_tried(
    recogniser: Recogniser,
) -> None:
    _, reason = recogniser.recognise(Grid("Sheet1", {}).put("A1", "Shopping").put("A2", "Milk").xls())

    assert f"it is not nearly {SUMMARY} or {SERVICES}: " in reason
    assert reason.count("Shopping") == 1


def test_a_file_that_cannot_be_opened_is_said_once(recogniser: Recogniser) -> None:
    _, reason = recogniser.recognise(encrypted_xls())

    assert reason.startswith("is no release file: ")
    assert reason.count("expected") == 1


def test_no_layout_is_tried_on_a_format_that_no_release_has(recogniser: Recogniser) -> None:
    assert recogniser.recognise(b"%PDF-1.7 a page") == (
        (),
        "is no release file: it is of format pdf, and releases come as xls or xlsx",
    )


def test_a_file_that_two_releases_fit_is_none_until_it_is_named() -> None:
    services = Catalog.load().get(SERVICES)
    twin = msgspec.structs.replace(services, id="its_twin")

    releases, reason = Recogniser(Catalog((services, twin))).recognise(MARCH.read_bytes())

    assert len(releases) == 2
    assert reason == f"has the layouts of {SERVICES} and its_twin; say with `--release ID` which it is"


def test_a_workbook_is_parsed_once_however_many_layouts_are_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    layout = Catalog.load().get(SERVICES).rules[2]
    opened = []
    original = workbook.CalamineWorkbook.from_filelike

    class Counting:
        @staticmethod
        def from_filelike(file: object) -> object:
            opened.append(file)
            return original(file)

    monkeypatch.setattr(workbook, "CalamineWorkbook", Counting)
    workbook.read_sheets.cache_clear()

    read_as_each(MARCH.read_bytes(), [Reader(layout, frozenset())] * 5)

    assert len(opened) == 1
