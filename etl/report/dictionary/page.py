"""The dictionary as HTML: one file that needs no network and no server.

Here: the template filled in. Not here: what stands in it (`contents`).
"""

import re
from datetime import date
from importlib import resources

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from etl.catalog import Catalog
from etl.modelling.manifest import Manifest
from etl.report.dictionary import contents
from etl.report.dictionary.conventions import CONVENTIONS, NAME_PARTS
from etl.report.dictionary.extents import Extents
from etl.units import UNITS

_PACKAGE = "etl.report.dictionary"
_CODE = re.compile(r"`([^`]+)`")


def render(manifest: Manifest, catalog: Catalog, extents: Extents, written_on: date) -> str:
    """Give the page; `extents` say how much there was in the tables on the day it was written."""
    environment = Environment(
        loader=PackageLoader(_PACKAGE, "template"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["words"] = _words
    layers = {name: contents.tables(manifest, catalog, extents, name) for name in contents.LAYERS}
    return environment.get_template("dictionary.html.jinja").render(
        layers=layers,
        purposes=contents.LAYERS,
        measures=contents.measures(layers["marts"]),
        releases=contents.releases(manifest, catalog, extents),
        conventions=CONVENTIONS,
        name_parts=NAME_PARTS,
        units=UNITS,
        written_on=written_on,
        style=_part("dictionary.css"),
        script=_part("dictionary.js"),
    )


def _part(name: str) -> Markup:
    """Give a file of the package as it is."""
    return Markup((resources.files(_PACKAGE) / "template" / name).read_text(encoding="utf-8"))  # noqa: S704 - our own file


def _words(text: str) -> Markup:
    """Give a description as HTML; what stands in backquotes is code, as in Dagster and dbt."""
    return Markup(_CODE.sub(r"<code>\1</code>", str(escape(" ".join(text.split())))))  # noqa: S704 - escaped before
