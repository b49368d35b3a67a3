"""What jobs say of how they went, in the log of whoever runs them."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from fractions import Fraction
from pathlib import Path

import pytest

from lms_scoring.domain.errors import LmsScoringError, PlatformRefused
from lms_scoring.domain.instants import MINUTE
from lms_scoring.jobs.work import pull, send
from lms_scoring.ports import Batch, OutgoingGrade, Passback, Problem, ProblemKind
from lms_scoring.services.following_up.heartbeats import compared
from lms_scoring.services.unattended.due import ask_now
from lms_scoring.store import SqlStore
from tests import given
from tests.fixtures.courses.scripted import (
    COURSE,
    MOODLE,
    ScriptedSource,
    adopt_course,
    members,
    new_store,
    told,
)
from tests.fixtures.workshop import ScriptedSources, workshop


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqlStore]:
    store = new_store(tmp_path)
    yield store
    store.close()


def logged(
    store: SqlStore,
    caplog: pytest.LogCaptureFixture,
    *,
    error: LmsScoringError | None = None,
    problems: Sequence[Problem] = (),
) -> tuple[str, str]:
    """The level and the message of a source that was read."""
    batches = [told(*members(), cursor="c"), Batch(problems=problems)]
    source = ScriptedSource(batches, failure=error)
    with store.writing() as transaction:
        ask_now(transaction, COURSE, [MOODLE], now=given.AFTER)
    with caplog.at_level(logging.INFO):
        pull(workshop(store, ScriptedSources({(COURSE, MOODLE): source})), MOODLE)
    ((_, level, message),) = caplog.record_tuples
    return logging.getLevelName(level), message


def test_a_sync_that_went_well_says_what_it_read(store: SqlStore, caplog: pytest.LogCaptureFixture) -> None:
    level, message = logged(store, caplog)
    assert level == "INFO"
    assert message.startswith("source moodle, run 1: done; ")
    assert message.endswith(" refused")
    assert [vars(record)["run"] for record in caplog.records] == [1]


def test_a_sync_that_failed_warns_and_says_why(store: SqlStore, caplog: pytest.LogCaptureFixture) -> None:
    error = PlatformRefused(MOODLE, "site_info", "the token is unknown: make a new one")
    level, message = logged(store, caplog, error=error)
    assert level == "WARNING"
    assert message.endswith(" refused; moodle: site_info: the token is unknown: make a new one")


def test_a_sync_that_went_through_and_lost_something_warns(
    store: SqlStore, caplog: pytest.LogCaptureFixture
) -> None:
    lost = Problem(kind=ProblemKind.LOST, code="no_list", text="nobody may see it")
    level, message = logged(store, caplog, problems=[lost])
    assert level == "WARNING"
    assert message.endswith("; lost: 1; the sync page of the course says what")


def test_who_finds_another_sending_has_compared_nothing(store: SqlStore) -> None:
    """Else the gradebook would not be looked at for a day if the other dies."""
    adopt_course(store)
    grade = OutgoingGrade(course=COURSE, person="li", given=Fraction(0), comment="", at=1)
    shop = workshop(store)
    with store.writing() as transaction:
        transaction.keep_passback(COURSE, Passback.SCORE)
        transaction.keep_outgoing(grade)
        now = shop.clock.now()
        assert transaction.begin_sending(COURSE, "another", at=now, until=now + MINUTE)
    send(shop, COURSE)
    with store.reading() as transaction:
        assert transaction.heartbeat(compared(COURSE)) is None
    with store.writing() as transaction:
        transaction.end_sending(COURSE, "another")
    send(shop, COURSE)
    with store.reading() as transaction:
        assert transaction.heartbeat(compared(COURSE)) == now
