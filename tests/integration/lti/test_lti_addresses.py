"""No address that a platform or an administrator can give leads into our own network: nothing connects.

Here it is a sample of the spellings; `tests/faults` has them all.
"""

from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest
from pytest_httpserver import HTTPServer

from lms_scoring.domain.errors import LmsScoringError
from tests.integration.lti.spellings import canary, sample, spellings, was_reached
from tests.integration.lti.ways_in import WAYS, Platform, Way, check, roster, watch


@pytest.fixture
def platform(httpserver: HTTPServer) -> Platform:
    return Platform(httpserver)


@pytest.fixture
def listening() -> Iterator[socket.socket]:
    with canary() as door:
        yield door


def test_there_are_enough_spellings_and_none_twice() -> None:
    written = spellings(40_000)
    assert len(written) == len(set(written))
    assert len(written) >= 120
    assert set(sample(40_000)) < set(written)


@pytest.mark.parametrize("way", WAYS, ids=[way.name for way in WAYS])
def test_nothing_connects(platform: Platform, way: Way) -> None:
    check(platform, way, sample)


def test_the_watch_sees_a_connection_and_the_canary_feels_it(listening: socket.socket) -> None:
    with watch().on() as connected:
        socket.create_connection(listening.getsockname()).close()
    assert connected == {listening.getsockname()}
    assert was_reached(listening)


def test_a_name_is_looked_up_once_and_what_was_checked_is_connected_to(platform: Platform) -> None:
    """A name on the list is the operator's word for it; the same machine by another name is not."""
    platform.bad = platform.base.replace("127.0.0.1", "localhost")
    with watch().on() as connected, pytest.raises(LmsScoringError):
        roster(platform, f"{platform.bad}/members")
    assert not connected
