"""Contract: whoever's evidence changed is touched, until the card is scored again."""

from __future__ import annotations

from dataclasses import replace

from lms_scoring.domain.evidence import Action, CriterionTarget, Decision, Recommendation, Role, Unknown
from lms_scoring.domain.identity import mbox, own_account
from lms_scoring.domain.statements import LmsVerb
from lms_scoring.ports import Kept, RunState, Store
from tests.contract.story import (
    CHEN,
    CLASS_A,
    COURSE,
    LI,
    LRS,
    MEMBERSHIPS,
    MOODLE,
    POSTS,
    WANG,
    class_a,
    event,
    homework,
    known,
    member,
    post,
    statement,
    touched,
    user,
)

ALL = [LI.id, WANG.id, CHEN.id]


def test_new_members_and_their_tutor_are_touched(store: Store) -> None:
    with store.writing() as transaction:
        run = class_a(transaction)
        assert list(transaction.touched(COURSE)) == []
        transaction.keep_people([known(4)])
        transaction.keep_records(COURSE, MOODLE, [member(4)], run=run)
    assert touched(store) == [CHEN.id, known(4).id]


def test_new_changed_and_returning_records_touch_their_owner_and_equal_ones_nobody(store: Store) -> None:
    with store.writing() as transaction:
        run = class_a(transaction)
        transaction.keep_records(COURSE, MOODLE, [post("p1")], run=run)
        assert list(transaction.touched(COURSE)) == [LI.id]
        transaction.untouch(COURSE, [LI.id])
        transaction.keep_records(COURSE, MOODLE, [post("p1")], run=run)
        assert list(transaction.touched(COURSE)) == []
        transaction.keep_records(COURSE, MOODLE, [post("p1", bulletin=True)], run=run)
        assert list(transaction.touched(COURSE)) == [LI.id]


def test_a_record_that_changes_hands_touches_both(store: Store) -> None:
    with store.writing() as transaction:
        run = class_a(transaction)
        transaction.keep_records(COURSE, MOODLE, [post("p1", 1)], run=run)
        transaction.untouch(COURSE, ALL)
        transaction.keep_records(COURSE, MOODLE, [post("p1", 2)], run=run)
    assert touched(store) == [LI.id, WANG.id]


def test_what_is_gone_touches_its_owner(store: Store) -> None:
    with store.writing() as transaction:
        run = class_a(transaction)
        transaction.keep_records(COURSE, MOODLE, [post("p1", 2)], run=run)
        transaction.untouch(COURSE, ALL)
        later = transaction.begin_run(COURSE, MOODLE, at=3)
        transaction.mark_gone(COURSE, MOODLE, POSTS, run=later, at=3)
    assert touched(store) == [WANG.id]


def test_what_a_learner_hands_in_touches_the_tutors_of_the_class(store: Store) -> None:
    in_class_b = (member(4, class_="B"), member(5, Role.TUTOR, class_="B"))
    with store.writing() as transaction:
        run = class_a(transaction)
        transaction.keep_people([known(4), known(5)])
        transaction.keep_records(COURSE, MOODLE, in_class_b, run=run)
        transaction.untouch(COURSE, [*ALL, known(4).id, known(5).id])
        transaction.keep_records(COURSE, MOODLE, [homework("h1", 1)], run=run)
        assert list(transaction.touched(COURSE)) == [LI.id, CHEN.id]
        transaction.untouch(COURSE, [LI.id])
        assert list(transaction.touched(COURSE)) == [CHEN.id]
        transaction.untouch(COURSE, [CHEN.id])
        unknown = Unknown(id="u1", person=user(4), activity="17", reason="deleted")
        transaction.keep_records(COURSE, MOODLE, [unknown], run=run)
    assert touched(store) == [known(4).id, known(5).id]


def test_a_learner_without_a_class_touches_the_tutors_without_one(store: Store) -> None:
    with store.writing() as transaction:
        run = class_a(transaction)
        transaction.keep_people([known(4), known(5)])
        unplaced = (member(4, class_=None), member(5, Role.TUTOR, class_=None))
        transaction.keep_records(COURSE, MOODLE, unplaced, run=run)
        transaction.untouch(COURSE, [*ALL, known(4).id, known(5).id])
        transaction.keep_records(COURSE, MOODLE, [homework("h1", 4)], run=run)
    assert touched(store) == [known(4).id, known(5).id]


