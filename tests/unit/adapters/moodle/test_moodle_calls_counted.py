"""Which calls count as answered: progress bars show it, and nothing else would tell that it is wrong."""

from __future__ import annotations

from typing import Any

import pytest
from pytest_httpserver import HTTPServer

from adapters.moodle.functions import Function
from lms_scoring.domain.errors import PlatformError, PlatformMisread, RecordRefused
from tests.unit.adapters.moodle.answering import (
    DOOR,
    FakeMoodle,
    ForgetfulMoodle,
    ImpatientGateway,
    Refuse,
    by_user,
    client,
    count_of,
    outcomes,
    reader,
    refusing,
)

either_way = pytest.mark.parametrize("batching", [True, False], ids=["in batches", "singly"])


def misread(_: str, arguments: dict[str, Any]) -> Any:
    return {"attemptscount": "many"} if int(arguments["userid"]) == 2 else by_user(_, arguments)


def test_a_call_counts_once_it_is_answered(httpserver: HTTPServer) -> None:
    FakeMoodle(httpserver, by_user)
    asking = client(httpserver)
    counted = [asking.done]
    for user in (1, 2, 2):
        asking.ask(count_of(user))
        counted.append(asking.done)
    assert counted == [0, 1, 2, 3]


@pytest.mark.parametrize(("code", "error"), [("userdeleted", RecordRefused), (None, PlatformMisread)])
def test_a_call_that_is_refused_or_misread_does_not_count(
    httpserver: HTTPServer, code: str | None, error: type[PlatformError]
) -> None:
    FakeMoodle(httpserver, misread if code is None else refusing(code, 2))
    asking = client(httpserver)
    with pytest.raises(error):
        asking.ask(count_of(2))
    assert asking.done == 0


@either_way
def test_calls_that_wait_do_not_count_before_they_are_sent(httpserver: HTTPServer, batching: bool) -> None:
    FakeMoodle(httpserver, by_user)
    asking = client(httpserver, batching=batching)
    counted = []
    for users in (range(3), range(3, 4), range(4, 4)):  # of several calls, of one alone, of none
        for user in users:
            asking.later(count_of(user))
        counted.append(asking.done)
        asking.send()
        counted.append(asking.done)
    assert counted == [0, 3, 3, 4, 4, 4]


@either_way
def test_of_calls_sent_together_those_count_that_are_answered(httpserver: HTTPServer, batching: bool) -> None:
    """A batch breaks off at a refusal: what is sent again after it counts once."""

    def answer(function: str, arguments: dict[str, Any]) -> Any:
        if int(arguments["userid"]) in (4, 5, 8):
            raise Refuse("userdeleted")
        return misread(function, arguments)

    FakeMoodle(httpserver, answer)
    asking = client(httpserver, batching=batching)
    replies = [asking.later(count_of(user)) for user in range(1, 11)]
    asking.send()
    assert [user for user, reply in enumerate(replies, 1) if reply.error is not None] == [2, 4, 5, 8]
    assert asking.done == 6


@either_way
def test_calls_that_are_given_up_do_not_count(httpserver: HTTPServer, batching: bool) -> None:
    FakeMoodle(httpserver, refusing("nopermissions", *range(1, 50)))
    asking = client(httpserver, batching=batching)
    replies = [asking.later(count_of(user)) for user in range(50)]
    asking.send()
    assert (outcomes(replies), asking.done) == ([0, *["nopermissions"] * 49], 1)


@pytest.mark.parametrize("moodle", [ForgetfulMoodle, ImpatientGateway])
def test_calls_of_a_batch_that_comes_in_parts_count_once(
    httpserver: HTTPServer, moodle: type[FakeMoodle]
) -> None:
    moodle(httpserver, by_user)
    asking = client(httpserver)
    replies = [asking.later(count_of(user)) for user in range(150)]
    asking.send()
    assert (outcomes(replies), asking.done) == (list(range(150)), 150)


@pytest.mark.parametrize(("length", "counted"), [(900, 5), (2_000, 4)], ids=["alone it fits", "nor alone"])
def test_what_is_left_of_a_batch_as_a_single_call_counts_if_it_is_answered(
    httpserver: HTTPServer, length: int, counted: int
) -> None:
    def answer(function: str, arguments: dict[str, Any]) -> Any:
        text = "x" * (length if int(arguments["userid"]) == 3 else 9)
        return {**by_user(function, arguments), "text": text}

    moodle = FakeMoodle(httpserver, answer)
    asking = client(httpserver, max_bytes=1_000)
    for user in range(5):
        asking.later(count_of(user))
    asking.send()
    assert 1 in moodle.sizes
    assert asking.done == counted


def test_what_is_asked_ahead_counts_when_it_is_answered_and_not_again_when_it_is_taken(
    httpserver: HTTPServer,
) -> None:
    FakeMoodle(httpserver, refusing("userdeleted", 3))
    asking = client(httpserver)
    asking.ahead([reader(1, 2, 3), reader(1)])
    assert asking.done == 3
    replies = [asking.later(count_of(user)) for user in (1, 1, 2, 3)]
    asking.send()
    assert outcomes(replies) == [1, 1, 2, "userdeleted"]
    assert asking.done == 3
    asking.forget_ahead()
    assert asking.done == 3


def test_a_batch_whose_answers_cannot_be_told_apart_counts_for_nothing(httpserver: HTTPServer) -> None:
    httpserver.expect_request(DOOR).respond_with_json(
        {"responses": [{"error": False, "data": '{"attemptscount": 1}'}] * 3}
    )
    asking = client(httpserver)
    for user in (1, 2):
        asking.later(count_of(user, Function.SCOES))
    with pytest.raises(PlatformMisread):
        asking.send()
    assert asking.done == 0
