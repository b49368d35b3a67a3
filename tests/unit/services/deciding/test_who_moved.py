"""Who has left a class: its tutor keeps the record to read, and others decide."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest

from lms_scoring.domain import evidence as ev
from lms_scoring.domain.errors import CannotBeDecided, NotAllowed
from lms_scoring.domain.evidence import Action, CriterionTarget, RecordTarget, Role
from lms_scoring.domain.obstacle import Obstacle
from lms_scoring.domain.proceedings.dispute import Contested
from lms_scoring.domain.proceedings.step import Outcome
from lms_scoring.ports import Grant, Visitor
from lms_scoring.services.access.seeing import view_of
from lms_scoring.services.deciding.case_desk import CaseDesk
from lms_scoring.services.deciding.dispute_desk import DisputeDesk
from lms_scoring.services.deciding.to_check import ToCheck, waiting_for
from lms_scoring.services.signing import Signature
from lms_scoring.services.viewing.consult import Consultant, Seen
from tests import given
from tests.fakes.memory_store import MemoryStore
from tests.fixtures.courses import deciding
from tests.fixtures.courses.deciding import OFFICE, POST, POSTS, SUN, Office, recommend, wish
from tests.fixtures.courses.moving import THERE, listed, moved
from tests.fixtures.courses.scripted import CHEN, COURSE, LI, WANG, open_case

HERE = given.membership(LI)
FORMER, PRESENT = Visitor(person=WANG), Visitor(person=SUN)
COORDINATOR = Visitor(person="office", roles=(Grant(person="office", role="coordinator", course=COURSE),))
ADMINISTRATOR = Visitor(person=None, roles=(Grant(person="", role="administrator", course=None),))
ABOUT = Contested(role=Role.LEARNER, class_=given.CLASS, criterion="posts")


@pytest.fixture
def office() -> Office:
    """A case about Li, and a dispute of Li's about the card of the first class."""
    office = deciding.opened(MemoryStore())
    open_case(office.store, POST.id)
    disputes(office).raise_(Visitor(person=LI), ABOUT, "?")
    return office


def disputes(office: Office) -> DisputeDesk:
    return DisputeDesk(office.store, office.rules, clock=office.clock)


def cases(office: Office) -> CaseDesk:
    return CaseDesk(office.store, office.rules, clock=office.clock)


def seen(office: Office, visitor: Visitor) -> Seen:
    return Consultant(office.store, office.rules).seen(visitor, LI)


def to_check(office: Office, visitor: Visitor, class_: str) -> ToCheck:
    with office.store.reading() as transaction:
        view = view_of(transaction, COURSE, visitor)
        waiting = waiting_for(transaction, view, by=visitor.person or "", now=office.clock.now())
        assert waiting.of_class(class_) == waiting.total
        return waiting.total


def known_cases(office: Office, visitor: Visitor) -> list[int]:
    with office.store.reading() as transaction:
        about = cases(office).about(transaction, view_of(transaction, COURSE, visitor), LI)
        return [one.case.number for one in about]


# -- a card that was left -------------------------------------------------------------------------------


def test_the_former_tutor_reads_the_card_and_changes_nothing(office: Office) -> None:
    moved(office)
    (status,) = seen(office, FORMER).statuses
    assert status.card.class_ == given.CLASS
    assert (status.may_decide, status.may_send_again) == (False, False)
    with pytest.raises(NotAllowed):
        Consultant(office.store, office.rules).to_decide_about(FORMER, LI)
    (status,) = seen(office, PRESENT).statuses
    assert (status.card.class_, status.may_decide, status.may_send_again) == (THERE, True, True)


def test_before_that_it_is_the_other_way_round(office: Office) -> None:
    assert [one.may_decide for one in seen(office, FORMER).statuses] == [True]
    with pytest.raises(NotAllowed):
        seen(office, PRESENT)
    assert to_check(office, FORMER, given.CLASS) == ToCheck(cases=1, disputes=1)
    assert to_check(office, PRESENT, THERE) == ToCheck()


def test_nobody_signs_as_the_former_tutor(office: Office) -> None:
    moved(office)
    before = office.cards()
    for asked in (
        wish(Action.OVERRIDE, POSTS, points=Fraction(0), by=WANG),
        wish(Action.VOID, POST, by=WANG),
    ):
        assert office.refused(asked).why is Obstacle.NOT_ENTITLED
    assert office.cards() == before
    assert office.kept(wish(Action.VOID, POST, by=SUN)).by == SUN


def test_cases_are_judged_where_the_learner_is_now(office: Office) -> None:
    moved(office)
    for attempt in (
        lambda: cases(office).opened(FORMER, 1),
        lambda: cases(office).decide(FORMER, 1, Outcome.VOIDED, "short"),
    ):
        with pytest.raises(NotAllowed, match="no case of that number"):
            attempt()
    assert cases(office).listed(FORMER, waiting=True).people == []
    assert (known_cases(office, FORMER), known_cases(office, PRESENT)) == ([], [1])
    cases(office).decide(PRESENT, 1, Outcome.VOIDED, "short")


