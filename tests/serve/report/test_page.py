"""The page is one file: nothing in it is asked for, nothing that a label says is run."""

import base64
import hashlib
import json
import re
from dataclasses import replace

from markupsafe import escape

from etl.serve.brief import Sentence
from etl.serve.report.page import Edition, render
from tests.serve.report.conftest import Written

HOSTILE = "<script>alert(1)</script> & <b>"


def test_it_loads_nothing(march: Written) -> None:
    markup = re.sub(r"<script>.*?</script>", "", march.html, flags=re.DOTALL)
    assert re.findall(r"<(?:link|img|iframe|object|embed|script src)\b", markup) == []
    assert "url(" not in markup
    assert "@import" not in markup


def test_every_link_into_the_page_has_its_place(march: Written, december: Written) -> None:
    for written in (march, december):
        places = set(re.findall(r'\bid="([^"]+)"', written.html))
        targets = set(re.findall(r'href="#([^"]+)"', written.html))
        assert len(targets) > 100
        assert targets <= places


def test_every_source_is_there_once_with_its_vintage(march: Written) -> None:
    numbers = [int(number) for number in re.findall(r'<li id="source-(\d+)"', march.html)]
    assert numbers == list(range(1, len(numbers) + 1))
    assert march.html.count("<code>services:9:exports:2026-03:trade_in_services:2026-04-17</code>") == 1


def test_the_policy_allows_the_two_scripts_of_the_page_and_nothing_else(march: Written) -> None:
    policy = re.search(r'Content-Security-Policy" content="([^"]+)"', march.html)
    assert policy is not None
    said = policy[1].replace("&#39;", "'")
    scripts = re.findall(r"<script>(.*?)</script>", march.html, flags=re.DOTALL)
    digests = [base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() for text in scripts]
    assert len(digests) == 2
    assert f"script-src 'sha256-{digests[0]}' 'sha256-{digests[1]}';" in said
    assert "default-src 'none'" in said
    assert "unsafe-eval" not in said


def test_vega_is_in_it_once_and_the_file_stays_small(march: Written) -> None:
    assert march.html.count("window.vegaEmbed") == 1
    assert 900_000 < march.path.stat().st_size < 1_400_000


def test_what_labels_say_is_text(march: Written) -> None:
    known = {
        vintage_id: citation._replace(name=HOSTILE, release_title=HOSTILE, source_url=HOSTILE)
        for vintage_id, citation in march.sources.known.items()
    }
    named = replace(
        march.figures,
        parts=tuple(row._replace(item_name=HOSTILE) for row in march.figures.parts),
        balances=tuple(row._replace(item_name=HOSTILE) for row in march.figures.balances),
    )
    sentence = Sentence("level", HOSTILE, [march.figures.headline.vintage_id])
    brief = replace(march.brief, sentences=(sentence,), newer=None)
    page = render(named, replace(march.sources, known=known, numbers={}), Edition(brief, None, None))
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; &lt;b&gt;" in page
    for text in re.findall(r'<script type="application/json"[^>]*>(.*?)</script>', page, flags=re.DOTALL):
        json.loads(text)


def test_each_sentence_of_the_brief_is_there_with_its_citations(march: Written) -> None:
    words = march.html.split('class="brief"')[1].split("</section>")[0]
    for sentence in march.brief.sentences:
        assert f"{escape(sentence.text)}<sup>" in words or not sentence.vintage_ids, sentence


def test_the_headline_says_what_the_month_is(december: Written) -> None:
    panel = december.html.split('class="headline"')[1].split("</section>")[0]
    text = " ".join(re.sub(r"<[^>]+>", " ", panel).split())
    assert "437 1 million US$" in text
    assert "+22.8 % from 356 in November" in text
    assert "+25.6 % from 348 in December 2024" in text
    assert "July to December, FY26 2,236 +20.0 % on the year before" in text
    assert "Surplus not known" in text