def test_a_learner_who_leaves_touches_the_tutor(store: Store) -> None:
    with store.writing() as transaction:
        class_a(transaction)
        run = transaction.begin_run(COURSE, MOODLE, at=3)
        transaction.keep_records(COURSE, MOODLE, CLASS_A[1:], run=run)
        transaction.mark_gone(COURSE, MOODLE, MEMBERSHIPS, run=run, at=3)
    assert touched(store) == [LI.id, CHEN.id]


def test_a_learner_who_changes_class_touches_the_tutors_of_both(store: Store) -> None:
    with store.writing() as transaction:
        run = class_a(transaction)
        transaction.keep_people([known(5)])
        transaction.keep_records(COURSE, MOODLE, [member(5, Role.TUTOR, class_="B")], run=run)
        transaction.untouch(COURSE, [*ALL, known(5).id])
        transaction.keep_records(COURSE, MOODLE, [member(1, class_="B")], run=run)
    assert touched(store) == [LI.id, CHEN.id, known(5).id]


def test_a_recommendation_touches_the_tutor_who_made_it(store: Store) -> None:
    with store.writing() as transaction:
        run = class_a(transaction)
        made_here = Recommendation(id="r1", submission="h1", by=own_account(CHEN.id), at=5)
        transaction.keep_records(COURSE, MOODLE, [made_here], run=run)
    assert touched(store) == [CHEN.id]


def test_a_decision_touches_its_person_and_the_tutor(store: Store) -> None:
    decision = Decision(
        id="d1",
        person=LI.id,
        target=CriterionTarget(criterion="posts"),
        action=Action.EXEMPT,
        by=CHEN.id,
        at=4,
        reason="ill",
    )
    with store.writing() as transaction:
        class_a(transaction)
        transaction.keep_decision(COURSE, decision, at=5)
        assert list(transaction.touched(COURSE)) == [LI.id, CHEN.id]
        transaction.untouch(COURSE, ALL)
        transaction.keep_decision(COURSE, decision, at=6)
    assert touched(store) == []


def test_new_events_touch_their_owner_and_repeats_nobody(store: Store) -> None:
    first, second = event("e1", 1, stored=1), event("e2", 2, stored=2)
    with store.writing() as transaction:
        class_a(transaction)
        transaction.keep_events(LRS, [first])
        assert list(transaction.touched(COURSE)) == [LI.id]
        transaction.untouch(COURSE, ALL)
        transaction.keep_events(LRS, [first, second])
        assert list(transaction.touched(COURSE)) == [WANG.id]
        transaction.untouch(COURSE, ALL)
        transaction.keep_events(LRS, [first, second])
        transaction.keep_statements(LRS, [statement("s1", 2)])
        assert list(transaction.touched(COURSE)) == [WANG.id]
        transaction.untouch(COURSE, ALL)
        transaction.keep_statements(LRS, [statement("s1", 2)])
    assert touched(store) == []


def test_a_voiding_touches_whose_statement_it_was(store: Store) -> None:
    with store.writing() as transaction:
        class_a(transaction)
        transaction.keep_events(LRS, [event("e1", 1)])
        transaction.keep_statements(LRS, [statement("s1", 2)])
        transaction.untouch(COURSE, ALL)
        transaction.keep_voided(LRS, ["e1", "unheard of"])
        assert list(transaction.touched(COURSE)) == [LI.id]
        transaction.keep_voided(LRS, ["s1"])
        assert list(transaction.touched(COURSE)) == [LI.id, WANG.id]
        transaction.untouch(COURSE, [LI.id])
        assert list(transaction.touched(COURSE)) == [WANG.id]
        transaction.keep_voided(LRS, ["e1"])
    assert touched(store) == [WANG.id]


def test_whoever_looks_around_sees_a_voiding(store: Store) -> None:
    """The sync of another course may have brought it, of a record store that both read."""
    with store.writing() as transaction:
        class_a(transaction)
        transaction.keep_events(LRS, [event("e1", 1)])
        transaction.untouch(COURSE, ALL)
        transaction.forget_strangers(COURSE)
        assert not transaction.is_touched(COURSE)
        transaction.keep_voided(LRS, ["e1"])
        assert transaction.is_touched(COURSE)
        transaction.forget_strangers(COURSE)
        assert transaction.is_touched(COURSE)
        transaction.untouch(COURSE, [LI.id])
        transaction.keep_voided(LRS, ["unheard of"])
        transaction.forget_strangers(COURSE)
        assert not transaction.is_touched(COURSE)


