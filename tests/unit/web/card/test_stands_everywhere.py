"""How a tutor's criteria stand: said alike on the card, on paper, by `explain` and on the desk."""

from __future__ import annotations

import pytest

from lms_scoring.cli.explain import explanation
from lms_scoring.domain import evidence as ev
from lms_scoring.domain.doubts import Family
from lms_scoring.domain.outlook import Stand
from lms_scoring.domain.proceedings.step import Outcome
from lms_scoring.ports import Visitor
from lms_scoring.services.deciding.close import close
from lms_scoring.services.deciding.decide import Decide
from lms_scoring.services.deciding.enter import enter
from lms_scoring.services.deciding.recommend import Recommend
from lms_scoring.services.scoring.assess import assess_person
from lms_scoring.services.signing import Signature
from lms_scoring.services.viewing.consult import Consultant
from lms_scoring.services.viewing.tutor_desk import TutorDesk
from lms_scoring.web.card.records import person_record
from lms_scoring.web.card.status_page import status_page
from lms_scoring.web.desk.desk_page import to_do
from lms_scoring.web.voice import Voice
from lms_scoring.web.wording import read_wording
from lms_scoring.words import word
from tests import given
from tests.fakes.memory_store import MemoryStore
from tests.fixtures.courses.scripted import (
    COURSE,
    LI,
    MOODLE,
    WANG,
    ZHAO,
    StandingClock,
    adopt_course,
    members,
    open_case,
    roster,
    rules,
    scored,
    told,
)
from tests.unit.web.card.test_status_page import SHANGHAI

TUTOR = Visitor(person=WANG)
CLOCK = StandingClock(given.AFTER)
MARKED = given.homework("of li", ev.Grade.GOOD)
OTHER = given.homework("of zhao", ev.Grade.GOOD, person=ZHAO)
OF_LI, OF_ZHAO = f"{MOODLE}/{MARKED.id}", f"{MOODLE}/{OTHER.id}"
UNREAD = given.unknown("of zhao", given.homework().activity, person=ZHAO, about=ev.Purpose.HOMEWORK)
CLOSED = pytest.mark.parametrize("is_closed", [False, True], ids=["open", "closed"])


def course(*records: ev.Record, is_closed: bool) -> MemoryStore:
    """Of these records, and scored; closed where it is."""
    store = MemoryStore()
    adopt_course(store)
    scored(store, roster(LI, ZHAO, WANG), told(*members(), *records))
    if is_closed:
        shut(store)
    return store


def shut(store: MemoryStore) -> None:
    close(rules(), Signature(by="operator:office", reason="over"), store, clock=CLOCK)


def on_the_card(store: MemoryStore) -> dict[str, Stand]:
    (status,) = Consultant(store, rules()).status(TUTOR, WANG)
    page = status_page(status, SHANGHAI)
    return {part.result.id: page.stand_of(part.result) for part in page.parts}


def on_the_desk(store: MemoryStore) -> dict[str, Stand]:
    desk, duties = TutorDesk(store, rules(), clock=CLOCK, activity_kinds={}).duties(TUTOR)
    (tasks,) = to_do(desk, duties, rules().scheme)
    return {item.criterion.id: item.stand for item in tasks.items}


def in_words(store: MemoryStore, criterion: str) -> tuple[str, str]:
    """What is printed of a criterion, and its line of `explain`."""
    (status,) = Consultant(store, rules()).status(TUTOR, WANG)
    (printed,) = person_record([status], (), (), Voice(read_wording(), "en"), SHANGHAI).cards
    name = next(one.name.in_("en") for one in status.rules.criteria if one.id == criterion)
    (part,) = (one for one in printed.parts if one.name == name)
    lines = explanation(rules(), status, language="en").splitlines()
    return str(part), next(line for line in lines if line.startswith(f"{name}: "))


@CLOSED
def test_marking_is_to_be_checked_while_a_hand_in_of_the_class_is_unread(is_closed: bool) -> None:
    store = course(MARKED, UNREAD, is_closed=is_closed)
    assert on_the_card(store)["marking"] is Stand.TO_CHECK
    assert on_the_desk(store)["marking"] is Stand.TO_CHECK
    for words in in_words(store, "marking"):
        assert word(Stand.TO_CHECK, "en") in words
        assert word(Stand.FINAL, "en") not in words


@CLOSED
def test_so_it_is_while_a_case_about_a_work_of_the_class_is_open(is_closed: bool) -> None:
    store = course(MARKED, OTHER, is_closed=False)
    enter(Recommend(person=WANG, submission=OF_LI), rules(), store, clock=CLOCK)
    assert on_the_card(store)["recommending"] is Stand.FULL
    open_case(store, OF_LI, kind="submission", family=Family.LIKENESS)
    if is_closed:
        shut(store)
    for stands in (on_the_card(store), on_the_desk(store)):
        assert stands["marking"] is stands["recommending"] is Stand.TO_CHECK
    for words in in_words(store, "marking"):
        assert word(Stand.TO_CHECK, "en") in words


@CLOSED
def test_so_it_is_while_somebody_objects_to_the_voiding_of_a_work_that_nobody_marked(is_closed: bool) -> None:
    unmarked = given.homework("of zhao", person=ZHAO)
    store = course(MARKED, unmarked, is_closed=is_closed)
    open_case(store, OF_ZHAO, person=ZHAO, kind="submission", family=Family.LIKENESS)
    void = Decide(
        person=ZHAO,
        target=ev.RecordTarget(kind="submission", id=OF_ZHAO),
        action=ev.Action.VOID,
        signed=Signature(by="operator:office", reason="copied"),
    )
    enter(void, rules(), store, clock=CLOCK)
    with store.writing() as transaction:
        (case,) = transaction.cases(COURSE, persons=[ZHAO])
        until = given.AFTER + given.DAY
        case = case.decided(Outcome.VOIDED, by="operator:office", words="copied", at=given.AFTER, until=until)
        case = transaction.keep_case(COURSE, case)
        assess_person(transaction, rules(), ZHAO, now=given.AFTER)
    assert on_the_card(store)["marking"] is on_the_desk(store)["marking"] is Stand.FULL
    with store.writing() as transaction:
        transaction.keep_case(COURSE, case.objected(by=ZHAO, words="It is mine.", at=given.AFTER + 1))
        assess_person(transaction, rules(), ZHAO, now=given.AFTER + 1)
    assert on_the_card(store)["marking"] is on_the_desk(store)["marking"] is Stand.TO_CHECK
    for words in in_words(store, "marking"):
        assert word(Stand.TO_CHECK, "en") in words


def test_of_another_work_a_case_leaves_a_recommendation_as_it_is() -> None:
    store = course(MARKED, OTHER, is_closed=False)
    enter(Recommend(person=WANG, submission=OF_LI), rules(), store, clock=CLOCK)
    open_case(store, OF_ZHAO, person=ZHAO, kind="submission", family=Family.LIKENESS)
    assert on_the_card(store)["marking"] is Stand.TO_CHECK
    assert on_the_card(store)["recommending"] is Stand.FULL


def test_what_was_read_is_full() -> None:
    store = course(MARKED, is_closed=False)
    assert on_the_card(store)["marking"] is on_the_desk(store)["marking"] is Stand.FULL
    assert word(Stand.TO_CHECK, "en") not in in_words(store, "marking")[1]


@CLOSED
def test_the_desk_tells_of_each_criterion_what_the_card_tells(is_closed: bool) -> None:
    store = course(given.homework("of li"), is_closed=is_closed)
    stands = on_the_desk(store)
    assert stands == on_the_card(store)
    assert (Stand.OPEN in stands.values()) is not is_closed
