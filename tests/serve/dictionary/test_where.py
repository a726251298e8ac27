"""`etl dictionary` says where the page is, and the address of a search or a column."""

from pathlib import Path

import pytest

from tests.support.installation import Installation, installation


@pytest.mark.parametrize(
    ("words", "fragment"),
    [
        ([], ""),
        (["exports", "yoy"], "#q=exports%20yoy"),
        (["marts.services_monthly.exports_usd_mn"], "#marts.services_monthly.exports_usd_mn"),
        (["marts.services_monthly.<b>"], "#q=marts.services_monthly.%3Cb%3E"),
    ],
)
def test_it_gives_an_address(published: Installation, words: list[str], fragment: str) -> None:
    page = published.settings.current_database.with_name("dictionary.html")
    assert published.etl("dictionary", *words).stdout == f"{page.as_uri()}{fragment}\n"


def test_before_the_first_publication_it_says_what_to_do(tmp_path: Path) -> None:
    result = installation(tmp_path).etl("dictionary")
    assert result.returncode == 1
    assert "dictionary.html is not there; run `etl refresh` first" in result.stderr
