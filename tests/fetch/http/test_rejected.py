"""An answer that is not the release is rejected, with a reason that says what to do."""

import pytest

from tests.support.asking import OLD_PATH, PATH, WORKBOOK, fetch, rejection, release, xlsx
from tests.support.sbp_server import HOME_PAGE, Reply, SbpServer


def test_the_home_page_with_status_200_is_rejected_and_the_reason_says_what_to_do(server: SbpServer) -> None:
    reason = rejection(fetch(release(server.url(OLD_PATH))))

    assert server.host in reason
    assert "web page" in reason
    assert (
        "put that address first in `fetch.addresses` of etl/catalog/releases/trade_in_services.toml" in reason
    )


def test_a_web_page_that_claims_to_be_a_workbook_is_rejected(server: SbpServer) -> None:
    server.serve(PATH, HOME_PAGE)

    assert "web page" in rejection(fetch(release(server.url(PATH))))


def test_text_html_is_never_believed(server: SbpServer) -> None:
    server.serve(PATH, WORKBOOK, content_type="Text/HTML; charset=UTF-8")

    assert "web page" in rejection(fetch(release(server.url(PATH))))


def test_a_missing_file_is_rejected_and_not_asked_for_again(server: SbpServer) -> None:
    server.script(PATH, Reply(HOME_PAGE, status=404, content_type="text/html"))

    assert "answered 404 (Not Found)" in rejection(fetch(release(server.url(PATH))))
    assert len(server.requests) == 1


def test_a_file_of_another_format_is_rejected(server: SbpServer) -> None:
    server.serve(PATH, b"%PDF-1.7".ljust(30_000))

    assert "format pdf, not xls or xlsx" in rejection(fetch(release(server.url(PATH))))


def test_a_file_that_is_too_small_is_rejected(server: SbpServer) -> None:
    server.serve(PATH, WORKBOOK[:512])

    assert "sent 512 bytes, and trade_in_services has at least 20,000" in rejection(
        fetch(release(server.url(PATH)))
    )


@pytest.mark.parametrize("shape", [{}, {"declares_length": False}, {"is_chunked": True}])
def test_a_file_that_is_too_large_is_rejected_before_all_of_it_came(
    server: SbpServer, shape: dict[str, bool]
) -> None:
    # The rest would come only after the end of the test.
    endless = Reply(bytes(2_000_000), bytes_at_once=400_000, seconds_between=0.01, **shape)
    server.script(PATH, endless)

    reason = rejection(fetch(release(server.url(PATH))))

    assert "trade_in_services may have 1,000,000" in reason
    assert "raise `fetch.max_bytes`" in reason
    assert len(server.requests) == 1


def test_a_file_that_declares_to_be_too_large_is_not_read(server: SbpServer) -> None:
    server.serve(PATH, bytes(2_000_000))

    assert "sends 2,000,000 bytes" in rejection(fetch(release(server.url(PATH))))


@pytest.mark.parametrize(
    "shape", [{}, {"is_chunked": True}, {"declares_length": False}], ids=["length", "chunked", "neither"]
)
@pytest.mark.parametrize("content", [WORKBOOK, xlsx(38_000)], ids=["xls", "xlsx"])
def test_a_truncated_file_is_asked_for_again_and_then_rejected(
    server: SbpServer, content: bytes, shape: dict[str, bool]
) -> None:
    server.script(PATH, Reply(content, breaks_off_after=30_000, **shape))

    reason = rejection(fetch(release(server.url(PATH))))

    assert f"the file from {server.host} broke off after 30,000 bytes" in reason
    assert len(server.requests) == 3


def test_a_body_that_is_not_as_long_as_declared_is_rejected(server: SbpServer) -> None:
    server.script(PATH, Reply(WORKBOOK, is_chunked=True, headers={"Content-Length": "40000"}))

    assert "broke off after 38,400 bytes of 40,000" in rejection(fetch(release(server.url(PATH))))


def test_304_to_a_question_without_a_condition_is_rejected(server: SbpServer) -> None:
    server.script(PATH, Reply(status=304))

    assert "answered 304" in rejection(fetch(release(server.url(PATH))))


def test_a_redirect_to_a_strange_host_is_rejected_and_not_followed(server: SbpServer) -> None:
    with SbpServer() as stranger:
        server.redirect(PATH, stranger.url(PATH))

        reason = rejection(fetch(release(server.url(PATH))))

        assert f"{server.host} redirects to {stranger.url(PATH)}" in reason
        assert not stranger.requests


@pytest.mark.parametrize(
    "target",
    [
        "file:///etc/passwd",
        "ftp://127.0.0.1/dt.xls",
        "/",
        "//[",
        "http://user:secret@{host}/dt.xls",
        "https://www.sbp.org.pk\\@{host}/dt.xls",
        "mailto:\x1b[2J\xe9",
    ],
)
def test_a_redirect_to_what_is_no_file_address_is_rejected(server: SbpServer, target: str) -> None:
    server.redirect(PATH, target.format(host=server.host))

    reason = rejection(fetch(release(server.url(PATH))))

    assert "redirects to" in reason
    assert reason.isprintable()
    assert len(server.requests) == 1


def test_a_redirect_in_circles_ends_after_five(server: SbpServer) -> None:
    server.redirect(PATH, OLD_PATH)
    server.redirect(OLD_PATH, PATH)

    assert "was redirected more than 5 times" in rejection(fetch(release(server.url(PATH))))
    assert len(server.requests) == 6


def test_a_pdf_without_its_end_is_rejected(server: SbpServer) -> None:
    server.script("/dt.pdf", Reply(b"%PDF-1.7" + b" " * 38_000, declares_length=False))

    reason = rejection(fetch(release(server.url("/dt.pdf"), formats=("pdf",))))

    assert reason.startswith(f"the file from {server.host} broke off after 38,008 bytes; ")
