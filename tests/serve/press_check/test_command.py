"""`etl check-claim` on the published warehouse: each verdict, the whole list, and what is refused."""

import csv
import json
from pathlib import Path

import pytest

from tests.support.installation import Installation

KNOWN_MISPRINTS = {
    ("2022-02", "20"): 201,
    ("2022-04", "2249"): 249,
    ("2023-07", "224.95"): 214,
    ("2024-07", "297"): 286,
    ("2025-04", "314"): 317.64,
    ("2025-11", "348"): 356,
    ("2025-11", "366"): 356,
    ("2026-02", "365"): 363.81,
}
"""Numbers known to be misprinted, by month and what was printed; with what they should be."""

OTHER_MISTAKES = {
    ("exports_mom_pct", "2024-03", "4 %"),
    ("exports_yoy_pct", "FY22", "47.43 %"),
    ("exports_usd_mn", "FY20", "1.11 billion"),
    ("exports_usd_mn", "FY20", "1302.73"),
    ("balance_usd_mn", "FY23", "-1036.334"),
}
"""An old rate pasted, eleven months printed as a year, a balance that its own terms contradict."""

GENUINE = {
    ("2023-06", "236"),
    ("2023-06", "224"),
    ("2024-11", "324"),
    ("2024-11", "310"),
    ("2025-06", "338"),
    ("2025-06", "339"),
    ("2025-12", "437"),
    ("FY23", "2.605 billion"),
    ("FY23", "2.593 billion"),
    ("FY23", "2.597 billion"),
    ("FY26-to-12", "2.24 billion"),
    ("FY26-to-12", "2.236 billion"),
    ("FY26-to-12", "2.23 billion"),
}
"""First prints, revisions and roundings of IT exports."""


def rows(published: Installation, *arguments: str) -> list[dict[str, object]]:
    result = published.etl("check-claim", *arguments, "--format", "json")
    assert result.returncode == 0, result.stderr
    found: list[dict[str, object]] = json.loads(result.stdout)
    return found


@pytest.fixture(scope="module")
def press(published: Installation) -> list[dict[str, object]]:
    return rows(published, "--all")


def test_every_known_misprint_is_wrong_and_what_it_should_be_is_said(press: list[dict[str, object]]) -> None:
    found = {
        (row["period"], row["number"]): row["should_be"]
        for row in press
        if row["verdict"] == "wrong" and row["subject"] == "it-exports" and row["measure"] == "exports_usd_mn"
    }
    assert {key: found.get(key) for key in KNOWN_MISPRINTS} == KNOWN_MISPRINTS


def test_nothing_else_is_wrong_but_mistakes_of_their_own(press: list[dict[str, object]]) -> None:
    wrong = {(row["measure"], row["period"], row["number"]) for row in press if row["verdict"] == "wrong"}
    assert wrong - {("exports_usd_mn", *key) for key in KNOWN_MISPRINTS} == OTHER_MISTAKES


def test_first_prints_and_revisions_are_right_or_cannot_be_judged(press: list[dict[str, object]]) -> None:
    found = {
        (row["period"], row["number"]): row["verdict"]
        for row in press
        if row["subject"] == "it-exports" and (row["period"], row["number"]) in GENUINE
    }
    assert set(found) == GENUINE
    assert set(found.values()) <= {"right for its day", "cannot be judged"}
    assert found["2023-06", "224"] == found["2024-11", "310"] == "right for its day"


def test_each_verdict_names_what_it_rests_on(press: list[dict[str, object]]) -> None:
    assert len(press) == 740
    for row in press:
        assert row["why"]
        if row["verdict"] != "cannot be judged":
            assert row["evidence"]
            assert int(str(row["files"])) + int(str(row["other_prints"])) > 0


def test_no_print_is_evidence_for_itself(press: list[dict[str, object]]) -> None:
    for row in press:
        link = str(row["link"]).removeprefix("https://")
        if row["verdict"] != "cannot be judged":
            assert f"{link}," not in str(row["evidence"])
            assert not str(row["evidence"]).endswith(link)


def one(published: Installation, *arguments: str) -> str:
    result = published.etl("check-claim", *arguments)
    assert result.returncode == 0, result.stderr
    return result.stdout


