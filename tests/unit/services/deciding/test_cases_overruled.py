"""Cases beside another decision about their record: whether it counts now, and what may still be done."""

from __future__ import annotations

from dataclasses import replace

import pytest

from lms_scoring.domain.errors import StepRefused
from lms_scoring.domain.evidence import Action, Decision
from lms_scoring.domain.instants import DAY
from lms_scoring.domain.proceedings.case import CaseState
from lms_scoring.domain.proceedings.step import Outcome, StepKind
from lms_scoring.ports import Grant, Visitor
from lms_scoring.services.deciding.case_desk import CaseDesk
from lms_scoring.services.deciding.close import close
from lms_scoring.services.deciding.told_cases import KnownCase
from lms_scoring.services.signing import Signature
from tests import given
from tests.fakes.memory_store import MemoryStore
from tests.fixtures.courses import deciding
from tests.fixtures.courses.deciding import OFFICE, POST, SUN, Office, wish
from tests.fixtures.courses.scripted import COURSE, LI, ZHAO, open_case

AUTHOR = Visitor(person=LI)
ADMINISTRATOR = Visitor(person=None, roles=(Grant(person="", role="administrator", course=None),))


@pytest.fixture
def office() -> Office:
    """Case 1 is about a post of Li; Sun coordinates."""
    office = deciding.opened(MemoryStore())
    office.coordinates(SUN)
    open_case(office.store, POST.id)
    return office


def desk(office: Office) -> CaseDesk:
    return CaseDesk(office.store, office.rules, clock=office.clock)


def decide(office: Office, outcome: Outcome, *, number: int = 1) -> None:
    office.clock.at += 1_000
    desk(office).decide(ADMINISTRATOR, number, outcome, "one letter", by=OFFICE)


def known(office: Office, number: int = 1) -> KnownCase:
    """As its author sees it."""
    return desk(office).opened(AUTHOR, number).known


def told(office: Office, number: int = 1) -> tuple[CaseState, bool, bool]:
    """The state, and whether the record is voided, and that against what the case says."""
    one = known(office, number)
    return one.state, one.is_voided, one.is_overruled


def test_a_voiding_that_was_undone_by_hand_is_told_as_undone(office: Office) -> None:
    decide(office, Outcome.VOIDED)
    assert told(office) == (CaseState.VOIDED, True, False)
    steps = known(office).case.steps
    undone = office.kept(wish(Action.RESTORE, POST, by=SUN, reason="it answers"))
    assert told(office) == (CaseState.VOIDED, False, True)
    assert known(office).in_force == undone
    assert SUN in known(office).names
    assert known(office).case.steps == steps, "what happened stays"


def test_what_was_found_in_order_and_voided_by_hand_is_told_as_voided(office: Office) -> None:
    decide(office, Outcome.DISMISSED)
    assert told(office) == (CaseState.DISMISSED, False, False)
    assert known(office).in_force is None
    office.kept(wish(Action.VOID, POST))
    assert told(office) == (CaseState.DISMISSED, True, True)


def test_what_came_of_a_later_case_is_told_beside_the_earlier_one(office: Office) -> None:
    """Its author wrote another text."""
    decide(office, Outcome.VOIDED)
    open_case(office.store, POST.id)
    assert told(office, 2) == (CaseState.OPEN, True, True)
    decide(office, Outcome.DISMISSED, number=2)
    assert told(office, 1) == (CaseState.VOIDED, False, True)
    assert told(office, 2) == (CaseState.DISMISSED, False, False)


def test_a_decision_about_another_record_or_person_overrules_nothing(office: Office) -> None:
    open_case(office.store, "moodle/of zhao", person=ZHAO, kind="submission")
    office.kept(wish(Action.VOID, deciding.WORK))
    assert told(office) == (CaseState.OPEN, False, False)
    (listed,) = [
        one for one in desk(office).listed(ADMINISTRATOR, waiting=False).people if one.person == ZHAO
    ]
    assert [(one.is_voided, one.in_force) for one in listed.cases] == [(False, None)]


