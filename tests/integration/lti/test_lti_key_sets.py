"""Platforms' key sets: fetched seldom, believed on while the platform is down, bounded."""

from __future__ import annotations

import json
import threading
from typing import Any

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from adapters.lti.key_sets import AFTER_FAILURE, COOL_DOWN, FRESH, PlatformKeySets
from lms_scoring.domain.registration import Registration
from lms_scoring.lti.key_sets import KeySets
from lms_scoring.lti.refusal import LaunchRefused, Refusal
from tests.integration.lti.asking import MINUTE, SetClock, connecting, registration, root
from tests.launches.platform import key, key_set


class Platform:
    """Publishes the keys of those names; counts how often it was asked."""

    def __init__(self, server: HTTPServer, *names: str) -> None:
        self.names = names
        self.status = 200
        self.asked = 0
        self.agents: set[str] = set()
        server.expect_request("/keys").respond_with_handler(self._answer)

    def _answer(self, request: Request) -> Response:
        self.asked += 1
        self.agents.add(request.headers.get("User-Agent", ""))
        return Response(json.dumps(key_set(*self.names)), status=self.status)


def refused(sets: KeySets, ours: Registration, kid: str) -> Refusal:
    with pytest.raises(LaunchRefused) as caught:
        sets.key(ours, kid)
    return caught.value.refusal


def test_a_key_is_fetched_once_and_remembered_for_an_hour(httpserver: HTTPServer) -> None:
    platform, clock = Platform(httpserver, "a", "b"), SetClock()
    sets: KeySets = PlatformKeySets(connecting(), clock=clock)
    ours = registration(root(httpserver))
    for kid in ("a", "b", "a"):
        found = sets.key(ours, kid)
        assert found.as_dict(private=False)["n"] == key(kid).as_dict(private=False)["n"]
    clock.at += FRESH - 1
    sets.key(ours, "a")
    assert platform.asked == 1
    clock.at += 1
    sets.key(ours, "a")
    assert platform.asked == 2
    assert all("lms-scoring" in agent for agent in platform.agents)


def test_a_key_that_was_turned_between_two_launches_is_found(httpserver: HTTPServer) -> None:
    platform = Platform(httpserver, "a")
    sets = PlatformKeySets(connecting(), clock=SetClock())
    ours = registration(root(httpserver))
    sets.key(ours, "a")
    platform.names = ("b",)
    sets.key(ours, "b")
    assert refused(sets, ours, "a") is Refusal.KEY_UNKNOWN
    assert platform.asked == 2


def test_a_thousand_unknown_keys_are_worth_two_fetches(httpserver: HTTPServer) -> None:
    platform, clock = Platform(httpserver, "a"), SetClock()
    sets = PlatformKeySets(connecting(), clock=clock)
    ours = registration(root(httpserver))
    assert {refused(sets, ours, f"made up {number}") for number in range(1000)} == {Refusal.KEY_UNKNOWN}
    assert platform.asked == 2
    clock.at += COOL_DOWN
    assert refused(sets, ours, "one more") is Refusal.KEY_UNKNOWN
    assert platform.asked == 3


def test_a_clock_that_was_years_ahead_keeps_no_key_and_cools_down_nothing(httpserver: HTTPServer) -> None:
    platform, clock = Platform(httpserver, "a"), SetClock()
    sets, ours = PlatformKeySets(connecting(), clock=clock), registration(root(httpserver))
    clock.at += 9_000 * FRESH
    sets.key(ours, "a")
    assert refused(sets, ours, "b") is Refusal.KEY_UNKNOWN
    platform.names = ("b", "c")
    clock.at -= 9_000 * FRESH
    sets.key(ours, "b")
    platform.names = ("b", "c", "d")
    sets.key(ours, "d")
    assert platform.asked == 4


def test_nor_does_it_leave_a_platform_alone_for_years(httpserver: HTTPServer) -> None:
    platform, clock = Platform(httpserver), SetClock()
    sets, ours = PlatformKeySets(connecting(), clock=clock), registration(root(httpserver))
    clock.at += 9_000 * FRESH
    platform.status = 500
    refused(sets, ours, "a")
    platform.status, platform.names = 200, ("a",)
    clock.at -= 9_000 * FRESH
    sets.key(ours, "a")


def test_each_registration_cools_down_by_itself(httpserver: HTTPServer) -> None:
    platform = Platform(httpserver, "a")
    sets = PlatformKeySets(connecting(), clock=SetClock())
    first, second = (
        registration(root(httpserver)),
        registration(root(httpserver), jwks_url=f"{root(httpserver)}/keys?b"),
    )
    for ours in (first, second):
        sets.key(ours, "a")
        refused(sets, ours, "b")
    assert platform.asked == 4


def test_many_threads_at_once_make_one_fetch(httpserver: HTTPServer) -> None:
    platform = Platform(httpserver, "a")
    sets = PlatformKeySets(connecting(), clock=SetClock())
    ours, together, found = registration(root(httpserver)), threading.Barrier(8), []

    def launch() -> None:
        together.wait(10)
        found.append(sets.key(ours, "a").as_dict(private=False)["n"])

    threads = [threading.Thread(target=launch) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(found), len(set(found)), platform.asked) == (8, 1, 1)


