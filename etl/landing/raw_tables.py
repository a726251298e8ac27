"""The raw tables as values: their columns, with the type and the description of each.

Here: what schema `raw` consists of, said once; landing makes the tables and their comments of it, dbt's
sources are written from it. Not here: rows (`etl.landing.land`).
"""

from dataclasses import dataclass

from etl.catalog.releases import Release


@dataclass(frozen=True)
class RawColumn:
    """A column: its SQL type with `not null` where it must be there, and what it holds."""

    name: str
    sql_type: str
    description: str


@dataclass(frozen=True)
class RawTable:
    """A table of schema `raw`."""

    name: str
    description: str
    columns: tuple[RawColumn, ...]

    @property
    def ddl(self) -> str:
        """Return the statement that makes the table where there is none."""
        columns = ", ".join(f'"{column.name}" {column.sql_type}' for column in self.columns)
        return f'create table if not exists raw."{self.name}" ({columns})'


_OBSERVATION_COLUMNS = (
    RawColumn("file_sha256", "varchar", "SHA-256 of the release file; joins to raw.release_files."),
    RawColumn("sheet", "varchar", "Sheet of the workbook, as written; of a PDF the page, such as page 3."),
    RawColumn("cell", "varchar", "Cell as a spreadsheet shows it, such as I59; of a page line 12, number 4."),
    RawColumn("row_number", "integer", "Row of the sheet, or of the table on all pages, counted from 1."),
    RawColumn(
        "row_label",
        "varchar",
        "Row label exactly as printed; where periods run down, the headers of the column.",
    ),
    RawColumn(
        "row_key", "varchar", "The label, or the path of labels or headers it stands under, in one spelling."
    ),
    RawColumn("indent", "integer", "Indent level of the label, where the layout needs it."),
    RawColumn(
        "column_label",
        "varchar",
        "Period as printed, above the column or beside the row; a date cell in ISO form.",
    ),
    RawColumn(
        "flow_label",
        "varchar",
        "Credit, Debit or Net, where columns are grouped so; the title of a file's several tables.",
    ),
    RawColumn("unit_label", "varchar", "Unit as printed above the table."),
    RawColumn(
        "period_type",
        "varchar",
        "week, month, fiscal_quarter, fiscal_year, fiscal_year_to_date, part_of_year or span (years).",
    ),
    RawColumn("period_starts_on", "date", "First day of the period."),
    RawColumn("period_ends_on", "date", "Last day of the period."),
    RawColumn(
        "status_mark",
        "varchar",
        "P (provisional) or R (revised) as printed beside the period; of a series its status in words.",
    ),
    RawColumn("value", "double", "The number in the printed unit; null where the cell prints its absence."),
    RawColumn(
        "value_as_printed",
        "varchar",
        "The number: in a PDF as printed, else in its shortest form; or N/A, -.",
    ),
    RawColumn("decimals", "integer", "Digits after the point in the shortest form."),
)


def observations(release: Release) -> RawTable:
    """Return the table of a release's observations."""
    description = f"{release.title}: every cell of every archived file, as printed. "
    return RawTable(release.id, description + release.description.strip(), _OBSERVATION_COLUMNS)


