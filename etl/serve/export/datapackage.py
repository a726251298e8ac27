"""The data package: `datapackage.json`, which describes every file of an export.

Here: the descriptor by version 1 of the Data Package and Table Schema standards, which every reader of data
packages knows. Not here: descriptions and keys; they come with the marts.

The standard wants the id of a licence; `notspecified` is the one that the Open Definition's list has for
none. A mart is described in full as its CSV, or as its Parquet where there is no CSV.
"""

import hashlib
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from etl.serve.export.tables import LICENCE, TITLE, ExportedMart, MartColumn, Origin

DESCRIPTOR = "datapackage.json"
PACKAGE_NAME = "sbp-warehouse"

Descriptor = dict[str, Any]


class File(NamedTuple):
    """A file of an export."""

    name: str
    """Of its resource: a mart's own for the file that is described in full, to which foreign keys refer."""
    path: str
    """Relative to the folder."""
    style: str
    description: str
    mart: ExportedMart | None
    """The mart that it is; None where it holds several."""
    rows: int | None


_MEDIA_TYPES = {
    "csv": "text/csv",
    "parquet": "application/vnd.apache.parquet",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def write(folder: Path, files: list[File], origin: Origin) -> None:
    """Write the descriptor of files that lie in a folder."""
    descriptor = {
        "profile": "data-package",
        "name": PACKAGE_NAME,
        "id": origin.build_key,
        "title": TITLE,
        "description": f"Pakistan's external sector as its central bank published it: {origin.version}.",
        "version": str(origin.snapshot),
        "created": origin.published_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "as_of": origin.as_of.isoformat() if origin.as_of else None,
        "licenses": [{"name": "notspecified", "title": LICENCE}],
        "citation": origin.citation,
        "contributors": [
            {"title": "State Bank of Pakistan", "path": "https://www.sbp.org.pk", "role": "author"}
        ],
        "sources": [
            {"title": title} | ({"path": address} if address else {}) for title, address in origin.sources
        ],
        "resources": [_resource(folder, file) for file in files],
    }
    text = msgspec.json.format(msgspec.json.encode(_without_nothing(descriptor)), indent=2)
    (folder / DESCRIPTOR).write_bytes(text + b"\n")


def _resource(folder: Path, file: File) -> Descriptor:
    path = folder / file.path
    with path.open("rb") as content:
        digest = hashlib.file_digest(content, "sha256").hexdigest()
    common = {
        "name": file.name,
        "path": file.path,
        "format": file.style,
        "mediatype": _MEDIA_TYPES[file.style],
        "description": file.description,
        "bytes": path.stat().st_size,
        "hash": f"sha256:{digest}",
    }
    if file.style == "csv":
        common |= {"profile": "tabular-data-resource", "encoding": "utf-8", "rows": file.rows}
    else:
        # Of a file that it does not read as a table, frictionless takes `rows` for an error.
        common |= {"profile": "data-resource", "type": "file", "row_count": file.rows}
    if file.mart and file.name == file.mart.name:
        common["schema"] = _schema(file.mart)
    return _without_nothing(common)


def _schema(mart: ExportedMart) -> Descriptor:
    keys = mart.keys
    foreign = [
        {"fields": key.column, "reference": {"resource": key.mart, "fields": key.mart_column}}
        for key in keys.foreign
    ]
    schema: Descriptor = {"fields": [_field(column, mart) for column in mart.columns], "missingValues": [""]}
    if keys.primary:
        schema["primaryKey"] = list(keys.primary)
    if foreign:
        schema["foreignKeys"] = foreign
    return schema


def _field(column: MartColumn, mart: ExportedMart) -> Descriptor:
    constraints = {}
    if not column.is_nullable:
        constraints["required"] = True
    if column.name in mart.keys.unique:
        constraints["unique"] = True
    return _without_nothing(
        {
            "name": column.name,
            "type": column.field_type,
            "description": column.description,
            "unit": column.unit,
            "constraints": constraints or None,
        }
    )


def _without_nothing(descriptor: Descriptor) -> Descriptor:
    return {name: value for name, value in descriptor.items() if value is not None}
