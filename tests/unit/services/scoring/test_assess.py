"""Assessing: whoever could have changed is scored again, and nobody else."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from lms_scoring.domain import evidence as ev
from lms_scoring.domain.doubts import Family
from lms_scoring.domain.evidence import Role
from lms_scoring.domain.outlook import ToldState
from lms_scoring.domain.scorecard import CardState
from lms_scoring.domain.scoring import scorecards
from lms_scoring.services.scoring.assess import Assessed
from lms_scoring.services.scoring.card_records import evidence_of_course
from lms_scoring.services.scoring.rules import CourseRules
from tests import given
from tests.fixtures.courses.scored import EVERYBODY, LEARNERS, PERSONS, Office
from tests.fixtures.courses.scripted import (
    CHEN,
    COURSE,
    HOMEWORK,
    LI,
    MOODLE,
    PEOPLE,
    POSTS,
    WANG,
    ZHAO,
    StandingClock,
    adopt_course,
    members,
    new_store,
    open_case,
    pin_course,
    roster,
    rules,
    told,
)


def test_without_news_nobody_is_scored_again(office: Office) -> None:
    office.sync(EVERYBODY, told(*members(), given.topic(f"by {LI}"), whole=[]))
    assert office.assess() == set()
    assert office.done == Assessed(scored=0, changed=0)


def test_a_post_scores_its_author_alone(office: Office) -> None:
    office.sync(told(given.topic("another")))
    assert office.assess() >= {LI}
    assert CHEN not in office.assess()
    assert office.totals() == {LI: 2, ZHAO: 1, CHEN: 1}


def test_what_a_learner_hands_in_scores_the_tutor_of_the_class_too(office: Office) -> None:
    office.sync(told(given.homework()))
    assert office.assess() == {LI, WANG}
    assert office.totals() == {LI: 11, ZHAO: 1, CHEN: 1}


def test_whatever_a_learner_is_scored_again_for_the_tutor_of_the_class_is_too(office: Office) -> None:
    with office.store.writing() as transaction:
        transaction.touch_persons(COURSE, [LI])
    assert office.assess() == {LI, WANG}


def test_a_mark_lifts_learner_and_tutor(office: Office) -> None:
    office.sync(told(given.homework()))
    office.assess()
    assert (office.state(WANG), office.totals(Role.TUTOR)) == (CardState.FAIL, {WANG: 0})
    office.sync(told(given.homework(grade=ev.Grade.GOOD, graded_at=given.DUE)))
    assert office.assess() == {LI, WANG}
    assert (office.totals()[LI], office.totals(Role.TUTOR)) == (19, {WANG: 40})


def test_homework_that_cannot_be_read_makes_the_tutors_marking_at_least_what_is_known(office: Office) -> None:
    office.sync(told(given.unknown(activity=HOMEWORK)))
    assert office.assess() == {LI, WANG}
    with office.store.reading() as transaction:
        (row,) = transaction.board(COURSE, role=Role.TUTOR)
        records = list(evidence_of_course(transaction, rules()))
    assert [one.id for one in row.card.criteria if one.is_at_least] == ["marking"]
    exported = scorecards(rules().scheme, records, as_of=office.clock.at)
    assert row.card.evidence == next(one.evidence for one in exported if one.role is Role.TUTOR)


def test_each_tutor_of_a_class_is_scored_by_all_that_the_class_did(office: Office) -> None:
    office.sync(roster("sun"), told(given.tutor("sun"), given.homework(), given.journal(person=ZHAO)))
    office.assess()
    with office.store.reading() as transaction:
        kept = {row.card.person: row.card.evidence for row in transaction.board(COURSE, role=Role.TUTOR)}
        records = list(evidence_of_course(transaction, rules()))
    exported = scorecards(rules().scheme, records, as_of=office.clock.at)
    assert kept == {one.person: one.evidence for one in exported if one.role is Role.TUTOR}
    assert kept.keys() == {WANG, "sun"}


def test_a_tutors_result_is_provisional_while_it_hangs_on_a_case_about_a_work_of_the_class(
    office: Office,
) -> None:
    posts = given.topics(20, person=WANG)
    office.sync(told(given.homework(grade=ev.Grade.PASS, person=ZHAO), *posts))
    office.assess()
    assert told_of(office, WANG) is ToldState.PASS
    open_case(office.store, f"{MOODLE}/h", person=ZHAO, kind="submission", family=Family.LIKENESS)
    office.assess(everyone=True)
    assert told_of(office, WANG) is ToldState.PASS_PROVISIONALLY


def test_a_learner_of_a_class_without_a_tutor_touches_no_tutor(office: Office) -> None:
    office.sync(told(given.homework(person=CHEN)))
    assert office.assess() == {CHEN}


def test_who_changes_class_changes_both_tutors_duty(office: Office) -> None:
    office.sync(told(given.homework(person=CHEN)))
    office.assess()
    moved = [*members(without=[CHEN]), given.membership(CHEN)]
    office.sync(told(*moved, whole=[PEOPLE]))
    assert office.assess() >= {CHEN, WANG}
    with office.store.reading() as transaction:
        (tutor,) = transaction.board(COURSE, role=Role.TUTOR)
    assert tutor.card.could_become > tutor.card.total, "one piece of homework waits for the tutor now"


def test_a_group_made_again_under_its_name_is_no_news_for_ever(office: Office) -> None:
    again = [replace(one, id=f"new {one.id}") if one.person == LI else one for one in members()]
    office.sync(told(*again, whole=[PEOPLE]))
    office.assess()
    assert office.done == Assessed(scored=2, changed=2), "the learner's card and the tutor's"
    office.assess(everyone=True)
    assert office.done == Assessed(scored=4, changed=0)


def test_a_decision_scores_the_person_and_the_tutor(office: Office) -> None:
    decision = given.decided(ev.Action.VOID, given.topic(f"{MOODLE}/by {LI}"), at=office.clock.at)
    with office.store.writing() as transaction:
        transaction.keep_decision(COURSE, decision, at=office.clock.at)
    assert office.assess() == {LI, WANG}
    assert office.totals()[LI] == 0


def test_what_is_gone_is_scored_again_without_it(office: Office) -> None:
    office.sync(told(given.topic("short-lived")))
    office.assess()
    office.sync(told(*(given.topic(f"by {person}", person=person) for person in LEARNERS), whole=[POSTS]))
    assert LI in office.assess()
    assert office.totals()[LI] == 1


def test_other_rules_score_everybody(office: Office) -> None:
    dearer = rules(scheme=given.scheme_with("posts", topic=3))
    pin_course(office.store, dearer)
    assert office.assess(dearer) == PERSONS
    assert office.totals() == {LI: 3, ZHAO: 3, CHEN: 3}
    assert office.assess(dearer) == set()


@pytest.mark.parametrize(
    "other",
    [
        rules(scheme=given.scheme_with("posts", topic=3), settings="as before"),
        rules(settings="other bindings"),
    ],
    ids=["another scheme", "another course file"],
)
def test_rules_that_the_course_goes_by_no_more_make_no_card(office: Office, other: CourseRules) -> None:
    """Somebody adopted others while a sync that had begun with these was reading."""
    former = rules(settings="as before")
    pin_course(office.store, other)
    office.sync(told(given.topic("another")))
    assert office.assess(former, everyone=True) == set()
    assert office.done == Assessed(scored=0, changed=0)
    assert LI in office.assess(other), "what was touched waits for the rules that hold"


def test_cards_of_a_role_that_is_no_longer_scored_are_no_reason_to_score_everybody(office: Office) -> None:
    learners_only = rules(scheme=given.shipped("prefecture-three-bands").scheme)
    pin_course(office.store, learners_only)
    assert office.assess(learners_only) == LEARNERS
    assert office.assess(learners_only) == set()


def test_everybody_is_scored_when_asked_and_unchanged_cards_keep_their_version(office: Office) -> None:
    assert office.assess(everyone=True) == PERSONS
    assert office.done == Assessed(scored=4, changed=0)
    assert office.versions(LI) == 1


def test_a_changed_card_is_a_new_version(office: Office) -> None:
    office.sync(told(given.topic("another")))
    office.assess()
    assert (office.versions(LI), office.versions(ZHAO)) == (2, 1)


def test_a_card_is_scored_again_when_its_time_has_come(tmp_path: Path) -> None:
    office = Office(new_store(tmp_path), StandingClock(given.START + given.DAY))
    adopt_course(office.store)
    office.sync(EVERYBODY, told(*members(), given.topic()))
    office.assess()
    assert office.state(LI) is CardState.IN_PROGRESS
    assert office.assess() == set()
    office.clock.at = given.END - given.DAY // 24
    assert office.assess() == PERSONS, "what they need no longer fits in"
    assert office.versions(LI) == 1
    office.clock.at = given.END - 2
    assert office.assess() == set(), "the window's last millisecond"
    assert office.assess() == PERSONS
    assert office.state(LI) is CardState.FAIL
    office.store.close()


def test_evidence_of_the_future_counts_when_its_time_comes(tmp_path: Path) -> None:
    office = Office(new_store(tmp_path), StandingClock(given.START + given.DAY))
    adopt_course(office.store)
    later = given.START + 3 * given.DAY
    office.sync(EVERYBODY, told(*members(), given.topic(), given.reply(at=later)))
    office.assess()
    assert office.totals()[LI] == 1
    office.clock.at = later - 1
    assert LI in office.assess()
    assert office.totals()[LI] == 2
    office.store.close()


def told_of(office: Office, person: str) -> ToldState:
    with office.store.reading() as transaction:
        (row,) = (row for row in transaction.board(COURSE) if row.card.person == person)
        return row.told
