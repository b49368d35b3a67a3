"""Closing a programme: cards are frozen as of then, decisions correct them, and reopening takes all back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from fractions import Fraction
from pathlib import Path

import pytest

from lms_scoring.domain import evidence as ev
from lms_scoring.domain.errors import CannotBeDecided
from lms_scoring.domain.evidence import Action, CriterionTarget, RecordTarget, Role
from lms_scoring.domain.outlook import ToldState
from lms_scoring.domain.scorecard import CardState, Scorecard
from lms_scoring.ports import (
    ActKind,
    Batch,
    Grant,
    Hold,
    Kept,
    KeptCourse,
    KeptScheme,
    Passback,
    RunState,
    Visitor,
)
from lms_scoring.services.collecting.collect import collect
from lms_scoring.services.deciding.close import Closed, Pending, close, pending_of, reopen
from lms_scoring.services.deciding.decide import Decide
from lms_scoring.services.deciding.enter import enter, foresee
from lms_scoring.services.deciding.recommend import Recommend
from lms_scoring.services.gradebook.switch_passback import switch_passback
from lms_scoring.services.scoring.adopt import adopt
from lms_scoring.services.scoring.assess import Assessed, assess
from lms_scoring.services.scoring.card_records import evidence_of_course
from lms_scoring.services.signing import Signature
from lms_scoring.services.viewing.consult import Consultant
from lms_scoring.services.window_read import Short, Unread
from lms_scoring.store import SqlStore
from tests import given
from tests.fixtures.courses.scripted import (
    CHEN,
    COURSE,
    LI,
    NOTHING_TO_WAIT_FOR,
    PEOPLE,
    SCORM,
    WANG,
    ZHAO,
    ScriptedSource,
    StandingClock,
    adopt_course,
    members,
    new_store,
    roster,
    rules,
    told,
)

SIGNED = Signature(by="operator:office", reason="the programme is over")
OFFICE = "operator:office"
WAITING: tuple[ev.Record, ...] = (
    *(given.watch(minutes=750, activity=SCORM), given.homework("work"), given.journal()),
    *given.topics(9),
)
"""Li: 79 points, and marking could make it 89."""
LATE: tuple[ev.Record, ...] = (
    given.homework("work", ev.Grade.EXCELLENT, graded_at=given.AFTER),
    *given.topics(20),
)


@dataclass
class House:
    """A synced and scored course, and whoever decides about it."""

    store: SqlStore
    clock: StandingClock = field(default_factory=StandingClock)

    def sync(self, *batches: Batch) -> Assessed:
        self.clock.at += 1_000
        collect(COURSE, ScriptedSource(batches), self.store, clock=self.clock)
        return assess(rules(), self.store, clock=self.clock)

    def close(self, seen: str | None = None) -> Closed:
        self.clock.at += 1_000
        return close(rules(), SIGNED, self.store, clock=self.clock, seen=seen)

    def reopen(self) -> Assessed:
        self.clock.at += 1_000
        return reopen(rules(), SIGNED, self.store, clock=self.clock)

    def pending(self) -> Pending:
        return pending_of(rules(), self.store, clock=self.clock)

    def decide(self, by: str = OFFICE, **changes: object) -> None:
        self.clock.at += 1_000
        target = CriterionTarget(criterion="homework")
        signed = Signature(by=by, reason="was marked on paper")
        plain = Decide(person=LI, target=target, action=Action.EXEMPT, signed=signed)
        enter(replace(plain, **changes), rules(), self.store, clock=self.clock)  # type: ignore[arg-type] # fields of it

    def card(self, person: str = LI, role: Role = Role.LEARNER) -> Scorecard:
        with self.store.reading() as transaction:
            card = transaction.scorecard(COURSE, person, role=role, class_=given.CLASS)
        assert card is not None
        return replace(card, as_of=0)

    def versions(self) -> int:
        with self.store.reading() as transaction:
            return len(transaction.history(COURSE, LI, role=Role.LEARNER, class_=given.CLASS))

    def evidence(self) -> list[ev.Record]:
        with self.store.reading() as transaction:
            return list(evidence_of_course(transaction, rules()))


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    store = new_store(tmp_path)
    adopt_course(store)
    house = House(store)
    house.sync(roster(LI, ZHAO, WANG, CHEN), told(*members(), *WAITING))
    yield house
    store.close()


def test_decided_about_a_classmate_a_tutors_card_rests_on_works_as_they_were_then(house: House) -> None:
    house.close()
    before = house.card(WANG, Role.TUTOR)
    house.sync(told(*LATE))
    house.decide(person=ZHAO)
    after = house.card(WANG, Role.TUTOR)
    assert after.criteria == before.criteria


def test_what_is_still_pending_is_told_before(house: House) -> None:
    pending = house.pending()
    (waiting,) = pending.waiting
    assert (waiting.person, waiting.total, waiting.could_become) == (LI, Fraction(79), Fraction(89))
    assert waiting.could_pass
    assert (pending.is_over, pending.due, pending.unread, pending.grades) == (True, 0, 0, 0)
    assert pending.states == {ToldState.PENDING: 1, ToldState.FAIL: 2}
    assert pending.synced_at is not None


def test_that_what_was_done_last_was_not_read_yet_is_told_before(house: House) -> None:
    assert house.pending().unread_sources == []
    for at, unread in (
        (given.END, []),
        (given.END - 1, [Unread(source="moodle", short=Short.EARLY)]),
    ):
        with house.store.writing() as transaction:
            run = transaction.begin_run(COURSE, "moodle", at=at)
            transaction.end_run(run, at=at, state=RunState.DONE, kept=Kept())
        before = house.pending()
        assert (before.is_over, before.unread_sources) == (True, unread)
    shown = before.mark
    with house.store.writing() as transaction:
        run = transaction.begin_run(COURSE, "moodle", at=given.END)
        transaction.end_run(run, at=given.END, state=RunState.DONE, kept=Kept(), cut_short=True)
    assert house.pending().unread_sources == [Unread(source="moodle", short=Short.CUT_SHORT)]
    assert house.close(seen=shown).assessed is None, "another reason was shown"
    house.sync()
    assert house.close(seen=shown).assessed is None, "something else was shown"


def test_what_is_held_back_from_the_gradebook_is_told_before(house: House) -> None:
    switch_passback(COURSE, Passback.VERDICT, house.store, clock=house.clock, reading=NOTHING_TO_WAIT_FOR)
    before = house.pending()
    with house.store.writing() as transaction:
        grade, *_ = transaction.outgoing(COURSE)
        transaction.keep_outgoing(replace(grade, held=Hold.TO_CHECK))
    after = house.pending()
    assert (before.held, after.held) == (0, 1)
    assert before.mark != after.mark


def test_closing_makes_everything_final_and_signs_it(house: House) -> None:
    done = house.close(seen=house.pending().mark)
    assert done.assessed is not None
    assert done.assessed.scored == 4
    card = house.card()
    assert (card.state, card.total, card.could_become) == (CardState.FAIL, Fraction(79), Fraction(79))
    with house.store.reading() as transaction:
        closing = transaction.closing(COURSE)
        outlook = transaction.outlook(COURSE, LI, role=Role.LEARNER, class_=given.CLASS)
    assert closing is not None
    assert (closing.by, closing.reason, closing.at) == (SIGNED.by, SIGNED.reason, card.closed_at)
    assert outlook is not None
    assert outlook.standing == "unreachable"


def test_what_was_never_shown_is_not_closed(house: House) -> None:
    assert house.close(seen="something else").assessed is None
    with house.store.reading() as transaction:
        assert transaction.closing(COURSE) is None


def test_later_syncs_store_and_change_no_card(house: House) -> None:
    house.close()
    card, tutor, versions, evidence = (
        house.card(),
        house.card(WANG, Role.TUTOR),
        house.versions(),
        house.evidence(),
    )
    moved = [replace(one, class_="another") for one in members() if one.person != CHEN]
    assert house.sync(told(*moved, *LATE, whole=[PEOPLE])) == Assessed(scored=0, changed=0)
    assert assess(rules(), house.store, clock=house.clock, everyone=True) == Assessed(scored=0, changed=0)
    assert (house.card(), house.card(WANG, Role.TUTOR), house.versions()) == (card, tutor, versions)
    assert house.evidence() == evidence
    with house.store.reading() as transaction:
        posts = transaction.records_of(COURSE, [LI], kinds=["post"])
        assert len(posts) == 20


def test_a_decision_corrects_a_closed_card_from_what_was_frozen(house: House) -> None:
    house.close()
    house.sync(told(*LATE))
    before = house.card()
    house.decide()
    card = house.card()
    assert (before.total, card.total, card.state) == (Fraction(79), Fraction(89), CardState.PASS)
    assert card.closed_at == before.closed_at
    points = {result.id: result.points for result in card.criteria}
    assert points["posts"] == 9, "the topics that came later count for nothing"
    house.decide(action=Action.RESTORE)
    assert house.card().total == 79


def test_what_is_foreseen_of_a_closed_card_is_what_comes(house: House) -> None:
    house.close()
    target = RecordTarget(kind="post", id="moodle/t0")
    wish = Decide(person=LI, target=target, action=Action.VOID, signed=Signature(by=OFFICE, reason="copied"))
    (shift,) = foresee(wish, rules(), house.store, clock=house.clock).shifts
    house.decide(target=target, action=Action.VOID)
    assert (shift.before.total, shift.after.total) == (Fraction(79), Fraction(78))
    assert (house.card().total, house.card().state) == (Fraction(78), shift.after.state)


def test_nothing_is_decided_about_what_came_after_the_closing(house: House) -> None:
    house.close()
    house.sync(told(*LATE))
    with pytest.raises(CannotBeDecided, match="t15"):
        house.decide(target=RecordTarget(kind="post", id="moodle/t15"), action=Action.VOID)


def test_tutors_correct_a_closed_course_no_more_but_who_has_a_role_does(house: House) -> None:
    house.close()
    with pytest.raises(CannotBeDecided, match="is closed"):
        house.decide(by=WANG)
    with pytest.raises(CannotBeDecided, match="is closed"):
        house.decide(by=WANG, entitled=[given.membership(LI)])
    consultant = Consultant(house.store, rules())
    assert not consultant.status(Visitor(person=WANG), LI)[0].may_decide
    with house.store.writing() as transaction:
        transaction.keep_grant(Grant(person=WANG, role="coordinator", course=COURSE))
    assert consultant.status(Visitor(person=WANG), LI)[0].may_decide
    house.decide(by=WANG)
    assert house.card().total == 89


def test_neither_other_rules_nor_recommendations_come_into_a_closed_course(house: House) -> None:
    house.close()
    scheme = given.main_scheme()
    course = KeptCourse(id=COURSE, title="", scheme=scheme.fingerprint, settings="other")
    kept = KeptScheme(fingerprint=scheme.fingerprint, name="", text="")
    with pytest.raises(CannotBeDecided, match="reopen it"):
        adopt(course, kept, rules(), house.store, clock=house.clock, signed=SIGNED)
    wish = Recommend(person=WANG, submission="moodle/work")
    with pytest.raises(CannotBeDecided, match="reopen it"):
        enter(wish, rules(), house.store, clock=house.clock)


def test_reopening_is_signed_and_scores_all_that_came_meanwhile(house: House) -> None:
    house.close()
    house.sync(told(*LATE))
    house.decide()
    house.reopen()
    card = house.card()
    assert (card.total, card.closed_at) == (Fraction(100), None)
    with house.store.reading() as transaction:
        assert transaction.closing(COURSE) is None
        assert [act.kind for act in transaction.acts(course=COURSE)] == [ActKind.CLOSED, ActKind.REOPENED]
    house.close()
    assert house.card().total == 100


def test_a_course_is_closed_once_and_reopened_once(house: House) -> None:
    with pytest.raises(CannotBeDecided, match="not closed"):
        house.reopen()
    house.close()
    with pytest.raises(CannotBeDecided, match="is closed"):
        house.close()


def test_nothing_is_closed_before_its_window_is_over(house: House) -> None:
    house.clock.at = given.END - 10_000
    assert not house.pending().is_over
    with pytest.raises(CannotBeDecided, match="before its window is over"):
        house.close()


def test_who_was_touched_and_not_scored_yet_is_scored_by_the_closing(house: House) -> None:
    collect(COURSE, ScriptedSource([told(*LATE)]), house.store, clock=house.clock)
    assert house.pending().due == 2
    house.close()
    assert house.card().total == 100


def test_evidence_dated_after_the_closing_is_not_of_it(house: House) -> None:
    ahead = house.clock.at + 10_000_000
    marked = given.homework("work", ev.Grade.EXCELLENT, graded_at=ahead)
    house.sync(told(marked))
    house.close()
    house.clock.at = ahead + 1
    house.decide(target=RecordTarget(kind="post", id="moodle/t0"), action=Action.VOID)
    assert house.card().total == 78, "the mark was given after the closing"
