"""Cases decided: what is foreseen, and that who must still mark the work is refused before that is kept."""

from __future__ import annotations

import pytest

from lms_scoring.domain.doubts import Family
from lms_scoring.domain.errors import CannotBeDecided
from lms_scoring.domain.evidence import Action, Decision
from lms_scoring.domain.obstacle import Obstacle
from lms_scoring.domain.outlook import ToldState
from lms_scoring.domain.proceedings.case import Case, CaseState
from lms_scoring.domain.proceedings.step import Outcome
from lms_scoring.ports import Grant, Visitor
from lms_scoring.services.collecting.collect import collect
from lms_scoring.services.deciding.case_desk import CaseDesk
from lms_scoring.services.deciding.enter import made
from lms_scoring.services.deciding.judging import Stake
from tests import given
from tests.fakes.memory_store import MemoryStore
from tests.fixtures.courses import deciding
from tests.fixtures.courses.deciding import OFFICE, POST, SUN, Office
from tests.fixtures.courses.scripted import COURSE, LI, WANG, ZHAO, ScriptedSource, open_case, told

UNMARKED, REPLACED = 1, 2
"""The latest attempt of Zhao's homework, and one that it replaced; Wang guides the class, and must mark a
work of Chen too."""
TUTOR = Visitor(person=WANG)
ADMINISTRATOR = Visitor(person=None, roles=(Grant(person="", role="administrator", course=None),))


@pytest.fixture
def office() -> Office:
    office = deciding.opened(MemoryStore())
    for name in ("moodle/late", "moodle/of zhao"):
        open_case(office.store, name, person=ZHAO, kind="submission", family=Family.LIKENESS)
    return office


def desk(office: Office) -> CaseDesk:
    return CaseDesk(office.store, office.rules, clock=office.clock)


def cases(office: Office) -> list[Case]:
    with office.store.reading() as transaction:
        return list(transaction.cases(COURSE))


@pytest.mark.parametrize(("visitor", "by"), [(TUTOR, None), (ADMINISTRATOR, WANG)])
@pytest.mark.parametrize(("number", "alike"), [(UNMARKED, ()), (REPLACED, (UNMARKED,))])
@pytest.mark.parametrize("keep", [False, True])
def test_who_must_mark_a_work_does_not_void_it_on_its_case(
    office: Office, visitor: Visitor, by: str | None, number: int, alike: tuple[int, ...], keep: bool
) -> None:
    before = office.cards(), cases(office)
    with pytest.raises(CannotBeDecided, match="wang must mark moodle/late and has not") as refused:
        desk(office).decide(visitor, number, Outcome.VOIDED, "copied", alike=alike, by=by, keep=keep)
    assert refused.value.why is Obstacle.OWN_DUTY
    assert (office.cards(), cases(office)) == before
    assert made(office.rules, office.store) == []


def test_what_stands_in_the_way_is_known_before_anything_is_decided(office: Office) -> None:
    barred = Stake(obstacle=Obstacle.OWN_DUTY)
    assert desk(office).weighed(TUTOR, UNMARKED).alone == barred
    of_a_replaced_one = desk(office).weighed(TUTOR, REPLACED)
    assert (of_a_replaced_one.alone.obstacle, of_a_replaced_one.with_alike) == (None, barred)
    of_all = desk(office).weighed(ADMINISTRATOR, UNMARKED)
    assert (of_all.alone.obstacle, of_all.with_alike.obstacle) == (None, None)


@pytest.mark.parametrize(
    ("outcome", "by"), [(Outcome.DISMISSED, WANG), (Outcome.VOIDED, OFFICE), (Outcome.VOIDED, SUN)]
)
def test_who_need_not_mark_it_voids_it_and_who_must_dismisses_the_doubt(
    office: Office, outcome: Outcome, by: str
) -> None:
    office.coordinates(SUN)
    desk(office).decide(ADMINISTRATOR, UNMARKED, outcome, "seen", by=by)
    states = {one.number: one.state(office.clock.now()) for one in cases(office)}
    decided = CaseState.DISMISSED if outcome is Outcome.DISMISSED else CaseState.VOIDED
    assert states == {UNMARKED: decided, REPLACED: CaseState.OPEN}


