"""The Moodle client: what waits and is made ahead, and batches that stop in silence or are too much."""

from __future__ import annotations

from threading import Barrier
from typing import Any

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from adapters.moodle.client import Foreseen
from adapters.moodle.functions import Function
from adapters.moodle.web_service import Call
from lms_scoring.domain.errors import (
    PlatformBusy,
    PlatformError,
    PlatformMisread,
    PlatformRefused,
    RecordRefused,
)
from lms_scoring.domain.failure import Instead, Remedy
from tests.unit.adapters.moodle.answering import (
    DOOR,
    TOKEN,
    Count,
    FakeMoodle,
    ForgetfulMoodle,
    ImpatientGateway,
    Refuse,
    by_user,
    client,
    count_of,
    json_of,
    outcomes,
    reader,
    refusing,
)


def test_what_was_asked_ahead_is_answered_without_another_request_once(httpserver: HTTPServer) -> None:
    moodle = FakeMoodle(httpserver, refusing("userdeleted", 3))
    asking = client(httpserver)
    asking.ahead([reader(*range(1, 5))])
    sent = len(moodle.sizes)
    assert moodle.sizes[0] == 4
    assert asking.waiting == 0
    assert outcomes([asking.later(count_of(user)) for user in (4, 3, 2)]) == [4, "userdeleted", 2]
    asking.send()
    assert len(moodle.sizes) == sent
    again = [asking.later(count_of(2)), asking.later(count_of(9))]
    asking.send()
    assert outcomes(again) == [2, 9]
    assert moodle.sizes[sent:] == [2]


def test_of_what_was_asked_ahead_nothing_is_kept_that_was_taken_or_is_forgotten(
    httpserver: HTTPServer,
) -> None:
    moodle = FakeMoodle(httpserver, by_user)
    asking = client(httpserver)
    asking.ahead([reader(1, 2, 3), reader(1)])
    kept = [asking.untaken]
    for user in (2, 1, 1):
        asking.later(count_of(user))
        kept.append(asking.untaken)
    asking.forget_ahead()
    kept.append(asking.untaken)
    assert kept == [3, 2, 2, 1, 0]
    reply = asking.later(count_of(3))
    asking.send()
    assert (outcomes([reply]), moodle.sizes) == ([3], [4, 1])


def test_without_batches_nothing_is_asked_ahead(httpserver: HTTPServer) -> None:
    moodle = FakeMoodle(httpserver, by_user)
    client(httpserver, batching=False).ahead([reader(1)])
    assert moodle.sizes == []


def test_what_follows_from_answers_is_asked_of_all_readers_together(httpserver: HTTPServer) -> None:
    def and_next(user: int, *, steps: int) -> Foreseen:
        for _ in range(steps):
            [reply] = yield [count_of(user)]
            user = reply.value.attemptscount * 10

    moodle = FakeMoodle(httpserver, by_user)
    asking = client(httpserver)
    asking.ahead([and_next(1, steps=3), and_next(2, steps=2), reader(), reader(9)])
    assert moodle.sizes == [3, 2, 1]
    foreseen = [asking.later(count_of(user)) for user in (1, 10, 100, 2, 20, 9)]
    assert outcomes(foreseen) == [1, 10, 100, 2, 20, 9]
    assert (asking.waiting, len(moodle.sizes)) == (0, 3)


def test_what_two_readers_foresee_has_an_answer_for_each(httpserver: HTTPServer) -> None:
    moodle = FakeMoodle(httpserver, by_user)
    asking = client(httpserver)
    asking.ahead([reader(1), reader(1, 2)])
    assert outcomes([asking.later(count_of(1)), asking.later(count_of(1))]) == [1, 1]
    assert (asking.waiting, moodle.sizes) == (0, [3])


