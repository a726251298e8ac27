"""The catalogue: entries that are right are loaded, and an error names the file, the key and the remedy."""

import re
from pathlib import Path

import pytest

from etl.catalog.releases import INDEX_FILE, RELEASES_FOLDER, Catalog, CatalogError
from etl.common.errors import EtlError

ADDRESS = "https://www.sbp.org.pk/assets/document/dt.xls"
SERVICES = (RELEASES_FOLDER / "trade_in_services.toml").read_text(encoding="utf-8")
PRINTS = (RELEASES_FOLDER / "transcribed_prints.toml").read_text(encoding="utf-8")
HELP = "docs/adding-a-release.md says what an entry holds"


def load(folder: Path, text: str, name: str = "goods_trade.toml") -> Catalog:
    (folder / name).write_text(text, encoding="utf-8")
    return Catalog.load(folder)


def complaint(folder: Path, text: str, name: str = "goods_trade.toml") -> str:
    with pytest.raises(CatalogError) as caught:
        load(folder, text, name)
    assert isinstance(caught.value, EtlError)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def with_line(text: str, beginning: str, line: str) -> str:
    """Replace the line that begins so."""
    changed, count = re.subn(rf"(?m)^{re.escape(beginning)}.*$", lambda _: line, text)
    assert count == 1, beginning
    return changed


def with_addresses(*addresses: str) -> str:
    listed = ", ".join(f'"{address}"' for address in addresses)
    changed, count = re.subn(r"(?ms)^addresses = \[.*?^\]$", lambda _: f"addresses = [{listed}]", SERVICES)
    assert count == 1
    return changed


def without_table(text: str, table: str) -> str:
    changed, count = re.subn(rf"(?ms)^\[{table}(\.\w+)?\]\n.*?(?=^\[|\Z)", "", text)
    assert count >= 1
    return changed


# What is right is loaded


def test_an_entry_is_a_release_called_as_its_file_is(tmp_path: Path) -> None:
    (release,) = load(tmp_path, SERVICES).releases

    assert release.id == "goods_trade"
    assert (release.kind, release.series, release.seed) == ("file", "services", None)
    fetch, calendar, layout = release.rules
    assert fetch.hosts == {"www.sbp.org.pk", "archive.sbp.org.pk"}
    assert fetch.addresses[0] == ADDRESS
    assert calendar.cadence == "monthly"
    assert layout.flows == ("Credit", "Debit", "Net")


def test_a_transcribed_release_has_a_seed_and_no_rules(tmp_path: Path) -> None:
    catalog = load(tmp_path, PRINTS)

    (release,) = catalog.releases
    assert release.seed == "transcribed_monthly"
    assert catalog.file_releases == ()
    with pytest.raises(CatalogError, match="goods_trade is transcribed: it has no files"):
        _ = release.rules


def test_releases_come_in_the_order_of_their_ids(tmp_path: Path) -> None:
    (tmp_path / "bbb.toml").write_text(SERVICES, encoding="utf-8")

    catalog = load(tmp_path, PRINTS, "aaa.toml")

    assert [release.id for release in catalog.releases] == ["aaa", "bbb"]


def test_an_unknown_release_is_answered_with_the_known_ones(catalog: Catalog) -> None:
    assert catalog.get("trade_in_services").id == "trade_in_services"
    for name in ("goods", "transcribed_prints"):
        with pytest.raises(CatalogError) as caught:
            catalog.get(name)
        known = ", ".join(release.id for release in catalog.file_releases)
        assert str(caught.value) == f"no release {name!r} in the catalogue; there are: {known}"


# What is wrong is said


def test_a_catalogue_without_entries_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(CatalogError, match=r"describes no release; add <release_id>\.toml"):
        Catalog.load(tmp_path)


@pytest.mark.parametrize("text", ["title =", "title = 'x'\ntitle = 'y'", "[fetch", "= 1"])
def test_what_is_no_toml_is_named_with_the_line(tmp_path: Path, text: str) -> None:
    message = complaint(tmp_path, text)

    assert message.startswith("goods_trade.toml: is not valid TOML: ")
    assert "line " in message
    assert message.endswith("; mend the line it names")


