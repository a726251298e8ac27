"""Names and labels that somebody else has chosen are text everywhere: in SQL, in paths, in Markdown, on a
terminal and in a log.
"""

import csv
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from etl.archive.store import Archive
from etl.catalog.releases import Catalog
from etl.cli import display
from etl.common.errors import EtlError
from etl.common.markdown import table
from etl.fetch.by_hand import add
from etl.serve import diff, trace
from etl.serve import trace as trace_statement
from etl.serve.dictionary.page import address
from etl.serve.press_check import claims
from tests.support.installation import Installation, installation
from tests.support.releases import MARCH

Tries = Callable[[int, int], Iterator[int]]
EVIL = (
    "'; drop table marts.vintages; --",
    '"; select 1; --',
    "{{ env_var('HOME') }}{% raw %}",
    "<img src=x onerror=alert(1)>![a](http://evil.invalid/x)[b](javascript:alert(1))",
    '=HYPERLINK("http://evil.invalid")',
    "a\x1b]0;title\x07\x1b[2J\n2026-01-01 forged line",
    "../../../etc/passwd",
    "%s%n%41",
    "\u202egnp.exe",
    "[/red][bold]",
)
hostile = st.one_of(st.sampled_from(EVIL), st.text(max_size=60))
HOME = 'ho\'me "x" % {{ 1 }} ;\n-- ünï'


@pytest.mark.fault(
    "hostile codes, periods, days and subjects as arguments of trace, check-claim, diff and dictionary",
    promise="an answer or one line that says what is wrong with it; no SQL of the name's own is run",
)
@hypothesis_settings(max_examples=15)  # each asks eight times
@given(text=hostile)
def test_arguments_are_values(published: Installation, text: str) -> None:
    database = published.settings.current_database
    for ask in (
        lambda: trace.find(database, text, "2026-03"),
        lambda: trace.find(database, "9", text),
        lambda: trace.find(database, "9", "2026-03", flow=text),
        lambda: trace.find(database, "9", "2026-03", series=text),
        lambda: trace_statement.describe_statement(database, "record", text, None),
        lambda: diff.between(published.settings, text, "1"),
        lambda: claims.claim(text, "2026-03", "414", printed_on="2026-05-01", measure=None, link=None),
        lambda: claims.claim("9", text, text, printed_on=text, measure=text, link=text),
    ):
        with suppress(EtlError):  # any other error is a mistake of the program
            ask()
    assert "\n" not in address(published.settings.current_documents, [text])


@pytest.mark.fault(
    "release files with hostile names, given by hand",
    promise="they are archived under their hash; the name is one harmless line wherever it is shown",
)
def test_names_of_files_are_text(tries: Tries, catalog: Catalog, archive: Archive, tmp_path: Path) -> None:
    names = [name for name in EVIL if "/" not in name]
    for number in tries(len(names), len(names)):
        path = tmp_path / f"{names[number]}.xls"
        path.write_bytes(MARCH.read_bytes() + bytes([number]))
        added = list(add([path], catalog, archive, "trade_in_services", None))
        assert added[0].is_new, added
        assert "\n" not in added[0].where
        assert "\x1b" not in "".join(display.lines(added))
        file = archive.file("trade_in_services", archive.hashes("trade_in_services")[0])
        assert "\n" not in file.facts.original_name
        assert file.path.parent.name == file.facts.sha256
    latin = os.fsencode(tmp_path) + b"/\xff.xls"
    shutil.copy(MARCH, latin)
    (added_latin,) = add([Path(os.fsdecode(latin))], catalog, archive, None, None)
    assert added_latin.is_new, "a name that is no UTF-8 is a name"


@pytest.mark.fault(
    "links in a folder that is given, to a file and to a folder outside of it",
    promise="no folder outside is walked; a file is read as any other, and kept only if it is a release",
)
def test_links_lead_to_no_folder(tries: Tries, catalog: Catalog, archive: Archive, tmp_path: Path) -> None:
    outside, inside = tmp_path / "outside", tmp_path / "inside"
    outside.mkdir()
    inside.mkdir()
    shutil.copy(MARCH, outside / "dt.xls")
    (outside / "secret").write_text("c4nary", encoding="utf-8")
    (inside / "folder").symlink_to(outside)
    (inside / "file").symlink_to(outside / "secret")
    for _ in tries(1, 1):
        (added,) = add([inside], catalog, archive, None, None)
        assert added.reason is not None
        assert "c4nary" not in added.reason
        assert not any(archive.hashes(release.id) for release in catalog.file_releases)


@pytest.mark.fault(
    "labels with HTML, pictures, links and bars in tables that Dagster shows",
    promise="they are shown as they are: no markup, nothing that is asked over the network",
)
@given(label=hostile)
def test_labels_are_text_in_markdown(label: str) -> None:
    tokens = MarkdownIt("gfm-like", {"html": True, "linkify": False}).parse(
        table(("a", "b"), [(label, "end")])
    )
    assert sum(token.type == "td_open" for token in tokens) == 2
    kinds = {child.type for token in tokens for child in token.children or ()}
    assert kinds <= {"text", "text_special"}


@pytest.mark.fault(
    "an ETL_HOME whose name has quotes, a line feed, percent signs and Jinja's brackets",
    promise="everything works there",
)
def test_the_name_of_the_home_is_text(published: Installation, tmp_path: Path, tries: Tries) -> None:
    home = tmp_path / HOME
    shutil.copytree(published.settings.home, home, symlinks=True)
    installed = installation(home)
    commands = [
        ("sql", "--as-of", "2026-03-31", "select count(*) from services"),
        ("export", "--format", "csv", "--format", "parquet", "--mart", "dim_item"),
        ("report",),
        ("dictionary", "exports"),
        ("status",),
        ("refresh", "--offline"),
        ("replay",),
    ]
    for number in tries(3, len(commands)):
        result = installed.etl(*commands[number])
        assert result.returncode == 0, result.stderr
    rows = list(csv.reader((home / "exports" / "csv" / "dim_item.csv").open(encoding="utf-8")))
    assert len(rows) > 10