def test_the_token_is_in_the_body_only(httpserver: HTTPServer) -> None:
    FakeMoodle(httpserver, by_user)
    asking = client(httpserver)
    assert asking.ask(count_of(3)).attemptscount == 3
    [(request, _)] = httpserver.log
    assert TOKEN not in request.url
    assert request.form["wstoken"] == TOKEN
    assert TOKEN not in repr(asking)


@pytest.mark.parametrize("batching", [True, False])
def test_each_call_gets_its_own_answer(httpserver: HTTPServer, batching: bool) -> None:
    moodle = FakeMoodle(httpserver, by_user)
    asking = client(httpserver, batching=batching)
    replies = [asking.later(count_of(user)) for user in range(1, 251)]
    assert asking.waiting == 250
    asking.send()
    assert outcomes(replies) == list(range(1, 251))
    assert (asking.done, asking.waiting) == (250, 0)
    assert moodle.sizes == ([100, 100, 50] if batching else [1] * 250)


@pytest.mark.parametrize("batching", [True, False])
def test_a_refused_call_costs_the_others_nothing(httpserver: HTTPServer, batching: bool) -> None:
    FakeMoodle(httpserver, refusing("userdeleted", 2, 3, 4, 5, 6, 9))
    asking = client(httpserver, batching=batching)
    replies = [asking.later(count_of(user)) for user in range(1, 11)]
    asking.send()
    gone = "userdeleted"
    assert outcomes(replies) == [1, gone, gone, gone, gone, gone, 7, 8, gone, 10]
    with pytest.raises(RecordRefused, match="account was deleted"):
        _ = replies[1].value


@pytest.mark.parametrize("batching", [True, False])
def test_what_is_refused_for_everybody_is_not_asked_for_everybody(
    httpserver: HTTPServer, batching: bool
) -> None:
    moodle = FakeMoodle(httpserver, refusing("nopermissions", *range(1, 200)))
    asking = client(httpserver, batching=batching)
    replies = [asking.later(count_of(user)) for user in range(1, 200)]
    asking.send()
    assert outcomes(replies) == ["nopermissions"] * 199
    assert len(moodle.sizes) <= 4


def test_refusals_between_answers_are_no_reason_to_give_up(httpserver: HTTPServer) -> None:
    FakeMoodle(httpserver, refusing("nopermission", *range(2, 20, 2)))
    asking = client(httpserver)
    replies = [asking.later(count_of(user)) for user in range(1, 20)]
    asking.send()
    assert outcomes(replies) == [user if user % 2 else "nopermission" for user in range(1, 20)]


@pytest.mark.parametrize("batching", [True, False])
def test_a_token_that_ends_on_the_way_ends_everything(httpserver: HTTPServer, batching: bool) -> None:
    FakeMoodle(httpserver, refusing("invalidtoken", 5))
    asking = client(httpserver, batching=batching)
    for user in range(1, 9):
        asking.later(count_of(user))
    with pytest.raises(PlatformRefused, match="the token is unknown"):
        asking.send()


def test_one_misread_answer_in_a_batch_costs_the_others_nothing(httpserver: HTTPServer) -> None:
    def answer(function: str, arguments: dict[str, Any]) -> Any:
        return {"attemptscount": "many"} if arguments["userid"] == 2 else by_user(function, arguments)

    FakeMoodle(httpserver, answer)
    asking = client(httpserver)
    replies = [asking.later(count_of(user)) for user in (1, 2, 3)]
    asking.send()
    assert [reply.error is None for reply in replies] == [True, False, True]
    assert isinstance(replies[1].error, PlatformMisread)


@pytest.mark.parametrize(
    "response",
    [{"error": False, "data": '{"attemptscount": 1'}, {"error": True, "exception": "<b>Fatal error</b>"}],
    ids=["an answer", "a refusal"],
)
def test_one_answer_in_a_batch_that_is_no_json_costs_the_others_nothing(
    httpserver: HTTPServer, response: dict[str, Any]
) -> None:
    good = {"error": False, "data": '{"attemptscount": 7}'}
    httpserver.expect_request(DOOR).respond_with_json({"responses": [good, response, good]})
    asking = client(httpserver)
    replies = [asking.later(count_of(user)) for user in (1, 2, 3)]
    asking.send()
    assert [reply.error is None for reply in replies] == [True, False, True]
    assert isinstance(replies[1].error, PlatformMisread)
    assert "no JSON" in str(replies[1].error)


