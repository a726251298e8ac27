"""What a refresh shows while it asks."""

import io

from rich.console import Console

from etl.cli.display import RefreshDisplay
from etl.fetch.collect import Collected

OUT = "www.sbp.org.pk could not be reached: it refused the connection"


def shown(*answers: Collected, is_verbose: bool = False) -> list[str]:
    written = io.StringIO()
    display = RefreshDisplay(Console(file=written, width=300), is_verbose=is_verbose)
    with display.running("asking"):
        for answer in answers:
            display.answered(answer)
    return [line.strip() for line in written.getvalue().splitlines()]


def unreachable(release_id: str, reason: str = OUT) -> Collected:
    return Collected(release_id, "unreachable", None, "https://www.sbp.org.pk/dt.xls", reason)


def unchanged(release_id: str) -> Collected:
    return Collected(release_id, "unchanged", None, "https://www.sbp.org.pk/dt.xls", None)


def test_releases_out_of_reach_for_one_reason_are_named_together() -> None:
    assert shown(unreachable("a"), unreachable("b"), unreachable("c"), unchanged("d")) == [
        f"a: out of reach: {OUT}; the next refresh asks again",
        "out of reach likewise: b, c",
        "d: unchanged",
    ]


def test_another_reason_is_said() -> None:
    other = "www.sbp.org.pk answered 503"
    assert shown(unreachable("a"), unreachable("b"), unreachable("c", other), unreachable("d", other)) == [
        f"a: out of reach: {OUT}; the next refresh asks again",
        "out of reach likewise: b",
        f"c: out of reach: {other}; the next refresh asks again",
        "out of reach likewise: d",
    ]


def test_with_verbose_each_release_has_its_line() -> None:
    assert len(shown(unreachable("a"), unreachable("b"), unreachable("c"), is_verbose=True)) == 3


def test_nothing_is_lost_where_the_refresh_ends_there() -> None:
    assert shown(unreachable("a"), unreachable("b"))[-1] == "out of reach likewise: b"