def test_a_deletion_by_somebody_else_touches_who_wrote_the_post(store: Store) -> None:
    post = {"object": "http://moodle.example/p7", "by": None}
    with store.writing() as transaction:
        class_a(transaction)
        transaction.keep_statements(LRS, [statement("s1", 1, verb=LmsVerb.REPLIED, **post)])
        transaction.untouch(COURSE, ALL)
        deletion = statement("s2", 3, verb=LmsVerb.POST_DELETED, stored=6_000, **post)
        transaction.keep_statements(LRS, [deletion])
        assert LI.id in transaction.touched(COURSE)
        transaction.untouch(COURSE, ALL)
        transaction.keep_voided(LRS, ["s2"])
        assert LI.id in transaction.touched(COURSE)


def test_a_voiding_touches_still_after_its_run_has_ended(store: Store) -> None:
    with store.writing() as transaction:
        class_a(transaction)
        transaction.keep_events(LRS, [event("e1", 1)])
        transaction.untouch(COURSE, ALL)
        run = transaction.begin_run(COURSE, LRS, at=2)
        transaction.keep_voided(LRS, ["e1"])
        transaction.end_run(run, at=3, state=RunState.DONE, kept=Kept())
    assert touched(store) == [LI.id]


def test_an_account_joined_later_touches_its_person_and_the_tutor(store: Store) -> None:
    address = mbox("late@example.org")
    with store.writing() as transaction:
        run = class_a(transaction)
        transaction.keep_records(COURSE, MOODLE, [homework("h1", person=address)], run=run)
        transaction.keep_events(LRS, [event("e1", account=address)])
        assert list(transaction.touched(COURSE)) == []
        transaction.keep_people([replace(LI, accounts=(*LI.accounts, address))])
    assert touched(store) == [LI.id, CHEN.id]


def test_a_new_account_without_evidence_touches_nobody(store: Store) -> None:
    with store.writing() as transaction:
        class_a(transaction)
        transaction.keep_people([replace(LI, accounts=(*LI.accounts, mbox("new@example.org")))])
    assert touched(store) == []


def test_only_members_of_the_course_are_touched(store: Store) -> None:
    with store.writing() as transaction:
        run = class_a(transaction)
        transaction.keep_people([known(9)])
        transaction.keep_records(COURSE, MOODLE, [post("p1", 9)], run=run)
        assert list(transaction.touched(COURSE)) == []
        transaction.keep_records(COURSE, MOODLE, [member(9)], run=run)
        assert known(9).id in transaction.touched(COURSE)


def test_every_course_is_touched_and_untouched_on_its_own(store: Store) -> None:
    with store.writing() as transaction:
        class_a(transaction)
        other = transaction.begin_run("another course", LRS, at=2)
        transaction.keep_records("another course", LRS, CLASS_A, run=other)
        transaction.untouch("another course", ALL)
        transaction.keep_events(LRS, [event("e1")])
        transaction.keep_voided(LRS, ["e1"])
        transaction.untouch(COURSE, ALL)
        assert list(transaction.touched(COURSE)) == []
        assert list(transaction.touched("another course")) == [LI.id]


def test_a_source_that_is_new_to_a_course_touches_its_members(store: Store) -> None:
    """What the source told for another course before is their evidence from now on."""
    with store.writing() as transaction:
        class_a(transaction)
        transaction.begin_run("another course", "records", at=1)
        transaction.keep_events("records", [event("e1")])
    assert touched(store) == []
    with store.writing() as transaction:
        transaction.begin_run(COURSE, "records", at=2)
    assert touched(store) == [LI.id, WANG.id, CHEN.id]
    with store.writing() as transaction:
        transaction.untouch(COURSE, [LI.id, WANG.id, CHEN.id])
        transaction.begin_run(COURSE, "records", at=3)
    assert touched(store) == []


def test_of_some_it_is_told_without_the_others(store: Store) -> None:
    with store.writing() as transaction:
        class_a(transaction)
        transaction.keep_people([known(9)])
        transaction.touch_persons(COURSE, [LI.id, WANG.id, known(9).id])
        transaction.keep_events(LRS, [event("e3", 3)])
        transaction.untouch(COURSE, [CHEN.id])
        transaction.keep_voided(LRS, ["e3"])
        transaction.touch_persons("another course", [CHEN.id])
    with store.reading() as transaction:
        assert list(transaction.touched(COURSE, persons=[WANG.id, CHEN.id, known(9).id])) == [
            WANG.id,
            CHEN.id,
        ]
        assert list(transaction.touched(COURSE, persons=[LI.id])) == [LI.id]
        assert list(transaction.touched(COURSE, persons=[])) == []


