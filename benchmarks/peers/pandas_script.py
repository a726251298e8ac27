"""The script that an analyst would write: pandas reads the workbook, DuckDB keeps what was read and computes.

`python -m benchmarks.peers.pandas_script DATABASE FILE.xls...` takes editions of Trade in Services into a
table of observations and builds `services_monthly` anew: exports and imports by month and item, on the month
and on the year, from July on. The newest edition counts. Where the table stands on the sheet is written down
here; no lineage, no vintages, no tests, no other release. The new database takes the place of the old one
at once, so that readers are not locked out.
"""

import os
import shutil
import sys
from datetime import date
from pathlib import Path

import duckdb
import pandas as pd

HEADERS, FIRST_ROW, LAST_ROW = 6, 8, 96
STUB, FIRST_COLUMN = 1, 2
FLOWS = ("exports", "imports", "balance")
GROUPS = ("month", "month", "month", "to_date", "to_date")

MART = """
create or replace table services_monthly as
with newest as (
    select kind, period, item_code, flow, (arg_max(value, edition) / 1000)::decimal(18, 6) as value
    from observations
    where flow <> 'balance'
    group by all
),
wide as (
    pivot newest on flow in ('exports', 'imports') using first(value) group by kind, period, item_code
),
months as (
    select period as month, item_code, exports, imports from wide
    where kind = 'month' and (exports is not null or imports is not null)
),
to_date as (
    select period as month, item_code, exports, imports from wide where kind = 'to_date'
)
select
    month,
    item_code,
    months.exports as exports_usd_mn,
    months.imports as imports_usd_mn,
    (100 * (months.exports / nullif(before.exports, 0) - 1))::decimal(18, 4) as exports_mom_pct,
    (100 * (months.imports / nullif(before.imports, 0) - 1))::decimal(18, 4) as imports_mom_pct,
    (100 * (months.exports / nullif(year_ago.exports, 0) - 1))::decimal(18, 4) as exports_yoy_pct,
    (100 * (months.imports / nullif(year_ago.imports, 0) - 1))::decimal(18, 4) as imports_yoy_pct,
    to_date.exports as exports_fytd_usd_mn,
    to_date.imports as imports_fytd_usd_mn
from months
left join (select * replace (month + interval 1 month as month) from months) as before
    using (month, item_code)
left join (select * replace (month + interval 1 year as month) from months) as year_ago
    using (month, item_code)
left join to_date using (month, item_code)
order by month, item_code
"""


def read(path: Path) -> pd.DataFrame:
    """Read an edition: one row an item, period and flow."""
    sheet = pd.read_excel(path, header=None, engine="calamine")
    table = sheet.iloc[FIRST_ROW:LAST_ROW]
    codes = table[STUB].str.split().str[0].str.rstrip(".").replace("Services", "S")
    headers = sheet.iloc[HEADERS].ffill()
    columns = []
    for number, kind in enumerate(GROUPS):
        for place, flow in enumerate(FLOWS):
            column = FIRST_COLUMN + len(FLOWS) * number + place
            columns.append(
                pd.DataFrame(
                    {
                        "kind": kind,
                        "period": period(kind, headers[column]),
                        "item_code": codes,
                        "flow": flow,
                        "value": pd.to_numeric(table[column], errors="coerce"),
                    }
                )
            )
    edition = pd.concat(columns, ignore_index=True)
    return edition.assign(edition=edition["period"].max())


def period(kind: str, header: object) -> pd.Timestamp:
    """Return the first day of the (last) month of a header: `Mar-26 (P)`, `Jul-Mar, FY26 (P)`, or a date."""
    if isinstance(header, date):
        return pd.Timestamp(header.year, header.month, 1)
    words = str(header).split()
    if kind == "month":
        return pd.to_datetime(words[0], format="%b-%y")
    month = pd.to_datetime(words[0].rstrip(",").split("-")[-1], format="%b").month
    fiscal_year = 2000 + int(words[1].removeprefix("FY"))
    return pd.Timestamp(fiscal_year - (month >= 7), month, 1)


def main() -> None:
    """Take the files in, build the mart, put the new database in place."""
    database, paths = Path(sys.argv[1]), [Path(name) for name in sys.argv[2:]]
    staged = database.with_name("staged.duckdb")
    staged.unlink(missing_ok=True)
    if database.exists():
        shutil.copyfile(database, staged)
    read_now = pd.concat([read(path) for path in paths], ignore_index=True)
    with duckdb.connect(str(staged)) as connection:
        connection.execute("create table if not exists observations as from read_now limit 0")
        connection.execute("insert into observations from read_now")
        connection.execute(MART)
    os.replace(staged, database)  # noqa: PTH105  # as such scripts have it
    print(len(read_now))


if __name__ == "__main__":
    main()
