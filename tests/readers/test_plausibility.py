"""An edition beside the one before it: what both print must be the same, but for revisions."""

from datetime import date

import pytest

from etl.readers.plausibility import Edition, EditionNumber, Figure, check_beside
from etl.readers.values import LayoutChangedError, Reading
from scripts.write_starter import ServicesEdition
from tests.support.editions import edition_of
from tests.support.readings import SERVICES, layout, understood
from tests.support.workbooks import scaled, services, services_file

FEBRUARY, MARCH = services("2026-02"), services("2026-03")


def edition(reading: Reading) -> Edition:
    return {
        Figure(
            o.row_key, (o.flow_label or "").casefold(), o.period_type, o.period_starts_on, o.period_ends_on
        ): EditionNumber(o.value, o.sheet, o.cell, o.row_label, o.column_label, o.value_as_printed)
        for o in reading.observations
        if o.value is not None
    }


def of(services_edition: ServicesEdition) -> Edition:
    return edition(understood(SERVICES, services_file(services_edition)))


def refused(before: Edition, now: Edition) -> str:
    with pytest.raises(LayoutChangedError) as error:
        check_beside(before, now, layout(SERVICES))
    return error.value.explanation.reason


def test_sbps_own_revisions_pass() -> None:
    check_beside(of(FEBRUARY), of(MARCH), layout(SERVICES))
    check_beside(of(MARCH), of(FEBRUARY), layout(SERVICES))


def test_the_same_edition_again_passes() -> None:
    check_beside(of(MARCH), of(MARCH), layout(SERVICES))


@pytest.mark.parametrize("factor", [0.1, 0.5, 1.1, 2, 10])
def test_most_figures_moved_by_one_factor_are_another_unit(factor: float) -> None:
    assert refused(of(MARCH), of(scaled(MARCH, factor))) == "most figures moved by one factor: another unit"


def test_a_main_figure_moves_no_further_than_a_revision_ever_did() -> None:
    before = of(MARCH)
    total = next(
        f for f in before if f.row_key == "services" and f.flow == "credit" and f.period_type == "month"
    )
    now = {**before, total: before[total]._replace(value=1.6 * before[total].value)}

    assert refused(before, now) == "a main figure moved further than a revision ever did"


def test_a_row_that_holds_the_figures_of_another_is_refused() -> None:
    before = of(MARCH)
    exchanged = {"3. transport": "4. travel", "4. travel": "3. transport"}
    now = {f._replace(row_key=exchanged.get(f.row_key, f.row_key)): printed for f, printed in before.items()}

    assert refused(before, now) == "a row holds the figures of another one in the edition before"


def test_a_month_that_holds_the_figures_of_another_is_refused() -> None:
    before = of(MARCH)
    later = date(2026, 4, 30)
    now = {
        f._replace(starts_on=date(2026, 4, 1), ends_on=later)
        if f.ends_on == date(2026, 3, 31)
        else f: printed
        for f, printed in before.items()
        if f.period_type == "month"
    }

    assert refused(before, now) == "a month holds the figures of another one in the edition before"


def test_editions_that_share_nothing_say_nothing_of_each_other() -> None:
    check_beside(of(edition_of(date(2024, 3, 1))), of(MARCH), layout(SERVICES))
