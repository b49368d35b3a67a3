"""The one HTTP client: what it sends and reads, how often it asks, and how much it takes."""

from __future__ import annotations

import gzip
import socket
import threading

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from lms_scoring.domain.errors import (
    PlatformBusy,
    PlatformMisread,
    PlatformRefused,
    PlatformUnreachable,
)
from tests.unit.adapters.asking import SECRET, Pauses, client, raw_server


def test_it_gives_status_headers_and_body(httpserver: HTTPServer) -> None:
    httpserver.expect_request("/base/things", query_string={"a": "1 +"}).respond_with_data(
        "好", status=404, headers={"X-Mark": "m"}, content_type="text/plain; charset=UTF-8"
    )
    answer = client(httpserver.url_for("/base/")).get("/things", params={"a": "1 +"})
    assert (answer.status, answer.body.decode(), answer.headers["x-mark"]) == (404, "好", "m")
    assert answer.media_type == "text/plain"


def test_a_form_and_json_are_posted_in_the_body(httpserver: HTTPServer) -> None:
    seen: list[tuple[str, str, str]] = []

    def note(request: Request) -> Response:
        seen.append((request.full_path, request.content_type, request.get_data(as_text=True)))
        return Response("{}")

    httpserver.expect_request("/x", method="POST").respond_with_handler(note)
    asking = client(httpserver.url_for(""))
    asking.post("/x", form={"wstoken": SECRET})
    asking.post("/x", json=b'{"a":1}')
    assert seen == [
        ("/x?", "application/x-www-form-urlencoded", f"wstoken={SECRET}"),
        ("/x?", "application/json", '{"a":1}'),
    ]


@pytest.mark.parametrize("times", [1, 2, 3])
def test_what_is_out_of_order_for_a_moment_is_asked_again_with_growing_pauses(
    httpserver: HTTPServer, times: int
) -> None:
    for _ in range(times):
        httpserver.expect_ordered_request("/x").respond_with_data("", status=500)
    httpserver.expect_ordered_request("/x").respond_with_data("at last")
    pauses = Pauses()
    assert client(httpserver.url_for(""), pauses=pauses).get("/x").body == b"at last"
    assert pauses == [1.0, 2.0, 4.0][:times]


def test_it_gives_up_after_the_attempts_it_was_given(httpserver: HTTPServer) -> None:
    httpserver.expect_request("/x").respond_with_data("", status=502)
    with pytest.raises(PlatformBusy, match=r"campus: /x: HTTP 502: .*try again later"):
        client(httpserver.url_for(""), attempts=3).get("/x")
    assert len(httpserver.log) == 3


def test_jitter_spreads_the_pauses(httpserver: HTTPServer) -> None:
    httpserver.expect_ordered_request("/x").respond_with_data("", status=500)
    httpserver.expect_ordered_request("/x").respond_with_data("")
    pauses = Pauses()
    client(httpserver.url_for(""), pauses=pauses, chance=lambda: 0.5).get("/x")
    assert pauses == [1.5]


@pytest.mark.parametrize(
    ("headers", "wait"),
    [
        ("Retry-After: 7", 7.5),
        ("Retry-After: Sat, 21 Nov 2026 18:00:49 GMT\r\nDate: Sat, 21 Nov 2026 18:00:39 GMT", 10.5),
        ("Retry-After: Sat, 21 Nov 2026 18:00:49 -0000\r\nDate: Sat, 21 Nov 2026 18:00:39 GMT", 10.5),
        ("Retry-After: soon", 1.0),
        ("Retry-After: \u00b2", 1.0),
        ("Retry-After: " + "9" * 5000, 1.0),
    ],
)
def test_it_waits_as_long_as_the_platform_asks(headers: str, wait: float) -> None:
    head = "HTTP/1.1 429 Too Many\r\nContent-Length: 0\r\nConnection: close\r\n"
    busy = f"{head}{headers}\r\n\r\n".encode("latin-1")
    pauses = Pauses()
    with (
        raw_server(lambda connection: connection.sendall(busy)) as url,
        pytest.raises(PlatformBusy),
    ):
        client(url, pauses=pauses, attempts=2, deadline=60.0).get("/x")
    assert pauses == [wait]


def test_it_does_not_wait_for_hours_but_says_how_long(httpserver: HTTPServer) -> None:
    httpserver.expect_request("/x").respond_with_data("", status=503, headers={"Retry-After": "7200"})
    pauses = Pauses()
    with pytest.raises(PlatformBusy) as caught:
        client(httpserver.url_for(""), pauses=pauses).get("/x")
    assert (caught.value.wait, pauses, len(httpserver.log)) == (7200, [], 1)


