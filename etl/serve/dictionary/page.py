"""The dictionary as HTML: one file that needs no network and no server.

Here: the template filled in. Not here: what stands in it (`contents`).
"""

import re
from collections.abc import Sequence
from datetime import date
from importlib import resources
from pathlib import Path
from urllib.parse import quote

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from etl.catalog.releases import Catalog
from etl.catalog.units import UNITS
from etl.common.errors import EtlError
from etl.modelling.manifest import Manifest
from etl.serve.dictionary import contents
from etl.serve.dictionary.contents import CONVENTIONS, NAME_PARTS, Extents

_PACKAGE = "etl.serve.dictionary"
_CODE = re.compile(r"`([^`]+)`")


def render(manifest: Manifest, catalog: Catalog, extents: Extents, written_on: date) -> str:
    """Return the page; `extents` say how much there was in the tables on the day it was written."""
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
    """Return a file of the package as it is."""
    return Markup((resources.files(_PACKAGE) / "template" / name).read_text(encoding="utf-8"))  # noqa: S704 - our own file


def _words(text: str) -> Markup:
    """Return a description as HTML; what stands in backquotes is code, as in Dagster and dbt."""
    return Markup(_CODE.sub(r"<code>\1</code>", str(escape(" ".join(text.split())))))  # noqa: S704 - escaped before


FILE_NAME = "dictionary.html"


class NoDictionaryError(EtlError):
    """Nothing was published yet, so there is no dictionary."""


def address(documents: Path, words: Sequence[str] = ()) -> str:
    """Return the address of the dictionary among the documents of a snapshot: of a search for words, or of
    a table or column where the one word is its full name.

    Raises `NoDictionaryError` where there is none.
    """
    path = documents / FILE_NAME
    if not path.exists():
        raise NoDictionaryError(f"{path} is not there; run `etl refresh` first")
    if not words:
        return path.as_uri()
    is_name = len(words) == 1 and f' id="{words[0]}"' in path.read_text(encoding="utf-8")
    return f"{path.as_uri()}#{words[0] if is_name else 'q=' + quote(' '.join(words))}"
