"""Made-up editions: the same every time, understood by the reader, no two alike."""

from benchmarks import vintages
from etl.catalog.labels import known_row_keys
from etl.catalog.releases import Catalog
from etl.readers.read import read_release
from etl.readers.values import Reading
from scripts.write_starter import services_workbook


def test_an_edition_and_another_issue_of_its_month_are_understood_and_differ(catalog: Catalog) -> None:
    layout = catalog.get(vintages.RELEASE).layout
    assert layout is not None
    readings = []
    for number in (7, 7, vintages.MONTHS + 7):
        content = services_workbook(vintages.edition(number))
        reading = read_release(content, layout, known_row_keys(layout))
        assert isinstance(reading, Reading)
        readings.append(reading)
    first, again, issued_later = readings
    assert first == again
    assert first.latest_period_ends_on == issued_later.latest_period_ends_on
    assert first.figures_sha256 != issued_later.figures_sha256


def test_another_issue_comes_out_after_the_first_and_before_the_next_month() -> None:
    days = [vintages.published_on(number) for number in (7, vintages.MONTHS + 7, 9 * vintages.MONTHS + 7, 8)]
    assert days == sorted(set(days))
