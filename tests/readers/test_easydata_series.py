"""Series of EasyData: the same observations from the API's answers and from CSV exports of either header,
and a refusal that says where and why.
"""

import json
from datetime import date

import pytest

from etl.catalog.labels import known_row_keys
from etl.readers.easydata import Asked, Pull, describe, pack
from etl.readers.values import LayoutChangedError
from tests.support.easydata import (
    API_CSV_COLUMNS,
    BALANCE,
    PORTAL_COLUMNS,
    RATES,
    SERVICES,
    api_json,
    csv_of,
    suffixes,
)
from tests.support.easydata_server import META_COLUMNS
from tests.support.readings import layout, refusal, understood

IT_EXPORTS = "TS_GP_BOP_TRDSER_M.SCM009"
LABEL = "BOP Services-Telecommunications; Computer; and information services-Cr"
KEYS = ("Dataset Name", "Series Key", "Series Name", "Observation Date", "Observation Value", "Unit")


def row(key: str = IT_EXPORTS, day: str = "2026-03-31", value: str = "413622.89", **others: str) -> list[str]:
    """Return a row of the API; `unit` and `status` may be said."""
    unit = others.get("unit", "Thousand USD")
    return ["Trade in Services", key, LABEL, day, value, unit, others.get("status", "Normal"), ""]


def pulled(*rows: list[str], description: bytes = b"") -> bytes:
    """Return a pull with these rows, an answer a series."""
    keys = tuple(dict.fromkeys(given[1] for given in rows))
    answers = {
        key: json.dumps(api_json([given for given in rows if given[1] == key])).encode() for key in keys
    }
    asked = Asked(dataset="D", since=date(2005, 7, 1), until=date(2026, 4, 30), series=keys)
    return pack(Pull(asked, description, answers))


def portal_row(**others: str) -> dict[str, str]:
    return {
        "Dataset Name": "Trade in Services",
        "Observation Date": "31-Mar-2026",
        "Series Key": IT_EXPORTS,
        "Series Display Name": "...... 9 Telecommunications; Computer; and information services-Cr",
        "Observation Value": "413622.89",
        "Unit": "Thousand USD",
        "Observation Status": "Normal",
        "Sequence No.": "590",
        "Series name": LABEL,
    } | others


def exported(*rows: dict[str, str]) -> bytes:
    return csv_of(PORTAL_COLUMNS, [portal_row(**others) for others in rows])


# What an observation says


def test_an_answer_of_the_api_is_kept_as_printed() -> None:
    (found,) = understood(SERVICES, pulled(row())).observations

    assert (found.row_label, found.row_key) == (LABEL, "ts_gp_bop_trdser_m.scm009")
    assert (found.sheet, found.cell, found.row_number) == ("TS_GP_BOP_TRDSER_M", "SCM009 2026-03-31", 1)
    assert (found.column_label, found.unit_label, found.status_mark) == (
        "2026-03-31",
        "Thousand USD",
        "Normal",
    )
    assert (found.period_type, found.period_starts_on, found.period_ends_on) == (
        "month",
        date(2026, 3, 1),
        date(2026, 3, 31),
    )
    assert (found.value, found.value_as_printed, found.decimals) == (413622.89, "413622.89", 2)


def test_an_export_of_the_portal_says_the_same_with_the_name_that_its_page_shows() -> None:
    (found,) = understood(SERVICES, exported({})).observations

    assert found.row_label.startswith("...... 9 Telecommunications")
    assert (found.cell, found.column_label, found.row_number) == ("SCM009 31-Mar-2026", "31-Mar-2026", 2)
    assert (found.period_ends_on, found.value, found.flow_label) == (
        date(2026, 3, 31),
        413622.89,
        "Credit",
    )


@pytest.mark.parametrize("ends_with", ["\n", "\r\n", "\r"])
def test_a_csv_of_the_api_has_another_header_and_may_end_its_lines_as_it_likes(ends_with: str) -> None:
    values = dict(zip(API_CSV_COLUMNS, row(), strict=True))

    (found,) = understood(SERVICES, csv_of(API_CSV_COLUMNS, [values], ends_with=ends_with)).observations

    assert (found.row_label, found.cell, found.value) == (LABEL, "SCM009 2026-03-31", 413622.89)


