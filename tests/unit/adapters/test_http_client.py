"""The one HTTP client: bounded in time, size, number and place; silent about secrets."""

from __future__ import annotations

import gzip
import logging
import socket
import threading
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from adapters.addresses import Addresses
from adapters.answers import Answer
from adapters.http import HttpClient
from lms_scoring.domain.errors import (
    PlatformBusy,
    PlatformError,
    PlatformMisread,
    PlatformRefused,
    PlatformUnreachable,
)
from lms_scoring.domain.failure import Instead, Remedy
from tests.unit.adapters.certificates import self_signed

SECRET = "c0ffee-token"


class Pauses(list[float]):
    """Remembers how long it was asked to wait, and does not wait."""

    def __call__(self, seconds: float) -> None:
        self.append(seconds)


def client(url: str, *, pauses: Pauses | None = None, **options: object) -> HttpClient:
    settings: dict[str, object] = {
        "platform": "campus",
        "allowed_private": ["127.0.0.1", "localhost"],
        "deadline": 5.0,
        "chance": lambda: 0.0,
        "pause": Pauses() if pauses is None else pauses,
        **options,
    }
    return HttpClient(base_url=url, **settings)  # type: ignore[arg-type]  # options are checked by the client


@contextmanager
def raw_server(answer: Callable[[socket.socket], None]) -> Iterator[str]:
    """Serves connections by hand, one after another: for what no server library would send."""
    door = socket.create_server(("127.0.0.1", 0))
    ended = threading.Event()

    def serve() -> None:
        while not ended.is_set():
            try:
                connection, _ = door.accept()
            except OSError:
                return
            with connection:
                try:
                    connection.recv(65_536)
                    answer(connection)
                except OSError:
                    continue  # the client hung up, as it should

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{door.getsockname()[1]}"
    finally:
        ended.set()
        door.shutdown(socket.SHUT_RDWR)
        door.close()
        thread.join()


def trickle(connection: socket.socket, head: bytes) -> None:
    connection.sendall(head)
    pause = threading.Event()
    for _ in range(200):
        pause.wait(0.05)
        connection.sendall(b"x")


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
    busy = f"HTTP/1.1 429 Too Many\r\nContent-Length: 0\r\n{headers}\r\n\r\n".encode("latin-1")
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


