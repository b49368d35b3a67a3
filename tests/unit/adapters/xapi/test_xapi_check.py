"""`platform check` of an LRS: each line says what was seen, what it means and what to do."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from pytest_httpserver import HTTPServer

from adapters.check import CheckLine
from adapters.xapi.check import check
from adapters.xapi.client import XapiClient
from tests.fixtures.xapi.reading import reading
from tests.fixtures.xapi.statements import numbered, page

THROUGH = {"X-Experience-API-Consistent-Through": "2024-11-09T12:00:00Z"}
VIEWED = {"id": "http://id.tincanapi.com/verb/viewed"}


@pytest.fixture
def client(httpserver: HTTPServer) -> Iterator[XapiClient]:
    with reading(httpserver.url_for("/xapi")) as opened:
        yield opened


def lines(
    server: HTTPServer, client: XapiClient, *statements: dict[str, Any], more: str = "", about: str = ""
) -> dict[str, CheckLine]:
    body = page(*statements, more=more)
    server.expect_request("/xapi/statements").respond_with_data(body, headers=THROUGH)
    server.expect_request("/xapi/about").respond_with_data(about, status=200 if about else 404)
    return {line.what: line for line in check(client)}


def test_an_empty_lrs_may_hide_what_the_key_must_not_see(httpserver: HTTPServer, client: XapiClient) -> None:
    told = lines(httpserver, client)
    assert told["statements"].ok is None
    assert "everybody's" in told["statements"].do
    assert "video" not in told


def test_statements_that_do_not_show_what_since_goes_by_leave_it_unproven(
    httpserver: HTTPServer, client: XapiClient
) -> None:
    told = lines(httpserver, client, numbered(1))
    assert told["since"].ok is None
    assert "do not show" in told["since"].text


def test_bad_statements_are_counted_with_their_codes(httpserver: HTTPServer, client: XapiClient) -> None:
    told = lines(httpserver, client, numbered(1), numbered(2, actor=...), numbered(3, timestamp="soon"))
    assert told["bad statements"].ok is None
    assert "2 on the first page cannot be used: no_actor, time_unreadable" in told["bad statements"].text


def test_who_vouches_for_the_latest_statements_is_told_as_the_settings_name_them(
    httpserver: HTTPServer, client: XapiClient
) -> None:
    moodle = {"account": {"homePage": "https://lrs.example", "name": "moodle"}}
    told = lines(
        httpserver,
        client,
        numbered(1, authority=moodle),
        numbered(2, authority={"mbox": "mailto:a@lrs.example"}),
        numbered(3),
    )
    assert told["authorities"].text == "of the first page: a@lrs.example, https://lrs.example|moodle"


def test_small_pages_are_worth_a_look(httpserver: HTTPServer, client: XapiClient) -> None:
    told = lines(httpserver, client, numbered(1), numbered(2), more="/xapi/statements/more/2")
    assert told["page size"].ok is None
    assert "2 statements a page where 1000 were asked for" in told["page size"].text


def test_an_lrs_without_video_is_worth_a_look(httpserver: HTTPServer, client: XapiClient) -> None:
    told = lines(httpserver, client, numbered(1, verb=VIEWED))
    assert told["video"].ok is None
    assert "no video statements" in told["video"].text


def test_players_that_name_no_session_are_worth_a_look(httpserver: HTTPServer, client: XapiClient) -> None:
    told = lines(httpserver, client, numbered(1), numbered(2, context=...))
    assert told["video"].ok is None
    assert "1 of 2 video statements name no session" in told["video"].text


@pytest.mark.parametrize("about", ["<html>", '{"version":"1.0.3"}'])
def test_an_about_that_is_none_is_taken_as_missing(
    httpserver: HTTPServer, client: XapiClient, about: str
) -> None:
    assert lines(httpserver, client, numbered(1), about=about)["/about"].ok is None


def test_an_about_lists_the_versions(httpserver: HTTPServer, client: XapiClient) -> None:
    told = lines(httpserver, client, numbered(1), about='{"version":["1.0.3","2.0.0"]}')
    assert told["/about"].text == "speaks xAPI 1.0.3, 2.0.0"


def test_no_line_shows_a_person(httpserver: HTTPServer, client: XapiClient) -> None:
    told = lines(httpserver, client, numbered(1), numbered(2, actor={"mbox": "li.wei@example.org@"}))
    assert not [line for line in told.values() if "li.wei" in repr(line) or "learner@" in repr(line)]
