"""The catalogue: one TOML file a release in `etl/catalog/releases/`, checked when it is loaded.

Here: what a release is (`Release`) and the reading of its entry, with errors that name the file, the
key and the remedy. Not here: fetching, reading or modelling a release; they take a `Release`.

Structure is checked by msgspec (unknown and missing keys, types, choices, with the place of each):
it imports in 30 ms, which every command pays, a third of what pydantic costs.
"""

import csv
import re
from datetime import date
from pathlib import Path
from typing import Literal, Self

import msgspec

from etl.catalog.corrections import Correction, load_corrections
from etl.common.addresses import host_of, is_file_address
from etl.common.errors import EtlError

RELEASES_FOLDER = Path(__file__).parent / "releases"
INDEX_FILE = Path("discovery", "sbp_index.toml")
"""Below the folder of the entries: where SBP's index of its files is."""
SEEDS_FOLDER = Path(__file__).resolve().parents[2] / "dbt_project" / "seeds"

Format = Literal["xls", "xlsx", "pdf", "csv", "easydata"]


class CatalogError(EtlError):
    """A catalogue entry that cannot be used; the message names the file, the key and the remedy."""


class Entry(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A part of a catalogue entry: immutable, and an unknown key is an error."""


class IndexSearch(Entry, frozen=True):
    """How SBP's index of its files calls a release."""

    file_names: tuple[str, ...]
    """Names of the file, as they were seen."""
    titles: tuple[str, ...] = ()
    """Titles under which the index lists it: they decide between files of one name, and find the one
    file that is listed under them by another name.
    """
    is_archive: bool = False
    """The index lists it as the cumulative archive of its title, not as the current file."""


class Fetch(Entry, frozen=True):
    """Where a release file is found and what a response must look like to be accepted."""

    addresses: tuple[str, ...]
    """Complete addresses, in the order in which they are tried."""
    formats: tuple[Format, ...]
    """Formats that the content may have, told by magic number."""
    min_bytes: int
    """A smaller body is no release file (an error page, a stub)."""
    max_bytes: int
    """A larger body is cut off and rejected."""
    former_addresses: tuple[str, ...] = ()
    """Complete addresses that it had and that are asked of web archives only."""
    discovery: IndexSearch | None = None
    """None where SBP's index is not asked."""

    @property
    def hosts(self) -> frozenset[str]:
        """Hosts (with port, where one is given) of the addresses: nothing may lead to another."""
        return frozenset(host_of(address) for address in self.addresses)


class Calendar(Entry, frozen=True):
    """When a release is expected, counted from the last day of the period it is about."""

    cadence: Literal["monthly", "quarterly", "weekly"]
    usual_lag_days: int
    """Days after the end of its latest period at which SBP usually publishes."""
    overdue_after_days: int
    """Days after the end of its latest period after which it is reported as overdue."""


class Sum(Entry, frozen=True):
    """One row is the sum of others, some of them taken off."""

    whole: str
    plus: tuple[str, ...]
    minus: tuple[str, ...] = ()


class Layout(Entry, frozen=True):
    """What the reader looks for in the file. Anchors are printed words, never positions."""

    reader: Literal[
        "flows_by_period",
        "periods_across",
        "periods_down",
        "items_by_periods",
        "printed_periods",
        "easydata_series",
    ]
    """Family of layouts, a module of `etl/reading/`."""
    unit: str
    """Unit that must be printed above the table; another one is a changed layout."""
    rows_seed: str
    """Seed of `dbt_project` whose `row_key` column lists the rows that are known."""
    required_rows: tuple[str, ...] = ()
    """Keys of rows without which the table is incomplete."""
    stub: str = ""
    """Header of the column that holds the row labels; a table in a PDF is found by the others."""
    ends_at: str = ""
    """Beginning of the first footnote: the table ends above it."""
    flows: tuple[str, ...] = ()
    """Headers of the columns under one period, for tables that have several. For `easydata_series` what each
    template of `series` means, where its beginning says so.
    """
    total: str = ""
    """End of the key of the row that the numbered main items add up to. A workbook that has one here is
    accepted only where it adds up, as every printed table is.
    """
    blocks: tuple[str, ...] = ()
    """Words that open a block of rows, where blocks repeat the same labels (`exports`, `imports`)."""
    titles: tuple[str, ...] = ()
    """For `periods_down`: titles of a file's tables, one a sheet; each says the flow of its table."""
    identities: tuple[tuple[str, str, str], ...] = ()
    """Keys of three rows, or codes of series: the first is the second less the third."""
    identities_seed: str = ""
    """Seed that lists further identities by the codes of `rows_seed`: which lines are the sum of which."""
    sums: tuple[Sum, ...] = ()
    """What `identities_seed` says, in keys of rows; filled when the entry is loaded."""
    plausible: tuple[tuple[str, float, float], ...] = ()
    """Row, least and most of its figure of a month, week or quarter (of the first flow): far apart, to tell
    another unit."""
    prints: Literal["", "month_before_and_year_before", "months_of_fiscal_year", "unbroken", "weeks"] = ""
    """Which periods stand beside each other in an edition: a month with the one before, last year's and both
    fiscal years to date (services); the months and quarters of a fiscal year with the years before it
    (summaries); months without a gap (archives); weeks that follow each other, each to its Friday or a day
    before it. Another set is a header that was forgotten or changed.
    """
    begins_on: date | None = None
    """No period of the series ends before this day."""
    levels: tuple[str, ...] = ()
    """Ends of keys of rows whose figures are always above 0 and move by steps; empty for all rows."""
    largest_step: float = 0.0
    """How many times more or less than the period before and the one after such a figure may be; 0 where
    there is no such bound.
    """
    has_codes_in_order: bool = False
    """Rows stand in the order of the codes before their labels."""
    day_means: Literal["month", "week"] = "month"
    """For `periods_down` and `printed_periods`: the period that a day beside a row stands for."""
    cumulative: tuple[str, ...] = ()
    """For `periods_down`: words above the columns that count from July on."""
    passed_over: tuple[str, ...] = ()
    """For `periods_down`: words above columns derived from others; known, not read: the entry says why."""
    dataset: str = ""
    """For `easydata_series`: the dataset's code, with which every series key begins."""
    series: tuple[str, ...] = ()
    """For `easydata_series`: series codes as templates over the columns of `rows_seed`, which thereby
    lists what is known."""
    only_rows: tuple[str, str] | None = None
    """Column of `rows_seed` and pattern: rows that do not match have no series."""
    holds: Literal["", "month", "fiscal_quarter"] = ""
    """For an archive: the kind of period that makes it one, which a current edition has only a few of."""
    at_least: int = 0
    """For an archive: how many of them there are at least."""


class EasyData(Entry, frozen=True):
    """What is asked of SBP's data portal with a key, one series a call."""

    since: date
    """First day that is asked for."""
    asked: tuple[str, ...]
    """Templates as in `layout.series`, of the series that make a pull complete; those of
    `layout.identities` are asked as well, as a check."""
    may_be_missing: tuple[str, ...] = ()
    """Codes of series that the portal may have no observations of."""


class Source(Entry, frozen=True):
    """How much a release counts against others that print the same figure."""

    tier: int
    """1 is the detail that decides; a higher tier fills what a lower one does not hold."""
    basis: Literal["published", "transcribed"]
    """`published`: read from a cell of a release file; `transcribed`: from a print that quoted one."""
    precision: str
    """In words: how exactly the figures are printed."""
    tolerance_usd_mn: float = 0.0
    """How far its figures may lie from those of the detail and still say the same."""


class Release(Entry, frozen=True):
    """One release of SBP, or one set of figures transcribed from print."""

    id: str
    """The name of the entry's file; the raw table, the asset and the dbt source are called so too."""
    title: str
    description: str
    kind: Literal["file", "transcribed"]
    series: str
    """What its codes are: `services` (EBOPS items), `balance_of_payments` (its lines), else a word of its
    own; releases with one series print the same figures.
    """
    source: Source
    seed: str | None = None
    """For `transcribed`: the seed that holds the figures."""
    fetch: Fetch | None = None
    calendar: Calendar | None = None
    layout: Layout | None = None
    easydata: EasyData | None = None
    """For a release that is asked series by series: `fetch.addresses` then holds the API's address."""

    @property
    def rules(self) -> tuple[Fetch, Calendar, Layout]:
        """Fetch, calendar and layout of a release of files; loading made sure that they are there."""
        if self.fetch is None or self.calendar is None or self.layout is None:
            raise CatalogError(f"{self.id} is transcribed: it has no files to fetch or to read")
        return self.fetch, self.calendar, self.layout

    @property
    def by_series(self) -> EasyData:
        """What is asked of SBP's data portal; another release has no such rules."""
        if self.easydata is None:
            raise CatalogError(f"{self.id} is not asked series by series: its entry has no [easydata]")
        return self.easydata


class Catalog(msgspec.Struct, frozen=True):
    """All releases, in the order of their ids."""

    releases: tuple[Release, ...]
    index_addresses: tuple[str, ...] = ()
    """Where SBP's own index of its files is, in the order in which it is asked."""
    corrections: tuple[Correction, ...] = ()
    """Cells of release files that print something else than is meant."""

    @property
    def file_releases(self) -> tuple[Release, ...]:
        """Releases whose files are fetched, archived and read."""
        return tuple(release for release in self.releases if release.kind == "file")

    def get(self, release_id: str) -> Release:
        """Return the release of files with this id; another id is an error that lists the ids."""
        for release in self.file_releases:
            if release.id == release_id:
                return release
        known = ", ".join(release.id for release in self.file_releases)
        raise CatalogError(f"no release {release_id!r} in the catalogue; there are: {known}")

    @classmethod
    def load(cls, folder: Path = RELEASES_FOLDER) -> Self:
        """Read and check every entry of a folder, and what stands beside them: where SBP's index is, and
        corrections.
        """
        paths = sorted(folder.glob("*.toml"))
        if not paths:
            raise CatalogError(f"{folder} describes no release; add <release_id>.toml")
        index = folder / INDEX_FILE
        index_addresses = _load_index(index) if index.exists() else ()
        releases = tuple(_load_release(path) for path in paths)
        ids = frozenset(release.id for release in releases if release.kind == "file")
        return cls(releases, index_addresses, load_corrections(corrections_beside(folder), ids))


def corrections_beside(folder: Path) -> Path:
    """Return the folder of the corrections that belong to a folder of releases."""
    return folder.parent / "corrections"


_ID = re.compile(r"[a-z][a-z0-9_]{2,60}")
_NOT_IDS = frozenset(
    {
        "corrections",
        "fetches",
        "landed_with",
        "release_files",
        "releases",
        "sbp_index",
        "unread_cells",
        "wayback_listing",
    }
)
"""Raw tables that are not a release's (a release is called as its table is), and what else is logged."""
_HELP = "docs/adding-a-release.md says what an entry holds"


def _load_release(path: Path) -> Release:
    try:
        entry = msgspec.toml.decode(path.read_bytes())
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise CatalogError(f"{path.name}: is not valid TOML: {error}; mend the line it names") from error
    if not _ID.fullmatch(path.stem) or path.stem in _NOT_IDS:
        raise CatalogError(f"{path.name}: call the file by lower-case words, such as goods_trade.toml")
    if "id" in entry:
        raise CatalogError(f"{path.name}: key `id` is given; leave it out, the file's name is the id")
    try:
        release = msgspec.convert(entry | {"id": path.stem}, type=Release)
    except msgspec.ValidationError as error:
        raise CatalogError(f"{path.name}: {str(error).replace('$.', '')}; {_HELP}") from error
    _check_kind(release, path.name)
    _check_values(release, path.name)
    if release.layout is not None and release.layout.identities_seed:
        layout = msgspec.structs.replace(release.layout, sums=_sums(release.layout, path.name))
        release = msgspec.structs.replace(release, layout=layout)
    if release.fetch is not None:
        _check_fetch(release.fetch, path.name)
    return release


class _Index(Entry, frozen=True):
    """Where SBP's index of its files is."""

    addresses: tuple[str, ...]


def _load_index(path: Path) -> tuple[str, ...]:
    try:
        index = msgspec.toml.decode(path.read_bytes(), type=_Index)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:  # a wrong key is a kind of the first
        raise CatalogError(f"{path.name}: {error}; it holds `addresses`, a list, and no more") from error
    for address in index.addresses:
        if not is_file_address(address):
            raise CatalogError(f"{path.name}: `addresses` holds {address!r}; write a complete https address")
    return index.addresses


def _check_kind(release: Release, file: str) -> None:
    wanted = {"fetch", "calendar", "layout"} if release.kind == "file" else {"seed"}
    for key in ("fetch", "calendar", "layout", "seed"):
        is_given = getattr(release, key) is not None
        if is_given != (key in wanted):
            remedy = "does not belong there: remove it" if is_given else "is missing: add it"
            raise CatalogError(f"{file}: kind is {release.kind!r} and key `{key}` {remedy}; {_HELP}")


def _check_values(release: Release, file: str) -> None:
    """Check what a type does not say: the first that is wrong is named with what it must be."""
    calendar, layout = release.calendar, release.layout
    is_of_series = layout is not None and layout.reader == "easydata_series"
    wrong = {
        "title": "words" if not release.title.strip() else "",
        "description": "words" if not release.description.strip() else "",
        "series": "lower-case words, such as goods_trade" if not _ID.fullmatch(release.series) else "",
        "source.tier": "1 or more" if release.source.tier < 1 else "",
        "source.tolerance_usd_mn": "0 or more" if release.source.tolerance_usd_mn < 0 else "",
        "calendar.usual_lag_days": "0 or more" if calendar and calendar.usual_lag_days < 0 else "",
        "calendar.overdue_after_days": (
            "at least `calendar.usual_lag_days`"
            if calendar and calendar.overdue_after_days < calendar.usual_lag_days
            else ""
        ),
        "layout.flows": (
            "the three headers of a group, such as Credit, Debit, Net, for reader flows_by_period"
            if layout and layout.reader == "flows_by_period" and len(layout.flows) != 3
            else ""
        ),
        "layout.stub": _anchor(layout, layout.stub if layout else "", "the header of the labels"),
        "layout.ends_at": _anchor(layout, layout.ends_at if layout else "", "the first footnote"),
        "layout.at_least": (
            "above 0, with `holds` month or fiscal_quarter, for reader items_by_periods and no other"
            if layout
            and (layout.reader == "items_by_periods") != (layout.at_least > 0 and bool(layout.holds))
            else ""
        ),
        "layout.total": (
            "the end of a row's key that the main items add up to, for a printed table of this reader"
            if layout
            and release.fetch
            and "pdf" in release.fetch.formats
            and layout.reader in _PRINTED_TOO
            and not layout.total
            else ""
        ),
        "layout.dataset": (
            "a dataset's code, with templates of its series in `layout.series`, for reader easydata_series"
            if layout and is_of_series and not (layout.dataset and layout.series)
            else ""
        ),
        "easydata": (
            "left out: reader easydata_series alone can read what it asks for"
            if release.easydata and not is_of_series
            else ""
        ),
        "layout.rows_seed": (
            f"the name of a seed; there is no {SEEDS_FOLDER.name}/{layout.rows_seed}.csv"
            if layout and not labels_seed(layout).exists()
            else ""
        ),
    }
    for key, remedy in wrong.items():
        if remedy:
            raise CatalogError(f"{file}: key `{key}` must be {remedy}; {_HELP}")


_PRINTED_TOO = frozenset({"flows_by_period", "periods_across"})
"""Readers of workbooks whose tables SBP prints as well; arithmetic decides whether a page was read well."""
_WITHOUT_ANCHORS = frozenset({"items_by_periods", "easydata_series"})
"""Readers that find a table by its labels, or series by their keys."""


def _anchor(layout: Layout | None, words: str, meant: str) -> str:
    """Return what is wrong with printed words that a table is found by."""
    if layout is None or bool(words) != (layout.reader in _WITHOUT_ANCHORS):
        return ""
    return f"{meant}, for any reader but {' and '.join(sorted(_WITHOUT_ANCHORS))}"


def without_checks(layout: Layout) -> Layout:
    """Return a layout by which a file is told from others: it takes any periods and any sizes."""
    return msgspec.structs.replace(
        layout, prints="", begins_on=None, largest_step=0.0, has_codes_in_order=False, plausible=()
    )


def labels_seed(layout: Layout) -> Path:
    """Return the path of the seed that says what the rows of a layout mean."""
    return SEEDS_FOLDER / f"{layout.rows_seed}.csv"


def identities_seed(layout: Layout) -> Path:
    """Return the path of the seed that says which rows of a layout are the sum of which."""
    return SEEDS_FOLDER / f"{layout.identities_seed}.csv"


def _sums(layout: Layout, file: str) -> tuple[Sum, ...]:
    """Return the identities of a layout's seed in keys of rows."""
    seed = identities_seed(layout)
    try:
        with seed.open(encoding="utf-8", newline="") as rows:
            terms = list(csv.DictReader(rows))
        with labels_seed(layout).open(encoding="utf-8", newline="") as rows:
            of_series = f"{layout.dataset}." if layout.dataset else ""
            keys = {
                row["line_code"]: f"{of_series}{row['line_code']}" if of_series else row["row_key"]
                for row in csv.DictReader(rows)
            }
    except FileNotFoundError as error:
        raise CatalogError(f"{file}: key `layout.identities_seed`: there is no {error.filename}") from error
    parts: dict[str, dict[str, list[str]]] = {}
    for term in terms:
        of_line = parts.setdefault(keys[term["line_code"]], {"1": [], "-1": []})
        of_line[term["sign"]].append(keys[term["term_code"]])
    return tuple(Sum(whole=whole, plus=tuple(p["1"]), minus=tuple(p["-1"])) for whole, p in parts.items())


def _check_fetch(fetch: Fetch, file: str) -> None:
    if not fetch.addresses:
        raise CatalogError(f"{file}: `fetch.addresses` is empty; name at least one address")
    for key, address in (
        *(("addresses", address) for address in fetch.addresses),
        *(("former_addresses", address) for address in fetch.former_addresses),
    ):
        if not is_file_address(address):
            raise CatalogError(
                f"{file}: `fetch.{key}` holds {address!r}; write the complete https address of a file"
            )
    if not 0 < fetch.min_bytes < fetch.max_bytes:
        raise CatalogError(
            f"{file}: `fetch.min_bytes` is {fetch.min_bytes}, `fetch.max_bytes` {fetch.max_bytes}; "
            "the first must be above 0 and below the second"
        )
    if fetch.discovery is not None and not any(name.strip() for name in fetch.discovery.file_names):
        raise CatalogError(f"{file}: `fetch.discovery.file_names` is empty; name the file as SBP does")
