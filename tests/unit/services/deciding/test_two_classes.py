"""Who learns in two classes: both cards say the same, and what is open about either is told of both."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from lms_scoring.domain.errors import NotAllowed
from lms_scoring.domain.evidence import Action, CriterionTarget, Role
from lms_scoring.domain.outlook import ToldState
from lms_scoring.domain.proceedings.dispute import Contested
from lms_scoring.domain.proceedings.step import Outcome
from lms_scoring.ports import BoardAsk, BoardPart, Hold, Passback, Visitor
from lms_scoring.services.access.seeing import view_of
from lms_scoring.services.deciding.case_desk import CaseDesk
from lms_scoring.services.deciding.dispute_desk import DisputeDesk
from lms_scoring.services.deciding.enter import enter_as_shown
from lms_scoring.services.deciding.to_check import waiting_for
from lms_scoring.services.gradebook.switch_passback import switch_passback
from lms_scoring.services.scoring.assess import assess_person
from lms_scoring.services.viewing.consult import Consultant
from tests import given
from tests.fakes.memory_store import MemoryStore
from tests.fixtures.courses import deciding
from tests.fixtures.courses.deciding import SUN, WORK, Office, wish
from tests.fixtures.courses.moving import THERE, listed
from tests.fixtures.courses.scripted import COURSE, LI, NOTHING_TO_WAIT_FOR, WANG, new_store, open_case

HERE = given.CLASS
"""Where Wang is the tutor; the card of this class is the one whose grade is sent."""
BOTH = pytest.mark.parametrize("class_", [HERE, THERE])
OWN = Visitor(person=LI)
STUDY = CriterionTarget(criterion="study_time")
EXEMPTED = wish(Action.EXEMPT, STUDY)
"""Brings the 40 points that are missing for the pass mark of 80."""


@dataclass
class TwoClasses:
    """Li, who has failed, learns with Wang and with Sun; verdicts are sent."""

    office: Office

    @property
    def disputes(self) -> DisputeDesk:
        return DisputeDesk(self.office.store, self.office.rules, clock=self.office.clock)

    @property
    def cases(self) -> CaseDesk:
        return CaseDesk(self.office.store, self.office.rules, clock=self.office.clock)

    def contest(self, class_: str) -> None:
        """Li contests the study time on the card of that class."""
        about = Contested(role=Role.LEARNER, class_=class_, criterion=STUDY.criterion)
        self.disputes.raise_(OWN, about, "Why?")

    def held(self) -> Hold | None:
        """What keeps the verdict from the gradebook."""
        with self.office.store.reading() as transaction:
            (found,) = transaction.outgoing(COURSE, persons=[LI])
        return found.held

    def sends(self) -> int | None:
        """The verdict that is due to go out; None: none is."""
        with self.office.store.reading() as transaction:
            due = transaction.outgoing_due(at=self.office.clock.now())
        return next((int(one.given) for one in due if one.person == LI), None)

    def told(self) -> dict[str | None, tuple[ToldState, ToldState]]:
        """Of each class how the board tells Li's result, and how the card does."""
        part = BoardPart(course=COURSE, role=Role.LEARNER)
        with self.office.store.reading() as transaction:
            rows = transaction.board_cards(part, BoardAsk()).rows
        lines = {row.card.class_: row.told for row in rows if row.card.person == LI}
        seen = Consultant(self.office.store, self.office.rules).seen(OWN, LI).statuses
        cards = {one.card.class_: one.questions.told(one.card.state, one.outlook) for one in seen}
        assert lines.keys() == cards.keys()
        return {class_: (line, cards[class_]) for class_, line in lines.items()}


def everywhere(told: ToldState) -> dict[str | None, tuple[ToldState, ToldState]]:
    """The same on the board and on the card of both classes."""
    return {HERE: (told, told), THERE: (told, told)}


