"""The data dictionary says what there is, escapes what files say, and asks the network for nothing."""

import re

from etl.catalog import Catalog
from etl.modelling.dbt import ensure_manifest
from etl.modelling.manifest import Column, Manifest, Node
from etl.report import dictionary
from tests.support.installation import Installation


def test_it_is_published_beside_the_database_and_names_every_column_and_test(
    published: Installation, catalog: Catalog
) -> None:
    page = published.settings.current_database.with_name("dictionary.html").read_text(encoding="utf-8")
    manifest = Manifest.load(ensure_manifest(published.settings))
    assert page == dictionary.render(manifest, catalog)
    for node in manifest.nodes.values():
        assert f"<code>{node.schema}.{node.name}</code>" in page
        assert all(f"<code>{column.name}</code>" in page for column in node.columns)
    assert all(check.name in page for check in manifest.checks.values())
    assert all(f"<code>{release.id}</code>" in page for release in catalog.releases)


def test_it_loads_nothing_from_elsewhere(published: Installation) -> None:
    page = published.settings.current_database.with_name("dictionary.html").read_text(encoding="utf-8")
    targets = re.findall(r"""\b(?:src|href)=["']?([^"'>]*)""", page)
    assert targets
    assert all(target.startswith("#") for target in targets)
    assert "url(" not in page


def test_what_a_description_says_cannot_be_taken_for_html(catalog: Catalog) -> None:
    node = Node(
        unique_id="model.x",
        kind="model",
        schema="marts",
        name="x",
        description="<script>alert(1)</script> of `a & b`",
        columns=(Column("c", "varchar", "<b>"),),
        depends_on=(),
        code=None,
        materialized="table",
    )
    page = dictionary.render(Manifest({"model.x": node}, {}), catalog)
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt; of <code>a &amp; b</code>" in page
    assert "&lt;b&gt;" in page
