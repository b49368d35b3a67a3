"""The HTTP client asks nobody whom it must not ask, and says no secret."""

from __future__ import annotations

import logging
import traceback

import pytest
from pytest_httpserver import HTTPServer

from adapters.http import HttpClient
from lms_scoring.domain.errors import (
    PlatformBusy,
    PlatformRefused,
    PlatformUnreachable,
)
from tests.unit.adapters.asking import SECRET, client


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