def test_columns_are_found_by_their_words_and_not_by_their_place() -> None:
    backwards = tuple(reversed(PORTAL_COLUMNS))

    reading = understood(SERVICES, csv_of(backwards, [portal_row()]))

    assert reading.observations == understood(SERVICES, exported({})).observations


def test_a_file_that_an_office_program_saved_again_is_read_too() -> None:
    content = exported({"Series Display Name": "Café"}).decode().encode("cp1252")

    assert understood(SERVICES, content).observations[0].row_label == "Café"
    assert understood(SERVICES, b"\xef\xbb\xbf" + exported({})).observations


@pytest.mark.parametrize(("beginning", "flow"), [("SCM", "Credit"), ("SDM", "Debit"), ("SNM", "Net")])
def test_the_flow_of_a_services_series_is_told_by_its_key(beginning: str, flow: str) -> None:
    (found,) = understood(SERVICES, pulled(row(f"TS_GP_BOP_TRDSER_M.{beginning}009"))).observations

    assert found.flow_label == flow


def test_a_line_of_the_balance_of_payments_has_no_flow() -> None:
    given = row("TS_GP_BOP_BPM6SUM_M.P00060", value="903", unit="Million USD")

    assert understood(BALANCE, pulled(given)).observations[0].flow_label is None


def test_a_rate_is_in_rupees() -> None:
    given = row("TS_GP_ER_FAERPKR_M.E00220", value="281.5", unit="PKR")

    assert understood(RATES, pulled(given)).observations[0].unit_label == "PKR"


@pytest.mark.parametrize(
    ("text", "value", "decimals"),
    [("-136", -136.0, 0), (".5", 0.5, 1), ("-.25", -0.25, 2), ("0", 0.0, 0), ("11952439.66", 11952439.66, 2)],
)
def test_values_are_text_as_the_database_prints_them(text: str, value: float, decimals: int) -> None:
    (found,) = understood(SERVICES, pulled(row(value=text))).observations

    assert (found.value, found.value_as_printed, found.decimals) == (value, text, decimals)


@pytest.mark.parametrize("value", ["", "0"])
def test_a_missing_value_is_no_number_whatever_stands_there(value: str) -> None:
    (found,) = understood(SERVICES, pulled(row(value=value, status="Missing value"))).observations

    assert (found.value, found.value_as_printed, found.decimals) == (None, "Missing value", None)


def test_control_characters_and_numbers_that_are_no_text_are_let_pass() -> None:
    answer = json.dumps(api_json([row()])).replace("Trade in", "Trade\tin\n").replace('"413622.89"', "413622")
    asked = Asked(dataset="D", since=date(2005, 7, 1), until=date(2026, 4, 30), series=(IT_EXPORTS,))

    (found,) = understood(SERVICES, pack(Pull(asked, b"", {IT_EXPORTS: answer.encode()}))).observations

    assert found.value == 413622.0


# What a file says as a whole


def test_a_pull_is_complete_and_an_export_holds_what_its_user_picked() -> None:
    assert understood(SERVICES, pulled(row())).is_complete
    assert not understood(SERVICES, exported({})).is_complete


def test_a_pull_knows_when_the_portal_last_refreshed_the_dataset() -> None:
    described = [*[""] * 9, "17-Apr-2026"], [*[""] * 9, "2026-04-15"]
    description = json.dumps({"columns": META_COLUMNS, "rows": described}).encode()

    assert understood(SERVICES, pulled(row(), description=description)).stated_on == date(2026, 4, 17)
    assert understood(SERVICES, pulled(row())).stated_on is None
    assert understood(SERVICES, exported({})).stated_on is None


def test_the_latest_period_is_that_of_the_newest_month() -> None:
    reading = understood(SERVICES, pulled(row(), row(day="2026-04-30"), row(day="2026-02-28")))

    assert reading.latest_period_ends_on == date(2026, 4, 30)


