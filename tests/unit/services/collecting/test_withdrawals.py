"""Many who withdraw at once are held like records that vanish: enrolments that end by date look the same."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from lms_scoring.domain import evidence as ev
from lms_scoring.domain.losses import LossState
from lms_scoring.ports import HeldLoss, ProblemKind
from lms_scoring.services.collecting.collect import Collected, collect
from lms_scoring.store import SqlStore
from tests import given
from tests.fixtures.courses.scripted import (
    CHEN,
    COURSE,
    LI,
    MOODLE,
    PEOPLE,
    POSTS,
    ZHAO,
    ScriptedSource,
    StandingClock,
    members,
    new_store,
    roster,
    told,
)
from tests.given import homework, topics

MANY = [f"learner {number}" for number in range(60)]
LEFT = ev.MembershipStatus.WITHDRAWN


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqlStore]:
    store = new_store(tmp_path)
    yield store
    store.close()


def sync(
    store: SqlStore, places: Sequence[ev.Membership], *records: ev.Record, people: Sequence[str] = ()
) -> Collected:
    known = roster(LI, ZHAO, "wang", CHEN, *people)
    batches = (known, told(*places), told(*records, whole=[PEOPLE, POSTS]))
    return collect(COURSE, ScriptedSource(batches), store, clock=StandingClock())


def learners(*, withdrawn: int = 0) -> list[ev.Membership]:
    """Sixty of one class, and their tutor."""
    places = [given.membership(one) for one in MANY]
    return [*(replace(one, status=LEFT) for one in places[:withdrawn]), *places[withdrawn:], given.tutor()]


def active(store: SqlStore) -> set[str]:
    with store.reading() as transaction:
        found = transaction.memberships(COURSE)
    return {one.person for one in found if one.status is ev.MembershipStatus.ACTIVE}


def held(store: SqlStore) -> list[HeldLoss]:
    with store.reading() as transaction:
        return list(transaction.held_losses(course=COURSE, states=[LossState.WAITING, LossState.REFUSED]))


def signed(store: SqlStore, state: LossState) -> None:
    """Somebody says what is true of the one loss."""
    [loss] = held(store)
    with store.writing() as transaction:
        if state is LossState.CONFIRMED:
            transaction.mark_held_gone(loss.number, at=StandingClock().now())
        transaction.end_loss(loss.number, state, act=1)


def test_when_all_learners_withdraw_at_once_they_go_on_taking_part_and_it_is_held(store: SqlStore) -> None:
    sync(store, members(), *topics(3), homework())
    done = sync(store, members(withdrawn=[LI, ZHAO, CHEN]), *topics(3), homework())
    assert active(store) == {LI, ZHAO, CHEN, "wang"}
    [loss] = held(store)
    assert (loss.scope, loss.missing, loss.people, loss.state) == (PEOPLE, 3, 3, LossState.WAITING)
    assert done.problems == {ProblemKind.LOST: 1}
    with store.reading() as transaction:
        [problem] = transaction.problems(COURSE, run=done.run)
    assert problem.problem.code == "mass_disappearance"
    assert "or as suspended only" in problem.problem.text
    assert f"lms-scoring loss confirm {loss.number}" in problem.problem.text


@pytest.mark.parametrize(("withdrawn", "doubted"), [(1, False), (12, False), (13, True), (59, True)])
def test_as_many_may_withdraw_at_once_as_may_vanish(store: SqlStore, withdrawn: int, doubted: bool) -> None:
    sync(store, learners(), people=MANY)
    sync(store, learners(withdrawn=withdrawn), people=MANY)
    assert len(active(store)) == (61 if doubted else 61 - withdrawn)
    assert len(held(store)) == doubted


def test_a_last_learner_may_withdraw(store: SqlStore) -> None:
    sync(store, members(withdrawn=[ZHAO, CHEN]))
    sync(store, members(withdrawn=[LI, ZHAO, CHEN]))
    assert active(store) == {"wang"}
    assert held(store) == []


def test_who_was_withdrawn_when_met_first_is(store: SqlStore) -> None:
    sync(store, members(withdrawn=[LI, ZHAO, CHEN]))
    assert active(store) == {"wang"}


def test_what_they_did_that_is_not_listed_any_more_is_held_too(store: SqlStore) -> None:
    """Some lists of a platform have active people alone."""
    sync(store, members(), *topics(3))
    sync(store, members(withdrawn=[LI, ZHAO, CHEN]), *topics(1))
    assert {loss.scope for loss in held(store)} == {PEOPLE, POSTS}
    with store.reading() as transaction:
        [theirs] = transaction.evidence_of(COURSE, [LI])
    assert not any(record.gone_at for record in theirs.records)


def test_whoever_is_listed_as_active_again_ends_it(store: SqlStore) -> None:
    sync(store, members())
    sync(store, members(withdrawn=[LI, ZHAO, CHEN]))
    assert not sync(store, members()).lost_something
    assert held(store) == []
    assert active(store) == {LI, ZHAO, CHEN, "wang"}


def test_once_it_is_signed_that_they_left_they_have(store: SqlStore) -> None:
    sync(store, members())
    sync(store, members(withdrawn=[LI, ZHAO, CHEN]))
    signed(store, LossState.CONFIRMED)
    assert active(store) == {"wang"}
    assert not sync(store, members(withdrawn=[LI, ZHAO, CHEN])).lost_something
    assert active(store) == {"wang"}


def test_once_it_is_signed_that_they_did_not_they_stay_and_nobody_is_asked_again(store: SqlStore) -> None:
    sync(store, members())
    sync(store, members(withdrawn=[LI, ZHAO, CHEN]))
    signed(store, LossState.REFUSED)
    assert not sync(store, members(withdrawn=[LI, ZHAO, CHEN])).lost_something
    assert active(store) == {LI, ZHAO, CHEN, "wang"}


def test_another_source_has_no_say_in_it(store: SqlStore) -> None:
    """Who learns by one roster and is withdrawn by another, withdraws from that one."""
    sync(store, members())
    left = [replace(one, status=LEFT) for one in members()[:2]]
    other = ScriptedSource((told(*left, whole=[PEOPLE]),), name=f"{MOODLE} 2")
    collect(COURSE, other, store, clock=StandingClock())
    assert held(store) == []
