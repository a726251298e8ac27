"""What `etl add` shows: a line a file, and for many files a summary.

Here: words for people. Not here: any fact that is not handed in.
"""

from collections import Counter
from collections.abc import Iterator, Sequence

from rich.markup import escape

from etl.adding.taking import Added

FEW = 20
"""So many files are told one by one; of more only what was taken of each release and why others were not."""


def lines(added: Sequence[Added]) -> Iterator[str]:
    """Say what became of the files given, in rich's markup."""
    if len(added) <= FEW:
        yield from (_line(item) for item in added)
        return
    taken = [item for item in added if item.reason is None]
    for release_id in sorted({item.release_id or "" for item in taken}):
        of_release = [item for item in taken if item.release_id == release_id]
        new = sum(item.is_new for item in of_release)
        yield f"[green]archived[/] {new} as {release_id}; {len(of_release) - new} were in the archive already"
    if late := [item for item in taken if item.ignored_date]:
        yield f"the date {late[0].ignored_date} is not taken for {len(late)} of these: they stand as archived"
    yield from _refusals([item for item in added if item.reason is not None])


def _refusals(refused: Sequence[Added]) -> Iterator[str]:
    reasons = Counter(item.reason or "" for item in refused)
    for reason, times in reasons.most_common(FEW):
        first = next(item.where for item in refused if item.reason == reason)
        others = f" and {times - 1} more" if times > 1 else ""
        yield f"[red]refused[/] {escape(first)}{others}: {escape(reason)}"
    left = sum(times for _, times in reasons.most_common()[FEW:])
    if left:
        yield f"[red]refused[/] {left} more, each for another reason; add a few of them alone to see why"


def _line(added: Added) -> str:
    where = escape(added.where)
    if added.reason is not None:
        return f"[red]refused[/] {where}: {escape(added.reason)}"
    if added.is_new:
        return f"[green]archived[/] {where} as {added.release_id}"
    late = (
        f"; the date {added.ignored_date} is not taken, it stands as archived" if added.ignored_date else ""
    )
    return f"unchanged {where}: these bytes are in the archive already, as {added.release_id}{late}"
