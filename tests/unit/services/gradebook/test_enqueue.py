"""Enqueueing: cards of active learners become grades that wait, in the same transaction."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from lms_scoring.domain.evidence import Grade, Role
from lms_scoring.domain.outlook import Standing
from lms_scoring.domain.proceedings.dispute import Contested, Dispute, raised
from lms_scoring.domain.proceedings.step import Outcome
from lms_scoring.domain.scorecard import CardState, Scorecard
from lms_scoring.ports import Hold, OutgoingGrade, Passback, SendState, Store
from lms_scoring.services.collecting.collect import collect
from lms_scoring.services.deciding.close import close
from lms_scoring.services.gradebook.enqueue import enqueue, enqueue_again
from lms_scoring.services.gradebook.grade_steps import Graded
from lms_scoring.services.gradebook.holds import let_back
from lms_scoring.services.gradebook.send_again import send_again
from lms_scoring.services.gradebook.switch_passback import switch_passback, would_go_out
from lms_scoring.services.scoring.assess import assess, assess_person
from lms_scoring.services.signing import Signature
from tests import given
from tests.contract.story import card, known
from tests.fakes.memory_store import MemoryStore
from tests.fixtures.courses.scripted import (
    CHEN,
    COURSE,
    LI,
    NOTHING_TO_WAIT_FOR,
    PEOPLE,
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


@dataclass
class Course:
    """Three learners with a topic each and a tutor, scored; nothing is sent yet."""

    store: Store
    clock: StandingClock

    def sync(self, *records: Any, whole: bool = False) -> None:
        batch = told(*records, whole=[PEOPLE] if whole else [])
        collect(COURSE, ScriptedSource([roster(LI, ZHAO, WANG, CHEN), batch]), self.store, clock=self.clock)
        self.clock.at += 1_000
        assess(rules(), self.store, clock=self.clock)

    def switch(self, passback: Passback | None) -> None:
        switch_passback(COURSE, passback, self.store, clock=self.clock, reading=NOTHING_TO_WAIT_FOR)

    def waiting(self) -> dict[str, OutgoingGrade]:
        with self.store.reading() as transaction:
            return {grade.person: grade for grade in transaction.outgoing(COURSE)}

    def points(self) -> dict[str, Fraction]:
        return {person: grade.given for person, grade in self.waiting().items()}

    def held(self) -> dict[str, Hold]:
        return {person: grade.held for person, grade in self.waiting().items() if grade.held is not None}


def contested(course: Course) -> Dispute:
    """Li contests a criterion, and waits for an answer."""
    about = Contested(role=Role.LEARNER, class_=given.CLASS, criterion="posts")
    dispute = raised(about, person=LI, words="Why?", at=1, until=2)
    with course.store.writing() as transaction:
        kept = transaction.keep_dispute(COURSE, dispute)
        enqueue_again(transaction, COURSE, LI, now=course.clock.now(), reading=NOTHING_TO_WAIT_FOR)
    return kept


@pytest.fixture(params=["memory", "sqlite"])
def course(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Course]:
    store = MemoryStore() if request.param == "memory" else new_store(tmp_path)
    course = Course(store, StandingClock(given.END + given.DAY))
    adopt_course(store)
    first = [given.topic(f"by {person}", person=person) for person in (LI, ZHAO, CHEN)]
    course.sync(*members(), *first, whole=True)
    yield course
    if not isinstance(store, MemoryStore):
        store.close()


def test_a_course_that_sends_nothing_queues_nothing(course: Course) -> None:
    course.sync(given.topic("another"))
    assert course.waiting() == {}


def test_switching_on_queues_every_learners_grade_and_no_tutors(course: Course) -> None:
    course.switch(Passback.SCORE)
    assert course.points() == {LI: 1, ZHAO: 1, CHEN: 1}
    assert {one.at for one in course.waiting().values()} == {course.clock.at // 1_000}


def test_switching_on_again_queues_nothing_new(course: Course) -> None:
    course.switch(Passback.SCORE)
    before = course.waiting()
    course.clock.at += 5_000
    course.switch(Passback.SCORE)
    course.switch(None)
    course.switch(Passback.SCORE)
    assert course.waiting() == before


def test_what_changed_while_nothing_was_sent_is_queued_once_switched_on_again(course: Course) -> None:
    course.switch(Passback.SCORE)
    before = course.waiting()
    with course.store.writing() as transaction:
        done = replace(before[LI], state=SendState.SENT, tried=Fraction(1), sent=Fraction(1), line_item="a")
        transaction.keep_outgoing(done)
    course.switch(None)
    course.sync(given.topic("another"))
    assert course.waiting()[LI] == done
    course.switch(Passback.SCORE)
    again = course.waiting()
    assert (again[LI].given, again[LI].sent, again[LI].state) == (Fraction(2), Fraction(1), SendState.WAITING)
    assert again[LI].at > before[LI].at
    assert again[ZHAO] == before[ZHAO]


def test_a_changed_card_changes_the_grade_and_no_others(course: Course) -> None:
    course.switch(Passback.SCORE)
    before = course.waiting()
    course.sync(given.topic("another"))
    after = course.waiting()
    assert (after[LI].given, after[LI].at) == (Fraction(2), before[LI].at + 1)
    assert (after[ZHAO], after[CHEN]) == (before[ZHAO], before[CHEN])


def test_nothing_is_queued_for_a_tutor_whose_card_changes(course: Course) -> None:
    course.switch(Passback.SCORE)
    course.sync(given.homework(grade=Grade.GOOD, graded_at=given.DUE))
    with course.store.reading() as transaction:
        (tutor,) = transaction.board(COURSE, role=Role.TUTOR)
    assert tutor.card.total == 40
    assert course.points() == {LI: 19, ZHAO: 1, CHEN: 1}


def test_who_learns_and_guides_in_one_class_is_graded_as_a_learner(course: Course) -> None:
    course.switch(Passback.SCORE)
    marked = given.homework(person=ZHAO, grade=Grade.GOOD, graded_at=given.DUE)
    course.sync(*members(), given.tutor(LI), marked, whole=True)
    with course.store.reading() as transaction:
        guiding = {row.card.person: row.card.total for row in transaction.board(COURSE, role=Role.TUTOR)}
    assert guiding[LI] > 40
    assert course.points()[LI] == 1


def test_a_grade_is_undone_with_its_card(course: Course) -> None:
    course.switch(Passback.SCORE)
    before = course.waiting()
    collect(COURSE, ScriptedSource([told(given.topic("another"))]), course.store, clock=course.clock)
    with pytest.raises(RuntimeError), course.store.writing() as transaction:
        assess_person(transaction, rules(), LI, now=course.clock.at)
        assert [grade.given for grade in transaction.outgoing(COURSE, persons=[LI])] == [2]
        raise RuntimeError
    assert course.waiting() == before


def test_who_withdrew_gets_no_new_grade_until_they_are_back(course: Course) -> None:
    course.switch(Passback.SCORE)
    with course.store.writing() as transaction:
        transaction.keep_outgoing(replace(course.waiting()[ZHAO], tried=Fraction(3), sent=Fraction(3)))
    course.sync(*members(withdrawn=[LI, ZHAO]), given.topic("another", person=ZHAO), whole=True)
    assert course.points() == {LI: 1, ZHAO: 1, CHEN: 1}
    assert course.held() == {}
    for passback in (Passback.VERDICT, Passback.SCORE):
        course.switch(passback)
        assert course.waiting().keys() == {ZHAO, CHEN}, "what was never on its way is forgotten"
        assert course.held() == {ZHAO: Hold.WITHDRAWN}
        assert course.points()[ZHAO] == 1
    course.sync(*members(), whole=True)
    assert course.points() == {LI: 1, ZHAO: 2, CHEN: 1}
    assert course.held() == {}


@pytest.mark.parametrize("passback", list(Passback))
def test_what_was_refused_to_who_left_is_tried_again_once_they_are_back(
    course: Course, passback: Passback
) -> None:
    """The platform refused it since they had left there already, which no sync had told yet."""
    course.switch(passback)
    with course.store.writing() as transaction:
        waiting = course.waiting()[ZHAO]
        refused = replace(waiting, state=SendState.REFUSED, tried=waiting.given, reason="not a learner")
        transaction.keep_outgoing(refused)
    course.sync(*members(withdrawn=[ZHAO]), whole=True)
    assert course.waiting()[ZHAO] == replace(refused, held=Hold.WITHDRAWN)
    course.sync(*members(), whole=True)
    assert course.waiting()[ZHAO] == replace(waiting, tried=waiting.given)


def test_a_verdict_that_was_refused_after_the_closing_waits_for_disputes_once_its_learner_is_back(
    course: Course,
) -> None:
    course.switch(Passback.VERDICT)
    close(rules(), Signature(by="operator:office", reason="done"), course.store, clock=course.clock)
    before = course.waiting()
    contested(course)
    with course.store.writing() as transaction:
        for person in (LI, ZHAO):
            refused = replace(before[person], state=SendState.REFUSED, tried=before[person].given)
            transaction.keep_outgoing(replace(refused, held=Hold.WITHDRAWN))
        let_back(transaction, COURSE, [LI, ZHAO], now=course.clock.at, reading=NOTHING_TO_WAIT_FOR)
    assert course.waiting()[ZHAO] == replace(before[ZHAO], tried=before[ZHAO].given)
    assert course.held() == {LI: Hold.DISPUTED}


def test_points_that_wait_go_out_though_points_are_switched_on_again(course: Course) -> None:
    course.switch(Passback.SCORE)
    course.sync(*members(withdrawn=[LI]), whole=True)
    before = course.waiting()
    course.switch(Passback.SCORE)
    assert course.waiting() == before
    assert before[LI].state is SendState.WAITING


def test_no_verdict_of_who_withdrew_goes_out(course: Course) -> None:
    course.switch(Passback.VERDICT)
    with course.store.writing() as transaction:
        transaction.keep_outgoing(replace(course.waiting()[ZHAO], tried=Fraction(0)))
    course.sync(*members(withdrawn=[LI, ZHAO]), whole=True)
    assert course.points() == {ZHAO: 0, CHEN: 0}
    assert course.held() == {ZHAO: Hold.WITHDRAWN}
    course.sync(*members(), whole=True)
    assert course.points() == {LI: 0, ZHAO: 0, CHEN: 0}
    assert course.held() == {}


def test_switching_on_leaves_out_who_withdrew(course: Course) -> None:
    course.sync(*members(withdrawn=[ZHAO]), whole=True)
    course.switch(Passback.SCORE)
    assert course.points().keys() == {LI, CHEN}


def test_a_learner_of_two_classes_has_one_grade(course: Course) -> None:
    course.switch(Passback.SCORE)
    course.sync(*members(), given.membership(LI, class_="class 2"), given.topic("another"), whole=True)
    assert course.points() == {LI: 2, ZHAO: 1, CHEN: 1}


# -- cards that are dictated ------------------------------------------------------------------------------


STORE_COURSE = "dictated"


@pytest.fixture
def store() -> MemoryStore:
    """Sends verdicts."""
    return sending(Passback.VERDICT)


def sending(passback: Passback, store: MemoryStore | None = None) -> MemoryStore:
    """A store whose course sends that from now on."""
    store = MemoryStore() if store is None else store
    with store.writing() as transaction:
        transaction.keep_passback(STORE_COURSE, passback)
    return store


def dictate(
    store: Store, *cards: Scorecard, now: int = 1_000_000, standing: Standing | None = None
) -> OutgoingGrade | None:
    """Queues the cards of one person; what waits then."""
    with store.writing() as transaction:
        graded = [Graded(card=one, standing=standing) for one in cards]
        enqueue(transaction, STORE_COURSE, graded, now=now, reading=NOTHING_TO_WAIT_FOR)
        return next(iter(transaction.outgoing(STORE_COURSE)), None)


def of(total: int, state: CardState = CardState.FAIL, class_: str | None = "A") -> Scorecard:
    return card(known(1), total=Fraction(total), state=state, class_=class_, criteria=())


PASSED, FAILED, PENDING = of(90, CardState.PASS), of(50), of(60, CardState.PENDING)


def sent(store: Store, given_: int) -> None:
    """What waits went out and arrived."""
    with store.writing() as transaction:
        (row,) = transaction.outgoing(STORE_COURSE)
        done = replace(row, state=SendState.SENT, tried=Fraction(given_), sent=Fraction(given_))
        assert transaction.keep_sending(done, instead_of=row)


@pytest.mark.parametrize("order", [1, -1])
def test_of_several_cards_the_one_with_the_most_points_is_sent(store: MemoryStore, order: int) -> None:
    found = dictate(store, *[of(50), of(90, CardState.PASS, "B")][::order])
    assert found is not None
    assert found.given == 100


@pytest.mark.parametrize("order", [1, -1])
def test_of_equal_cards_that_of_the_first_class_is_sent(store: MemoryStore, order: int) -> None:
    equal = [of(70, CardState.FAIL, "A"), of(70, CardState.PENDING, "B")]
    assert dictate(store, *equal[::order]) is not None
    equal = [of(70, CardState.PENDING, None), of(70, CardState.FAIL, "A")]
    assert dictate(sending(Passback.VERDICT), *equal[::order]) is None


def test_a_verdict_that_waits_is_held_back_once_it_is_none_any_more(store: MemoryStore) -> None:
    assert dictate(store, FAILED) is not None
    assert dictate(store, PENDING) is None


def test_a_new_verdict_that_waits_is_held_back_and_the_one_sent_stays(store: MemoryStore) -> None:
    dictate(store, FAILED)
    sent(store, 0)
    changed = dictate(store, PASSED)
    assert changed is not None
    assert dictate(store, PENDING) == replace(changed, held=Hold.NO_VERDICT)
    assert dictate(store, PASSED) == changed


def test_a_verdict_whose_answer_was_lost_is_held_back_as_it_is(store: MemoryStore) -> None:
    found = dictate(store, FAILED)
    assert found is not None
    tried = replace(found, tried=Fraction(0))
    with store.writing() as transaction:
        transaction.keep_outgoing(tried)
    assert dictate(store, PENDING) == replace(tried, held=Hold.NO_VERDICT)
    assert dictate(store, FAILED) == tried


@pytest.mark.parametrize(
    ("result", "given_", "said"),
    [
        (PASSED, 100, "暂定合格 · passed, provisionally · 100.00"),
        (FAILED, 0, "暂定不合格 · not passed, provisionally"),
    ],
)
def test_a_verdict_is_held_back_while_a_person_must_look_at_what_it_hangs_on(
    store: MemoryStore, result: Scorecard, given_: int, said: str
) -> None:
    held = dictate(store, result, standing=Standing.TO_CHECK)
    assert held is not None
    assert (held.given, held.held, held.is_held) == (Fraction(given_), Hold.TO_CHECK, True)
    assert held.comment.startswith(said)
    let_go = dictate(store, result, standing=Standing.PASSED)
    assert let_go is not None
    assert (let_go.held, let_go.state, let_go.at) == (None, SendState.WAITING, held.at + 1)
    assert "provisionally" not in let_go.comment


def test_what_stands_there_and_says_the_same_is_not_sent_again_for_its_words(store: MemoryStore) -> None:
    dictate(store, PASSED)
    sent(store, 100)
    with store.reading() as transaction:
        (before,) = transaction.outgoing(STORE_COURSE)
    assert dictate(store, PASSED, standing=Standing.TO_CHECK) == replace(before, held=Hold.TO_CHECK)
    assert dictate(store, PASSED) == before


def test_the_words_of_what_is_held_back_are_of_the_card(store: MemoryStore) -> None:
    dictate(store, FAILED)
    sent(store, 0)
    dictate(store, PASSED)
    held = dictate(store, FAILED, standing=Standing.TO_CHECK)
    assert held is not None
    assert (held.given, held.sent, held.comment[:5]) == (Fraction(0), Fraction(0), "暂定不合格")


@pytest.mark.parametrize("state", SendState)
def test_nothing_that_is_held_back_is_sent_again_not_even_by_force(
    store: MemoryStore, state: SendState
) -> None:
    held = dictate(store, FAILED, standing=Standing.TO_CHECK)
    assert held is not None
    kept = replace(held, state=state)
    with store.writing() as transaction:
        transaction.keep_outgoing(kept)
    for force in (False, True):
        assert send_again(STORE_COURSE, store, clock=StandingClock(9), force=force) == 0
    with store.reading() as transaction:
        assert list(transaction.outgoing(STORE_COURSE)) == [kept]
        assert transaction.grade_steps(STORE_COURSE, kept.person) == []


def test_points_go_out_with_the_word_that_they_are_provisional() -> None:
    store = sending(Passback.SCORE)
    found = dictate(store, PASSED, standing=Standing.TO_CHECK)
    assert found is not None
    assert found.given == 90
    assert "passed, provisionally" in found.comment
    settled = dictate(store, PASSED, standing=Standing.PASSED)
    assert settled is not None
    assert settled.given == 90
    assert "provisionally" not in settled.comment


def test_a_verdict_waits_for_the_answer_to_a_dispute(course: Course) -> None:
    """The window of the course is over. One waits; another has gone out, and stays where it is."""
    course.switch(Passback.VERDICT)
    assert course.points() == {LI: 0, ZHAO: 0, CHEN: 0}
    before = course.waiting()
    kept = contested(course)
    assert course.held() == {LI: Hold.DISPUTED}
    would = would_go_out(
        COURSE, Passback.VERDICT, course.store, reading=NOTHING_TO_WAIT_FOR, clock=course.clock
    )
    assert would == 2
    with course.store.writing() as transaction:
        answer = kept.answered(Outcome.KEPT, by=WANG, words="So.", at=3, until=9)
        transaction.keep_dispute(COURSE, answer)
        enqueue_again(transaction, COURSE, LI, now=course.clock.now(), reading=NOTHING_TO_WAIT_FOR)
    assert course.held() == {}
    assert course.waiting()[LI].comment == before[LI].comment


@pytest.mark.parametrize(
    ("stands", "held"),
    [(Fraction(100), None), (Fraction(0), Hold.DISPUTED), (Fraction("73.5"), Hold.DISPUTED)],
)
def test_a_dispute_does_not_keep_up_a_verdict_that_contradicts_the_card(
    course: Course, stands: Fraction, held: Hold | None
) -> None:
    """What stands there of points is no verdict."""
    course.switch(Passback.VERDICT)
    with course.store.writing() as transaction:
        there = replace(course.waiting()[LI], tried=stands, sent=stands, state=SendState.SENT)
        transaction.keep_outgoing(replace(there, given=stands, comment="as it was"))
    contested(course)
    row = course.waiting()[LI]
    assert (row.given, row.held) == (Fraction(0), held)
    assert ("provisionally" in row.comment) == (stands != 0)
    with course.store.reading() as transaction:
        due = [one.person for one in transaction.outgoing_due(at=course.clock.now())]
    assert (LI in due) == (held is None)


def test_a_course_that_sends_nothing_asks_nobody_again(course: Course) -> None:
    with course.store.writing() as transaction:
        enqueue_again(transaction, COURSE, LI, now=course.clock.now(), reading=NOTHING_TO_WAIT_FOR)
    assert course.points() == {}


def test_scores_that_wait_are_held_back_once_verdicts_are_sent() -> None:
    store = sending(Passback.SCORE)
    assert dictate(store, PENDING) is not None
    assert dictate(sending(Passback.VERDICT, store), PENDING) is None


def test_switching_to_verdicts_queues_those_that_are_known(course: Course) -> None:
    """The window of the course is over."""
    course.switch(Passback.SCORE)
    course.switch(Passback.VERDICT)
    assert course.points() == {LI: 0, ZHAO: 0, CHEN: 0}


def test_rules_of_another_maximum_change_the_grade_only_where_the_share_changes() -> None:
    store = sending(Passback.SCORE)
    first = dictate(store, of(70))
    halved = dictate(store, replace(of(35), out_of=Fraction(50), pass_mark=Fraction(40)))
    assert first is not None
    assert halved is not None
    assert (halved.given, halved.comment != first.comment) == (Fraction(70), True)
    again = dictate(store, replace(of(70), out_of=Fraction(140)))
    assert again is not None
    assert (again.given, again.state) == (Fraction(50), SendState.WAITING)


def test_who_leaves_the_better_of_two_classes_has_the_grade_of_the_other() -> None:
    store = sending(Passback.SCORE)
    dictate(store, of(50, class_="A"), of(90, CardState.PASS, "B"))
    left = dictate(store, of(50, class_="A"), now=2_000_000)
    assert left is not None
    assert (left.given, left.at) == (Fraction(50), 2_000)


# -- once more --------------------------------------------------------------------------------------------


def test_again_means_at_once_and_only_what_did_not_arrive(store: MemoryStore) -> None:
    clock = StandingClock(2_000_000)
    plain = OutgoingGrade(
        course=STORE_COURSE, person="", given=Fraction(1), comment="", at=1_000, tries=5, try_at=9_000_000
    )
    with store.writing() as transaction:
        for state in SendState:
            transaction.keep_outgoing(replace(plain, person=state.value, state=state))
    assert send_again(STORE_COURSE, store, clock=clock) == 2
    with store.reading() as transaction:
        due = {grade.person: grade for grade in transaction.outgoing_due(at=clock.at)}
    assert due.keys() == {"waiting", "refused"}
    assert {(grade.tries, grade.forced, grade.at) for grade in due.values()} == {(0, False, 1_000)}
    assert send_again(STORE_COURSE, store, clock=clock, persons=["sent", "nobody"], force=True) == 1
    with store.reading() as transaction:
        (forced,) = transaction.outgoing(STORE_COURSE, persons=["sent"])
    assert (forced.state, forced.forced, forced.at) == (SendState.WAITING, True, 2_000)


@pytest.mark.parametrize("passback", Passback)
@pytest.mark.parametrize("before", [None, *Passback])
def test_what_would_go_out_is_what_waits_after_switching(
    course: Course, before: Passback | None, passback: Passback
) -> None:
    course.switch(before)
    for grade, state in zip(course.waiting().values(), SendState, strict=False):
        with course.store.writing() as transaction:
            transaction.keep_outgoing(replace(grade, state=state))
    would = would_go_out(COURSE, passback, course.store, reading=NOTHING_TO_WAIT_FOR, clock=course.clock)
    kept = course.waiting()
    course.switch(passback)
    states = [grade.state for grade in course.waiting().values()]
    assert would == states.count(SendState.WAITING)
    assert before is not None or (would > 0 and kept == {})
