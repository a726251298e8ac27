"""The data dictionary says what there is, escapes what files say, and asks the network for nothing."""

import gzip
import re
from datetime import date

import pytest

from etl.catalog.releases import Catalog
from etl.modelling.dbt import ensure_manifest
from etl.modelling.manifest import Manifest, ModelColumn, Node
from etl.serve.dictionary.contents import Extents, measure
from etl.serve.dictionary.page import FILE_NAME, render
from etl.warehouse import connect
from tests.support.installation import Installation

DAY = date(2026, 11, 24)


@pytest.fixture(scope="module")
def page(published: Installation) -> str:
    return published.settings.current_database.with_name(FILE_NAME).read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def manifest(published: Installation) -> Manifest:
    return Manifest.load(ensure_manifest(published.settings))


def test_it_is_published_beside_the_database_and_names_every_column_and_test(
    page: str, published: Installation, manifest: Manifest, catalog: Catalog
) -> None:
    day = date.fromisoformat(re.findall(r"as published on ([0-9-]{10})", page)[0])
    with connect.read(published.settings.current_database) as connection:
        assert page == render(manifest, catalog, measure(connection, manifest), day)
    for node in manifest.nodes.values():
        assert f'id="{node.schema}.{node.name}"' in page
        assert all(f"<code>{column.name}</code>" in page for column in node.columns)
    of_rows = {check.kind for check in manifest.checks.values() if check.column is None} - {"unique_key"}
    assert all(kind in page for kind in of_rows)
    assert all(f'id="release.{release.id}"' in page for release in catalog.releases)


def test_every_column_of_a_mart_has_an_address(page: str, manifest: Manifest) -> None:
    for node in manifest.nodes.values():
        for column in node.columns if node.schema == "marts" else ():
            assert f'id="marts.{node.name}.{column.name}"' in page


def test_every_link_leads_to_something_on_the_page(page: str) -> None:
    targets = set(re.findall(r'href="#([^"]*)"', page))
    assert len(targets) > 100
    assert targets <= set(re.findall(r'id="([^"]*)"', page))


def test_an_address_stands_for_one_thing(page: str) -> None:
    ids = re.findall(r'\bid="([^"]*)"', page)
    assert len(ids) == len(set(ids))


def test_it_loads_nothing_from_elsewhere(page: str) -> None:
    targets = re.findall(r"""\b(?:src|href)=["']?([^"'>]*)""", page)
    assert all(target.startswith("#") or target == "data:," for target in targets)
    assert "url(" not in page
    assert "@import" not in page


def test_it_stays_light(page: str) -> None:
    """Some 630 kB for 90 tables and their 2,000 columns, 70 kB of them where a server compresses it."""
    assert len(page.encode()) < 800_000
    assert len(gzip.compress(page.encode())) < 100_000


def test_what_a_description_says_cannot_be_taken_for_html(catalog: Catalog) -> None:
    node = Node(
        unique_id="model.x",
        kind="model",
        schema="marts",
        name="x",
        description="<script>alert(1)</script> of `a & b`",
        columns=(ModelColumn("c", "varchar", "<b>"),),
        depends_on=(),
        code=None,
        materialized="table",
    )
    page = render(Manifest({"model.x": node}, {}), catalog, Extents(), DAY)
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt; of <code>a &amp; b</code>" in page
    assert "&lt;b&gt;" in page