def test_nobody_objects_to_a_voiding_that_was_undone(office: Office) -> None:
    decide(office, Outcome.VOIDED)
    office.kept(wish(Action.RESTORE, POST))
    assert desk(office).opened(AUTHOR, 1).may == frozenset()
    with pytest.raises(StepRefused) as refused:
        desk(office).object(AUTHOR, 1, "It was meant.")
    assert refused.value.why == "counts"
    assert known(office).state is CaseState.VOIDED
    office.kept(wish(Action.VOID, POST))
    assert desk(office).opened(AUTHOR, 1).may == {StepKind.OBJECTED}
    desk(office).object(AUTHOR, 1, "It was meant.")
    assert told(office) == (CaseState.OBJECTED, True, False)


def test_who_must_not_object_anyway_is_told_that(office: Office) -> None:
    decide(office, Outcome.VOIDED)
    office.kept(wish(Action.RESTORE, POST))
    with pytest.raises(StepRefused) as refused:
        desk(office).object(ADMINISTRATOR, 1, "It was meant.")
    assert refused.value.why == "not_concerned"
    office.clock.at += 30 * DAY
    with pytest.raises(StepRefused) as refused:
        desk(office).object(AUTHOR, 1, "It was meant.")
    assert refused.value.why == "too_late"


def test_an_objection_is_settled_though_the_voiding_was_undone_meanwhile(office: Office) -> None:
    decide(office, Outcome.VOIDED)
    desk(office).object(AUTHOR, 1, "It was meant.")
    with_it = office.kept(wish(Action.RESTORE, POST))
    assert told(office) == (CaseState.OBJECTED, False, True)
    counted = office.total()
    (stake,) = desk(office).weighed(ADMINISTRATOR, 1).alone.shifts
    assert (stake.before.total, stake.after.total) == (counted, counted - 1), "what voiding it again changes"
    desk(office).settle(ADMINISTRATOR, 1, Outcome.DISMISSED, "it was", by=SUN)
    assert told(office) == (CaseState.REVERSED, False, False)
    assert (known(office).in_force, office.total()) == (with_it, counted)


def test_at_stake_in_a_doubt_about_what_is_voided_already_is_that_it_counts_again(office: Office) -> None:
    office.kept(wish(Action.VOID, POST))
    assert told(office) == (CaseState.OPEN, True, True)
    (stake,) = desk(office).weighed(ADMINISTRATOR, 1).alone.shifts
    assert stake.after.total == stake.before.total + 1
    decide(office, Outcome.DISMISSED)
    assert told(office) == (CaseState.DISMISSED, False, False)


def test_what_is_dated_later_than_now_does_not_hold_yet(office: Office) -> None:
    decide(office, Outcome.VOIDED)
    undone = office.kept(wish(Action.RESTORE, POST))
    assert isinstance(undone, Decision)
    ahead = replace(undone, id="here/li-9", action=Action.VOID, at=office.clock.at + DAY)
    with office.store.writing() as transaction:
        transaction.keep_decision(COURSE, ahead, at=ahead.at)
    assert told(office) == (CaseState.VOIDED, False, True)
    office.clock.at += DAY
    assert told(office) == (CaseState.VOIDED, True, False)


def test_what_is_decided_after_closing_holds_by_a_clock_that_was_set_back(office: Office) -> None:
    """It bears the time of the closing."""
    decide(office, Outcome.VOIDED)
    office.clock.at = max(office.clock.at, given.END) + 2 * DAY
    close(office.rules, Signature(by=OFFICE, reason="done"), office.store, clock=office.clock)
    office.clock.at -= DAY
    undone = office.kept(wish(Action.RESTORE, POST))
    assert undone.at > office.clock.at
    assert told(office)[1:] == (False, True)