def test_what_must_not_happen_twice_is_not_sent_twice(httpserver: HTTPServer) -> None:
    httpserver.expect_request("/x").respond_with_data("", status=500)
    with pytest.raises(PlatformBusy):
        client(httpserver.url_for("")).post("/x", json=b"{}", repeatable=False)
    assert len(httpserver.log) == 1


def test_redirects_are_not_followed(httpserver: HTTPServer) -> None:
    httpserver.expect_request("/x").respond_with_data("", status=302, headers={"Location": "/login"})
    with pytest.raises(PlatformRefused, match="redirects"):
        client(httpserver.url_for("")).get("/x")
    assert len(httpserver.log) == 1


def test_a_link_of_the_platform_is_followed_on_its_own_origin_only(httpserver: HTTPServer) -> None:
    httpserver.expect_request("/xapi/statements", query_string="more=2").respond_with_data("page 2")
    asking = client(httpserver.url_for("/xapi"))
    assert asking.follow("/xapi/statements?more=2").body == b"page 2"
    assert asking.follow(httpserver.url_for("/xapi/statements?more=2")).body == b"page 2"
    for elsewhere in ("http://127.0.0.1:1/xapi", "//elsewhere.example/x", "https://127.0.0.1/xapi"):
        with pytest.raises(PlatformRefused, match="another host"):
            asking.follow(elsewhere)


def test_a_gzipped_answer_is_unpacked(httpserver: HTTPServer) -> None:
    httpserver.expect_request("/x").respond_with_data(
        gzip.compress(b"hello"), headers={"Content-Encoding": "gzip"}
    )
    assert client(httpserver.url_for("")).get("/x").body == b"hello"


def test_a_longer_answer_than_allowed_is_refused_also_when_it_is_packed(httpserver: HTTPServer) -> None:
    bomb = gzip.compress(bytes(4_000_000))
    httpserver.expect_request("/plain").respond_with_data(b"x" * 2_000_000)
    httpserver.expect_request("/bomb").respond_with_data(bomb, headers={"Content-Encoding": "gzip"})
    asking = client(httpserver.url_for(""), max_bytes=1024 * 1024)
    assert len(bomb) < 1024 * 1024
    for path in ("/plain", "/bomb"):
        with pytest.raises(PlatformMisread, match="longer than 1 MiB"):
            asking.get(path)


@pytest.mark.parametrize("length", [b"\xb2", b"9" * 5000], ids=["of another script", "without end"])
def test_a_length_that_is_no_number_is_not_believed(length: bytes) -> None:
    told = b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: " + length + b"\r\n\r\nhello"
    with raw_server(lambda connection: connection.sendall(told)) as url:
        try:
            assert client(url, attempts=1).get("/x").body == b"hello"
        except PlatformUnreachable as error:
            assert "broke off" in str(error)


def test_an_answer_that_is_not_packed_as_it_says_is_misread(httpserver: HTTPServer) -> None:
    httpserver.expect_request("/x").respond_with_data(b"plain", headers={"Content-Encoding": "gzip"})
    with pytest.raises(PlatformMisread, match="decompressed"):
        client(httpserver.url_for("")).get("/x")


def test_a_connection_is_kept_for_the_next_request() -> None:
    served: list[int] = []

    def answer_all(connection: socket.socket) -> None:
        served.append(0)
        asked = True
        while asked:
            served[-1] += 1
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
            asked = bool(connection.recv(65_536))

    with raw_server(answer_all) as url:
        asking = client(url)
        for _ in range(3):
            assert asking.get("/x").body == b"ok"
        asking.close()
    assert served == [3]


def test_at_most_two_requests_are_under_way() -> None:
    lock, under_way, most = threading.Lock(), 0, 0
    both_in = threading.Barrier(2)

    def count(request: Request) -> Response:
        nonlocal under_way, most
        with lock:
            under_way += 1
            most = max(most, under_way)
        both_in.wait(timeout=5)
        with lock:
            under_way -= 1
        return Response("")

    with HTTPServer(threaded=True) as server:
        server.expect_request("/x").respond_with_handler(count)
        asking = client(server.url_for(""))
        threads = [threading.Thread(target=asking.get, args=("/x",)) for _ in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        asking.close()
    assert most == 2


def test_cookies_are_not_kept(httpserver: HTTPServer) -> None:
    httpserver.expect_request("/x").respond_with_data("", headers={"Set-Cookie": "MoodleSession=1"})
    asking = client(httpserver.url_for(""))
    asking.get("/x")
    asking.get("/x")
    assert [request.cookies.get("MoodleSession") for request, _ in httpserver.log] == [None, None]


def test_proxies_of_the_environment_are_not_used(
    httpserver: HTTPServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    httpserver.expect_request("/x").respond_with_data("direct")
    assert client(httpserver.url_for("")).get("/x").body == b"direct"
