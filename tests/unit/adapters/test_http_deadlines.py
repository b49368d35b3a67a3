"""The HTTP client comes to an end: half an answer is none, and whatever it waits for is bounded in time."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from pytest_httpserver import HTTPServer

from adapters.addresses import Addresses
from adapters.http import HttpClient
from lms_scoring.domain.errors import (
    PlatformBusy,
    PlatformUnreachable,
)
from lms_scoring.domain.failure import Instead
from tests.unit.adapters.asking import client, raw_server, trickle


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


@pytest.mark.parametrize(("given", "after"), [(True, 5.0), (False, 4.9)], ids=["too late", "never"])
def test_a_call_that_has_no_turn_in_time_is_not_made_and_is_worth_trying_again(
    httpserver: HTTPServer, given: bool, after: float
) -> None:
    httpserver.expect_request("/x").respond_with_data("late")
    watch, waited = Watch(), list[float]()

    @contextmanager
    def turn(seconds: float) -> Iterator[bool]:
        waited.append(seconds)
        watch.seconds += after
        yield given

    asking = client(httpserver.url_for(""), deadline=5.0, now=watch, pause=watch.pause, turns=turn)
    with pytest.raises(
        PlatformUnreachable, match="campus: /x: not asked: 2 other requests of ours"
    ) as caught:
        asking.get("/x")
    assert "stopped by Ctrl-Z" in str(caught.value), "a person may have to let it go on"
    assert (caught.value.instead, caught.value.again) == (Instead.NO_TURN, True)
    assert (httpserver.log, waited) == ([], [5.0])


def test_the_end_of_a_sync_ends_the_wait_for_a_turn_as_well(httpserver: HTTPServer) -> None:
    httpserver.expect_request("/x").respond_with_data("in time")
    watch, waited = Watch(), list[float]()

    @contextmanager
    def turn(seconds: float) -> Iterator[bool]:
        waited.append(seconds)
        yield True

    asking = client(httpserver.url_for(""), deadline=5.0, lasting=8.0, now=watch, turns=turn)
    asking.get("/x")
    watch.seconds += 6.0
    asking.get("/x")
    assert waited == [5.0, 2.0]


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
