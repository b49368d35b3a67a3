"""Telling people by apprise: what arrives, what is wrong with an address, and that none is ever shown."""

from __future__ import annotations

import logging
from dataclasses import replace

import pytest
from pytest_httpserver import HTTPServer

from adapters.notices import Notices
from lms_scoring.domain.errors import SettingsMistakes
from lms_scoring.ports import Notice, NoticeKind

CANARY = "canary-token"
NOTICE = Notice(kind=NoticeKind.FAILURE, title="同步失败", text="✗ moodle: HTTP 503")


def address(server: HTTPServer, path: str = "hook") -> str:
    return f"json://127.0.0.1:{server.port}/{path}?{CANARY}=1"


def test_everybody_is_told_title_and_text(httpserver: HTTPServer) -> None:
    for path in ("one", "two"):
        httpserver.expect_request(f"/{path}", method="POST").respond_with_data("")
    notices = Notices([address(httpserver, "one"), address(httpserver, "two")])
    assert (notices.addresses, notices(NOTICE, to=[1, 2])) == (2, frozenset())
    told = {request.path: request.json for request, _ in httpserver.log}
    assert set(told) == {"/one", "/two"}
    assert (told["/one"]["title"], told["/one"]["message"]) == ("同步失败", "✗ moodle: HTTP 503")


@pytest.mark.parametrize("kind", NoticeKind)
def test_who_is_told_sees_how_bad_it_is(httpserver: HTTPServer, kind: NoticeKind) -> None:
    httpserver.expect_request("/hook", method="POST").respond_with_data("")
    Notices([address(httpserver)])(replace(NOTICE, kind=kind), to=[1])
    ((request, _),) = httpserver.log
    assert request.json["type"] == kind.value


def test_who_is_not_meant_is_not_told(httpserver: HTTPServer) -> None:
    httpserver.expect_request("/two", method="POST").respond_with_data("")
    assert Notices([address(httpserver, "one"), address(httpserver, "two")])(NOTICE, to=[2]) == frozenset()
    assert [request.path for request, _ in httpserver.log] == ["/two"]


def test_who_cannot_be_told_is_said_by_number_and_stops_nobody_else(
    httpserver: HTTPServer, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    httpserver.expect_request("/one", method="POST").respond_with_data("")
    httpserver.expect_request("/two", method="POST").respond_with_data("", status=500)
    notices = Notices([address(httpserver, "two"), address(httpserver, "one")])
    assert notices(NOTICE, to=[1, 2]) == {1}
    assert {request.path for request, _ in httpserver.log} == {"/one", "/two"}
    assert CANARY not in f"{notices!r} {caplog.text}"


def test_where_a_hook_leads_to_nobody_goes(httpserver: HTTPServer) -> None:
    """Whoever receives notices could else have us ask addresses of our own network."""
    elsewhere = httpserver.url_for("/elsewhere")
    httpserver.expect_request("/hook").respond_with_data("", status=302, headers={"Location": elsewhere})
    httpserver.expect_request("/elsewhere").respond_with_data("")
    assert Notices([address(httpserver)])(NOTICE, to=[1]) == {1}
    assert [request.path for request, _ in httpserver.log] == ["/hook"]


def test_an_address_that_nobody_knows_is_told_by_its_place(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    with pytest.raises(SettingsMistakes) as caught:
        Notices(["wecombot://botkey", f"nonsense://{CANARY}", CANARY])
    assert [one.place for one in caught.value.mistakes] == ["notify[2]", "notify[3]"]
    assert CANARY not in f"{caught.value} {caplog.text}"


@pytest.mark.parametrize(
    "known",
    ["wecombot://botkey", "dingtalk://token", "feishu://token", "mailtos://user:password@example.edu"],
)
def test_what_institutions_use_is_known(known: str) -> None:
    assert repr(Notices([known])) == "Notices(1)"