def test_disputes_are_answered_where_the_learner_is_now_and_read_by_the_former_tutor(office: Office) -> None:
    moved(office)
    opened = disputes(office).opened(FORMER, 1)
    assert (opened.may_decide, opened.may) == (False, frozenset())
    with pytest.raises(NotAllowed, match="answered by who may decide"):
        disputes(office).answer(FORMER, 1, Outcome.KEPT, "no")
    assert disputes(office).listed(FORMER, waiting=True).found == 0
    assert disputes(office).listed(PRESENT, waiting=True).found == 1
    assert to_check(office, FORMER, given.CLASS) == ToCheck()
    assert to_check(office, PRESENT, THERE) == ToCheck(cases=1, disputes=1)
    disputes(office).answer(PRESENT, 1, Outcome.KEPT, "no")


def test_who_is_in_no_class_any_more_is_decided_about_in_the_last_one(office: Office) -> None:
    listed(office, without=[LI])
    assert [one.may_decide for one in seen(office, FORMER).statuses] == [True]
    assert to_check(office, FORMER, given.CLASS) == ToCheck(cases=1, disputes=1)
    office.kept(wish(Action.VOID, POST, by=WANG))


def test_who_moved_and_left_then_is_decided_about_where_that_was(office: Office) -> None:
    moved(office)
    listed(office, without=[LI])
    assert [one.may_decide for one in seen(office, FORMER).statuses] == [False]
    assert [one.may_decide for one in seen(office, PRESENT).statuses] == [True]


def test_who_sees_the_whole_course_decides_as_before(office: Office) -> None:
    moved(office)
    assert {one.card.class_: one.may_decide for one in seen(office, COORDINATOR).statuses} == {
        given.CLASS: True,
        THERE: True,
    }
    cases(office).decide(COORDINATOR, 1, Outcome.DISMISSED, "fine")
    disputes(office).answer(COORDINATOR, 1, Outcome.KEPT, "no")


# -- who learns in one class and guides another ---------------------------------------------------------

OWN = RecordTarget(kind="recommendation", id=f"here/{LI}/moodle/of chen")
DISCUSSION = CriterionTarget(criterion="discussion")


@pytest.fixture
def guiding(office: Office) -> Office:
    """Li guides the other class too, where the office voided what Li had recommended."""
    listed(office, given.tutor(LI, class_=THERE))
    office.kept(recommend("moodle/of chen", tutor=LI))
    office.kept(wish(Action.VOID, OWN, person=LI, reason="by a relative"))
    office.kept(wish(Action.EXEMPT, DISCUSSION, person=LI))
    office.kept(wish(Action.VOID, POST))
    return office


def test_a_tutor_is_told_of_decisions_about_what_the_seen_card_names_alone(guiding: Office) -> None:
    def told(visitor: Visitor) -> set[object]:
        entered = seen(guiding, visitor).entered
        return {one.entry.target for one in entered if isinstance(one.entry, ev.Decision)}

    assert told(FORMER) == {POST}
    assert told(COORDINATOR) == told(Visitor(person=LI)) == {POST, OWN, DISCUSSION}
    deciding = Consultant(guiding.store, guiding.rules).to_decide_about(FORMER, LI)
    assert [one.entry.id for one in deciding.entered] == [f"here/{LI}-3"]


def test_a_tutor_decides_about_what_the_seen_card_names_alone(guiding: Office) -> None:
    for asked in (wish(Action.RESTORE, OWN), wish(Action.RESTORE, DISCUSSION)):
        for entitled in (None, [HERE]):
            refused = guiding.refused(
                replace(asked, signed=Signature(by=WANG, reason="so"), entitled=entitled)
            )
            assert refused.why is Obstacle.NOT_ENTITLED
            assert "is on no card of li about which wang decides" in str(refused)
    guiding.kept(wish(Action.RESTORE, POST, by=WANG))
    guiding.kept(wish(Action.RESTORE, OWN))


# -- signatures of others -------------------------------------------------------------------------------


@pytest.mark.parametrize("by", [SUN, CHEN, "nobody"])
def test_who_may_not_decide_signs_neither_cases_nor_answers(office: Office, by: str) -> None:
    for outcome in (Outcome.VOIDED, Outcome.DISMISSED):
        for keep in (False, True):
            with pytest.raises(CannotBeDecided, match="neither guides a class") as refused:
                cases(office).decide(ADMINISTRATOR, 1, outcome, "so", by=by, keep=keep)
            assert refused.value.why is Obstacle.NOT_ENTITLED
    with pytest.raises(CannotBeDecided, match="neither guides a class"):
        disputes(office).answer(ADMINISTRATOR, 1, Outcome.KEPT, "so", by=by)
    cases(office).decide(ADMINISTRATOR, 1, Outcome.VOIDED, "so", by=WANG)
    cases(office).object(Visitor(person=LI), 1, "no")
    with pytest.raises(CannotBeDecided, match="neither guides a class"):
        cases(office).settle(ADMINISTRATOR, 1, Outcome.DISMISSED, "so", by=by)
    cases(office).settle(ADMINISTRATOR, 1, Outcome.DISMISSED, "so", by=OFFICE)
    disputes(office).answer(ADMINISTRATOR, 1, Outcome.KEPT, "so", by=WANG)


def test_a_role_in_the_course_entitles_to_sign(office: Office) -> None:
    office.coordinates(SUN)
    cases(office).decide(ADMINISTRATOR, 1, Outcome.DISMISSED, "so", by=SUN)
    disputes(office).answer(ADMINISTRATOR, 1, Outcome.KEPT, "so", by=SUN)
    office.kept(wish(Action.VOID, POST, by=SUN))
