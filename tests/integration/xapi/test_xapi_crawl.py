"""Following an LRS from page to page: it always ends, never leaves the origin, and loses nothing silently."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from adapters.xapi.client import XapiClient
from adapters.xapi.source import XapiSource
from lms_scoring.domain.errors import PlatformMisread, PlatformRefused, PlatformUnreachable
from lms_scoring.ports import ProblemKind
from tests.fixtures.xapi.reading import pulled, reading
from tests.fixtures.xapi.statements import numbered, page


@pytest.fixture
def client(httpserver: HTTPServer) -> Iterator[XapiClient]:
    with reading(httpserver.url_for("/lrs/xapi"), key="k", secret="s") as opened:
        yield opened


@pytest.fixture
def source(client: XapiClient) -> XapiSource:
    return XapiSource(name="lrs", client=client)


def first_page(server: HTTPServer, *numbers: int, more: str) -> None:
    answer(server, "/lrs/xapi/statements", *numbers, more=more, query="limit=1000")


def answer(server: HTTPServer, path: str, *numbers: int, more: str = "", query: str = "") -> None:
    """Statements without `stored`, so that the LRS proves nothing and is read as a whole."""
    body = page(*(numbered(number, stored=...) for number in numbers), more=more)
    server.expect_request(path, query_string=query or None).respond_with_data(body)


@pytest.mark.parametrize(
    ("more", "path", "query"),
    [
        ("/lrs/xapi/statements?cursor=2", "/lrs/xapi/statements", "cursor=2"),
        ("/elsewhere/more/abc", "/elsewhere/more/abc", ""),
        ("?cursor=2", "/lrs/xapi/statements", "cursor=2"),
        ("statements/more/abc", "/lrs/xapi/statements/more/abc", ""),
    ],
)
def test_more_is_followed_relative_to_the_statements_and_the_origin(
    httpserver: HTTPServer, source: XapiSource, more: str, path: str, query: str
) -> None:
    first_page(httpserver, 1, more=more)
    answer(httpserver, path, 2, query=query)
    assert len(pulled(source.pull(None, full=False)).ids) == 2


def test_an_absolute_more_of_the_same_origin_is_followed(httpserver: HTTPServer, source: XapiSource) -> None:
    first_page(httpserver, 1, more=httpserver.url_for("/lrs/xapi/more/2"))
    answer(httpserver, "/lrs/xapi/more/2", 2)
    assert len(pulled(source.pull(None, full=False)).ids) == 2


def test_what_stands_in_more_is_escaped_where_it_must_be_and_else_not_changed(
    httpserver: HTTPServer, source: XapiSource
) -> None:
    asked: list[str] = []

    def second(request: Request) -> Response:
        asked.append(request.environ["QUERY_STRING"])
        return Response(page(numbered(2, stored=...)))

    first_page(httpserver, 1, more="/lrs/more?agent=[object Object]&since=2024-12-01T00:00:00%2B08:00&x=a+b")
    httpserver.expect_request("/lrs/more").respond_with_handler(second)
    assert len(pulled(source.pull(None, full=False)).ids) == 2
    assert asked == ["agent=%5Bobject%20Object%5D&since=2024-12-01T00:00:00%2B08:00&x=a+b"]


@pytest.mark.parametrize(
    "more",
    [
        "http://127.0.0.1:9/lrs/xapi/statements",
        "https://lrs.example.org/xapi/statements?cursor=2",
        "//lrs.example.org/xapi/statements",
    ],
)
def test_a_more_to_another_origin_is_refused_after_what_was_read(
    httpserver: HTTPServer, source: XapiSource, more: str
) -> None:
    first_page(httpserver, 1, more=more)
    batches = source.pull(None, full=False)
    assert len(next(batches).events) == 1
    with pytest.raises(PlatformRefused, match="another host"):
        next(batches)


@pytest.mark.parametrize("more", ["http://[bad", "http://host:port/more"])
def test_a_more_that_is_no_address_is_refused(httpserver: HTTPServer, source: XapiSource, more: str) -> None:
    first_page(httpserver, 1, more=more)
    batches = source.pull(None, full=False)
    next(batches)
    with pytest.raises(PlatformMisread, match="no address"):
        next(batches)


def test_a_repeated_more_ends_the_crawl_and_is_reported_as_a_loss(
    httpserver: HTTPServer, source: XapiSource
) -> None:
    first_page(httpserver, 1, more="/lrs/more/2")
    answer(httpserver, "/lrs/more/2", 2, more="/lrs/more/3")
    answer(httpserver, "/lrs/more/3", 3, more="/lrs/more/2")
    batches = list(source.pull(None, full=False))
    assert [batch.cut_short for batch in batches] == [False, False, False, True]
    read = pulled(batches)
    assert len(read.ids) == 3
    assert [(problem.kind, problem.code) for problem in read.problems] == [(ProblemKind.LOST, "more_repeats")]
    assert read.cursor is None


def test_an_empty_page_ends_the_crawl_whatever_its_more_says(
    httpserver: HTTPServer, source: XapiSource
) -> None:
    first_page(httpserver, 1, more="/lrs/more/2")
    answer(httpserver, "/lrs/more/2", more="/lrs/more/3")
    read = pulled(source.pull(None, full=False))
    assert (len(read.ids), read.problems) == (1, [])


def test_a_page_of_nothing_but_bad_statements_is_no_end(httpserver: HTTPServer, source: XapiSource) -> None:
    bad = page(numbered(1, timestamp="soon"), more="/lrs/more/2")
    httpserver.expect_request("/lrs/xapi/statements").respond_with_data(bad)
    answer(httpserver, "/lrs/more/2", 2)
    read = pulled(source.pull(None, full=False))
    assert (len(read.ids), read.codes) == (1, ["time_unreadable"])
    assert read.problems[0].text.startswith("page 1, statement 1: its timestamp")


def test_a_crawl_without_end_stops_at_its_bound_and_says_so(
    httpserver: HTTPServer, client: XapiClient
) -> None:
    def endless(request: Request) -> Response:
        number = int(request.args.get("cursor", "0")) + 1
        return Response(page(numbered(number, stored=...), more=f"/lrs/xapi/statements?cursor={number}"))

    httpserver.expect_request("/lrs/xapi/statements").respond_with_handler(endless)
    read = pulled(XapiSource(name="lrs", client=client, most_pages=5).pull(None, full=False))
    assert (len(read.ids), read.codes) == (6, ["too_many_pages"])


def test_a_link_that_has_expired_is_worth_another_sync(httpserver: HTTPServer, source: XapiSource) -> None:
    first_page(httpserver, 1, more="/lrs/more/2")
    httpserver.expect_request("/lrs/more/2").respond_with_data("gone", status=404)
    batches = source.pull(None, full=False)
    assert len(next(batches).events) == 1
    with pytest.raises(PlatformUnreachable, match="no longer honours") as caught:
        next(batches)
    assert caught.value.again


def test_the_next_page_is_fetched_while_this_one_is_stored(
    httpserver: HTTPServer, source: XapiSource
) -> None:
    asked = threading.Event()

    def second(_: Request) -> Response:
        asked.set()
        return Response(page(numbered(2, stored=...)))

    first_page(httpserver, 1, more="/lrs/more/2")
    httpserver.expect_request("/lrs/more/2").respond_with_handler(second)
    batches = source.pull(None, full=False)
    next(batches)
    assert asked.wait(30)


def test_a_pull_that_is_given_up_leaves_no_thread_behind(httpserver: HTTPServer, source: XapiSource) -> None:
    first_page(httpserver, 1, more="/lrs/more/2")
    answer(httpserver, "/lrs/more/2", 2, more="/lrs/more/3")
    batches = source.pull(None, full=False)
    next(batches)
    del batches
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("next-page")]


def test_every_request_carries_the_version_and_the_credentials(
    httpserver: HTTPServer, source: XapiSource
) -> None:
    first_page(httpserver, 1, more="/lrs/more/2")
    answer(httpserver, "/lrs/more/2", 2)
    pulled(source.pull(None, full=False))
    assert len(httpserver.log) == 2
    for request, _ in httpserver.log:
        assert request.headers["X-Experience-API-Version"] == "1.0.3"
        assert request.headers["Authorization"] == "Basic azpz"
        assert "ascending" not in request.args


def test_an_lrs_that_speaks_two_only_is_spoken_to_in_two(httpserver: HTTPServer, source: XapiSource) -> None:
    def picky(request: Request) -> Response:
        if request.headers["X-Experience-API-Version"] != "2.0.0":
            return Response("version", status=400)
        return Response(page(numbered(1, stored=...)))

    httpserver.expect_request("/lrs/xapi/statements").respond_with_handler(picky)
    httpserver.expect_request("/lrs/xapi/about").respond_with_data(json.dumps({"version": ["2.0.0"]}))
    assert len(pulled(source.pull(None, full=False)).ids) == 1


@pytest.mark.parametrize(
    ("status", "kind", "body", "error", "says"),
    [
        (200, "text/html", "<html>Log in</html>", PlatformMisread, "web page"),
        (200, "application/json", "\n<!doctype html>", PlatformMisread, "web page"),
        (200, "application/json", '{"ok":true}', PlatformMisread, "not what xAPI promises"),
        (200, "multipart/mixed", "x", PlatformMisread, "without a boundary"),
        (200, "multipart/mixed; boundary=b", "x", PlatformMisread, "without its parts"),
        (200, "multipart/mixed; boundary=b", "--b\n{}", PlatformMisread, "no header"),
        (401, "text/plain", "", PlatformRefused, "key and secret"),
        (403, "text/plain", "", PlatformRefused, "key and secret"),
        (404, "text/plain", "", PlatformMisread, "base URL"),
        (418, "text/plain", "", PlatformMisread, "HTTP 418"),
    ],
)
def test_what_is_no_page_ends_in_a_message_that_says_what_to_do(
    httpserver: HTTPServer,
    source: XapiSource,
    status: int,
    kind: str,
    body: str,
    error: type[Exception],
    says: str,
) -> None:
    httpserver.expect_request("/lrs/xapi/statements").respond_with_data(
        body, status=status, content_type=kind
    )
    with pytest.raises(error, match=says) as caught:
        pulled(source.pull(None, full=False))
    assert "azpz" not in str(caught.value)
