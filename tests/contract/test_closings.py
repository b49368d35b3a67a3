"""Contract: a closed course is read as it was closed, whatever syncs store beside it, till it reopens."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from lms_scoring.domain import evidence as ev
from lms_scoring.domain.board import Chip
from lms_scoring.domain.packed_card import packed
from lms_scoring.ports import Act, ActKind, BoardPart, Frozen, Kept, RunState, Store, Transaction
from tests.contract.story import (
    CHEN,
    COURSE,
    LI,
    LRS,
    MEMBERSHIPS,
    MOODLE,
    WANG,
    card,
    class_a,
    event,
    evidence_of,
    homework,
    member,
    post,
)

CLOSED = Act(at=50, kind=ActKind.CLOSED, by=CHEN.id, reason="the window is over", course=COURSE)
REOPENED = replace(CLOSED, at=90, kind=ActKind.REOPENED, reason="marks were missing")
FROZEN_POST = post("moodle/p1", person=LI.id, source=MOODLE)
FROZEN_WORK = homework("moodle/h1", person=LI.id, source=MOODLE, gone_at=40)
FROZEN = (FROZEN_POST, FROZEN_WORK)
"""As they count: named by their source, what is gone among them."""
DECISION = ev.Decision(
    id="here/1",
    person=LI.id,
    target=ev.CriterionTarget(criterion="posts"),
    action=ev.Action.EXEMPT,
    by=CHEN.id,
    at=60,
    reason="ill",
)


def close(transaction: Transaction, records: Sequence[ev.Record] = FROZEN) -> Act:
    """Closes with the memberships of now, and Li's records as given."""
    memberships = transaction.memberships(COURSE)
    transaction.freeze(
        COURSE,
        [
            Frozen(
                person=person.id,
                memberships=[one for one in memberships if one.person == person.id],
                records=records if person == LI else (),
            )
            for person in (LI, WANG, CHEN)
        ],
    )
    return transaction.keep_act(CLOSED)


@pytest.fixture
def closed(store: Store) -> Store:
    with store.writing() as transaction:
        run = class_a(transaction)
        transaction.keep_records(COURSE, MOODLE, [post("p1")], run=run)
        close(transaction)
    return store


def test_a_course_is_closed_by_an_act_and_open_again_by_another(store: Store) -> None:
    with store.writing() as transaction:
        class_a(transaction)
        assert transaction.closing(COURSE) is None
        signed = close(transaction)
        assert transaction.closing(COURSE) == signed == replace(CLOSED, number=1, run=2)
        assert transaction.closing("another course") is None
        transaction.keep_act(REOPENED)
        assert transaction.closing(COURSE) is None
        again = close(transaction)
        assert transaction.closing(COURSE) == again
    with store.reading() as transaction:
        assert transaction.closing(COURSE) == again


def test_what_was_frozen_is_read_and_not_what_came_later(closed: Store) -> None:
    with closed.writing() as transaction:
        run = transaction.begin_run(COURSE, MOODLE, at=70)
        transaction.keep_records(COURSE, MOODLE, [post("p1", parent="t"), post("p2")], run=run)
        transaction.keep_events(LRS, [event("e1")])
    found = evidence_of(closed)
    assert list(found.records) == list(FROZEN)
    assert (found.is_frozen, found.events, found.statements) == (True, {}, {})
    assert found.person == LI


def test_what_is_entered_after_the_closing_stands_beside_what_was_frozen(closed: Store) -> None:
    with closed.writing() as transaction:
        transaction.keep_decision(COURSE, DECISION, at=60)
    assert list(evidence_of(closed).records) == [*FROZEN, DECISION]
    assert list(evidence_of(closed, WANG).records) == []


def test_what_was_entered_before_the_closing_stands_there_once(store: Store) -> None:
    with store.writing() as transaction:
        class_a(transaction)
        transaction.keep_decision(COURSE, DECISION, at=40)
        close(transaction, [*FROZEN, DECISION])
    assert list(evidence_of(store).records) == [*FROZEN, DECISION]


def test_memberships_are_those_of_the_closing_unless_todays_are_asked_for(closed: Store) -> None:
    with closed.writing() as transaction:
        run = transaction.begin_run(COURSE, MOODLE, at=70)
        moved = member(1, class_="B")
        transaction.keep_records(COURSE, MOODLE, [moved], run=run)
        transaction.mark_gone(COURSE, MOODLE, MEMBERSHIPS, run=run, at=71)
        then, now = transaction.memberships(COURSE), transaction.memberships(COURSE, today=True)
        of_wang = transaction.memberships(COURSE, persons=[WANG.id])
        of_wang_now = transaction.memberships(COURSE, persons=[WANG.id], today=True)
    assert [(one.person, one.class_, one.status) for one in then] == [
        (LI.id, "A", "active"),
        (WANG.id, "A", "active"),
        (CHEN.id, "A", "active"),
    ]
    assert [(one.person, one.class_, one.status) for one in now] == [
        (LI.id, "B", "active"),
        (WANG.id, "A", "withdrawn"),
        (CHEN.id, "A", "withdrawn"),
    ]
    assert [one.status for one in of_wang] == ["active"]
    assert [one.status for one in of_wang_now] == ["withdrawn"]


