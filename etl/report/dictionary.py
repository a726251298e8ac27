"""The data dictionary: one page that says what every table, column, release and test is.

Here: the page, written from dbt's manifest and the catalogue, so that a new release or column is in it
without anyone typing it again. Not here: descriptions; they stand beside the models.

The page needs no network and no server: one file, its search in twenty lines of script.
"""

import re
from html import escape

from etl.catalog import Catalog, Release
from etl.modelling.manifest import Check, Manifest, Node

_CODE = re.compile(r"`([^`]+)`")
_LAYERS = {
    "main": "Where to begin: views of the marts, with few columns.",
    "marts": "What to query.",
    "intermediate": "How the marts come about.",
    "staging": "What was landed, in the field's terms.",
    "raw": "Every cell of every archived file, as printed.",
    "seeds": "What printed labels mean, and figures transcribed from print.",
}


def render(manifest: Manifest, catalog: Catalog) -> str:
    """Give the page as HTML."""
    sections = []
    for layer, purpose in _LAYERS.items():
        nodes = sorted((n for n in manifest.nodes.values() if n.schema == layer), key=lambda n: n.name)
        body = "".join(_table(node, manifest) for node in nodes)
        sections.append(f'<section id="{layer}"><h2>{layer}</h2><p>{purpose}</p>{body}</section>')
    names = [*_LAYERS]
    names.insert(1, "releases")
    sections.insert(1, _releases(catalog))
    links = " ".join(f'<a href="#{name}">{name}</a>' for name in names)
    return _PAGE.format(links=links, sections="\n".join(sections))


def _releases(catalog: Catalog) -> str:
    cards = "".join(_release(release) for release in catalog.releases)
    return f'<section id="releases"><h2>releases</h2><p>Where figures come from.</p>{cards}</section>'


def _release(release: Release) -> str:
    facts = [
        ("precedence", f"tier {release.source.tier}"),
        ("basis", release.source.basis),
        ("precision", release.source.precision),
    ]
    if release.source.tolerance_usd_mn:
        facts.append(("tolerance", f"{release.source.tolerance_usd_mn:g} million US$"))
    if release.calendar:
        lag = f"{release.calendar.usual_lag_days} days after the end of its period"
        facts.append(("published", f"{release.calendar.cadence}, {lag}"))
    if release.fetch:
        facts.append(("addresses", ", ".join(release.fetch.addresses)))
    rows = "".join(f"<tr><th>{escape(name)}</th><td>{escape(text)}</td></tr>" for name, text in facts)
    return (
        f"<article><h3><code>{escape(release.id)}</code> {escape(release.title)}</h3>"
        f"<p>{_words(release.description)}</p><table>{rows}</table></article>"
    )


def _table(node: Node, manifest: Manifest) -> str:
    checks = [check for check in manifest.checks.values() if check.node == node.unique_id]
    rows = "".join(
        f"<tr><td><code>{escape(column.name)}</code></td><td>{escape(column.data_type or '')}</td>"
        f"<td>{_words(column.description)}</td></tr>"
        for column in node.columns
    )
    columns = f"<table><tr><th>column</th><th>type</th><th>what it is</th></tr>{rows}</table>" if rows else ""
    tests = f"<p class=tests>Tests: {', '.join(_check(check) for check in checks)}</p>" if checks else ""
    return (
        f'<article id="{escape(node.schema)}.{escape(node.name)}">'
        f"<h3><code>{escape(node.schema)}.{escape(node.name)}</code></h3>"
        f"<p>{_words(node.description)}</p>{columns}{tests}</article>"
    )


def _words(text: str) -> str:
    """Give a description as HTML; what stands in backquotes is code, as in Dagster and dbt."""
    return _CODE.sub(r"<code>\1</code>", escape(text.strip()))


def _check(check: Check) -> str:
    kind = "" if check.is_blocking else " (warns)"
    return f'<span title="{escape(check.description)}">{escape(check.name)}{kind}</span>'


_PAGE = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Data dictionary: warehouse of the State Bank of Pakistan's releases</title>
<style>
body {{ font: 16px/1.5 system-ui, sans-serif; color: #1b1f24; background: #fff; margin: 0 auto;
  max-width: 62rem; padding: 1rem; }}
header {{ position: sticky; top: 0; background: #fff; padding: .5rem 0; border-bottom: 1px solid #c9d1d9; }}
h1 {{ font-size: 1.4rem; margin: .3rem 0; }} h2 {{ margin-top: 2.5rem; }} h3 {{ margin-bottom: .2rem; }}
nav a {{ margin-right: 1rem; }}
input {{ font: inherit; width: 100%; padding: .4rem .6rem; border: 1px solid #6e7781; border-radius: .3rem;
  box-sizing: border-box; margin-top: .4rem; }}
article {{ border-top: 1px solid #d8dee4; padding: .6rem 0; overflow-x: auto; }}
table {{ border-collapse: collapse; font-size: .92rem; }}
th, td {{ text-align: left; vertical-align: top; padding: .2rem .8rem .2rem 0; }}
tr + tr {{ border-top: 1px solid #eaeef2; }} code {{ font-size: .92em; }}
.tests {{ color: #57606a; font-size: .9rem; }} [hidden] {{ display: none; }}
@media print {{ header {{ position: static; }} input {{ display: none; }} }}
</style></head><body>
<header><h1>Data dictionary: warehouse of the State Bank of Pakistan's releases</h1>
<nav>{links}</nav>
<input id="search" type="search" placeholder="Search tables, columns, words" aria-label="Search"></header>
<main>
{sections}
</main>
<script>
const articles = [...document.querySelectorAll("article")];
document.getElementById("search").addEventListener("input", event => {{
  const words = event.target.value.toLowerCase().split(/\\s+/).filter(Boolean);
  for (const article of articles) {{
    const text = article.textContent.toLowerCase();
    article.hidden = !words.every(word => text.includes(word));
  }}
}});
</script>
</body></html>
"""
