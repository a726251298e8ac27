"""Every row of the table: the work, what it is held against, the goal; and, where it is missed, why.

Here: words and numbers. Not here: how a row is measured (`benchmarks/work/`).
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from benchmarks.bench import Bench
from benchmarks.goals import Goal
from benchmarks.results import Figures
from benchmarks.work import asking, landing, modelling, refreshing, serving


@dataclass(frozen=True)
class Row:
    """One line of the table."""

    name: str
    """As `--row` takes it."""
    work: str
    peer: str
    """What it is held against; empty: nothing but its goal."""
    goal: Goal
    if_missed: str = ""
    """Why the goal is missed, where it is: what the profile showed."""


@dataclass(frozen=True)
class Group:
    """Rows that are measured together, side by side."""

    rows: tuple[Row, ...]
    measure: Callable[[Bench], dict[str, Figures]]


GROUPS = (
    Group(
        (
            Row(
                "nothing-new",
                "nothing new: every release asked, whole process",
                "bare `requests`, the same addresses",
                Goal("times", 1.5),
                if_missed=(
                    "what is more: imports beside requests (click, rich, msgspec, tenacity, filelock), the "
                    "catalogue, the hash of models, readers and archive, and each answer's line brought "
                    "to the disk"
                ),
            ),
        ),
        asking.nothing_new,
    ),
    Group(
        (
            Row(
                "one-file",
                "one new services file to published marts, whole process through Dagster",
                "stock Dagster and dagster-dbt, in process",
                Goal("times", 0.4),
                if_missed=(
                    "dbt's 20 ms a node beside its SQL, for some 200 models, seeds and tests, and "
                    "Dagster's events; see below"
                ),
            ),
            Row(
                "one-file-script",
                "the same",
                "pandas and DuckDB, no lineage, tests or history",
                Goal("times", 2.5),
                if_missed=(
                    "the script imports neither Dagster nor dbt, and makes one table of ten "
                    "columns without a test"
                ),
            ),
            Row(
                "one-file-warm",
                "the same without the time to import Dagster and dbt",
                "",
                Goal("value", 1.5),
                if_missed=(
                    "imports run beside landing and beside each other, so that little is saved; "
                    "dbt's nodes are left"
                ),
            ),
        ),
        refreshing.one_file,
    ),
    Group(
        (
            Row(
                "memory-refresh",
                "peak memory of that refresh, all processes",
                "stock Dagster and dagster-dbt",
                Goal("value", 500, "MB"),
                if_missed=(
                    "Dagster has 260 MB once imported and 300 at the end, dbt 240 with its project read, "
                    "and DuckDB in dbt's process 170 more until its database is closed"
                ),
            ),
        ),
        refreshing.memory,
    ),
    Group(
        (
            Row("light-sql", "`etl sql`, whole process", "Python and `import duckdb`", Goal("value", 0.3)),
            Row(
                "light-brief", "`etl brief`, whole process", "Python and `import duckdb`", Goal("value", 0.3)
            ),
            Row(
                "light-status",
                "`etl status`, whole process",
                "Python and `import duckdb`",
                Goal("value", 0.3),
            ),
        ),
        serving.light,
    ),
    Group(
        (
            Row(
                "ui",
                "`etl ui` to the first page",
                "`dagster dev` on an empty project",
                Goal("more", 1.5),
                if_missed=(
                    "0.55 s of it is what the code location loads beside Dagster: catalogue, manifest and "
                    "200 assets with their checks"
                ),
            ),
        ),
        serving.ui,
    ),
    Group(
        (
            Row(
                "tick",
                "from a sensor's tick to the start of its run",
                "stock Dagster and dagster-dbt, a sensor of the manual's",
                Goal("times", 1.0),
            ),
            Row("evaluation", "the slowest evaluation of sensor and schedule", "", Goal("value", 1.0)),
        ),
        serving.tick,
    ),
    Group(
        (
            Row(
                "publish",
                "publish a large database",
                "plain copy with fsync",
                Goal("times", 1.5),
            ),
        ),
        serving.publication,
    ),
    Group(
        (
            Row(
                "land",
                "read and land many services files",
                "calamine, Arrow and DuckDB, bare",
                Goal("speed", 0.6),
                if_missed=(
                    "nearly three times the processor time: of each cell place, text, labels, unit and "
                    "period are kept, and of each file sums, known rows and hash are looked at; "
                    "the floor trusts where the table stands"
                ),
            ),
            Row(
                "land-unlanded",
                "the same",
                "calamine and Arrow, bare, nothing landed",
                Goal("speed", 0.6),
                if_missed=("as above, and nothing is landed"),
            ),
            Row(
                "land-dlt",
                "the same",
                "dlt in Arrow mode",
                Goal("speed", 5),
                if_missed=("dlt is given the tables of the bare script, which finds out and checks nothing"),
            ),
        ),
        landing.land,
    ),
    Group(
        (
            Row(
                "land-linear",
                "the same with ten times as many",
                "ours with the fewer",
                Goal("times", 11),
            ),
        ),
        landing.linear,
    ),
    Group(
        (
            Row(
                "models",
                "marts from scratch on those, with their tests",
                "the same SQL in bare DuckDB, no tests",
                Goal("times", 2),
            ),
        ),
        modelling.from_scratch,
    ),
    Group(
        (
            Row(
                "one-more",
                "one more vintage on top of those, whole process",
                "the same in an empty warehouse",
                Goal("times", 1.2),
                if_missed=(
                    "the copy to be published is 440 MB in place of 16; `headlines` and what looks at all "
                    "observations is made whole; see decision 7"
                ),
            ),
            Row(
                "one-more-oldest",
                "the same where that vintage is of the oldest month",
                "one more in an empty warehouse",
                Goal("times", 1.2),
                if_missed=(
                    "records and ranks of every later month are counted anew: what reads all years "
                    "before is built from the oldest year on; SBP prints the newest months"
                ),
            ),
        ),
        modelling.one_more,
    ),
    Group(
        (
            Row(
                "as-of-mart",
                "one item's history as of a day, by the mart's macro, 95th percentile",
                "",
                Goal("value", 5, "ms"),
                if_missed=(
                    "a macro works out the whole mart: a filter on the item does not get through "
                    "windows over figures; the next row has the same history"
                ),
            ),
            Row(
                "as-of-vintages",
                "the same by a WHERE on `vintages`",
                "",
                Goal("value", 5, "ms"),
                if_missed=(
                    "all three flows, up to 1,780 rows, as values of Python, which takes longer than to find "
                    "them"
                ),
            ),
        ),
        modelling.as_of,
    ),
    Group(
        (Row("memory-replay", "peak memory of `etl replay` on those", "", Goal("value", 1000, "MB")),),
        modelling.replay,
    ),
)
ROWS = tuple(row for group in GROUPS for row in group.rows)


def groups_of(names: Iterable[str]) -> tuple[Group, ...]:
    """Return the groups that have at least one of the rows."""
    wanted = set(names)
    return tuple(group for group in GROUPS if wanted & {row.name for row in group.rows})
