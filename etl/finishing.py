"""What a build that passed its tests gets before it may be published: macros as of a day, descriptions, and
the note of which fiscal years passed.

Here: what dbt does not write, all in one transaction. Not here: when (`building`), and what the macros and
descriptions say (`modelling.as_of`, `comments`, beside the models).

What is there already is not written again: to make the macros takes half a second, to describe all tables
another, and neither depends on what was landed.
"""

from collections.abc import Iterator, Mapping
from hashlib import sha256

from etl import comments, storage, warehouse
from etl.comments import Comment
from etl.lake.place import Database
from etl.modelling import as_of
from etl.modelling.manifest import Manifest


def finish(database: Database, compiled: Mapping[str, as_of.Model], manifest: Manifest) -> None:
    """Bring a build database that is wholly built and tested to what is published of it."""
    with warehouse.write(database) as connection, warehouse.transaction(connection):
        _make_as_of_macros(connection, compiled)
        _describe(connection, list(_wanted(database, manifest)))
        _note_proven_years(connection)


def _make_as_of_macros(connection: warehouse.Connection, compiled: Mapping[str, as_of.Model]) -> None:
    """Make `marts.<mart>_as_of(day)` where it is to say something else than it does. That each gives its mart
    for a day after every print is a test of the project and not of each build, which it made a fifth slower.
    """
    connection.execute(_MADE_MACROS)
    made = dict(connection.execute("select mart, sql_sha256 from intermediate.made_macros").fetchall())
    for mart in as_of.MARTS:
        statement = as_of.macro(mart, compiled)
        digest = sha256(statement.encode()).hexdigest()
        if made.get(mart) != digest:
            connection.execute(statement)
            connection.execute("delete from intermediate.made_macros where mart = ?", [mart])
            connection.execute("insert into intermediate.made_macros values (?, ?)", [mart, digest])


_MADE_MACROS = """
create table if not exists intermediate.made_macros (mart varchar not null, sql_sha256 varchar not null);
comment on table intermediate.made_macros is
'The macros as of a day that are in this database, and the SHA-256 of the statement that made each.';
comment on column intermediate.made_macros.mart is 'The mart: its macro is called marts.<mart>_as_of.';
comment on column intermediate.made_macros.sql_sha256 is
'Where the statement that a build calls for has another, it makes the macro anew.'
"""


def _describe(connection: warehouse.Connection, wanted: list[Comment]) -> None:
    statements = comments.statements(wanted, comments.said(connection))
    if statements:
        connection.execute(";".join(statements))


def _wanted(database: Database, manifest: Manifest) -> Iterator[Comment]:
    """Say what every seed, model, column and macro is; landing described its tables."""
    are_columns_of_views_described = storage.takes_comments_on("columns of views", database)
    for node in manifest.built:
        is_view = node.materialized == "view"
        has_columns = not is_view or are_columns_of_views_described
        yield from comments.of_relation(
            "view" if is_view else "table",
            f"{node.schema}.{node.name}",
            node.description,
            ((column.name, column.description) for column in node.columns if has_columns),
        )
    described = {node.name: node.description for node in manifest.built}
    for mart in as_of.MARTS if storage.takes_comments_on("macros", database) else ():
        text = f"The mart {mart} as it was known by the end of a day: {mart}_as_of('2026-01-20'). "
        yield from comments.of_relation("macro table", f"marts.{mart}_as_of", text + described[mart])


def _note_proven_years(connection: warehouse.Connection) -> None:
    """Note for the next build which fiscal years have passed all tests as they are: it tests only others
    (dbt_project/macros/by_fiscal_year.sql).
    """
    connection.execute("delete from intermediate.proven_years")
    connection.execute(
        "insert into intermediate.proven_years"
        " select distinct fiscal_year_starts_on, inputs_key from intermediate.built_years"
        " where inputs_key is not null order by all"
    )
