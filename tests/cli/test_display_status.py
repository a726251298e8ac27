"""How `etl status` looks: a line that sums up, a table that fits, and what to do."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from etl.archive.store import FetchRecord
from etl.catalog.calendar import Timeliness
from etl.catalog.releases import Catalog
from etl.cli.display import WIDTH, print_status
from etl.monitor.status import ReleaseStatus

ASKED = datetime(2026, 5, 20, 21, 0, tzinfo=UTC)


def late(days: int) -> Timeliness:
    return Timeliness(
        date(2026, 4, 30), date(2026, 5, 17), date(2026, 5, 30), is_due=True, is_overdue=True, days_late=days
    )


IN_TIME = Timeliness(
    date(2026, 4, 30), date(2026, 5, 17), date(2026, 5, 30), is_due=True, is_overdue=False, days_late=3
)


def status(
    catalog: Catalog,
    name: str,
    timeliness: Timeliness | None,
    *,
    reason: str | None = None,
    needs_key: bool = False,
) -> ReleaseStatus:
    record = FetchRecord(
        asked_at=ASKED,
        release_id=name,
        address="https://www.sbp.org.pk/x",
        outcome="unreachable" if reason else "unchanged",
        asked_by="command",
        reason=reason,
    )
    return ReleaseStatus(
        release=catalog.get(name),
        last_asked=None if needs_key else record,
        last_changed_at=None,
        files=1,
        latest_period_ends_on=date(2026, 3, 31),
        timeliness=timeliness,
        quarantine=None,
        needs_key=needs_key,
    )


def unseen(catalog: Catalog, name: str) -> ReleaseStatus:
    return ReleaseStatus(catalog.get(name), None, None, 0, None, None, None)


def test_the_first_line_counts_how_the_releases_stand(
    catalog: Catalog, capsys: pytest.CaptureFixture[str]
) -> None:
    print_status(
        [
            status(catalog, "trade_in_services", IN_TIME),
            status(catalog, "goods_trade", late(40)),
            replace(status(catalog, "exchange_rates", IN_TIME), quarantine="a row is missing"),
            status(catalog, "workers_remittances", late(40), needs_key=True),
            unseen(catalog, "services_headline"),
        ],
        None,
    )

    first = capsys.readouterr().out.splitlines()[0]
    assert first == "5 releases: 1 late, 1 in time, 1 quarantined, 1 without a key, 1 without a file"


@pytest.mark.parametrize(
    ("timeliness", "needs_key", "words"),
    [
        (IN_TIME, False, "due 2026-05-17"),
        (IN_TIME, True, "due 2026-05-17"),
        (late(44), False, "44 days late"),
        (late(190), False, "6 months late"),
        (late(1223), False, "3 years late"),
        (late(1223), True, "needs a key"),
    ],
)
def test_what_comes_next(
    catalog: Catalog,
    capsys: pytest.CaptureFixture[str],
    timeliness: Timeliness,
    needs_key: bool,
    words: str,
) -> None:
    print_status([status(catalog, "workers_remittances", timeliness, needs_key=needs_key)], None)

    (row,) = [
        line for line in capsys.readouterr().out.splitlines() if line.startswith("workers_remittances ")
    ]
    assert f"Mar 2026  {words} " in row


def test_a_release_that_nobody_asked_or_gave_is_named_below_and_is_no_row(
    catalog: Catalog, capsys: pytest.CaptureFixture[str]
) -> None:
    print_status([status(catalog, "goods_trade", IN_TIME), unseen(catalog, "services_headline")], None)

    lines = capsys.readouterr().out.splitlines()
    assert not any(line.startswith("services_headline") for line in lines)
    assert lines[-2:] == [
        "never asked, without a file: services_headline",
        "`etl refresh` asks SBP for all that was never asked",
    ]


def test_a_reason_that_several_releases_share_is_said_once(
    catalog: Catalog, capsys: pytest.CaptureFixture[str]
) -> None:
    both = [status(catalog, name, IN_TIME, reason="no route") for name in ("exchange_rates", "goods_trade")]
    print_status(both, None)

    assert capsys.readouterr().out.splitlines()[-1] == "exchange_rates, goods_trade: no route"


def test_every_release_late_and_out_of_reach_fits_the_width(
    catalog: Catalog, capsys: pytest.CaptureFixture[str]
) -> None:
    found = [
        replace(
            status(catalog, release.id, late(500), reason=f"{release.id} did not answer within 60 seconds"),
            last_changed_at=ASKED,
            files=1234,
        )
        for release in catalog.file_releases
    ]
    print_status(found, "a web page in place of the index")

    assert max(map(len, capsys.readouterr().out.splitlines())) <= WIDTH