def test_who_is_being_scored_stays_touched_until_then(store: Store) -> None:
    with store.writing() as transaction:
        class_a(transaction)
        transaction.take_up(COURSE, [LI.id, WANG.id], assessment="first")
    assert touched(store) == [LI.id, WANG.id], "somebody who is taken up for another reason too"
    with store.writing() as transaction:
        assert list(transaction.taken_up(COURSE, ALL, assessment="first")) == [LI.id, WANG.id]
        transaction.untouch(COURSE, [LI.id])
        assert list(transaction.taken_up(COURSE, ALL, assessment="first")) == [WANG.id]
    assert touched(store) == [WANG.id]


def test_whatever_touches_somebody_ends_their_being_scored(store: Store) -> None:
    with store.writing() as transaction:
        run = class_a(transaction)
        transaction.keep_records(COURSE, MOODLE, [post("p1")], run=run)
        transaction.keep_events(LRS, [event("e1", 2)])
        transaction.take_up(COURSE, ALL, assessment="first")
        transaction.keep_records(COURSE, MOODLE, [post("p1")], run=run)
        assert list(transaction.taken_up(COURSE, ALL, assessment="first")) == ALL, "nothing new"
        transaction.keep_records(COURSE, MOODLE, [post("p1", bulletin=True)], run=run)
        assert list(transaction.taken_up(COURSE, ALL, assessment="first")) == [WANG.id, CHEN.id]
        transaction.keep_voided(LRS, ["e1"])
        assert list(transaction.taken_up(COURSE, ALL, assessment="first")) == [CHEN.id]
        transaction.touch_persons(COURSE, [CHEN.id])
        assert list(transaction.taken_up(COURSE, ALL, assessment="first")) == []
    assert touched(store) == ALL


def test_whoever_is_touched_by_hand_is_by_all_their_accounts_and_who_is_not_known_by_none(
    store: Store,
) -> None:
    with store.writing() as transaction:
        class_a(transaction)
        transaction.keep_people([replace(LI, accounts=(*LI.accounts, mbox("li@example.org")))])
        transaction.take_up(COURSE, [LI.id], assessment="first")
        assert transaction.is_taken_up(COURSE)
        transaction.touch_persons(COURSE, [LI.id])
        assert not transaction.is_taken_up(COURSE)
        transaction.leave_unmade(COURSE, [LI.id])
        assert transaction.is_unmade(COURSE)
        transaction.touch_persons(COURSE, [LI.id])
        assert not transaction.is_unmade(COURSE)
        transaction.untouch(COURSE, [LI.id])
        transaction.touch_persons(COURSE, [known(9).id])
        transaction.take_up(COURSE, [known(9).id], assessment="first")
        assert not transaction.is_touched(COURSE)


def test_a_voiding_from_before_is_no_news_to_who_takes_up(store: Store) -> None:
    with store.writing() as transaction:
        class_a(transaction)
        transaction.keep_events(LRS, [event("e1")])
        transaction.keep_voided(LRS, ["e1"])
        transaction.take_up(COURSE, ALL, assessment="first")
        assert list(transaction.taken_up(COURSE, ALL, assessment="first")) == ALL


def test_one_account_of_several_is_enough_to_end_it(store: Store) -> None:
    address = mbox("li@example.org")
    with store.writing() as transaction:
        class_a(transaction)
        transaction.keep_people([replace(LI, accounts=(*LI.accounts, address))])
        transaction.take_up(COURSE, ALL, assessment="first")
        transaction.keep_events(LRS, [event("e1", account=address)])
        assert list(transaction.taken_up(COURSE, ALL, assessment="first")) == [WANG.id, CHEN.id]


def test_of_two_who_score_somebody_the_later_one_does(store: Store) -> None:
    with store.writing() as transaction:
        class_a(transaction)
        transaction.take_up(COURSE, [LI.id, WANG.id], assessment="first")
        transaction.take_up(COURSE, [LI.id, CHEN.id], assessment="second")
        transaction.take_up("another course", [WANG.id], assessment="second")
        assert list(transaction.taken_up(COURSE, ALL, assessment="first")) == [WANG.id]
        assert list(transaction.taken_up(COURSE, ALL, assessment="second")) == [LI.id, CHEN.id]
        transaction.untouch(COURSE, [LI.id])
        assert list(transaction.taken_up(COURSE, ALL, assessment="second")) == [CHEN.id]