def test_a_misprint_in_words(published: Installation) -> None:
    shown = one(published, "it-exports", "2025-11", "366", "--printed-on", "2026-01-20")
    assert shown.startswith("wrong: it-exports exports_usd_mn, 2025-11: 366, printed on 2026-01-20\n")
    assert "should be 356 million US$" in shown


def test_a_file_is_named_with_sheet_and_cell(published: Installation) -> None:
    shown = one(published, "it-exports", "2026-03", "413.6", "--printed-on", "2026-04-20")
    assert shown.startswith("right for its day")
    assert "sheet 'EBOPS ', cell I59 of dt-2026-03.xls" in shown


def test_a_growth_rate(published: Installation) -> None:
    claim = ("it-exports", "2025-12", "+23 %", "--printed-on", "2026-01", "--measure", "exports_mom_pct")
    assert one(published, *claim).startswith("right for its day")
    assert one(published, *claim[:2], "+29 %", *claim[3:]).startswith("wrong")


def test_the_revised_figure_before_it_was_out(published: Installation) -> None:
    shown = one(published, "9", "2024-11", "310", "--printed-on", "2024-12-20")
    assert shown.startswith("right now only")
    assert "known on that day 324 million US$" in shown


def test_a_claim_without_a_day_is_of_today(published: Installation) -> None:
    assert one(published, "it-exports", "2026-03", "414").startswith("right for its day")


def test_a_part_of_item_9_and_an_item_by_its_code(published: Installation) -> None:
    shown = one(published, "9.2.5", "FY26-H1", "557", "--printed-on", "2026-02")
    assert shown.startswith("right for its day")
    assert "FY26-to-02" in shown


def test_a_negative_number_comes_after_two_dashes(published: Installation) -> None:
    shown = one(published, "--printed-on", "2023-08", "--", "services-balance", "FY23", "-1036.334")
    assert shown.startswith("wrong")


def test_a_file_of_claims(published: Installation, tmp_path: Path) -> None:
    path = tmp_path / "claims.csv"
    path.write_text(
        "subject,measure,period,number,printed_on\n"
        "it-exports,,2025-11,366,2026-01\n"
        'it-exports,exports_yoy_pct,2025-12,"+26 %",2026-01\n'
    )
    result = published.etl("check-claim", "--file", str(path), "--format", "csv")
    found = list(csv.DictReader(result.stdout.splitlines()))
    assert [row["verdict"] for row in found] == ["wrong", "right for its day"]
    only = published.etl("check-claim", "--file", str(path), "--only", "wrong")
    assert "2025-11" in only.stdout
    assert "2025-12" not in only.stdout


def test_a_wrong_claim_is_exit_2_with_strict_only(published: Installation) -> None:
    claim = ("check-claim", "it-exports", "2025-11", "366", "--printed-on", "2026-01")
    assert published.etl(*claim).returncode == 0
    assert published.etl(*claim, "--strict").returncode == 2
    right = (*claim[:3], "356", *claim[4:])
    assert published.etl(*right, "--strict").returncode == 0


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("rice", "2025-11", "3"), "there is no subject 'rice'"),
        (("9.9.9", "2025-11", "3"), "there is no item 9.9.9"),
        (("it-exports", "Nov", "3"), "is no period"),
        (("it-exports", "2025-11", "lots"), "is no number"),
        (("it-exports", "2025-11", "3", "--measure", "exports_pct"), "there is no measure"),
        (("it-exports", "2025-11", "3", "--printed-on", "2025-10-01"), "before 2025-11 was over"),
        (("--file", "nothing.csv"), "nothing.csv: No such file"),
    ],
)
def test_what_cannot_be_read_is_one_line(
    published: Installation, arguments: tuple[str, ...], message: str
) -> None:
    result = published.etl("check-claim", *arguments)
    assert result.returncode == 1
    assert message in result.stderr
    assert result.stderr.count("\n") == 1


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("it-exports", "2025-11"),
        ("it-exports", "2025-11", "3", "--all"),
        ("--all", "--printed-on", "2026-01"),
        ("--all", "--score", "--only", "wrong"),
    ],
)
def test_bad_usage_is_64(published: Installation, arguments: tuple[str, ...]) -> None:
    assert published.etl("check-claim", *arguments).returncode == 64
