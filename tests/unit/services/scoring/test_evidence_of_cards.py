"""Which evidence cards are made of, whenever it came and whoever told it."""

from __future__ import annotations

from dataclasses import replace

from lms_scoring.domain import evidence as ev
from lms_scoring.domain.evidence import Role
from lms_scoring.domain.identity import own_account
from lms_scoring.domain.statements import LmsStatement, LmsVerb
from lms_scoring.ports import Batch
from lms_scoring.services.scoring.card_records import evidence_of_course
from tests import given
from tests.fixtures.courses.scored import Office
from tests.fixtures.courses.scripted import (
    COURSE,
    FORUM,
    HOMEWORK,
    LI,
    SCORM,
    WANG,
    ZHAO,
    account_of,
    bindings,
    members,
    roster,
    rules,
    told,
)


def test_evidence_that_came_before_its_person_counts_once_the_person_belongs(office: Office) -> None:
    office.sync(roster("sun"), told(given.topic("of a stranger", person="sun")))
    office.assess()
    assert "sun" not in office.totals()
    office.sync(told(given.membership("sun")))
    assert "sun" in office.assess()
    assert office.totals()["sun"] == 1


def test_evidence_that_came_before_its_account_was_joined_counts_once_it_is(office: Office) -> None:
    office.sync(told(given.membership("sun"), given.topic("of a stranger", person="sun")))
    office.assess()
    assert "sun" not in office.totals()
    office.sync(roster("sun"))
    assert "sun" in office.assess()
    assert office.totals()["sun"] == 1


def test_unbound_evidence_scores_nothing(office: Office) -> None:
    office.sync(
        told(
            replace(given.topic("elsewhere"), forum="26"),
            given.homework("design", ev.Grade.EXCELLENT, activity="18"),
            given.reported("scorm 99", minutes=750, activity="scorm 99"),
        )
    )
    office.assess()
    assert office.totals()[LI] == 1


def test_binding_an_activity_makes_what_is_stored_count(office: Office) -> None:
    office.sync(told(given.reported(minutes=375, activity="scorm 99"), given.homework()))
    office.assess()
    wider = rules(bindings=bindings(study_time=(SCORM, "scorm 99")))
    office.assess(wider, everyone=True)
    assert office.totals()[LI] == 31


def test_an_activity_bound_by_the_beginning_of_its_id_counts(office: Office) -> None:
    office.sync(told(given.reported(minutes=375, activity="scorm 99")))
    office.assess(rules(bindings=bindings(study_time=("scorm *",))), everyone=True)
    assert office.totals()[LI] == 21


def test_a_hand_in_that_only_statements_tell_of_scores_the_tutor_too(office: Office) -> None:
    said = LmsStatement(
        stored=0,
        id="s1",
        account=account_of(LI),
        verb=LmsVerb.SUBMITTED,
        object="essay of li",
        activity="essay",
        at=given.DUE,
    )
    office.sync(Batch(statements=[said]))
    only_told = rules(bindings=bindings(homework=("essay",)))
    assert office.assess(only_told) == {LI, WANG}
    assert office.totals()[LI] == 11
    with office.store.reading() as transaction:
        (tutor,) = transaction.board(COURSE, role=Role.TUTOR)
    assert tutor.card.could_become == 40


def test_a_learner_who_also_teaches_gets_both_cards(office: Office) -> None:
    office.sync(told(given.tutor(ZHAO)))
    office.assess()
    assert office.totals(Role.TUTOR).keys() == {WANG, ZHAO}
    assert office.totals()[ZHAO] == 1


def test_withdrawn_learners_keep_a_score(office: Office) -> None:
    office.sync(told(*members(withdrawn=[ZHAO])))
    office.assess()
    with office.store.reading() as transaction:
        status = {row.card.person: row.status for row in transaction.board(COURSE, role=Role.LEARNER)}
    assert (status[ZHAO], office.totals()[ZHAO]) == ("withdrawn", 1)


def test_evidence_of_the_course_names_persons_and_leaves_out_what_counts_as_nothing(office: Office) -> None:
    office.sync(told(given.homework("design", activity="18"), given.homework(activity=HOMEWORK)))
    with office.store.reading() as transaction:
        records = list(evidence_of_course(transaction, rules(), persons=[LI]))
    assert {type(record).__name__ for record in records} == {"Person", "Membership", "Submission", "Post"}
    assert {getattr(record, "person", LI) for record in records} == {LI}
    (submission,) = (record for record in records if isinstance(record, ev.Submission))
    assert (submission.activity, submission.task) == (HOMEWORK, ev.Task.HOMEWORK)
    assert own_account(LI) not in str(records)
    assert FORUM in {record.forum for record in records if isinstance(record, ev.Post)}
