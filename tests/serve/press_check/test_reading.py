"""Claims from words and from a file, and what is refused."""

from datetime import date
from pathlib import Path

import pytest

from etl.serve.press_check.claims import PRESS, ClaimError, canonical, claim, read
from etl.serve.press_check.values import Days, Measure


def test_a_claim_is_of_a_figure() -> None:
    read_one = claim("it-exports", "2025-11", "366", printed_on="2026-01-20", link="https://www.x.pk/a/")
    assert read_one.figure is not None
    assert read_one.figure[:3] == ("9", "exports", Measure.AMOUNT)
    assert read_one.printed == Days(date(2026, 1, 20), date(2026, 1, 20))
    assert (read_one.source, read_one.link) == ("x.pk/a", "https://www.x.pk/a/")


def test_a_month_of_print_is_all_its_days() -> None:
    assert claim("9", "2024-01", "265", printed_on="2024-02").printed == Days(
        date(2024, 2, 1), date(2024, 2, 29)
    )


@pytest.mark.parametrize(
    ("subject", "measure", "figure"),
    [
        ("it-exports", None, ("9", "exports", "usd_mn")),
        ("IT-Exports", None, ("9", "exports", "usd_mn")),
        ("services-balance", None, ("S", "balance", "usd_mn")),
        ("9.2.2", "imports_usd_mn", ("9.2.2", "imports", "usd_mn")),
        ("s", "exports_yoy_pct", ("S", "exports", "yoy_pct")),
        ("it-balance", "balance_mom_pct", ("9", "balance", "mom_pct")),
    ],
)
def test_subject_and_measure(subject: str, measure: str | None, figure: tuple[str, ...]) -> None:
    found = claim(subject, "2025-11", "3", printed_on="2026-01", measure=measure).figure
    assert found is not None
    assert found[:3] == figure


def test_what_is_no_item_has_no_figure_and_says_why() -> None:
    found = claim("it-exports-pseb", "FY20", "1.230 billion", printed_on="2020-07")
    assert found.figure is None
    assert "PSEB" in (found.why_not or "")


REFUSED = {
    "unknown subject": (("rice", "2025-11", "3"), {}, "there is no subject 'rice'"),
    "unknown measure": (("9", "2025-11", "3"), {"measure": "exports_pct"}, "there is no measure"),
    "another flow": (("it-exports", "2025-11", "3"), {"measure": "imports_usd_mn"}, "is of exports"),
    "malformed period": (("9", "November", "3"), {}, "is no period"),
    "no number": (("9", "2025-11", "many"), {}, "is no number"),
    "a rate of an amount": (("9", "2025-11", "3 %"), {}, "add the measure, such as exports_yoy_pct"),
    "an amount of a rate": (("9", "2025-11", "3bn"), {"measure": "exports_yoy_pct"}, "exports_usd_mn"),
    "a year on the month": (("9", "FY25", "3 %"), {"measure": "exports_mom_pct"}, "is no month"),
    "no day": (("9", "2025-11", "3"), {"printed_on": "yesterday"}, "is no day of print"),
    "no such day": (("9", "2025-11", "3"), {"printed_on": "2026-02-30"}, "is no day of print"),
    "before the period": (("9", "2025-11", "3"), {"printed_on": "2025-10"}, "before 2025-11 was over"),
    "on its last day": (("9", "2025-11", "3"), {"printed_on": "2025-11-30"}, "over on 2025-11-30"),
}


@pytest.mark.parametrize(("words", "options", "message"), REFUSED.values(), ids=REFUSED)
def test_a_claim_that_cannot_be_is_refused(
    words: tuple[str, str, str], options: dict[str, str], message: str
) -> None:
    with pytest.raises(ClaimError, match=message):
        claim(*words, **{"printed_on": "2026-01", **options})


def test_one_page_is_one_print_however_its_link_is_written() -> None:
    links = ("https://www.dawn.com/news/1/", "http://dawn.com/news/1", " HTTPS://Dawn.com/news/1#top ")
    assert {canonical(link) for link in links} == {"dawn.com/news/1"}
    assert canonical("https://a.pk/?p=1") != canonical("https://a.pk/?p=2")


def test_a_file_of_claims_is_read(tmp_path: Path) -> None:
    path = tmp_path / "claims.csv"
    path.write_text("subject,period,number,printed_on\n9,2025-11,356,2025-12\n9,FY25,3.81bn,2025-08\n")
    assert [found.text for found in read(path)] == [
        ("exports_usd_mn", "2025-11", "356", "2025-12"),
        ("exports_usd_mn", "FY25", "3.81bn", "2025-08"),
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("subject,period\n9,2025-11\n", "has no column number, printed_on"),
        ("", "has no column"),
        (
            "subject,period,number,printed_on\n9,2025-11,356,2025-12\n9,2025-11,,2025-12\n",
            "line 3: '' is no number",
        ),
        ("subject,period,number,printed_on\n9\n", "line 2: '' is no period"),
    ],
)
def test_a_bad_file_is_refused_with_its_line(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "claims.csv"
    path.write_text(text)
    with pytest.raises(ClaimError, match=message):
        read(path)


def test_a_file_that_is_no_text_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "claims.csv"
    path.write_bytes(b"\xd0\xcf\x11\xe0")
    with pytest.raises(ClaimError, match="is no CSV in UTF-8"):
        read(path)


def test_the_claims_of_the_press_are_read() -> None:
    claims = read(PRESS)
    assert len(claims) == 740
    assert len({found.link for found in claims}) == 133
    assert all(found.link for found in claims)