def test_the_classes_of_a_platforms_groups_are_those_of_the_closing(closed: Store) -> None:
    with closed.writing() as transaction:
        run = transaction.begin_run(COURSE, MOODLE, at=70)
        moved = [member(1, class_="B"), member(2, status=ev.MembershipStatus.WITHDRAWN)]
        transaction.keep_records(COURSE, MOODLE, moved, run=run)
        assert set(transaction.classes_of_groups(COURSE, MOODLE, {"1"})) == {"A"}
        assert set(transaction.classes_of_groups(COURSE, MOODLE, {"2", "9"})) == {"A"}
        assert set(transaction.classes_of_groups(COURSE, LRS, {"1"})) == set()
        transaction.keep_act(REOPENED)
        assert set(transaction.classes_of_groups(COURSE, MOODLE, {"1"})) == {"B"}
        assert set(transaction.classes_of_groups(COURSE, MOODLE, {"2"})) == set()


def test_a_membership_that_was_gone_stays_so_with_its_time(store: Store) -> None:
    with store.writing() as transaction:
        run = class_a(transaction)
        transaction.end_run(run, at=2, state=RunState.DONE, kept=Kept())
        run = transaction.begin_run(COURSE, MOODLE, at=3)
        transaction.keep_records(COURSE, MOODLE, [member(1), member(3, ev.Role.TUTOR)], run=run)
        transaction.mark_gone(COURSE, MOODLE, MEMBERSHIPS, run=run, at=4)
        before = list(transaction.memberships(COURSE))
        close(transaction)
        assert list(transaction.memberships(COURSE)) == before
    assert [(one.person, one.gone_at) for one in before] == [(LI.id, None), (WANG.id, 4), (CHEN.id, None)]


def test_who_leaves_after_the_closing_stays_on_the_board(closed: Store) -> None:
    with closed.writing() as transaction:
        for one in (card(LI), card(WANG)):
            transaction.keep_scorecard(COURSE, packed(one), at=50)
        run = transaction.begin_run(COURSE, MOODLE, at=70)
        transaction.mark_gone(COURSE, MOODLE, MEMBERSHIPS, run=run, at=71)
        assert [row.status for row in transaction.board(COURSE)] == ["active", "active"]
        history = transaction.history(COURSE, LI.id, role=ev.Role.LEARNER, class_="A")
        assert [row.status for row in history] == ["active"]
    part = BoardPart(course=COURSE, role=ev.Role.LEARNER)
    with closed.reading() as transaction:
        assert transaction.board_counts(part) == {Chip.NOT_KNOWN: 2}
    with closed.writing() as transaction:
        transaction.keep_act(REOPENED)
        assert [row.status for row in transaction.board(COURSE)] == ["withdrawn", "withdrawn"]
    with closed.reading() as transaction:
        assert transaction.board_counts(part) == {Chip.WITHDRAWN: 2}


def test_after_reopening_everything_is_read_again_and_a_second_closing_freezes_anew(closed: Store) -> None:
    with closed.writing() as transaction:
        run = transaction.begin_run(COURSE, MOODLE, at=70)
        transaction.keep_records(COURSE, MOODLE, [post("p2")], run=run)
        transaction.keep_act(REOPENED)
    assert {record.id for record in evidence_of(closed).records if isinstance(record, ev.Post)} == {
        "p1",
        "p2",
    }
    with closed.writing() as transaction:
        close(transaction, [FROZEN_POST])
    assert list(evidence_of(closed).records) == [FROZEN_POST]


def test_what_is_asked_as_of_a_run_is_that_of_the_run(closed: Store) -> None:
    assert not evidence_of(closed, at_run=2).is_frozen


def test_closing_one_course_closes_no_other(closed: Store) -> None:
    with closed.writing() as transaction:
        run = transaction.begin_run("course-2", MOODLE, at=80)
        transaction.keep_records("course-2", MOODLE, [member(1), post("p9")], run=run)
        (found,) = transaction.evidence_of("course-2", [LI.id])
    assert not found.is_frozen
    assert any(record.id == "p9" for record in found.records)


def test_more_people_are_frozen_than_are_kept_at_once(store: Store) -> None:
    with store.writing() as transaction:
        class_a(transaction)
        frozen = [Frozen(person=f"somebody {n}", memberships=(), records=()) for n in range(120)]
        last = Frozen(person=LI.id, memberships=(), records=FROZEN)
        transaction.freeze(COURSE, iter([*frozen, last]))
        transaction.keep_act(CLOSED)
    assert list(evidence_of(store).records) == list(FROZEN)
