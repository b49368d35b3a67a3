"""The web services of a Moodle: parameters, batches that stop in silence, and answers that are none."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from pytest_httpserver import HTTPServer

from adapters.moodle.functions import Function
from adapters.moodle.web_service import WebService, flat
from lms_scoring.domain.errors import (
    PlatformError,
    PlatformMisread,
    PlatformRefused,
    PlatformUnreachable,
    RecordRefused,
)
from tests.unit.adapters.moodle.answering import (
    DOOR,
    TOKEN,
    Count,
    FakeMoodle,
    count_of,
    http,
    refusing,
)


def service(server: HTTPServer) -> WebService:
    return WebService(http(server), token=TOKEN)


def test_parameters_are_written_as_php_wants_them() -> None:
    options: list[Mapping[str, int | str]] = [{"name": "x", "value": 1}]
    assert flat({"a": 1, "ids": [4, 5], "options": options}) == {
        "a": "1",
        "ids[0]": "4",
        "ids[1]": "5",
        "options[0][name]": "x",
        "options[0][value]": "1",
    }


def test_numbers_in_texts_are_numbers(httpserver: HTTPServer) -> None:
    FakeMoodle(httpserver, lambda *_: {"attemptscount": "7"})
    assert service(httpserver).ask(count_of(1)).attemptscount == 7


@pytest.mark.parametrize(
    ("status", "media_type", "body", "error", "text"),
    [
        (200, "text/html; charset=utf-8", "<html>Log in</html>", PlatformMisread, "a web page came"),
        (404, "text/html", "<h1>Not found</h1>", PlatformMisread, "HTTP 404: a web page came"),
        (200, "application/json", "<html>", PlatformMisread, "a web page came"),
        (200, "application/xml", "<?xml?>", PlatformMisread, "a web page came"),
        (200, "text/plain", "hello", PlatformMisread, "text/plain instead of JSON"),
        (404, "", "", PlatformMisread, "is the base URL that of a Moodle"),
        (403, "text/html", "", PlatformRefused, "web services or the REST protocol"),
        (200, "application/json", '{"attemptscount": 1', PlatformUnreachable, "broke off"),
        (200, "application/json", "[]", PlatformMisread, "the shape that is known"),
        (200, "application/json", b'{"exception": "\xff"}', PlatformMisread, "no JSON"),
        (200, "application/json", '{"x":' + "[" * 5000, PlatformMisread, "no JSON"),
    ],
)
def test_what_is_no_answer_of_a_web_service_is_told(
    httpserver: HTTPServer,
    status: int,
    media_type: str,
    body: str | bytes,
    error: type[PlatformError],
    text: str,
) -> None:
    httpserver.expect_request(DOOR).respond_with_data(body, status=status, content_type=media_type)
    with pytest.raises(error, match=text) as caught:
        service(httpserver).ask(count_of(1))
    assert caught.value.call == Function.ATTEMPT_COUNT
    assert TOKEN not in str(caught.value)


@pytest.mark.parametrize("times", [1, 3])
def test_half_an_answer_whose_length_was_not_told_is_asked_for_again(
    httpserver: HTTPServer, times: int
) -> None:
    for _ in range(times):
        httpserver.expect_ordered_request(DOOR).respond_with_data(
            '{"attemptscount": 1', content_type="application/json"
        )
    httpserver.expect_ordered_request(DOOR).respond_with_json({"attemptscount": 12})
    assert service(httpserver).ask(count_of(1)).attemptscount == 12


def test_of_a_batch_what_came_of_each_call_is_told_up_to_the_first_refusal(httpserver: HTTPServer) -> None:
    FakeMoodle(httpserver, refusing("userdeleted", 3))
    *answered, refused = service(httpserver).post_batch([count_of(user) for user in (1, 2, 3, 4)])
    assert [(outcome.value, outcome.error) for outcome in answered] == [(Count(1), None), (Count(2), None)]
    assert isinstance(refused.error, RecordRefused)
    assert (refused.error.call, refused.value) == (Function.ATTEMPT_COUNT, None)


def test_a_batch_that_is_refused_as_a_whole_has_no_outcomes(httpserver: HTTPServer) -> None:
    httpserver.expect_request(DOOR).respond_with_json(
        {"exception": "moodle_exception", "errorcode": "invalidtoken", "message": "in words"}
    )
    with pytest.raises(PlatformRefused, match="the token is unknown") as caught:
        service(httpserver).post_batch([count_of(1), count_of(2)])
    assert caught.value.call == Function.BATCH


def test_the_clock_of_the_site_is_kept_of_refusals_and_batches_too(httpserver: HTTPServer) -> None:
    FakeMoodle(httpserver, refusing("userdeleted", 2))
    refused, batch = service(httpserver), service(httpserver)
    clocks = [refused.server_time, batch.server_time]
    with pytest.raises(RecordRefused):
        refused.ask(count_of(2))
    batch.post_batch([count_of(1)])
    clocks += [refused.server_time, batch.server_time]
    assert [clock is None for clock in clocks] == [True, True, False, False]
