"""The catalogue: one TOML file a release in `etl/releases/`, checked when it is loaded.

Here: what a release is (`Release`) and the reading of its entry, with errors that name the file, the
key and the remedy. Not here: fetching, reading or modelling a release; they take a `Release`.

Structure is checked by msgspec (unknown and missing keys, types, choices, with the place of each):
it imports in 30 ms, which every command pays, a third of what pydantic costs.
"""

import ipaddress
import re
from pathlib import Path
from typing import Literal, Self
from urllib.parse import urlsplit

import msgspec

from etl.errors import EtlError

RELEASES_FOLDER = Path(__file__).parent / "releases"
SEEDS_FOLDER = Path(__file__).resolve().parent.parent / "dbt_project" / "seeds"

Format = Literal["xls", "xlsx", "pdf"]


class CatalogError(EtlError):
    """A catalogue entry that cannot be used; the message names the file, the key and the remedy."""


class Entry(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A part of a catalogue entry: immutable, and an unknown key is an error."""


class Fetch(Entry, frozen=True):
    """Where a release file is found and what it must look like to be believed."""

    addresses: tuple[str, ...]
    """Complete addresses, in the order in which they are tried."""
    formats: tuple[Format, ...]
    """Formats that the content may have, told by magic number."""
    min_bytes: int
    """A smaller body is no release file (an error page, a stub)."""
    max_bytes: int
    """A larger body is cut off and rejected."""

    @property
    def hosts(self) -> frozenset[str]:
        """Hosts (with port, where one is given) of the addresses: a redirect may lead to no other."""
        return frozenset(urlsplit(address).netloc for address in self.addresses)


class Calendar(Entry, frozen=True):
    """When a release is expected, counted from the last day of the period it is about."""

    cadence: Literal["monthly", "quarterly", "weekly"]
    usual_lag_days: int
    """Days after the end of its latest period at which SBP usually publishes."""
    overdue_after_days: int
    """Days after the end of its latest period after which it is reported as overdue."""


class Layout(Entry, frozen=True):
    """What the reader looks for in the file. Anchors are printed words, never positions."""

    reader: Literal["flows_by_period", "periods_across"]
    """Family of layouts, a module of `etl/reading/`."""
    stub: str
    """Header of the column that holds the row labels; a table in a PDF is found by the others."""
    unit: str
    """Unit that must be printed above the table; another one is a changed layout."""
    ends_at: str
    """Beginning of the first footnote: the table ends above it."""
    rows_seed: str
    """Seed of `dbt_project` whose `row_key` column lists the rows that are known."""
    required_rows: tuple[str, ...]
    """Keys of rows without which the table is incomplete."""
    flows: tuple[str, ...] = ()
    """Headers of the columns under one period, for tables that have several."""
    total: str = ""
    """For a printed table: end of the key of the row that the numbered main items add up to."""
    blocks: tuple[str, ...] = ()
    """Words that open a block of rows, where blocks repeat the same labels (`exports`, `imports`)."""


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
    series: Literal["services", "balance_of_payments"]
    """What its codes are: EBOPS items, or lines of the balance of payments."""
    source: Source
    seed: str | None = None
    """For `transcribed`: the seed that holds the figures."""
    fetch: Fetch | None = None
    calendar: Calendar | None = None
    layout: Layout | None = None

    @property
    def rules(self) -> tuple[Fetch, Calendar, Layout]:
        """Fetch, calendar and layout of a release of files; loading made sure that they are there."""
        if self.fetch is None or self.calendar is None or self.layout is None:
            raise CatalogError(f"{self.id} is transcribed: it has no files to fetch or to read")
        return self.fetch, self.calendar, self.layout


class Catalog(msgspec.Struct, frozen=True):
    """All releases, in the order of their ids."""

    releases: tuple[Release, ...]

    @property
    def file_releases(self) -> tuple[Release, ...]:
        """Releases whose files are fetched, archived and read."""
        return tuple(release for release in self.releases if release.kind == "file")

    def get(self, release_id: str) -> Release:
        """Give the release of files with this id; another id is an error that lists the ids."""
        for release in self.file_releases:
            if release.id == release_id:
                return release
        known = ", ".join(release.id for release in self.file_releases)
        raise CatalogError(f"no release {release_id!r} in the catalogue; there are: {known}")

    @classmethod
    def load(cls, folder: Path = RELEASES_FOLDER) -> Self:
        """Read and check every entry of a folder."""
        paths = sorted(folder.glob("*.toml"))
        if not paths:
            raise CatalogError(f"{folder} describes no release; add <release_id>.toml")
        return cls(tuple(_load_release(path) for path in paths))


_ID = re.compile(r"[a-z][a-z0-9_]{2,60}")
_NOT_IDS = frozenset({"fetches", "landed_with", "release_files", "releases", "unread_cells"})
"""Raw tables that are not a release's: a release is called as its table is."""
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
    if release.fetch is not None:
        _check_fetch(release.fetch, path.name)
    return release


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
    wrong = {
        "title": "words" if not release.title.strip() else "",
        "description": "words" if not release.description.strip() else "",
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
        "layout.total": (
            "the end of a row's key that the main items add up to, for a release that comes as pdf"
            if layout and release.fetch and "pdf" in release.fetch.formats and not layout.total
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


def labels_seed(layout: Layout) -> Path:
    """Give the path of the seed that says what the rows of a layout mean."""
    return SEEDS_FOLDER / f"{layout.rows_seed}.csv"


def _check_fetch(fetch: Fetch, file: str) -> None:
    if not fetch.addresses:
        raise CatalogError(f"{file}: `fetch.addresses` is empty; name at least one address")
    for address in fetch.addresses:
        if not is_file_address(address):
            raise CatalogError(
                f"{file}: `fetch.addresses` holds {address!r}; write the complete https address of a file"
            )
    if not 0 < fetch.min_bytes < fetch.max_bytes:
        raise CatalogError(
            f"{file}: `fetch.min_bytes` is {fetch.min_bytes}, `fetch.max_bytes` {fetch.max_bytes}; "
            "the first must be above 0 and below the second"
        )


def is_file_address(address: str) -> bool:
    """Tell whether an address may be asked: https with a path; plain http only on this machine, for
    test servers.
    """
    try:
        parts = urlsplit(address)
        host = parts.hostname or ""
        is_safe = parts.scheme == "https" or (parts.scheme == "http" and _is_loopback(host))
        return is_safe and bool(host) and len(parts.path) > 1 and parts.username is None
    except ValueError:
        return False


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