def test_what_is_not_utf_8_is_named(tmp_path: Path) -> None:
    (tmp_path / "goods_trade.toml").write_bytes(b'title = "\xff"')

    with pytest.raises(CatalogError, match=r"goods_trade\.toml: is not valid TOML"):
        Catalog.load(tmp_path)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        pytest.param(f'colour = "green"\n{SERVICES}', "unknown field `colour`", id="unknown key"),
        pytest.param(
            SERVICES.replace("[fetch]\n", "[fetch]\nurl = 'x'\n"),
            "unknown field `url` - at `fetch`",
            id="unknown key in a table",
        ),
        pytest.param(with_line(SERVICES, "title =", ""), "missing required field `title`", id="missing key"),
        pytest.param(
            without_table(SERVICES, "source"), "missing required field `source`", id="missing table"
        ),
        pytest.param(
            with_line(SERVICES, "unit", ""),
            "missing required field `unit` - at `layout`",
            id="missing key in a table",
        ),
        pytest.param(
            with_line(SERVICES, "min_bytes", 'min_bytes = "20 kB"'),
            "Expected `int`, got `str` - at `fetch.min_bytes`",
            id="wrong type",
        ),
        pytest.param(
            with_line(SERVICES, "tier", "tier = 1.5"),
            "Expected `int`, got `float` - at `source.tier`",
            id="no whole number",
        ),
        pytest.param(
            with_line(SERVICES, "flows", 'flows = "Credit"'),
            "Expected `array`, got `str` - at `layout.flows`",
            id="a word for a list",
        ),
        pytest.param(
            with_line(SERVICES, "reader", 'reader = "guess"'),
            "Invalid enum value 'guess' - at `layout.reader`",
            id="no such reader",
        ),
        pytest.param(
            with_line(SERVICES, "cadence", 'cadence = "yearly"'),
            "Invalid enum value 'yearly' - at `calendar.cadence`",
            id="no such cadence",
        ),
        pytest.param(
            with_line(SERVICES, "formats", 'formats = ["xls", "ods"]'),
            "Invalid enum value 'ods' - at `fetch.formats[1]`",
            id="no such format",
        ),
        pytest.param(
            with_line(SERVICES, "kind", 'kind = "api"'),
            "Invalid enum value 'api' - at `kind`",
            id="no such kind",
        ),
    ],
)
def test_an_entry_of_another_shape_names_the_file_the_key_and_where_to_read(
    tmp_path: Path, text: str, said: str
) -> None:
    message = complaint(tmp_path, text)

    assert message.startswith("goods_trade.toml: ")
    assert said in message
    assert message.endswith(f"; {HELP}")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (without_table(SERVICES, "fetch"), "kind is 'file' and key `fetch` is missing: add it"),
        (without_table(SERVICES, "calendar"), "kind is 'file' and key `calendar` is missing: add it"),
        (without_table(SERVICES, "layout"), "kind is 'file' and key `layout` is missing: add it"),
        (f'seed = "x"\n{SERVICES}', "kind is 'file' and key `seed` does not belong there: remove it"),
        (
            with_line(PRINTS, "seed", ""),
            "kind is 'transcribed' and key `seed` is missing: add it",
        ),
        (
            f'{PRINTS}\n[calendar]\ncadence = "monthly"\nusual_lag_days = 1\noverdue_after_days = 2\n',
            "kind is 'transcribed' and key `calendar` does not belong there: remove it",
        ),
    ],
)
def test_a_kind_has_its_own_keys_and_no_others(tmp_path: Path, text: str, said: str) -> None:
    assert complaint(tmp_path, text) == f"goods_trade.toml: {said}; {HELP}"


def test_the_id_is_the_files_name_and_not_a_key(tmp_path: Path) -> None:
    assert complaint(tmp_path, f'id = "goods"\n{SERVICES}') == (
        "goods_trade.toml: key `id` is given; leave it out, the file's name is the id"
    )


@pytest.mark.parametrize(
    "name",
    [
        "Goods.toml",
        "goods-trade.toml",
        "2goods.toml",
        "ab.toml",
        "goods trade.toml",
        "releases.toml",
        "fetches.toml",
    ],
)
def test_a_file_whose_name_cannot_be_a_table_is_refused(tmp_path: Path, name: str) -> None:
    message = complaint(tmp_path, SERVICES, name)

    assert message == f"{name}: call the file by lower-case words, such as goods_trade.toml"


@pytest.mark.parametrize(
    "address",
    [
        "http://www.sbp.org.pk/dt.xls",
        "ftp://www.sbp.org.pk/dt.xls",
        "www.sbp.org.pk/dt.xls",
        "https://www.sbp.org.pk",
        "https://www.sbp.org.pk/",
        "https:///dt.xls",
        "https://user:password@www.sbp.org.pk/dt.xls",
        "https://user@www.sbp.org.pk/dt.xls",
        "https://[www.sbp.org.pk/dt.xls",
        "file:///etc/passwd",
        "",
    ],
)
def test_an_address_that_is_no_https_address_of_a_file_is_quoted(tmp_path: Path, address: str) -> None:
    assert complaint(tmp_path, with_addresses(ADDRESS, address)) == (
        f"goods_trade.toml: `fetch.addresses` holds {address!r}; write the complete https address of a file"
    )