def test_a_batch_that_answers_nothing_or_too_much_is_misread(httpserver: HTTPServer) -> None:
    for responses in ([], [{"error": False, "data": "{}"}] * 3):
        httpserver.clear()
        httpserver.expect_request(DOOR).respond_with_json({"responses": responses})
        asking = client(httpserver)
        asking.later(count_of(1))
        asking.later(count_of(2))
        with pytest.raises(PlatformMisread, match=f"2 calls were sent, {len(responses)} were answered"):
            asking.send()


def test_a_client_tells_the_clock_of_the_site(httpserver: HTTPServer) -> None:
    FakeMoodle(httpserver, by_user)
    asking = client(httpserver)
    assert asking.server_time is None
    asking.ask(count_of(1))
    assert asking.server_time is not None


def test_an_answer_that_was_not_sent_for_is_a_mistake_of_ours(httpserver: HTTPServer) -> None:
    with pytest.raises(LookupError, match="has not been sent"):
        _ = client(httpserver).later(count_of(1)).value


def test_two_batches_are_under_way_at_a_time() -> None:
    both = Barrier(2)

    def answer(_: str, arguments: dict[str, Any]) -> Any:
        if int(arguments["userid"]) in (0, 100):  # the first of its batch: answered when the other is there
            both.wait(timeout=10)
        return by_user(_, arguments)

    with HTTPServer(host="127.0.0.1", threaded=True) as server:
        moodle = FakeMoodle(server, answer)
        asking = client(server)
        replies = [asking.later(count_of(user)) for user in range(250)]
        asking.send()
    assert sorted(moodle.sizes) == [50, 100, 100]
    assert outcomes(replies) == list(range(250))


@pytest.mark.parametrize(
    ("status", "headers", "body", "instead"),
    [
        (200, {}, "<form action='/login/index.php'>", Instead.LOGIN_PAGE),
        (303, {"Location": "/login/index.php"}, "", Instead.REDIRECT),
        (403, {}, "", Instead.SWITCHED_OFF),
    ],
)
@pytest.mark.parametrize("batching", [True, False], ids=["in batches", "singly"])
def test_what_shuts_everything_out_ends_everything_at_once(
    httpserver: HTTPServer,
    status: int,
    headers: dict[str, str],
    body: str,
    instead: Instead,
    batching: bool,
) -> None:
    httpserver.expect_request(DOOR).respond_with_data(
        body, status=status, headers=headers, content_type="text/html"
    )
    asking = client(httpserver, batching=batching)
    for user in range(400):
        asking.later(count_of(user))
    with pytest.raises(PlatformError) as caught:
        asking.send()
    assert (caught.value.instead, caught.value.remedy) == (instead, Remedy.PERSON)
    assert len(httpserver.log) <= 2, "no storm"


def test_a_page_that_only_one_function_gives_costs_that_function_alone(httpserver: HTTPServer) -> None:
    def answer(request: Request) -> Response:
        if request.form["wsfunction"] == Function.ATTEMPT_COUNT:
            return Response("<b>Fatal error</b>: out of memory", content_type="text/html")
        return json_of({"attemptscount": 1})

    httpserver.expect_request(DOOR).respond_with_handler(answer)
    asking = client(httpserver, batching=False)
    replies = [asking.later(count_of(1)), asking.later(count_of(1, Function.SCOES))]
    asking.send()
    assert [reply.error is None for reply in replies] == [False, True]


