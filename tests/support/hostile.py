"""Files made to do harm: to take all memory, to compute for ever, or to be one thing to one parser and
another to the next.

Here: their bytes, small and made by script. Not here: accidental damage (`tests/support/damage.py`).
"""

import io
import struct
import warnings
import zipfile
from collections.abc import Iterator

from xlwt.CompoundDoc import XlsDoc

from tests.support.workbooks import Grid, services_grid, xls_stream, xlsx

_DIMENSIONS, _NUMBER, _SHEET = 0x0200, 0x0203, 0x0085


def records(stream: bytes) -> Iterator[tuple[int, int, int]]:
    """Return place, type and length of each record of a workbook of Excel 97."""
    at = 0
    while at + 4 <= len(stream):
        kind, length = struct.unpack_from("<HH", stream, at)
        yield at, kind, length
        at += 4 + length


def _first(stream: bytes, kind: int) -> int:
    return next(at for at, found, _ in records(stream) if found == kind)


def _xls(stream: bytes | bytearray) -> bytes:
    buffer = io.BytesIO()
    XlsDoc().save(buffer, bytes(stream))
    return buffer.getvalue()


def declares_a_billion_cells() -> bytes:
    """Return a workbook whose sheet says that it has 2^28 rows of eight columns."""
    stream = bytearray(xls_stream(services_grid()))
    struct.pack_into("<IIHH", stream, _first(stream, _DIMENSIONS) + 4, 0, 2**28, 0, 8)
    return _xls(stream)


def has_a_cell_far_away() -> bytes:
    """Return a workbook with a number in row 65,536 of column 65,536: four billion cells in between."""
    stream = bytearray(xls_stream(services_grid()))
    struct.pack_into("<HH", stream, _first(stream, _NUMBER) + 4, 65535, 65535)
    return _xls(stream)


def is_one_sheet_ten_thousand_times() -> bytes:
    """Return a workbook of 0.2 MB that names one sheet 10,000 times."""
    stream = xls_stream(services_grid())
    at, length = next((at, length) for at, kind, length in records(stream) if kind == _SHEET)
    record = stream[at : at + 4 + length]
    many = bytearray(stream[:at] + record * 10_000 + stream[at + len(record) :])
    place = struct.unpack_from("<I", record, 4)[0] + len(record) * 9_999
    for number in range(10_000):
        struct.pack_into("<I", many, at + number * len(record) + 4, place)
        start = at + number * len(record) + 12
        many[start : start + 5] = b"%05d" % number
    return _xls(many)


def goes_round_in_circles() -> bytes:
    """Return a workbook in whose container a chain of sectors comes back to itself."""
    content = bytearray(services_grid().xls())
    table = 512 + struct.unpack_from("<I", content, 76)[0] * 512
    struct.pack_into("<I", content, table + 40, 5)
    return bytes(content)


def laughs(deep: int = 8, wide: int = 10) -> bytes:
    """Return a PDF of 2 kB whose page draws a form that draws ten, each of which draws ten, and so on."""
    page = (
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 500 500]/Resources<</XObject<</F 5 0 R>>>>/Contents 5 0 R>>"
    )
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        page,
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    ]
    for depth in range(deep):
        body = b"/F Do " * wide if depth < deep - 1 else b"BT /A 10 Tf 10 10 Td (x) Tj ET"
        resources = b"<</XObject<</F %d 0 R>>/Font<</A 4 0 R>>>>" % (6 + depth)
        form = b"<</Type/XObject/Subtype/Form/BBox[0 0 500 500]/Resources%s/Length %d>>" % (
            resources,
            len(body),
        )
        objects.append(form + b"stream\n" + body + b"\nendstream")
    out, places = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    head = b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    end = b"trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, len(out))
    return out + head + table + end


def was_found_by_fuzzing() -> bytes:
    """Return a workbook with eight other bytes, which atheris found after some seconds (`make fuzz`, xls):
    one number's bytes are negated, and calamine asks for all memory.
    """
    content = services_grid().xls()
    return content[:17199] + bytes.fromhex("cefff8ffeeff5ab3") + content[17207:]


def with_entry(content: bytes, name: str, entry: bytes) -> bytes:
    """Return a zip with one more entry, which may be there already."""
    buffer = io.BytesIO(content)
    with warnings.catch_warnings(), zipfile.ZipFile(buffer, "a", zipfile.ZIP_DEFLATED) as archive:
        warnings.simplefilter("ignore", UserWarning)
        archive.writestr(name, entry)
    return buffer.getvalue()


def with_part(content: bytes, part: str, old: str, new: str) -> bytes:
    """Return a workbook in which a part of it says something else."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as before, zipfile.ZipFile(buffer, "w") as after:
        for name in before.namelist():
            text = before.read(name).decode()
            assert name != part or old in text
            after.writestr(name, text.replace(old, new, 1) if name == part else text)
    return buffer.getvalue()


def has_a_sheet_twice() -> bytes:
    """Return a workbook with two entries of one name and other numbers: parsers differ in which they take."""
    with zipfile.ZipFile(io.BytesIO(services_grid().put("I59", 1.0).xlsx())) as archive:
        other = archive.read("xl/worksheets/sheet1.xml")
    return with_entry(services_grid().xlsx(), "xl/worksheets/sheet1.xml", other)


def ten_thousand_sheets() -> bytes:
    """Return an .xlsx of 10,000 sheets."""
    return xlsx(*(Grid(f"s{number}", {(0, 0): 1.0}) for number in range(10_000)))