def test_while_the_platform_is_down_its_old_keys_are_believed(httpserver: HTTPServer) -> None:
    platform, clock = Platform(httpserver, "a"), SetClock()
    sets = PlatformKeySets(connecting(), clock=clock)
    ours = registration(root(httpserver))
    sets.key(ours, "a")
    platform.status = 503
    clock.at += 48 * FRESH
    for _ in range(20):
        sets.key(ours, "a")
    assert platform.asked == 2
    assert refused(sets, ours, "b") is Refusal.KEYS_UNREACHABLE
    platform.status, platform.names = 200, ("b",)
    clock.at += MINUTE
    sets.key(ours, "b")


def test_a_platform_that_never_gave_keys_is_left_alone_for_a_moment(httpserver: HTTPServer) -> None:
    platform, clock = Platform(httpserver, "a"), SetClock()
    platform.status = 500
    sets = PlatformKeySets(connecting(), clock=clock)
    ours = registration(root(httpserver))
    assert {refused(sets, ours, "a") for _ in range(50)} == {Refusal.KEYS_UNREACHABLE}
    assert platform.asked == 1
    platform.status = 200
    clock.at += AFTER_FAILURE
    sets.key(ours, "a")


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b"<html>Log in</html>", Refusal.KEYS_MALFORMED),
        (b"", Refusal.KEYS_MALFORMED),
        (b"[]", Refusal.KEYS_MALFORMED),
        (b"{}", Refusal.KEYS_MALFORMED),
        (b'{"keys": {}}', Refusal.KEYS_MALFORMED),
        (b'{"keys": [' + b"[" * 20_000, Refusal.KEYS_MALFORMED),
        (b'{"keys": [], "x": "' + b"x" * 65_536 + b'"}', Refusal.KEYS_MALFORMED),
        (b'{"keys": [], "x": "' + b"x" * 3_000_000 + b'"}', Refusal.KEYS_UNREACHABLE),
        (b'{"keys": []}', Refusal.KEY_UNKNOWN),
        (b'{"keys": [null, 1, {"kid": "a"}, {"kty": "oct", "kid": "a", "k": "AA"}]}', Refusal.KEY_UNKNOWN),
    ],
)  # fmt: skip
def test_what_is_no_key_set_is_told_apart(httpserver: HTTPServer, body: bytes, why: Refusal) -> None:
    httpserver.expect_request("/keys").respond_with_data(body)
    sets = PlatformKeySets(connecting(), clock=SetClock())
    assert refused(sets, registration(root(httpserver)), "a") is why


def test_a_set_that_became_nonsense_does_not_drop_the_keys_that_were_known(httpserver: HTTPServer) -> None:
    good: dict[str, Any] = key_set("a")
    httpserver.expect_ordered_request("/keys").respond_with_json(good)
    httpserver.expect_ordered_request("/keys").respond_with_data("maintenance")
    clock = SetClock()
    sets = PlatformKeySets(connecting(), clock=clock)
    ours = registration(root(httpserver))
    sets.key(ours, "a")
    clock.at += FRESH
    sets.key(ours, "a")
    assert len(httpserver.log) == 2


def test_keys_are_not_looked_for_where_a_key_set_redirects_to(httpserver: HTTPServer) -> None:
    Platform(httpserver, "a")
    httpserver.expect_request("/moved").respond_with_data(
        "", status=302, headers={"Location": httpserver.url_for("/keys")}
    )
    ours = registration(root(httpserver), jwks_url=httpserver.url_for("/moved"))
    assert refused(PlatformKeySets(connecting(), clock=SetClock()), ours, "a") is Refusal.KEYS_UNREACHABLE
    assert len(httpserver.log) == 1


def test_a_platform_that_does_not_answer_in_time_is_unreachable(httpserver: HTTPServer) -> None:
    go_on = threading.Event()

    def wait(request: Request) -> Response:
        go_on.wait(10)
        return Response("{}")

    with HTTPServer(threaded=True) as slow:
        slow.expect_request("/keys").respond_with_handler(wait)
        sets = PlatformKeySets(connecting(deadline=0.2), clock=SetClock())
        assert refused(sets, registration(root(slow)), "a") is Refusal.KEYS_UNREACHABLE
        go_on.set()


def test_while_one_launch_asks_a_slow_platform_the_others_take_the_keys_it_gave_before() -> None:
    asked, go_on, clock = threading.Event(), threading.Event(), SetClock()
    slowly = [False]

    def answer(request: Request) -> Response:
        if slowly[0]:
            asked.set()
            go_on.wait(10)
        return Response(json.dumps(key_set("a" if not slowly[0] else "b")))

    with HTTPServer(threaded=True) as slow:
        slow.expect_request("/keys").respond_with_handler(answer)
        sets, ours = PlatformKeySets(connecting(), clock=clock), registration(root(slow))
        sets.key(ours, "a")
        clock.at += FRESH
        slowly[0] = True
        found: list[Refusal] = []
        first = threading.Thread(target=lambda: found.append(refused(sets, ours, "a")), daemon=True)
        first.start()
        assert asked.wait(10)
        others: list[object] = []
        second = threading.Thread(target=lambda: others.append(sets.key(ours, "a")), daemon=True)
        second.start()
        second.join(5)
        waited = second.is_alive()
        go_on.set()
        first.join(10)
        second.join(10)
    assert (waited, len(others)) == (False, 1)
    assert found == [Refusal.KEY_UNKNOWN], "who did ask hears that the key was withdrawn"
