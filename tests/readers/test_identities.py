"""What figures say of each other: within the rounding of their terms, and no further."""

from datetime import date

import pytest

from etl.catalog.releases import Layout
from etl.readers.identities import check_identities
from etl.readers.values import LayoutChangedError, NotUnderstood, Observation

FLOWS = ("Credit", "Debit", "Net")


def observation(key: str, printed: str, flow: str | None = None, row: int = 1) -> Observation:
    digits = printed.replace(",", "").strip("()")
    value = 0.0 if printed == "-" else None if printed == "N/A" else float(digits)
    return Observation(
        sheet="page 1",
        cell=f"line {row}, number 1",
        row_number=row,
        row_label=key.title(),
        row_key=key,
        indent=None,
        column_label="Mar-26 (P)",
        flow_label=flow,
        unit_label="(Amount in Thousand US$)",
        period_type="month",
        period_starts_on=date(2026, 3, 1),
        period_ends_on=date(2026, 3, 31),
        status_mark="P",
        value=-value if value and printed.startswith("(") else value,
        value_as_printed=printed,
        decimals=None if value is None else len(digits.partition(".")[2]),
    )


def column(*rows: tuple[str, str]) -> list[Observation]:
    return [observation(key, printed, row=row) for row, (key, printed) in enumerate(rows, 1)]


def sides(credit: str, debit: str, net: str) -> list[Observation]:
    return [observation("services", *side) for side in zip((credit, debit, net), FLOWS, strict=True)]


def with_rules(flows: tuple[str, ...] = (), total: str = "services") -> Layout:
    return Layout(reader="flows_by_period", unit="us$", rows_seed="", flows=flows, total=total)


def refusal(observations: list[Observation], flows: tuple[str, ...] = ()) -> NotUnderstood:
    with pytest.raises(LayoutChangedError) as caught:
        check_identities(observations, with_rules(flows))
    return caught.value.explanation


@pytest.mark.parametrize(
    "printed",
    [
        ("902,913", "925,804", "(22,891)"),
        ("902,913", "925,804", "(22,890)"),
        ("71,592", "N/A", "71,592"),
        ("-", "-", "-"),
        ("12.5", "2.4", "10.2"),
    ],
)
def test_net_is_credit_less_debit(printed: tuple[str, str, str]) -> None:
    check_identities(sides(*printed), with_rules(FLOWS))


@pytest.mark.parametrize(
    "printed",
    [
        ("902,913", "925,804", "(22,893)"),
        ("902,913", "925,804", "22,891"),
        ("71,592", "N/A", "71,594"),
        ("5", "-", "7"),
        ("12.5", "2.4", "10.3"),
    ],
)
def test_a_net_beyond_rounding_is_refused(printed: tuple[str, str, str]) -> None:
    answer = refusal(sides(*printed), FLOWS)
    assert (answer.reason, answer.found) == ("the figures do not add up", printed[2])


def test_an_exact_zero_has_no_rounding() -> None:
    """A dash is printed for zero alone; a small number is printed as 0."""
    check_identities(sides("5", "0", "4"), with_rules(FLOWS))
    assert refusal(sides("5", "-", "7"), FLOWS).expected == "Net = Credit - Debit = 5, within 1 for rounding"


def test_a_parent_is_the_sum_of_the_rows_below_its_code() -> None:
    rows = [("services", "10"), ("4. travel", "10"), ("4.1 business", "3"), ("4.2 personal", "7")]
    check_identities(column(*rows), with_rules())
    answer = refusal(column(*rows[:-1], ("4.2 personal", "9")))
    assert answer.expected == "4 = the sum of the rows below 4 = 12, within 1.5 for rounding"
    assert answer.where == "page 1, line 2, number 1 ('4. Travel', 'Mar-26 (P)')"


def test_the_total_is_the_sum_of_the_main_items_alone() -> None:
    rows = [("services", "10"), ("4. travel", "10"), ("4.1 business", "10"), ("5. construction", "-")]
    check_identities(column(*rows), with_rules())
    answer = refusal(column(("services", "20"), *rows[1:]))
    assert answer.expected == "'Services' = the sum of the main items = 10, within 1 for rounding"


def test_each_block_adds_up_for_itself() -> None:
    rows = [
        ("exports > 1. exports of goods", "99"),
        ("exports > 2. exports of services", "3"),
        ("exports > 1. transport", "3"),
        ("imports > 4. imports of services", "5"),
        ("imports > 1. transport", "5"),
    ]
    check_identities(column(*rows), with_rules(total="of services"))


def test_what_no_identity_speaks_of_is_refused() -> None:
    assert refusal(column(("travel", "1"), ("transport", "2"))).reason == "nothing can be checked"