def test_an_entry_without_addresses_is_refused(tmp_path: Path) -> None:
    assert complaint(tmp_path, with_addresses()) == (
        "goods_trade.toml: `fetch.addresses` is empty; name at least one address"
    )


@pytest.mark.parametrize(
    ("beginning", "line", "said"),
    [
        ("title =", 'title = " "', "`title` must be words"),
        ("tier =", "tier = 0", "`source.tier` must be 1 or more"),
        ("usual_lag_days =", "usual_lag_days = -1", "`calendar.usual_lag_days` must be 0 or more"),
        ("overdue_after_days =", "overdue_after_days = 3", "must be at least `calendar.usual_lag_days`"),
        ("flows =", "", "`layout.flows` must be the three headers of a group"),
        ("flows =", 'flows = ["Credit", "Debit"]', "`layout.flows` must be the three headers of a group"),
        ("formats =", 'formats = ["pdf"]', "`layout.total` must be the end of a row's key"),
        ("rows_seed =", 'rows_seed = "nothing"', "there is no seeds/nothing.csv"),
    ],
)
def test_a_value_that_makes_no_sense_is_named_with_what_it_must_be(
    tmp_path: Path, beginning: str, line: str, said: str
) -> None:
    without_total = SERVICES.replace('total = "services"\n', "")
    message = complaint(tmp_path, with_line(without_total, beginning, line))
    assert message.startswith("goods_trade.toml: key `")
    assert said in message


def test_a_former_address_must_be_one_that_may_be_asked(tmp_path: Path) -> None:
    text = with_line(
        SERVICES, "min_bytes", 'min_bytes = 20_000\nformer_addresses = ["ftp://sbp.org.pk/dt.xls"]'
    )

    assert complaint(tmp_path, text) == (
        "goods_trade.toml: `fetch.former_addresses` holds 'ftp://sbp.org.pk/dt.xls'; "
        "write the complete https address of a file"
    )


def test_a_release_that_is_to_be_discovered_has_a_file_name(tmp_path: Path) -> None:
    assert complaint(tmp_path, with_line(SERVICES, "file_names", 'file_names = [" "]')) == (
        "goods_trade.toml: `fetch.discovery.file_names` is empty; name the file as SBP does"
    )


def test_a_catalogue_says_where_sbps_index_is(tmp_path: Path) -> None:
    (tmp_path / "goods_trade.toml").write_text(SERVICES, encoding="utf-8")
    assert Catalog.load(tmp_path).index_addresses == ()

    write_index(tmp_path, 'addresses = ["https://www.sbp.org.pk/assets/index.json"]')

    assert Catalog.load(tmp_path).index_addresses == ("https://www.sbp.org.pk/assets/index.json",)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("addresses = [", "it holds `addresses`"),
        ("", "missing required field `addresses`"),
        ('addresses = ["a"]\nothers = 1', "unknown field `others`"),
        ('addresses = ["http://www.sbp.org.pk/x.json"]', "write a complete https address"),
    ],
)
def test_an_index_that_cannot_be_asked_is_named(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "goods_trade.toml").write_text(SERVICES, encoding="utf-8")
    write_index(tmp_path, text)

    with pytest.raises(CatalogError) as error:
        Catalog.load(tmp_path)

    assert str(error.value).startswith("sbp_index.toml: ")
    assert said in str(error.value)


def write_index(folder: Path, text: str) -> None:
    path = folder / INDEX_FILE
    path.parent.mkdir()
    path.write_text(text, encoding="utf-8")


@pytest.mark.parametrize(("least", "most"), [(0, 10), (-5, 10), (10, 10), (20, 10)])
def test_sizes_that_no_file_can_have_are_refused(tmp_path: Path, least: int, most: int) -> None:
    text = with_line(SERVICES, "min_bytes", f"min_bytes = {least}")
    text = with_line(text, "max_bytes", f"max_bytes = {most}")

    assert complaint(tmp_path, text) == (
        f"goods_trade.toml: `fetch.min_bytes` is {least}, `fetch.max_bytes` {most}; "
        "the first must be above 0 and below the second"
    )
