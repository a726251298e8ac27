"""A few files are told one by one; many are summed up, and equal reasons are said once."""

from datetime import date

from etl.cli.display import FEW, lines
from etl.fetch.by_hand import Added
from tests.support.readings import SERVICES


def test_few_files_have_a_line_each() -> None:
    shown = list(
        lines(
            [
                Added("a.xls", SERVICES, is_new=True, reason=None),
                Added("b.xls", SERVICES, is_new=False, reason=None, ignored_date=date(2026, 4, 17)),
                Added("c [1].xls", None, is_new=False, reason="is of format pdf [or so]"),
            ]
        )
    )

    assert shown == [
        f"[green]archived[/] a.xls as {SERVICES}",
        f"unchanged b.xls: these bytes are in the archive already, as {SERVICES}; "
        "the date 2026-04-17 is not taken, it stands as archived: `etl correct-date` changes it",
        "[red]refused[/] c [1].xls: is of format pdf \\[or so]",
    ]


def test_many_files_are_summed_up() -> None:
    added = [Added(f"{n}.xls", SERVICES, is_new=n % 2 == 0, reason=None) for n in range(480)]
    added += [Added(f"{n}.txt", None, is_new=False, reason="is of format unknown") for n in range(12)]
    added += [Added("broken.xls", None, is_new=False, reason="is damaged")]

    assert list(lines(added)) == [
        f"[green]archived[/] 240 as {SERVICES}; 240 were in the archive already",
        "[red]refused[/] 0.txt and 11 more: is of format unknown",
        "[red]refused[/] broken.xls: is damaged",
    ]


def test_a_folder_of_files_that_are_all_wrong_in_their_own_way_is_no_flood() -> None:
    added = [Added(f"{n}.xls", None, is_new=False, reason=f"is wrong at A{n}") for n in range(500)]

    shown = list(lines(added))

    assert len(shown) == FEW + 1
    assert "480 more" in shown[-1]
