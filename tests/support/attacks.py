"""What a reader could try with `etl sql`, and the ground on which it is tried."""

from dataclasses import dataclass
from pathlib import Path
from typing import Self


@dataclass(frozen=True)
class Ground:
    """A folder with a file that nobody may read; nothing may be written beside it."""

    folder: Path
    secret: str = "c4nary-of-a-file"  # noqa: S105 - made up

    @classmethod
    def prepare(cls, folder: Path) -> Self:
        """Put the file there."""
        ground = cls(folder)
        (folder / "secret.csv").write_text(f"a\n{ground.secret}\n", encoding="utf-8")
        return ground

    def filled(self, attack: str) -> str:
        """Put the names of the file, and of a new one, into an attack."""
        return attack.replace("{file}", str(self.folder / "secret.csv")).replace(
            "{new}", str(self.folder / "new")
        )

    def forms(self, attack: str) -> list[str]:
        """Return an attack as it is, behind another statement, and in comments."""
        filled = self.filled(attack)
        return [filled, f"select 1; {filled}", f"/* select 1 */ {filled} -- ;"]

    def untouched(self) -> bool:
        """Whether nothing was written."""
        return [path.name for path in self.folder.iterdir()] == ["secret.csv"]


ON_FILES = (
    "from read_csv('{file}')",
    "from read_csv_auto('{file}')",
    "from sniff_csv('{file}')",
    "from read_text('{file}')",
    "from read_blob('{file}')",
    "from read_json('{file}')",
    "from read_ndjson_objects('{file}')",
    "from read_parquet('{file}')",
    "from parquet_metadata('{file}')",
    "from parquet_kv_metadata('{file}')",
    "from read_duckdb('{file}')",
    "from '{file}'",
    'from "{file}"',
    "from glob('/etc/*')",
    "from 'https://127.0.0.1/x.csv'",
    "from read_text('https://127.0.0.1/x')",
    "from 's3://bucket/x.parquet'",
    "select (select content from read_text('{file}'))",
    "from query('from read_text(''{file}'')')",
    "from query_table('{file}')",
    "prepare p as from read_text($1); execute p('{file}')",
    "create temp view v as from read_text('{file}'); from v",
    "create temp macro m(f) as table from read_text(f); from m('{file}')",
    "select * from json_execute_serialized_sql(json_serialize_sql('from read_text(''{file}'')'))",
    "with recursive c as (from read_text('{file}')) from c",
    "explain analyze from read_text('{file}')",
    "describe from read_csv('{file}')",
    "summarize '{file}'",
    "pivot '{file}' on a",
    "create temp table t (a varchar); copy t from '{file}'",
    "copy (select 1) to '{new}'",
    "copy (select 1) to '/dev/stdout'",
    "copy (select 1) to '{new}' (format parquet, partition_by 1)",
    "copy marts.dim_item to '{new}'",
    "copy (select 1 as a) to '{new}' (format json)",
    "export database '{new}'",
    "import database '{file}'",
    "attach '{file}' as a",
    "attach '{new}' as a",
    "attach 'https://127.0.0.1/x.duckdb' as a",
    "attach '' as a (type postgres)",
    "install httpfs",
    "force install httpfs",
    "install spatial from community",
    "install x from 'https://127.0.0.1'",
    "load httpfs",
    "load '{file}'",
    "update extensions",
    "from st_read('{file}')",
    "from sqlite_scan('{file}', 't')",
    "from postgres_scan('', '', '')",
    "call start_ui()",
    "select getenv('EASYDATA_API_KEY')",
    "create secret s (type s3)",
    "create persistent secret s (type http)",
    "from which_secret('s3://x', 's3')",
    "from table",
    "from published",
    "from sys",
    "from arrow_scan(1, 2, 3)",
    "from pandas_scan(1)",
    "from python_map_function(1)",
    "call enable_logging('QueryLog', storage = 'file', storage_path = '{new}'); select 1",
    "call enable_logging(storage = 'file')",
)
"""`{file}` may not be read and `{new}` may not be written."""

ON_SETTINGS = (
    "set enable_external_access = true",
    "reset enable_external_access",
    "set global enable_external_access = true",
    "set session enable_external_access = true",
    "pragma enable_external_access = true",
    "set lock_configuration = false",
    "reset lock_configuration",
    "set allowed_directories = ['/']",
    "set allowed_paths = ['{file}']",
    "set memory_limit = '100GB'",
    "set threads = 64",
    "set temp_directory = '{new}'",
    "set max_temp_directory_size = '1TB'",
    "set secret_directory = '{new}'",
    "set home_directory = '/'",
    "set extension_directory = '{new}'",
    "set allow_unsigned_extensions = true",
    "set allow_community_extensions = true",
    "set autoinstall_known_extensions = true",
    "set autoload_known_extensions = true",
    "set python_enable_replacements = true",
    "set python_scan_all_frames = true",
    "set log_query_path = '{new}'",
    "set profiling_output = '{new}'",
    "pragma profiling_output = '{new}'",
    "pragma enable_profiling = 'json'",
    "select 1; set enable_external_access = true",
)

WRITES = (
    "drop table marts.dim_item",
    "delete from marts.dim_item",
    "truncate marts.dim_item",
    "update marts.dim_item set item_code = 'x'",
    "insert into marts.dim_item from marts.dim_item",
    "alter table marts.dim_item add column x integer",
    "comment on table marts.dim_item is 'x'",
    "create table marts.x as select 1",
    "create table main.x as select 1",
    "create or replace view main.services as select 1",
    "create schema main.x",
    "create macro main.f() as 1",
    "create sequence main.s",
    "create type main.t as enum ('a')",
    "create index i on marts.dim_item (item_code)",
    "with a as (select 1) insert into marts.dim_item from marts.dim_item",
    "begin; drop table marts.dim_item; commit",
    "select 1; drop table marts.dim_item",
)

IN_THE_SHELL = (
    ".shell touch {new}",
    ".system cat {file}",
    ".sh touch {new}",
    ".open {new}",
    ".read {file}",
    ".output {new}",
    ".once {new}",
    ".excel",
    ".import {file} t",
    ".log {new}",
    ".cd /",
    ".backup {new}",
    ".save {new}",
    ".edit",
    ".safe_mode off",
    ".output |touch {new}",
    ".once |touch {new}",
    "select getenv('PATH') || 'got it';",
    "from read_text('{file}');",
    "from '{file}';",
    "copy (select 1) to '{new}';",
    "attach '{new}' as a;",
    "install httpfs;",
    "call start_ui();",
    "set enable_external_access = true;",
    "set lock_configuration = false;",
    "select 'got to the ' || 'end';",
    # From here on the session is of no use to who broke it: it may not write its log.
    "call enable_logging('QueryLog', storage = 'file', storage_path = '{new}');",
    "select 1;",
    "call disable_logging();",
)