def test_pulls_with_the_same_figures_say_the_same_whatever_the_portal_says_of_the_dataset() -> None:
    other = pulled(row(), description=b"{}")

    assert other != pulled(row())
    assert understood(SERVICES, other).figures_sha256 == understood(SERVICES, pulled(row())).figures_sha256


# What is refused


@pytest.mark.parametrize(
    ("given", "reason", "found"),
    [
        (row("TS_GP_BOP_TRDSER_M.SCM9999"), "a series is not known", "SCM9999"),
        (row("TS_GP_BOP_BPM6SUM_M.P00060"), "the series are of another dataset", "TS_GP_BOP_BPM6SUM_M"),
        (row(unit="Million USD"), "the unit is not the one known", "Million USD"),
        (row(day="March 2026"), "a date is not understood", "March 2026"),
        (row(value="n.a."), "an observation is no number", "n.a."),
        (row(value=""), "an observation is no number", "''"),
        (row(value="1,234"), "an observation is no number", "1,234"),
        (row(value="1e5"), "an observation is no number", "1e5"),
    ],
)
def test_what_is_not_understood_is_named_with_its_place(given: list[str], reason: str, found: str) -> None:
    explained = refusal(SERVICES, pulled(given))

    assert explained.reason == reason
    assert found in explained.found


def test_a_dataset_of_two_is_refused_whole() -> None:
    explained = refusal(SERVICES, exported({}, {"Series Key": "TS_GP_BOP_BPM6SUM_M.P00060"}))

    assert explained.found == "TS_GP_BOP_BPM6SUM_M, TS_GP_BOP_TRDSER_M"


def test_an_unknown_series_is_named_beside_the_nearest_known_one() -> None:
    explained = refusal(SERVICES, pulled(row("TS_GP_BOP_TRDSER_M.SCM09")))

    assert explained.expected.startswith("a known series, such as TS_GP_BOP_TRDSER_M.SCM0")
    assert "Telecommunications" in explained.found


def test_two_figures_for_one_month_are_refused_where_they_stand() -> None:
    explained = refusal(SERVICES, exported({}, {"Observation Value": "1"}))

    assert explained.reason == "a series has two figures for one period"
    assert explained.where == "SCM009 31-Mar-2026 (rows 2 and 3)"
    assert explained.found == "413622.89 and 1"


def test_an_answer_without_rows_is_refused() -> None:
    asked = Asked(dataset="D", since=date(2005, 7, 1), until=date(2026, 4, 30), series=(IT_EXPORTS,))
    empty = pack(Pull(asked, b"", {IT_EXPORTS: json.dumps(api_json([])).encode()}))

    assert refusal(SERVICES, empty).reason == "there are no observations"
    assert refusal(SERVICES, csv_of(PORTAL_COLUMNS, [])).reason == "there are no observations"


@pytest.mark.parametrize("column", KEYS[1:])
def test_a_column_that_is_missing_is_named(column: str) -> None:
    columns = [name for name in API_CSV_COLUMNS if name not in (column, column.removesuffix(" Name"))]

    explained = refusal(SERVICES, csv_of(tuple(columns), [{}]))

    assert explained.reason.startswith("the column of the ")
    assert explained.where == "row 1"
    assert "'Dataset'" in explained.found


@pytest.mark.parametrize(
    "body", [b"<html>", b"[]", b'{"columns": 1, "rows": []}', b'{"rows": []}', b"", b"{"]
)
def test_an_answer_of_another_shape_is_refused_with_its_beginning(body: bytes) -> None:
    asked = Asked(dataset="D", since=date(2005, 7, 1), until=date(2026, 4, 30), series=(IT_EXPORTS,))

    explained = refusal(SERVICES, pack(Pull(asked, b"", {IT_EXPORTS: body})))

    assert explained.where == IT_EXPORTS
    assert explained.found == repr(body.decode() or "nothing")


def test_a_row_that_is_too_short_is_refused() -> None:
    content = exported({}) + b'"Trade in Services","30-Apr-2026"\n'

    assert refusal(SERVICES, content).where == "the file, row 3"


def test_a_workbook_is_no_series() -> None:
    assert refusal(SERVICES, b"%PDF-1.7").found == "pdf"


# What must add up


