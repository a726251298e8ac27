"""Where a lake is, as two settings say."""

import pytest

from etl.common.location import Lake, LakeError, extension, from_environment, load_statements


def test_two_settings_say_where_a_lake_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ETL_WAREHOUSE", "ducklake:postgres:dbname=lake host=db.example.org user=etl")
    monkeypatch.setenv("ETL_LAKE_DATA", "/srv/lake")
    assert from_environment() == Lake("dbname=lake host=db.example.org user=etl", "/srv/lake/")


def test_without_them_the_warehouse_is_a_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ETL_WAREHOUSE", raising=False)
    assert from_environment() is None


@pytest.mark.parametrize(
    ("address", "data", "words"),
    [
        ("postgres:dbname=lake", "/srv/lake", "ETL_WAREHOUSE is 'postgres:dbname=lake'"),
        ("ducklake:postgres:", "/srv/lake", "ETL_WAREHOUSE is 'ducklake:postgres:'"),
        ("ducklake:postgres:postgresql://db/lake", "/srv/lake", "set it to ducklake:postgres:dbname=lake"),
        ("ducklake:postgres:dbname=lake", "", "ETL_LAKE_DATA is ''"),
        ("ducklake:postgres:dbname=lake", "lake", "ETL_LAKE_DATA is 'lake'"),
        ("ducklake:postgres:dbname=lake", "s3://", "ETL_LAKE_DATA is 's3://'"),
    ],
)
def test_what_cannot_be_used_names_its_variable(address: str, data: str, words: str) -> None:
    with pytest.raises(LakeError, match="ETL_") as error:
        Lake.from_words(address, data)
    assert words in str(error.value)


def test_a_password_is_refused_and_not_shown() -> None:
    with pytest.raises(LakeError, match="pgpass") as error:
        Lake.from_words("ducklake:postgres:dbname=lake password=hunter2", "/srv/lake")
    assert "hunter2" not in str(error.value)


def test_a_store_takes_one_extension_more() -> None:
    assert Lake("dbname=lake", "/srv/lake/").extensions == ("ducklake", "postgres_scanner")
    assert "httpfs" in Lake("dbname=lake", "s3://bucket/lake/").extensions


def test_extensions_come_out_of_their_packages() -> None:
    statements = load_statements(Lake("dbname=lake", "s3://bucket/lake/"))
    assert [statement.split("/")[-1] for statement in statements] == [
        "ducklake.duckdb_extension'",
        "postgres_scanner.duckdb_extension'",
        "httpfs.duckdb_extension'",
    ]


def test_an_extension_that_is_not_installed_says_how_to_get_it() -> None:
    with pytest.raises(LakeError, match=r"requirements/lake\.txt"):
        extension("spatial")
