"""Sections say in words what is drawn, from where, and what is not known."""

from dataclasses import replace

from etl.serve.report.sections import Section, sections
from tests.serve.report.conftest import Written


def by_id(written: Written) -> dict[str, Section]:
    return {section.id: section for section in sections(written.figures, written.sources)}


def test_each_section_has_a_chart_with_text_and_source_or_says_why_not(
    march: Written, december: Written
) -> None:
    for written in (march, december):
        for section in by_id(written).values():
            if section.missing:
                assert section.chart is None
            else:
                assert section.chart is not None
                assert len(section.alt_text) > 40
                assert "published" in section.source


def test_with_detail_every_chart_is_drawn(march: Written) -> None:
    assert [name for name, section in by_id(march).items() if section.missing] == []


def test_without_detail_parts_and_balances_say_so(december: Written) -> None:
    missing = {name: section.missing for name, section in by_id(december).items() if section.missing}
    assert set(missing) == {"segments", "balances"}
    assert all("December 2025" in text for text in missing.values())


def test_a_month_with_nothing_beside_it_has_words_in_place_of_charts(december: Written) -> None:
    alone = december.figures.months[-1]._replace(yoy_pct=None, year_before=None)
    bare = replace(
        december.figures, months=(alone,), years_to_date=(), shares=(), revisions=(), reliability=()
    )
    shown = {section.id: section for section in sections(bare, december.sources)}
    assert [name for name, section in shown.items() if not section.missing] == ["series"]
    assert "July to December 2025 is not known" in shown["fiscal-year"].missing


def test_the_key_names_only_what_is_drawn(december: Written) -> None:
    names = [name for name, _ in by_id(december)["series"].key]
    assert names == ["transcribed", "record", "revised"]


def test_captions_name_releases_with_their_days(march: Written) -> None:
    source = by_id(march)["segments"].source
    assert source == "Trade in services by item, published on 2026-04-17"


def test_a_total_without_a_print_leads_to_its_months(december: Written) -> None:
    table = by_id(december)["fiscal-year"].table
    assert table is not None
    chosen = next(row for row in table.rows if row.is_chosen)
    total = chosen.cells[-2]
    assert (total.text, total.source, total.anchor) == ("2,236", None, "month-2025-12")


def test_every_figure_of_a_table_has_a_number_or_the_months_it_is_made_of(march: Written) -> None:
    series = by_id(march)["series"].table
    assert series is not None
    exports = [row.cells[1] for row in series.rows]
    assert all((cell.source is not None) == bool(cell.text) for cell in exports)