def test_what_is_foreseen_of_a_decided_case_is_no_longer_provisional_for_it(office: Office) -> None:
    """Li passes thanks to one post."""
    open_case(office.store, POST.id)
    totals = told(given.reported("first", minutes=400), given.reported("next", given.START + given.DAY, 400))
    collect(COURSE, ScriptedSource([totals]), office.store, clock=office.clock)
    (shift,) = desk(office).decide(ADMINISTRATOR, 3, Outcome.VOIDED, "copied", by=OFFICE, keep=False)
    assert (shift.was, shift.will_be) == (ToldState.PASS_PROVISIONALLY, ToldState.FAIL)
    (stake,) = desk(office).weighed(ADMINISTRATOR, 3).alone.shifts
    assert stake.looks_like(shift)


def said_of_post(office: Office) -> list[Action]:
    """What was decided about it, from the first on."""
    entries = [one.entry for one in made(office.rules, office.store)]
    decisions = [one for one in entries if isinstance(one, Decision) and one.target == POST]
    return [one.action for one in sorted(decisions, key=lambda one: (one.at, one.id))]


def test_a_dismissed_case_restores_what_an_earlier_one_had_voided(office: Office) -> None:
    """Its author wrote another text, about which another case was opened."""
    office.coordinates(SUN)
    before = office.total()
    open_case(office.store, POST.id)
    desk(office).decide(ADMINISTRATOR, 3, Outcome.VOIDED, "one letter", by=OFFICE)
    assert office.total() == before - 1
    office.clock.at += 1_000
    open_case(office.store, POST.id)
    desk(office).decide(ADMINISTRATOR, 4, Outcome.DISMISSED, "written anew", by=SUN)
    assert office.total() == before
    assert said_of_post(office) == [Action.VOID, Action.RESTORE]


def test_a_dismissed_case_is_no_decision_about_what_counts(office: Office) -> None:
    open_case(office.store, POST.id)
    desk(office).decide(ADMINISTRATOR, 3, Outcome.DISMISSED, "nothing wrong", by=OFFICE)
    assert said_of_post(office) == []


def test_what_a_second_person_confirms_is_so_though_somebody_restored_it_meanwhile(office: Office) -> None:
    office.coordinates(SUN)
    open_case(office.store, POST.id)
    desk(office).decide(ADMINISTRATOR, 3, Outcome.VOIDED, "one letter", by=OFFICE)
    voided = office.total()
    desk(office).object(Visitor(person=LI), 3, "It was meant.")
    office.kept(deciding.wish(Action.RESTORE, POST))
    assert office.total() == voided + 1
    desk(office).settle(ADMINISTRATOR, 3, Outcome.VOIDED, "it says nothing", by=SUN)
    assert office.total() == voided
    assert said_of_post(office) == [Action.VOID, Action.RESTORE, Action.VOID]


def test_who_decided_first_does_not_decide_against_whoever_settled_it(office: Office) -> None:
    office.coordinates(SUN)
    open_case(office.store, POST.id)
    desk(office).decide(ADMINISTRATOR, 3, Outcome.VOIDED, "one letter", by=OFFICE)
    voided = office.total()
    desk(office).object(Visitor(person=LI), 3, "It was meant.")
    desk(office).settle(ADMINISTRATOR, 3, Outcome.DISMISSED, "it was", by=SUN)
    assert office.total() == voided + 1
    assert office.refused(deciding.wish(Action.VOID, POST)).why is Obstacle.SETTLED
    office.kept(deciding.wish(Action.VOID, POST, by=SUN))
    office.kept(deciding.wish(Action.RESTORE, POST))


def test_about_another_text_of_it_whoever_decided_before_decides_anew(office: Office) -> None:
    office.coordinates(SUN)
    open_case(office.store, POST.id)
    desk(office).decide(ADMINISTRATOR, 3, Outcome.VOIDED, "one letter", by=OFFICE)
    desk(office).object(Visitor(person=LI), 3, "It was meant.")
    desk(office).settle(ADMINISTRATOR, 3, Outcome.VOIDED, "it was not", by=SUN)
    assert office.refused(deciding.wish(Action.RESTORE, POST)).why is Obstacle.SETTLED
    office.clock.at += 1_000
    open_case(office.store, POST.id)
    desk(office).decide(ADMINISTRATOR, 4, Outcome.DISMISSED, "written anew", by=OFFICE)
    assert said_of_post(office) == [Action.VOID, Action.RESTORE]