@pytest.fixture(params=["memory", "sqlite"])
def two(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[TwoClasses]:
    store = MemoryStore() if request.param == "memory" else new_store(tmp_path)
    office = deciding.opened(store)
    listed(office, given.membership(LI, class_=THERE))
    switch_passback(COURSE, Passback.VERDICT, store, clock=office.clock, reading=NOTHING_TO_WAIT_FOR)
    found = TwoClasses(office)
    assert found.sends() == 0
    yield found
    if not isinstance(store, MemoryStore):
        store.close()


@BOTH
def test_a_verdict_waits_while_the_card_of_either_class_is_contested(two: TwoClasses, class_: str) -> None:
    two.contest(class_)
    assert (two.sends(), two.held()) == (None, Hold.DISPUTED)
    assert two.told() == everywhere(ToldState.FAIL_PROVISIONALLY)
    two.disputes.answer(Visitor(person=WANG if class_ == HERE else SUN), 1, Outcome.KEPT, "No.")
    assert (two.sends(), two.held()) == (0, None)
    assert two.told() == everywhere(ToldState.FAIL)


@BOTH
def test_an_answer_in_either_class_changes_what_is_sent(two: TwoClasses, class_: str) -> None:
    """So what is sent waits for it: what is decided is decided about the person, and changes both cards."""
    two.contest(class_)
    two.office.enter(EXEMPTED)
    assert (two.sends(), two.held()) == (None, Hold.DISPUTED)
    two.disputes.answer(Visitor(person=WANG if class_ == HERE else SUN), 1, Outcome.CHANGED, "Yes.")
    assert (two.sends(), two.held()) == (100, None)


@BOTH
def test_a_verdict_waits_for_a_dispute_about_the_other_card_at_every_scoring(
    two: TwoClasses, class_: str
) -> None:
    two.contest(class_)
    with two.office.store.writing() as transaction:
        assess_person(transaction, two.office.rules, LI, now=two.office.clock.now())
    assert (two.sends(), two.held()) == (None, Hold.DISPUTED)
    switch_passback(COURSE, None, two.office.store, clock=two.office.clock, reading=NOTHING_TO_WAIT_FOR)
    switch_passback(
        COURSE, Passback.VERDICT, two.office.store, clock=two.office.clock, reading=NOTHING_TO_WAIT_FOR
    )
    assert (two.sends(), two.held()) == (None, Hold.DISPUTED)


def test_what_a_decision_would_change_is_foreseen_as_provisional_in_both_classes(two: TwoClasses) -> None:
    two.contest(THERE)
    office = two.office
    shown = enter_as_shown(EXEMPTED, office.rules, office.store, clock=office.clock, mark=None)
    told = {one.after.class_: (one.was, one.will_be) for one in shown.effect.shifts}
    provisional = (ToldState.FAIL_PROVISIONALLY, ToldState.PASS_PROVISIONALLY)
    assert told == {HERE: provisional, THERE: provisional}


@pytest.mark.parametrize("judge", [WANG, SUN])
def test_a_case_about_a_work_is_open_on_both_cards_and_holds_the_verdict(two: TwoClasses, judge: str) -> None:
    """The work was voided and its learner objects: were that upheld, the result would be another."""
    two.office.enter(EXEMPTED)
    assert two.sends() == 100
    open_case(two.office.store, WORK.id, kind=WORK.kind)
    two.cases.decide(Visitor(person=judge), 1, Outcome.VOIDED, "Copied.")
    assert two.sends() == 0
    two.cases.object(OWN, 1, "No.")
    assert (two.sends(), two.held()) == (None, Hold.TO_CHECK)
    assert two.told() == everywhere(ToldState.FAIL_PROVISIONALLY)
    two.cases.settle(Visitor(person=SUN if judge == WANG else WANG), 1, Outcome.VOIDED, "Yes.")
    assert (two.sends(), two.held()) == (0, None)


def test_the_tutor_of_the_other_class_reads_a_dispute_that_is_answered_where_it_was_raised(
    two: TwoClasses,
) -> None:
    two.contest(THERE)
    assert two.disputes.opened(Visitor(person=SUN), 1).may_decide
    opened = two.disputes.opened(Visitor(person=WANG), 1)
    assert (opened.may_decide, opened.may) == (False, frozenset())
    with pytest.raises(NotAllowed, match="answered by who may decide"):
        two.disputes.answer(Visitor(person=WANG), 1, Outcome.KEPT, "No.")
    for tutor, waiting in {WANG: 0, SUN: 1}.items():
        visitor = Visitor(person=tutor)
        assert two.disputes.listed(visitor, waiting=True).found == waiting
        with two.office.store.reading() as transaction:
            view = view_of(transaction, COURSE, visitor)
            found = waiting_for(transaction, view, by=tutor, now=two.office.clock.now())
        assert found.total.disputes == waiting
