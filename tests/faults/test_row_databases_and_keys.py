"""Rows 11, 12, 16 and 17: a full disk, a locked database, tokens that end in the middle, keys of launches."""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from pytest_httpserver import HTTPServer
from sqlalchemy import event
from werkzeug import Request, Response

from adapters.lti.key_sets import COOL_DOWN, FRESH, PlatformKeySets
from lms_scoring.domain.errors import StoreError
from lms_scoring.domain.failure import Instead, Remedy
from lms_scoring.lti.refusal import LaunchRefused
from lms_scoring.ports import RunState, SyncRequest
from lms_scoring.services.following_up.heartbeats import SCHEDULER
from lms_scoring.services.following_up.troubles import try_again
from lms_scoring.services.unattended.pulling import pull_next
from lms_scoring.store import SqlStore
from lms_scoring.web.application import create_app
from tests import given
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
from tests.fixtures.courses.scripted import (
    COURSE,
    ScriptedSource,
    members,
    new_store,
    roster,
    told,
)
from tests.fixtures.workshop import ScriptedSources, workshop
from tests.integration.lti.asking import SetClock, connecting, registration, root
from tests.integration.web.forms import token_of
from tests.integration.web.incomplete import make_incomplete, seen_on
from tests.integration.web.school import COORDINATOR, fill_school, open_school
from tests.integration.web.school import COURSE as SCHOOLS_COURSE
from tests.launches.platform import key_set

PAGES = "http://127.0.0.1:8000"
SMALL = (roster("li", "zhao", "wang", "chen"),)
REQUEST = SyncRequest(course=COURSE, source=MOODLE, asked_at=1)


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


@row(11, "pages", [0, 2, 8, 30])
def test_a_full_disk_is_told_by_health_and_the_process_goes_on(tmp_path: Path, pages: int) -> None:
    """I6: whoever watches over it is told that the platform's sync fails, and since when."""
    store, many = new_store(tmp_path), told(*members(), *given.topics(5_000), cursor="c")
    shop = workshop(store, ScriptedSources({(COURSE, MOODLE): ScriptedSource([*SMALL, many])}))
    client = create_app(store=store, courses=dict, clock=shop.clock, public_url=PAGES).test_client()
    with store.writing() as transaction:
        transaction.ask_for_sync(REQUEST)
        transaction.keep_heartbeat(SCHEDULER, at=shop.clock.now())
    with limited(store, more=pages):
        with pytest.raises(StoreError, match="the disk is full"):
            pull_next(shop, MOODLE)
        health = told_by(client)
        assert health["status"] == "degraded"
        assert [one["what"] for one in health["degraded"]] == [MOODLE]
    with store.writing() as transaction:
        try_again(transaction, None, now=shop.clock.now())
    done = pull_next(shop, MOODLE)
    assert done is not None
    assert (done.state, done.kept.refused) == (RunState.DONE, 0)
    assert told_by(client)["degraded"] == []
    store.close()


def told_by(client: FlaskClient) -> Any:
    """What `/health` says; the pages are there."""
    answer = client.get("/health", base_url=PAGES)
    assert answer.status_code == 200
    return answer.json


@contextmanager
def limited(store: SqlStore, *, more: int) -> Iterator[None]:
    """The database may grow by so many pages."""

    def limit(driver: sqlite3.Connection, _: object) -> None:
        ((now,),) = driver.execute("PRAGMA page_count")
        driver.execute(f"PRAGMA max_page_count = {now + more}")

    store.close()
    event.listen(store.engine, "connect", limit)
    yield
    event.remove(store.engine, "connect", limit)
    store.close()


@row(12, "path", ["sync", "losses/1", "quarantine/1", "closing"])
def test_a_page_that_cannot_write_is_503_and_works_when_the_lock_is_gone(tmp_path: Path, path: str) -> None:
    fill_school(tmp_path / "school.sqlite")
    school = open_school(tmp_path / "school.sqlite")
    make_incomplete(school)
    client = school.signed_in(COORDINATOR)
    seen = seen_on(school, client) if path.startswith("losses") else ""
    form = {"token": token_of(client), "reason": "x", "do": "drop", "seen": seen}
    address = f"/courses/{SCHOOLS_COURSE}/{path}"

    def hurry(driver: sqlite3.Connection, _: object) -> None:
        driver.execute("PRAGMA busy_timeout = 100")

    school.store.close()
    event.listen(school.store.engine, "connect", hurry)
    with closing(sqlite3.connect(tmp_path / "school.sqlite")) as other:
        other.execute("BEGIN IMMEDIATE")
        answer = client.post(address, data=form)
        assert answer.status_code == 503
        assert client.get(f"/courses/{SCHOOLS_COURSE}/sync").status_code == 200, "who reads does not wait"
        other.rollback()
    assert client.post(address, data=form).status_code < 500
    school.store.close()


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
