"""Whoever looks around, every 15 seconds at every course, asks whether there is anybody, and not who."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import event

from lms_scoring.domain.instants import MINUTE
from lms_scoring.jobs.work import score
from lms_scoring.ports import Passback
from lms_scoring.services.collecting.collect import collect
from lms_scoring.services.unattended.sweep import sweep
from lms_scoring.store import SqlStore
from tests import given
from tests.fixtures.courses.scripted import (
    COURSE,
    LI,
    ZHAO,
    ScriptedSource,
    StandingClock,
    adopt_course,
    members,
    new_store,
    roster,
    rules,
    told,
)
from tests.fixtures.workshop import workshop


@contextmanager
def heard(store: SqlStore) -> Iterator[list[str]]:
    """What the database is told, with its values."""
    said: list[str] = []

    def listen(connection: Any, *_: object) -> None:
        connection.set_trace_callback(said.append)

    def leave(connection: Any, *_: object) -> None:
        connection.set_trace_callback(None)

    event.listen(store.engine, "checkout", listen)
    event.listen(store.engine, "checkin", leave)
    yield said
    event.remove(store.engine, "checkout", listen)
    event.remove(store.engine, "checkin", leave)


def test_however_many_a_record_store_touches_and_wait_only_one_row_is_read(tmp_path: Path) -> None:
    store, clock = new_store(tmp_path), StandingClock(given.END + 31 * given.DAY)
    shop = workshop(store, courses={COURSE: rules()}, clock=clock)
    adopt_course(store)
    collect(COURSE, ScriptedSource([roster(LI, ZHAO), told(*members())]), store, clock=clock)
    clock.at += MINUTE
    score(shop, COURSE)
    with store.writing() as transaction:
        transaction.keep_passback(COURSE, Passback.VERDICT)
        transaction.touch_persons(COURSE, [LI, ZHAO])
    clock.at += 6 * MINUTE
    with heard(store) as said:
        sweep(shop)
    asked = [one for one in said if "FROM touched" in one or "outgoing_grade.held = 'not_looked_at'" in one]
    assert len(asked) == 3, "who is unmade, who is taken up, and whose verdict waits for a look"
    assert all("LIMIT 1" in one for one in asked), asked
    store.close()
