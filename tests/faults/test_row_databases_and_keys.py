"""Rows 11, 12, 16 and 17: a full disk, a locked database, tokens that end in the middle, keys of launches."""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pytest_httpserver import HTTPServer
from sqlalchemy import event
from werkzeug import Request, Response

from adapters.lti.key_sets import COOL_DOWN, FRESH, PlatformKeySets
from lms_scoring.domain.errors import StoreError
from lms_scoring.domain.failure import Instead, Remedy
from lms_scoring.lti.refusal import LaunchRefused
from lms_scoring.store import SqlStore
from tests.faults import faults
from tests.faults.fault_proxy import Fault
from tests.faults.invariants import (
    no_evidence_is_lost,
    nothing_counts_twice,
    nothing_seems_gone,
    scores_can_be_had_again,
    the_fault_is_visible,
    the_other_was_read,
    undisturbed,
)
from tests.faults.matrix import row
from tests.faults.scene import LRS, MOODLE, Scene, scene
from tests.integration.lti.asking import SetClock, connecting, registration, root
from tests.launches.platform import key_set


@pytest.fixture
def course(tmp_path: Path) -> Iterator[Scene]:
    folder = tmp_path / "course"
    folder.mkdir()
    with scene(folder) as ours:
        yield ours


@row(11, "pages", [1, 5, 20, 60])
def test_a_full_disk_stores_nothing_by_half(course: Scene, tmp_path: Path, pages: int) -> None:
    truth = undisturbed(course, tmp_path / "truth")
    store = course.site.installation.store
    assert isinstance(store, SqlStore)
    ((now,),) = course.ask("PRAGMA page_count")
    assert isinstance(now, int)

    def limit(driver: sqlite3.Connection, _: object) -> None:
        driver.execute(f"PRAGMA max_page_count = {now + pages}")

    store.close()
    event.listen(store.engine, "connect", limit)
    with pytest.raises(StoreError, match="the disk is full"):
        course.sync()
    event.remove(store.engine, "connect", limit)
    store.close()
    assert course.ask("PRAGMA integrity_check") == [("ok",)]
    nothing_counts_twice(course)
    nothing_seems_gone(course)
    assert course.sync().good
    no_evidence_is_lost(course, truth)
    scores_can_be_had_again(course)


def let_go(other: sqlite3.Connection) -> None:
    other.rollback()
    other.close()


@row(12, "source, after", [(MOODLE, 0), (MOODLE, 9), (MOODLE, 20), (LRS, 1), (LRS, 2)])
def test_a_database_that_another_program_locks_is_waited_for(
    course: Scene, tmp_path: Path, source: str, after: int
) -> None:
    truth = undisturbed(course, tmp_path / "truth")
    released: list[threading.Timer] = []

    def lock() -> None:
        other = sqlite3.connect(course.database, check_same_thread=False, timeout=30)
        other.execute("BEGIN IMMEDIATE")
        release = threading.Timer(0.3, let_go, (other,))
        release.start()
        released.append(release)

    course.proxy(source).next(faults.held(lock), after=after)
    assert course.sync().good
    for timer in released:
        timer.join()
    assert len(released) == 1
    no_evidence_is_lost(course, truth)
    nothing_counts_twice(course)


ENDED: list[tuple[str, Fault, int]] = [
    *((MOODLE, faults.exception("invalidtoken"), after) for after in (0, 4, 15)),
    *((LRS, faults.status(401), after) for after in (0, 2)),
    (LRS, faults.status(403), 2),
]


@row(16, "source, fault, after", [pytest.param(*one, id=f"{one[0]} {one[1].name} {one[2]}") for one in ENDED])
def test_a_token_that_ends_in_the_middle_waits_for_a_person(
    course: Scene, tmp_path: Path, source: str, fault: Fault, after: int
) -> None:
    truth = undisturbed(course, tmp_path / "truth")
    proxy = course.proxy(source)
    proxy.next(fault, times=999, after=after)
    assert not course.sync().good
    the_fault_is_visible(course, source, instead={Instead.NOT_ACCEPTED}, remedy=Remedy.PERSON)
    assert sum(each is not None for _, each in proxy.seen) <= 2, "no storm"
    the_other_was_read(course, source)
    nothing_seems_gone(course)
    course.calm()
    assert course.sync().good
    no_evidence_is_lost(course, truth)


class Keys:
    """A platform that publishes the keys of those names, while it is up."""

    def __init__(self, server: HTTPServer, *names: str) -> None:
        self.names: tuple[str, ...] = names
        self.status = 200
        self.asked = 0

        def answer(_: Request) -> Response:
            self.asked += 1
            return Response(json.dumps(key_set(*self.names)), status=self.status)

        server.expect_request("/keys").respond_with_handler(answer)


def is_known(sets: PlatformKeySets, ours: Any, kid: str) -> bool:
    try:
        sets.key(ours, kid)
    except LaunchRefused:
        return False
    return True


@row(17, "unknown", [1, 10, 1000])
def test_unknown_keys_cost_two_fetches_however_many(httpserver: HTTPServer, unknown: int) -> None:
    platform, sets = Keys(httpserver, "a"), PlatformKeySets(connecting(), clock=SetClock())
    ours = registration(root(httpserver))
    assert not any(is_known(sets, ours, f"made up {number}") for number in range(unknown))
    assert is_known(sets, ours, "a")
    assert platform.asked <= 2


@row(17, "launches", [1, 5])
def test_a_key_that_was_rotated_is_fetched_once(httpserver: HTTPServer, launches: int) -> None:
    platform, sets = Keys(httpserver, "a"), PlatformKeySets(connecting(), clock=SetClock())
    ours = registration(root(httpserver))
    assert all(is_known(sets, ours, "a") for _ in range(launches))
    platform.names = ("b",)
    assert all(is_known(sets, ours, "b") for _ in range(launches))
    assert platform.asked == 2


@row(17, "later", [0, COOL_DOWN, FRESH + 1])
def test_a_key_that_is_known_stays_good_while_the_platform_is_down(
    httpserver: HTTPServer, later: int
) -> None:
    platform, clock = Keys(httpserver, "a"), SetClock()
    sets = PlatformKeySets(connecting(), clock=clock)
    ours = registration(root(httpserver))
    assert is_known(sets, ours, "a")
    platform.status = 503
    clock.at += later
    assert is_known(sets, ours, "a")
    assert not is_known(sets, ours, "b")