def test_net_is_credit_less_debit_within_the_rounding_of_its_month() -> None:
    keys = [f"TS_GP_BOP_TRDSER_M.{flow}009" for flow in ("SCM", "SDM", "SNM")]
    exact = [row(key, value=value) for key, value in zip(keys, ("10.25", "4.5", "5.75"), strict=True)]
    rounded = [
        row(key, "2026-02-28", value) for key, value in zip(keys, ("700909", "600000", "100908"), strict=True)
    ]

    assert len(understood(SERVICES, pulled(*exact, *rounded)).observations) == 6


@pytest.mark.parametrize("net", ["5.77", "-5.75", "0"])
def test_a_net_that_is_not_credit_less_debit_refuses_the_file(net: str) -> None:
    keys = [f"TS_GP_BOP_TRDSER_M.{flow}009" for flow in ("SCM", "SDM", "SNM")]
    rows = [row(key, value=value) for key, value in zip(keys, ("10.25", "4.5", net), strict=True)]

    explained = refusal(SERVICES, pulled(*rows))

    assert explained.reason == "the series do not add up"
    assert explained.where == "SNM009 2026-03-31"
    assert explained.expected == "SCM009 less SDM009: 5.75"
    assert explained.found == net


def test_what_is_missing_adds_up_to_nothing() -> None:
    rows = [row(f"TS_GP_BOP_TRDSER_M.{flow}009") for flow in ("SCM", "SNM")]
    missing = row("TS_GP_BOP_TRDSER_M.SDM009", value="", status="Missing value")

    assert len(understood(SERVICES, pulled(*rows, missing)).observations) == 3


# What is known


def test_every_item_has_three_series_and_the_crossed_ones_are_told_apart() -> None:
    known = known_row_keys(layout(SERVICES))

    assert len(known) == 3 * 88
    assert suffixes()["9.2.5"] == "0926"
    assert suffixes()["9.2.6"] == "0925"
    assert {"ts_gp_bop_trdser_m.scm04232", "ts_gp_bop_trdser_m.snm4232"} <= known
    assert "ts_gp_bop_trdser_m.snm04232" not in known


def test_the_lines_without_a_series_are_not_known() -> None:
    known = known_row_keys(layout(BALANCE))

    assert len(known) == 74
    assert "ts_gp_bop_bpm6sum_m.x082" not in known


# What the portal says of a dataset


def test_a_dataset_is_described_by_its_series_and_its_last_refresh() -> None:
    rows = [
        ["", "TS_GP_BOP_TRDSER_M.SCM009", *[""] * 7, "2026-04-17"],
        ["", "SDM009", *[""] * 7, "2026-03-17"],
    ]

    found = describe(json.dumps({"columns": META_COLUMNS, "rows": rows}).encode(), layout(SERVICES))

    assert found.refreshed_on == date(2026, 4, 17)
    assert found.keys == {"ts_gp_bop_trdser_m.scm009", "ts_gp_bop_trdser_m.sdm009"}


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"<html>", "the answer is not understood"),
        (b'{"columns": ["Series Code"], "rows": []}', "a column is missing"),
        (b'{"columns": ["Series Code", "Last Refresh Date"], "rows": []}', "no day of refresh is given"),
        (
            b'{"columns": ["Series Code", "Last Refresh Date"], "rows": [["A", "soon"]]}',
            "no day of refresh is given",
        ),
    ],
)
def test_a_description_that_says_nothing_is_refused(body: bytes, reason: str) -> None:
    with pytest.raises(LayoutChangedError) as caught:
        describe(body, layout(SERVICES))

    assert caught.value.explanation.reason == reason


def test_a_selection_that_holds_a_sum_and_some_of_its_parts_is_read() -> None:
    """What was not picked is no empty cell."""
    keys = ("TS_GP_BOP_BPM6SUM_M.P00010", "TS_GP_BOP_BPM6SUM_M.P00130")
    picked = [
        row(key, value=value, unit="Million USD") for key, value in zip(keys, ("5", "900"), strict=True)
    ]

    assert len(understood("easydata_balance_of_payments", pulled(*picked)).observations) == 2