BOOKKEEPING_TABLES = (
    RawTable(
        "release_files",
        "One row an archived file: landed or quarantined, with its dates and its reason.",
        (
            RawColumn(
                "file_sha256", "varchar not null", "SHA-256 of the release file: its name in the archive."
            ),
            RawColumn("release_id", "varchar not null", "The release; joins to raw.releases."),
            RawColumn(
                "status",
                "varchar not null",
                "landed; quarantined where it was not understood; withdrawn where a person took it out.",
            ),
            RawColumn("decision", "varchar", "What a person decided about it; null where nothing was."),
            RawColumn(
                "format", "varchar not null", "What the file is, told by content: xls, xlsx, pdf, csv."
            ),
            RawColumn("size_bytes", "bigint not null", "Size of the file."),
            RawColumn(
                "via",
                "varchar not null",
                "How the file came: fetched, by_hand, web_archive (captured there), starter (made here).",
            ),
            RawColumn("original_name", "varchar not null", "Name of the file where it came from."),
            RawColumn(
                "source_address",
                "varchar",
                "Address from which SBP published it; null for files given by hand.",
            ),
            RawColumn(
                "first_seen_at", "timestamp not null", "When this installation first had the file, UTC."
            ),
            RawColumn("last_modified", "varchar", "The server's Last-Modified, as sent."),
            RawColumn("published_on", "date", "Day of publication in Karachi."),
            RawColumn(
                "published_on_is",
                "varchar",
                "What published_on rests on: given_by_hand, stated_by_sbp, workbook_last_saved, or an upper "
                "bound: http_last_modified, capture_date, first_seen.",
            ),
            RawColumn("latest_period_ends_on", "date", "Last day of the latest period inside the file."),
            RawColumn(
                "figures_sha256",
                "varchar",
                "Hash of labels, cells and numbers: equal for two files that say the same.",
            ),
            RawColumn(
                "is_complete",
                "boolean",
                "The file holds all that its source prints: what it leaves out is withdrawn.",
            ),
            RawColumn("observation_count", "integer not null", "Cells that were landed."),
            RawColumn("unread_count", "integer not null", "Numbers of the file outside its table."),
            RawColumn("quarantine_reason", "varchar", "Why the file was not understood; null where it was."),
            RawColumn("quarantine_where", "varchar", "Place in the file that was not understood."),
            RawColumn("quarantine_expected", "varchar", "What the catalogue describes there."),
            RawColumn("quarantine_found", "varchar", "What the file holds there."),
        ),
    ),
    RawTable(
        "unread_cells",
        "Numbers of landed files that belong to no observation.",
        (
            RawColumn(
                "file_sha256", "varchar not null", "SHA-256 of the release file; joins to raw.release_files."
            ),
            RawColumn("sheet", "varchar not null", "Sheet of the workbook, as written; of a PDF the page."),
            RawColumn(
                "cell", "varchar not null", "Cell as a spreadsheet shows it; of a page line and number."
            ),
            RawColumn("value_as_printed", "varchar", "The number that stands there."),
        ),
    ),
    RawTable(
        "printed_periods",
        "The last days of the periods for which a landed file prints anything.",
        (
            RawColumn(
                "file_sha256", "varchar not null", "SHA-256 of the release file; joins to raw.release_files."
            ),
            RawColumn("release_id", "varchar not null", "The release; joins to raw.releases."),
            RawColumn("period_ends_on", "date not null", "Last day of a period."),
        ),
    ),
    RawTable(
        "fetches",
        "Every answer of every address that was ever asked: the log `archive/fetches.jsonl`.",
        (
            RawColumn("asked_at", "timestamp not null", "When the address was asked, UTC."),
            RawColumn(
                "release_id",
                "varchar not null",
                "The release; or sbp_index, SBP's index of its files, or wayback_listing, what the web "
                "archive has.",
            ),
            RawColumn("address", "varchar not null", "Address that was asked."),
            RawColumn(
                "outcome",
                "varchar not null",
                "What came of it: new, unchanged, unreachable, rejected (no release file), or answered "
                "(an index or a listing, which is not archived).",
            ),
            RawColumn("asked_by", "varchar not null", "command, dagster or backfill."),
            RawColumn("reason", "varchar", "Why nothing was archived; null where something was."),
            RawColumn("status", "integer", "HTTP status; null where nobody answered."),
            RawColumn("final_address", "varchar", "Address that answered, after redirections."),
            RawColumn("last_modified", "varchar", "The server's Last-Modified, as sent."),
            RawColumn("etag", "varchar", "The server's ETag, as sent."),
            RawColumn("content_type", "varchar", "The server's Content-Type, as sent."),
            RawColumn("content_length", "bigint", "Bytes of the answer."),
            RawColumn("elapsed_seconds", "double", "Seconds until the answer was there."),
            RawColumn("file_sha256", "varchar", "SHA-256 of what was sent; joins to raw.release_files."),
            RawColumn("digest", "varchar", "By which a web archive named what was asked of it."),
        ),
    ),
    RawTable(
        "corrections",
        "Cells that print something else than is meant: the entries of etl/catalog/corrections/.",
        (
            RawColumn("correction_id", "varchar not null", "Name of the correction."),
            RawColumn("release_id", "varchar not null", "The release; joins to raw.releases."),
            RawColumn("file_sha256", "varchar not null", "SHA-256 of the file; joins to raw.release_files."),
            RawColumn("sheet", "varchar not null", "Sheet of the workbook, as written; of a PDF the page."),
            RawColumn(
                "cell", "varchar not null", "Cell as a spreadsheet shows it; of a page line and number."
            ),
            RawColumn("as_printed", "varchar not null", "What the cell printed when it was looked at."),
            RawColumn("should_be", "double not null", "What it should print, in the unit of the print."),
            RawColumn("why", "varchar not null", "Why the print is wrong."),
            RawColumn("said_by", "varchar not null", "Who says so."),
            RawColumn("source_url", "varchar not null", "Link to what shows that it is wrong."),
        ),
    ),
    RawTable(
        "releases",
        "The catalogue as data: what each release is, and its precedence, precision and calendar.",
        (
            RawColumn("release_id", "varchar not null", "Name of the release in this warehouse."),
            RawColumn("title", "varchar not null", "Title of the release."),
            RawColumn("description", "varchar not null", "What the release holds."),
            RawColumn(
                "kind", "varchar not null", "file (fetched and archived) or transcribed (figures from print)."
            ),
            RawColumn(
                "series", "varchar not null", "What its codes are of: services (EBOPS items) and so on."
            ),
            RawColumn(
                "tier",
                "integer not null",
                "Precedence: 1 is the detail that decides, 2 fills what it does not hold.",
            ),
            RawColumn(
                "basis",
                "varchar not null",
                "published (a cell of an archived file) or transcribed (a print that quoted one).",
            ),
            RawColumn("precision_in_words", "varchar not null", "How exactly the figures are printed."),
            RawColumn(
                "tolerance_usd_mn",
                "double not null",
                "How far its figures may lie from those of the detail and still say the same, million US$.",
            ),
            RawColumn("cadence", "varchar", "How often it is published."),
            RawColumn(
                "usual_lag_days",
                "integer",
                "Days after the end of its latest period at which it usually comes.",
            ),
            RawColumn(
                "overdue_after_days",
                "integer",
                "Days after the end of its latest period after which it is overdue.",
            ),
            RawColumn("addresses", "varchar[] not null", "Addresses in the order in which they are asked."),
        ),
    ),
    RawTable(
        "public_holidays",
        "Public holidays of Pakistan as the library `holidays` has them, from 2005 to 2040.",
        (
            RawColumn("holiday_on", "date not null", "Day of the holiday."),
            RawColumn("holiday_name", "varchar not null", "Name of the holiday, as the library has it."),
            RawColumn(
                "is_estimated", "boolean not null", "The moon decides, and nobody has announced the day yet."
            ),
        ),
    ),
)
"""The tables beside those of releases; dbt's sources declare them too."""

LANDED_WITH = RawTable(
    "landed_with",
    "One row: what the tables beside it were landed with. For the program, not for models.",
    (RawColumn("raw_key", "varchar", "Hash of the readers, the catalogue, known labels and corrections."),),
)