def test_half_an_answer_is_none() -> None:
    half = b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{"
    with (
        raw_server(lambda connection: connection.sendall(half)) as url,
        pytest.raises(PlatformUnreachable, match="broke off"),
    ):
        client(url, attempts=2).get("/x")


def test_a_connection_that_closes_without_an_answer_is_unreachable() -> None:
    with raw_server(lambda connection: None) as url, pytest.raises(PlatformUnreachable, match="broke"):
        client(url, attempts=1).get("/x")


@pytest.mark.parametrize(
    "head",
    [
        b"",
        b"HTTP/1.1 200 OK\r\nX-Slow: ",
        b"HTTP/1.1 200 OK\r\nContent-Length: 4000\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n\r\n",
    ],
    ids=["nothing", "headers", "body", "body of unknown length"],
)
def test_the_deadline_bounds_the_whole_exchange_whatever_trickles(head: bytes) -> None:
    with (
        raw_server(lambda connection: trickle(connection, head)) as url,
        pytest.raises(PlatformUnreachable, match=r"within 0\.3 s"),
    ):
        client(url, deadline=0.3, attempts=1).get("/x")


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_black_hole_ends_at_the_deadline(scheme: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as hole:
        url = f"{scheme}://127.0.0.1:{hole.getsockname()[1]}"
        with pytest.raises(PlatformUnreachable, match=r"within 0\.2 s"):
            client(url, deadline=0.2, attempts=1).get("/x")


def test_nobody_listening_is_unreachable() -> None:
    with socket.create_server(("127.0.0.1", 0)) as door:
        url = f"http://127.0.0.1:{door.getsockname()[1]}"
    with pytest.raises(PlatformUnreachable, match="no connection"):
        client(url, attempts=1).get("/x")


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


def test_a_private_address_is_refused_unless_listed(httpserver: HTTPServer) -> None:
    httpserver.expect_request("/x").respond_with_data("in")
    port = httpserver.port
    listed = HttpClient(platform="p", base_url=f"http://LOCALHOST:{port}", allowed_private=["localhost"])
    assert listed.get("/x").body == b"in"
    exact = HttpClient(
        platform="p", base_url=f"http://127.0.0.1:{port}", allowed_private=[f"127.0.0.1:{port}"]
    )
    assert exact.get("/x").body == b"in"
    unlisted = HttpClient(platform="p", base_url="https://localhost", allowed_private=["127.0.0.1"])
    with pytest.raises(PlatformRefused, match="LMS_SCORING_ALLOWED_PRIVATE_HOSTS"):
        unlisted.get("/x")
    assert len(httpserver.log) == 2


@pytest.mark.parametrize(
    "text", ["https://0x7f.1", "https://2130706433", "https://127.1", "https://0177.0.0.1", "https://[::1]"]
)
def test_other_spellings_of_the_own_machine_are_refused(text: str) -> None:
    with pytest.raises(PlatformRefused, match="private or reserved"):
        HttpClient(platform="p", base_url=text, attempts=1).get("/x")


@pytest.mark.parametrize(
    "url",
    [
        "ftp://moodle.example",
        "moodle.example",
        "https://user:pw@moodle.example",
        "https://moodle.example/?token=1",
        "http://moodle.example",
        "https://moodle.example:8080",
    ],
)
def test_a_base_url_that_is_unsafe_is_refused_at_once(url: str) -> None:
    with pytest.raises(PlatformRefused) as caught:
        HttpClient(platform="p", base_url=url)
    assert "user:pw" not in str(caught.value)


@pytest.mark.parametrize("host", ["①②⑦.⓪.⓪.①", "a..b", "xn--\u00df", "*.example", "a" * 64])
def test_an_address_that_cannot_be_asked_is_refused_without_being_shown(host: str) -> None:
    with pytest.raises((PlatformRefused, PlatformUnreachable)) as caught:
        asking = HttpClient(platform="p", base_url=f"https://{host}", attempts=1)
        asking.follow(f"https://{host}/x?token={SECRET}", call="key set")
    assert SECRET not in "".join(traceback.format_exception(caught.value))


def test_no_secret_is_in_any_message_log_or_repr(
    httpserver: HTTPServer, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    httpserver.expect_request("/x").respond_with_data("", status=500)
    asking = client(httpserver.url_for(""), headers={"Authorization": SECRET}, attempts=2)
    with pytest.raises(PlatformBusy) as caught:
        asking.post("/x", form={"wstoken": SECRET})
    told = "".join(traceback.format_exception(caught.value)) + caplog.text + repr(asking)
    assert httpserver.log[0][0].headers["Authorization"] == SECRET
    assert SECRET not in told


def test_a_key_with_a_line_break_is_refused_without_being_shown(httpserver: HTTPServer) -> None:
    asking = client(httpserver.url_for(""), headers={"Authorization": f"{SECRET}\n"})
    with pytest.raises(PlatformRefused, match="header Authorization") as caught:
        asking.get("/x")
    assert SECRET not in "".join(traceback.format_exception(caught.value))


# -- deadlines over all tries ---------------------------------------------------------------------------


class Watch:
    """A clock of its own, on which a pause takes its time and nothing else does."""

    def __init__(self) -> None:
        self.seconds = 1_000.0
        self.pauses: list[float] = []

    def __call__(self) -> float:
        return self.seconds

    def pause(self, seconds: float) -> None:
        self.pauses.append(seconds)
        self.seconds += seconds


def test_the_deadline_bounds_all_tries_of_a_call_and_the_pauses_between_them(httpserver: HTTPServer) -> None:
    httpserver.expect_request("/x").respond_with_data("", status=500)
    watch = Watch()
    asking = client(httpserver.url_for(""), deadline=4.0, attempts=9, now=watch, pause=watch.pause)
    with pytest.raises(PlatformBusy):
        asking.get("/x")
    assert watch.pauses == [1.0, 2.0], "a third one would end behind the deadline"
    assert len(httpserver.log) == 3


def test_what_took_the_whole_deadline_is_not_tried_again() -> None:
    watch, asked = Watch(), []

    def hold(connection: socket.socket) -> None:
        asked.append(1)
        watch.seconds += 0.2
        connection.recv(1)

    with (
        raw_server(hold) as url,
        pytest.raises(PlatformUnreachable, match=r"within 0\.2 s") as caught,
    ):
        client(url, deadline=0.2, attempts=4, now=watch, pause=watch.pause).get("/x")
    assert (asked, watch.pauses, caught.value.instead) == ([1], [], Instead.LATE)


def test_all_calls_together_may_last_so_long_and_no_longer(httpserver: HTTPServer) -> None:
    httpserver.expect_request("/x").respond_with_data("in time")
    watch = Watch()
    asking = client(httpserver.url_for(""), lasting=60.0, now=watch, pause=watch.pause)
    asking.get("/x")
    watch.seconds += 59.0
    asking.get("/x")
    watch.seconds += 1.0
    with pytest.raises(PlatformUnreachable, match="the 60 s that one sync may take are over") as caught:
        asking.get("/x")
    assert caught.value.instead is Instead.LATE
    assert len(httpserver.log) == 2


def test_a_call_whose_turn_comes_too_late_is_not_made(httpserver: HTTPServer) -> None:
    httpserver.expect_request("/x").respond_with_data("late")
    watch = Watch()

    @contextmanager
    def turn() -> Iterator[None]:
        watch.seconds += 5.0
        yield

    asking = client(httpserver.url_for(""), deadline=5.0, now=watch, pause=watch.pause, turns=turn)
    with pytest.raises(PlatformUnreachable, match="no whole answer within 5 s"):
        asking.get("/x")
    assert httpserver.log == []


def test_a_name_that_nobody_answers_for_ends_at_the_deadline() -> None:
    answered = threading.Event()

    def find(host: str, port: int) -> Addresses:
        answered.wait(timeout=10)
        raise OSError

    asking = HttpClient(platform="p", base_url="https://moodle.example", deadline=0.1, attempts=1, find=find)
    with pytest.raises(PlatformUnreachable, match="was not looked up in time") as caught:
        asking.get("/x")
    answered.set()
    assert caught.value.instead is Instead.LATE


# -- what came back -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "headers", "instead", "remedy"),
    [
        (302, {"Location": "/login"}, Instead.REDIRECT, Remedy.PERSON),
        (408, {}, Instead.LATE, Remedy.TRY_AGAIN),
        (425, {}, Instead.OUT_OF_ORDER, Remedy.TRY_AGAIN),
        (429, {}, Instead.TOO_MANY, Remedy.TRY_AGAIN),
        (500, {}, Instead.OUT_OF_ORDER, Remedy.TRY_AGAIN),
        (502, {}, Instead.OUT_OF_ORDER, Remedy.TRY_AGAIN),
        (503, {}, Instead.MAINTENANCE, Remedy.TRY_AGAIN),
        (504, {}, Instead.LATE, Remedy.TRY_AGAIN),
    ],
)
def test_a_status_says_what_came_and_what_can_be_done(
    httpserver: HTTPServer, status: int, headers: dict[str, str], instead: Instead, remedy: Remedy
) -> None:
    httpserver.expect_request("/x").respond_with_data("", status=status, headers=headers)
    with pytest.raises(PlatformError) as caught:
        client(httpserver.url_for(""), attempts=1).get("/x")
    assert (caught.value.instead, caught.value.remedy) == (instead, remedy)


@pytest.mark.parametrize(
    ("body", "media_type", "page"),
    [
        (b'<form><input type="password" name="p"></form>', "text/html", Instead.LOGIN_PAGE),
        (b"<FORM ACTION='/login/index.php'>", "text/html", Instead.LOGIN_PAGE),
        (b'\n <html><form action="https://cas.example/cas/">', "application/json", Instead.LOGIN_PAGE),
        (b"<html>Back soon", "text/html", Instead.WEB_PAGE),
        (b"", "text/html; charset=utf-8", Instead.WEB_PAGE),
        (b'{"a": "<form type=password>"}', "application/json", None),
    ],
)
def test_a_page_for_people_is_told_from_an_answer(body: bytes, media_type: str, page: Instead | None) -> None:
    assert Answer(200, {"content-type": media_type}, body).page is page


def test_an_answer_that_the_caller_judges_to_be_half_is_asked_for_again(httpserver: HTTPServer) -> None:
    httpserver.expect_ordered_request("/x").respond_with_data("{")
    httpserver.expect_ordered_request("/x").respond_with_data("{}")

    def judge(answer: Answer) -> None:
        if answer.body == b"{":
            raise PlatformUnreachable("campus", "/x", "half", instead=Instead.HALF)

    assert client(httpserver.url_for("")).get("/x", judge=judge).body == b"{}"


def test_what_a_person_must_look_at_is_not_asked_for_again(httpserver: HTTPServer) -> None:
    httpserver.expect_request("/x").respond_with_data("<html>")

    def judge(_: Answer) -> None:
        raise PlatformMisread("campus", "/x", "a page")

    with pytest.raises(PlatformMisread):
        client(httpserver.url_for("")).get("/x", judge=judge)
    assert len(httpserver.log) == 1


def test_a_certificate_that_proves_nothing_is_for_a_person_and_asked_once() -> None:
    with HTTPServer(ssl_context=self_signed("localhost")) as server:
        with pytest.raises(PlatformRefused, match="its certificate does not prove") as caught:
            client(server.url_for(""), attempts=4).get("/x")
        assert caught.value.instead is Instead.CERTIFICATE


def test_what_speaks_no_tls_may_be_asked_again() -> None:
    pauses = Pauses()
    with (
        raw_server(lambda connection: connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")) as url,
        pytest.raises(PlatformUnreachable, match="no secure connection"),
    ):
        client(url.replace("http:", "https:"), pauses=pauses, attempts=2).get("/x")
    assert pauses == [1.0]