def test_a_client_says_how_many_calls_cost_no_further_request(httpserver: HTTPServer) -> None:
    moodle = FakeMoodle(httpserver, by_user)
    asking = client(httpserver)
    assert asking.free == 100
    for user in range(1, 31):
        asking.later(count_of(user))
    assert asking.free == 70
    for user in range(31, 101):
        asking.later(count_of(user))
    assert asking.free == 0
    asking.send()
    assert moodle.sizes == [100]
    assert client(httpserver, batching=False).free == 0


def test_a_batch_whose_answers_are_too_long_together_comes_in_parts(httpserver: HTTPServer) -> None:
    def answer(function: str, arguments: dict[str, Any]) -> Any:
        return {**by_user(function, arguments), "text": "x" * 1_000}

    moodle = FakeMoodle(httpserver, answer)
    asking = client(httpserver, max_bytes=30_000)
    replies = [asking.later(count_of(user)) for user in range(100)]
    asking.send()
    assert outcomes(replies) == list(range(100))
    assert len(moodle.sizes) < 12


def test_an_answer_that_is_too_long_alone_costs_its_call_and_no_other(httpserver: HTTPServer) -> None:
    def answer(function: str, arguments: dict[str, Any]) -> Any:
        length = 90_000 if int(arguments["userid"]) == 17 else 9
        return {**by_user(function, arguments), "text": "x" * length}

    FakeMoodle(httpserver, answer)
    asking = client(httpserver, max_bytes=30_000)
    replies = [asking.later(count_of(user)) for user in range(100)]
    asking.send()
    assert [user for user, reply in enumerate(replies) if reply.error is not None] == [17]
    error = replies[17].error
    assert error is not None
    assert error.instead is Instead.TOO_LONG


@pytest.mark.parametrize("batching", [True, False], ids=["in batches", "singly"])
def test_a_closed_activity_is_asked_about_no_more_and_says_nothing_of_others(
    httpserver: HTTPServer, batching: bool
) -> None:
    def answer(function: str, arguments: dict[str, Any]) -> Any:
        if int(arguments["scormid"]) == 1:
            raise Refuse("expired")
        return by_user(function, arguments)

    moodle = FakeMoodle(httpserver, answer)
    asking = client(httpserver, batching=batching)
    calls = [
        Call(Function.ATTEMPT_COUNT, {"scormid": scorm, "userid": user}, Count)
        for scorm in (1, 2)
        for user in range(20)
    ]
    replies = [asking.later(call) for call in calls]
    asking.send()
    assert outcomes(replies) == ["expired"] * 20 + list(range(20))
    assert len(moodle.sizes) <= (3 if batching else 22)


def test_a_batch_that_takes_all_memory_of_the_site_comes_in_parts(httpserver: HTTPServer) -> None:
    moodle = ForgetfulMoodle(httpserver, by_user)
    asking = client(httpserver)
    replies = [asking.later(count_of(user)) for user in range(100)]
    asking.send()
    assert outcomes(replies) == list(range(100))
    assert max(moodle.sizes) <= 30


def test_a_batch_that_takes_longer_than_a_gateway_waits_comes_in_parts_and_so_does_what_follows(
    httpserver: HTTPServer,
) -> None:
    moodle = ImpatientGateway(httpserver, by_user)
    asking = client(httpserver)
    replies = [asking.later(count_of(user)) for user in range(100)]
    asking.send()
    assert outcomes(replies) == list(range(100))
    moodle.sizes.clear()
    replies = [asking.later(count_of(user)) for user in range(50)]
    asking.send()
    assert (outcomes(replies), moodle.sizes) == (list(range(50)), [25, 25])


def test_a_gateway_that_waits_for_nothing_ends_the_pull(httpserver: HTTPServer) -> None:
    sizes = []

    def respond(request: Request) -> Response:
        sizes.append(sum(name.endswith("][function]") for name in request.form))
        return Response(status=504)

    httpserver.expect_request(DOOR).respond_with_handler(respond)
    asking = client(httpserver)
    for user in range(100):
        asking.later(count_of(user))
    with pytest.raises(PlatformBusy):
        asking.send()
    assert min(sizes) == 12
