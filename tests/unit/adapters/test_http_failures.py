"""What the HTTP client says came instead of an answer, and whether asking again may help."""

from __future__ import annotations

import pytest
from pytest_httpserver import HTTPServer

from adapters.answers import Answer
from lms_scoring.domain.errors import (
    PlatformError,
    PlatformMisread,
    PlatformRefused,
    PlatformUnreachable,
)
from lms_scoring.domain.failure import Instead, Remedy
from tests.unit.adapters.asking import Pauses, client, raw_server
from tests.unit.adapters.certificates import self_signed


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
