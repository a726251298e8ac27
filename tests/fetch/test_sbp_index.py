"""A release is found in SBP's index of its files by name, exact before alike, and never on another host."""

import json

import pytest

from etl.catalog.releases import Fetch, IndexSearch
from etl.fetch.discovery import IndexShapeError, find, read_index

INDEX = "https://www.sbp.org.pk/assets/dt_collection_75160/econmicExternoaSectorData.json"
HERE = "https://www.sbp.org.pk/assets/document"
SERVICES = IndexSearch(file_names=("dt.xls",), titles=("trade-in-services-detailed",))


def entry(
    name: str | None = None,
    url: str | None = None,
    *,
    title: str | None = "Trade in services (detailed)",
    archive: dict[str, str] | None = None,
) -> dict[str, object]:
    """Return an entry as SBP writes it, whose address follows from its name where none is given."""
    attachment = {"file_name": name, "url": url or f"{HERE}/{(name or '').strip()}", "file_size": "1.5 MB"}
    return {
        "title": title,
        "date": None,
        "attachment": attachment if name or url else None,
        "commulative_archive": archive,
    }


def index(*entries: dict[str, object]) -> bytes:
    return json.dumps({"external-sector": {"trade": {"monthly": {"2026": list(entries)}}}}).encode()


def rules(*formats: str) -> Fetch:
    return Fetch(
        addresses=(f"{HERE}/dt.xls", "https://archive.sbp.org.pk/ecodata/dt.xls"),
        formats=formats or ("xls", "xlsx"),
        min_bytes=1,
        max_bytes=2,
    )


def found(*entries: dict[str, object], discovery: IndexSearch = SERVICES) -> tuple[str, ...]:
    return find(read_index(index(*entries), INDEX), rules(), discovery)


def test_a_file_is_found_by_its_name_wherever_it_lies_on_a_host_of_the_release() -> None:
    assert found(entry("other.xls"), entry("dt.xls", f"{HERE}/2027/dt.xls")) == (f"{HERE}/2027/dt.xls",)
    mirror = "https://archive.sbp.org.pk/new/dt.xls"
    assert found(entry("dt.xls", mirror)) == (mirror,)


@pytest.mark.parametrize(
    "name", ["dt.xls ", " dt.xls", "DT.xls", "Dt.XLS", "dt_1.xls", "dt (1).xls", "dt(2).xls", "DT_3.XLS "]
)
def test_spaces_case_and_copies_make_no_difference(name: str) -> None:
    assert len(found(entry(name))) == 1


@pytest.mark.parametrize("name", ["dt.pdf", "adt.xls", "dt2.xls", "dt_10.xls", "dt_old.xls", "dt.xls.pdf"])
def test_another_name_is_another_file(name: str) -> None:
    assert found(entry(name, title="something else")) == ()


def test_the_exact_name_is_tried_before_those_that_are_alike() -> None:
    assert found(entry("dt_1.xls"), entry("DT.xls"), entry("dt.xls")) == (
        f"{HERE}/dt.xls",
        f"{HERE}/DT.xls",
        f"{HERE}/dt_1.xls",
    )


def test_of_two_files_of_one_name_that_under_a_title_of_the_release_is_the_better() -> None:
    other, right = f"{HERE}/a/dt.xls", f"{HERE}/b/dt.xls"

    assert found(entry("dt.xls", other, title="Debt"), entry("dt.xls", right)) == (right, other)


def test_names_count_in_the_order_of_the_catalogue() -> None:
    both = IndexSearch(file_names=("new.xls", "dt.xls"))

    assert found(entry("dt.xls"), entry("new.xls"), discovery=both) == (f"{HERE}/new.xls", f"{HERE}/dt.xls")


def test_a_file_listed_twice_is_one_address() -> None:
    assert found(entry("dt.xls"), entry("dt.xls ")) == (f"{HERE}/dt.xls",)


def test_many_copies_are_not_all_asked() -> None:
    assert len(found(*(entry(f"dt_{n}.xls") for n in range(1, 9)))) == 3


@pytest.mark.parametrize(
    "url",
    [
        "https://example.org/dt.xls",
        "https://www.sbp.org.pk.example.org/dt.xls",
        "https://www.sbp.org.pk@example.org/dt.xls",
        "https://user:secret@www.sbp.org.pk/dt.xls",
        "http://www.sbp.org.pk/assets/document/dt.xls",
        "//example.org/dt.xls",
        "file:///etc/passwd",
        "javascript:alert(1)",
        "https://[",
    ],
)
def test_an_address_elsewhere_is_never_given(url: str) -> None:
    assert found(entry("dt.xls", url)) == ()


def test_an_address_without_a_host_is_on_that_of_the_index() -> None:
    assert found(entry("dt.xls", "/assets/document/dt.xls")) == (f"{HERE}/dt.xls",)


def test_an_address_with_spaces_can_be_asked() -> None:
    assert found(entry("dt (1).xls", f"{HERE}/dt (1).xls ")) == (f"{HERE}/dt%20(1).xls",)


def test_a_name_that_is_not_given_is_that_of_the_address() -> None:
    assert found(entry(None, f"{HERE}/dt.xls")) == (f"{HERE}/dt.xls",)


# By title, where no name fits


def test_the_one_file_of_the_format_under_a_title_is_found_by_it() -> None:
    listed = (entry("services-2027.xls"), entry("services-2027.pdf"), entry("debt.xls", title="Debt"))

    assert found(*listed) == (f"{HERE}/services-2027.xls",)


def test_several_files_under_a_title_are_none() -> None:
    assert found(entry("services-a.xls"), entry("services-b.xls")) == ()


def test_the_archive_under_a_title_is_not_its_current_file() -> None:
    archive = {"file_name": "TradeInServicesArch.xls", "url": f"{HERE}/TradeInServicesArch.xls"}
    listed = entry("dt.pdf", archive=archive)

    assert found(listed) == ()
    of_archive = IndexSearch(file_names=("gone.xls",), titles=SERVICES.titles, is_archive=True)
    assert found(listed, discovery=of_archive) == (f"{HERE}/TradeInServicesArch.xls",)
    by_name = IndexSearch(file_names=("tradeinservicesarch.xls",))
    assert found(listed, discovery=by_name) == (f"{HERE}/TradeInServicesArch.xls",)


# Shapes


def test_files_are_found_at_whatever_depth() -> None:
    content = json.dumps([{"a": {"no-frequency": [entry("dt.xls")]}}]).encode()

    assert [file.file_name for file in read_index(content, INDEX)] == ["dt.xls"]


@pytest.mark.parametrize(
    "odd",
    [
        {"title": 7, "attachment": {"file_name": None, "url": f"{HERE}/dt.xls"}},
        {
            "title": None,
            "attachment": {"url": f"{HERE}/dt.xls", "file_size": None},
            "commulative_archive": [],
        },
        {"attachment": {"file_name": ["dt.xls"], "url": f"{HERE}/dt.xls"}, "commulative_archive": ""},
    ],
)
def test_a_member_of_another_type_is_as_good_as_none(odd: dict[str, object]) -> None:
    assert found(odd) == (f"{HERE}/dt.xls",)


@pytest.mark.parametrize(
    "odd", [{"attachment": None}, {"attachment": {"url": 7}}, {"attachment": {"url": " "}}]
)
def test_an_entry_without_a_file_is_passed_over(odd: dict[str, object]) -> None:
    assert found(odd, entry("dt.xls")) == (f"{HERE}/dt.xls",)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"[]",
        b"{}",
        b'{"external": {"trade": []}}',
        b"7",
        b'{"a": ',
        b"\xff\xfe{}",
        b"[" * 100_000,
        b"<!DOCTYPE html><html></html>",
        index(),
    ],
)
def test_another_shape_is_said_so(content: bytes) -> None:
    with pytest.raises(IndexShapeError):
        read_index(content, INDEX)
