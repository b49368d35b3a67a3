"""Contract: of whom no card can be made stops nobody else and is tried again; a database is no card."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from dataclasses import replace

import pytest

from lms_scoring.domain.errors import CannotBeDecided, CardsNotMade, MalformedEvidence, StoreError
from lms_scoring.domain.evidence import Action, Grade, RecordTarget, Role
from lms_scoring.domain.instants import MINUTE
from lms_scoring.domain.obstacle import Obstacle
from lms_scoring.domain.proceedings.step import Outcome
from lms_scoring.domain.scorecard import CardState
from lms_scoring.jobs.work import score
from lms_scoring.ports import (
    Grant,
    Hold,
    KeptCourse,
    KeptScheme,
    Passback,
    RingingStore,
    Visitor,
)
from lms_scoring.services.access.erase import erase
from lms_scoring.services.collecting.collect import collect
from lms_scoring.services.deciding.case_desk import CaseDesk
from lms_scoring.services.deciding.close import close, reopen
from lms_scoring.services.deciding.decide import Decide
from lms_scoring.services.deciding.enter import enter
from lms_scoring.services.deciding.recommend import Recommend
from lms_scoring.services.following_up.follow_up import follow_up
from lms_scoring.services.following_up.troubles import CARDS, FIRST_PAUSE
from lms_scoring.services.gradebook.switch_passback import switch_passback
from lms_scoring.services.scoring.adopt import adopt
from lms_scoring.services.scoring.adopt_by_sets import AT_ONCE
from lms_scoring.services.scoring.assess import Assessed, assess, assess_person
from lms_scoring.services.scoring.foresee import foresee_rules
from lms_scoring.services.scoring.made_cards import card_of_today
from lms_scoring.services.scoring.rules import CourseRules
from lms_scoring.services.signing import signature
from lms_scoring.services.unattended.sweep import sweep
from lms_scoring.services.unattended.waiting_cards import WaitingCards
from lms_scoring.services.unattended.work_state import Backlog, WorkState, work_state
from lms_scoring.services.unattended.workshop import Workshop
from lms_scoring.services.viewing.class_works import works_of_classes
from lms_scoring.store import SqlStore
from tests import given
from tests.contract.test_verdicts_after_looks import Between
from tests.fixtures.courses.awaited import OTHER, SIGNED, passing_at
from tests.fixtures.courses.deciding import OFFICE
from tests.fixtures.courses.scripted import (
    CHEN,
    COURSE,
    LI,
    NOTHING_TO_WAIT_FOR,
    WANG,
    ZHAO,
    ScriptedSource,
    StandingClock,
    adopt_course,
    members,
    open_case,
    pin_course,
    roster,
    rules,
    told,
)
from tests.fixtures.courses.spoiling import spoil, spoil_one_of
from tests.fixtures.courses.stumbling import WORDS, stumbling
from tests.fixtures.courses.syncing import Watch, sync
from tests.fixtures.workshop import Heard, workshop

OVER_LI = stumbling(rules(), {LI})
OTHER_OVER_LI = stumbling(OTHER, {LI})


class Course:
    """Three learners with a topic each and the tutor of two; Li comes first, and nobody was scored."""

    def __init__(self, store: RingingStore) -> None:
        self.store = store
        self.clock = StandingClock(given.END + 31 * given.DAY)
        adopt_course(store)
        topics = [given.topic(f"by {person}", person=person) for person in (LI, ZHAO, CHEN)]
        collect(
            COURSE,
            ScriptedSource([roster(LI, ZHAO, WANG, CHEN), told(*members(), *topics)]),
            store,
            clock=self.clock,
        )

    def assess(self, by: CourseRules, *, everyone: bool = False) -> Assessed:
        self.clock.at += 1_000
        return assess(by, self.store, clock=self.clock, everyone=everyone)

    def score(self, by: CourseRules) -> None:
        """The job."""
        self.clock.at += 1_000
        score(self.shop(by), COURSE)

    def is_called_for(self, by: CourseRules) -> bool:
        """Whether who looks around calls for it."""
        heard = self.store.bell = Heard()
        sweep(self.shop(by))
        return ("score", COURSE) in heard.taken()

    def shop(self, by: CourseRules) -> Workshop:
        return workshop(self.store, courses={COURSE: by}, clock=self.clock)

    def adopt(
        self, other: CourseRules, *, at_once: int = AT_ONCE, before: CourseRules | None = None
    ) -> Assessed:
        self.clock.at += 1_000
        fingerprint = other.scheme.fingerprint
        done = adopt(
            KeptCourse(id=COURSE, title="A course", scheme=fingerprint, settings=""),
            KeptScheme(fingerprint=fingerprint, name="other", text="its text"),
            other,
            self.store,
            clock=self.clock,
            before=before or rules(),
            at_once=at_once,
        )
        assert done is not None
        return done

    def schemes(self) -> dict[str, str]:
        """By whose card it is."""
        with self.store.reading() as transaction:
            return {row.card.person: row.card.scheme for row in transaction.board(COURSE)}

    def unmade(self) -> tuple[list[str], list[str], list[str]]:
        """Whose cards cannot be made, who waits, and of whom others are awaited."""
        with self.store.reading() as transaction:
            asked = (transaction.unmade(COURSE), transaction.touched(COURSE), transaction.awaited(COURSE))
        unmade, touched, awaited = ([*one] for one in asked)
        return unmade, touched, awaited

    def touch(self, person: str) -> None:
        with self.store.writing() as transaction:
            transaction.touch_persons(COURSE, [person])

    def state(self) -> WorkState:
        return work_state(self.store, clock=self.clock)

    def held(self) -> dict[str, Hold | None]:
        """Whose grades there are, and what holds them back."""
        with self.store.reading() as transaction:
            return {one.person: one.held for one in transaction.outgoing(COURSE)}


@pytest.fixture
def course(store: RingingStore) -> Course:
    return Course(store)


def all_by(scheme: CourseRules, persons: Iterable[str] = (LI, ZHAO, WANG, CHEN)) -> dict[str, str]:
    return dict.fromkeys(persons, scheme.scheme.fingerprint)


def test_who_cannot_be_scored_stops_nobody_behind(course: Course, caplog: pytest.LogCaptureFixture) -> None:
    done = course.assess(OVER_LI)
    assert (done.scored, [*done.unmade]) == (3, [LI])
    assert course.schemes() == all_by(rules(), [ZHAO, WANG, CHEN])
    assert course.unmade() == ([LI], [LI], [])
    (line,) = caplog.messages
    assert line.startswith(
        f"{COURSE}: the cards of 1 person cannot be made: ZeroDivisionError in lms_scoring/"
    )
    assert WORDS not in caplog.text
    assert LI not in line.split()
    assert [record.levelno for record in caplog.records] == [logging.ERROR]


def test_the_next_time_it_is_tried_again_with_the_tutor_alone(course: Course) -> None:
    course.assess(OVER_LI)
    assert course.assess(OVER_LI).scored == 1, "the tutor's card rests on the same evidence"
    assert course.assess(rules()) == Assessed(scored=2, changed=1)
    assert course.unmade() == ([], [], [])
    assert course.assess(rules()) == Assessed(scored=0, changed=0)


def test_new_evidence_may_mend_it_and_is_no_old_failure(course: Course) -> None:
    course.assess(OVER_LI)
    collect(COURSE, ScriptedSource([told(given.topic("another"))]), course.store, clock=course.clock)
    assert course.unmade() == ([], [LI], [])


def test_what_the_database_cannot_do_is_nobodys_fault(course: Course) -> None:
    for error in _errors_of(course.store):
        with pytest.raises(StoreError):
            course.assess(stumbling(rules(), {LI}, error))
        assert course.unmade()[0] == []
    assert course.assess(rules()).scored == 4


def _errors_of(store: RingingStore) -> Iterator[Exception]:
    """Ours, and its driver's own where it has one."""
    yield StoreError("it is away")
    if isinstance(store, SqlStore):
        yield store.engine.dialect.loaded_dbapi.OperationalError("it is away")


def test_no_memory_is_nobodys_fault_either(course: Course) -> None:
    with pytest.raises(MemoryError):
        course.assess(stumbling(rules(), {LI}, MemoryError()))


def test_others_grades_go_out_and_it_is_a_trouble_until_it_is_over(course: Course) -> None:
    switch_passback(COURSE, Passback.SCORE, course.store, clock=course.clock, reading=NOTHING_TO_WAIT_FOR)
    course.score(OVER_LI)
    assert not course.is_called_for(OVER_LI)
    (trouble,) = course.state().failing
    assert (trouble.concern, trouble.course, trouble.failures) == (CARDS, COURSE, 1)
    assert trouble.reason.startswith(f"{COURSE}: the cards of 1 person cannot be made: ZeroDivisionError in ")
    assert course.held() == {ZHAO: None, CHEN: None}
    course.score(rules())
    assert course.state().failing == []
    assert course.held() == {LI: None, ZHAO: None, CHEN: None}


def test_whoever_looks_around_tries_again_in_time_and_is_not_kept_busy(course: Course) -> None:
    course.score(OVER_LI)
    (trouble,) = course.state().failing
    waits = [WaitingCards(course=COURSE, count=1, since=trouble.since, unmade=(LI,))]
    assert 0 < trouble.try_at - course.clock.at <= FIRST_PAUSE
    for at in range(course.clock.at, trouble.try_at, MINUTE):
        course.clock.at = at
        assert not course.is_called_for(OVER_LI)
        assert course.state().cards == waits
        assert course.state().waiting()[Backlog.CARD] == 1
    course.clock.at = trouble.try_at
    assert course.is_called_for(OVER_LI)
    course.score(OVER_LI)
    assert not course.is_called_for(OVER_LI)
    (again,) = course.state().failing
    assert (again.since, again.failures) == (trouble.since, 2)
    course.clock.at = again.try_at
    assert course.is_called_for(rules())
    course.score(rules())
    assert not course.is_called_for(rules())
    assert (course.state().failing, course.state().cards) == ([], [])


def test_what_nobody_noted_is_tried_at_once_and_noted_then(course: Course) -> None:
    course.score(rules())
    with course.store.writing() as transaction:
        assert assess_person(transaction, OVER_LI, LI, now=course.clock.at).scored == 1
    assert course.is_called_for(OVER_LI)
    course.score(OVER_LI)
    assert not course.is_called_for(OVER_LI)
    assert [one.concern for one in course.state().failing] == [CARDS]


def test_what_was_made_by_the_way_is_no_trouble_any_more(course: Course) -> None:
    course.score(OVER_LI)
    with course.store.writing() as transaction:
        assess_person(transaction, rules(), LI, now=course.clock.at)
    assert not course.is_called_for(rules())
    assert course.state().failing == []


def test_a_sync_that_somebody_typed_says_it_and_somebody_must_look(course: Course) -> None:
    source = ScriptedSource([told(given.topic("another"))])
    done = sync(OVER_LI, [source], course.store, clock=course.clock, watching=Watch())
    assert (done.assessed.scored, [*done.assessed.unmade]) == (3, [LI])
    assert done.lost_something
    assert [one.concern for one in course.state().failing] == [CARDS]


def void(record: str, *, person: str = ZHAO, kind: str = "post", by: str = OFFICE) -> Decide:
    target = RecordTarget(kind=kind, id=f"moodle/{record}")
    return Decide(person=person, target=target, action=Action.VOID, signed=signature(by, "copied"))


def decided(course: Course, wish: Decide, by: CourseRules | None = None) -> list[str]:
    """Whose cards are shown with what was entered; it was kept."""
    effect = enter(wish, by or rules(), course.store, clock=course.clock)
    with course.store.reading() as transaction:
        kept = transaction.records_of(COURSE, [wish.person], kinds=["decision"])
    assert effect.entry is not None
    assert [one.id for one in kept] == [effect.entry.id]
    return [shift.after.person for shift in effect.shifts]


def total(course: Course, person: str) -> int:
    with course.store.reading() as transaction:
        return next(int(row.card.total) for row in transaction.board(COURSE) if row.card.person == person)


@pytest.fixture
def unreadable(course: Course) -> Course:
    """Everybody was scored; then a homework of Li cannot be read any more, and the tutor's card rests on it.
    Li and Zhao have one each that nobody marked, of Zhao's topic there is a case."""
    works = [given.homework(f"work of {one}", person=one) for one in (LI, ZHAO)]
    collect(COURSE, ScriptedSource([told(*works)]), course.store, clock=course.clock)
    course.score(rules())
    open_case(course.store, f"moodle/by {ZHAO}", person=ZHAO)
    spoil(course.store, f"work of {LI}")
    return course


def test_a_decision_about_a_classmate_is_kept_and_counts(unreadable: Course) -> None:
    before = total(unreadable, ZHAO)
    assert decided(unreadable, void(f"by {ZHAO}")) == [ZHAO]
    assert total(unreadable, ZHAO) == before - 1
    assert unreadable.unmade()[0] == [WANG]


def test_so_is_one_about_a_case(unreadable: Course) -> None:
    desk = CaseDesk(unreadable.store, rules(), clock=unreadable.clock)
    before = total(unreadable, ZHAO)
    coordinator = Visitor(person=None, roles=(Grant(person="", role="administrator", course=None),))
    (at_stake,) = desk.weighed(coordinator, 1).alone.shifts
    assert at_stake.after.person == ZHAO
    desk.decide(coordinator, 1, Outcome.VOIDED, "copied", by="operator:one")
    assert total(unreadable, ZHAO) == before - 1
    desk.object(Visitor(person=ZHAO), 1, "it is mine")
    (shift,) = desk.settle(coordinator, 1, Outcome.DISMISSED, "it is not", by="operator:another")
    assert shift.after.person == ZHAO
    assert total(unreadable, ZHAO) == before


def test_what_a_classmate_handed_in_may_be_recommended(unreadable: Course) -> None:
    work = f"moodle/work of {ZHAO}"
    effect = enter(Recommend(person=WANG, submission=work), rules(), unreadable.store, clock=unreadable.clock)
    assert effect.entry is not None
    assert effect.shifts == []


def test_the_tutor_sees_the_works_of_all_others_and_that_one_is_missing(unreadable: Course) -> None:
    with unreadable.store.reading() as transaction:
        now = unreadable.clock.at
        (works,) = works_of_classes(transaction, rules(), [given.CLASS], kinds={}, now=now)
    assert [one.submission.person for one in works.works] == [ZHAO]
    assert works.unread == 1


def test_what_nobody_can_find_may_be_what_cannot_be_read(unreadable: Course) -> None:
    for wish in (
        Recommend(person=WANG, submission=f"moodle/work of {LI}"),
        void(f"work of {LI}", kind="submission"),
    ):
        with pytest.raises(CardsNotMade, match="the cards of 1 person cannot be made: MalformedEvidence"):
            enter(wish, rules(), unreadable.store, clock=unreadable.clock)


def test_a_tutor_without_a_card_voids_no_work_that_nobody_marked(unreadable: Course) -> None:
    with pytest.raises(CannotBeDecided, match="nobody has marked") as refused:
        decided(unreadable, void(f"work of {ZHAO}", kind="submission", by=WANG))
    assert refused.value.why is Obstacle.OWN_DUTY
    assert decided(unreadable, void(f"by {ZHAO}", by=WANG)) == [ZHAO]
    marked = given.homework(f"work of {ZHAO}", Grade.FAIL, person=ZHAO, graded_at=given.DUE)
    collect(COURSE, ScriptedSource([told(marked)]), unreadable.store, clock=unreadable.clock)
    wish = void(f"work of {ZHAO}", kind="submission", by=WANG)
    assert enter(wish, rules(), unreadable.store, clock=unreadable.clock).entry is not None


def test_in_a_closed_course_too_a_decision_about_a_classmate_is_kept_and_counts(course: Course) -> None:
    course.score(rules())
    close(rules(), SIGNED, course.store, clock=course.clock)
    for person in (LI, CHEN):
        assert decided(course, void(f"by {person}", person=person)) == [person]
    spoil_one_of(course.store, COURSE, LI, kind="decision")
    spoil(course.store, f"by {ZHAO}")  # what was frozen is read, and not this
    assert decided(course, void(f"by {ZHAO}")) == [ZHAO]
    assert total(course, ZHAO) == 0
    assert course.unmade()[0] == [WANG], "the card of the tutor rests on Li's"
    with course.store.reading() as transaction:
        evidence = transaction.evidence_of(COURSE, [LI, WANG, ZHAO])
        with pytest.raises(MalformedEvidence):
            next(evidence)
        assert [one.person.id for one in evidence] == [WANG, ZHAO]


def test_a_tutor_of_whom_a_record_cannot_be_read_stops_no_decision_about_the_class(course: Course) -> None:
    collect(COURSE, ScriptedSource([told(given.topic("own", person=WANG))]), course.store, clock=course.clock)
    course.score(rules())
    spoil(course.store, "own")
    assert decided(course, void(f"by {ZHAO}")) == [ZHAO]
    assert total(course, ZHAO) == 0


def test_a_tutor_of_whom_a_record_cannot_be_read_recommends_all_the_same(course: Course) -> None:
    own, work = given.topic("own", person=WANG), given.homework(f"work of {ZHAO}", person=ZHAO)
    collect(COURSE, ScriptedSource([told(own, work)]), course.store, clock=course.clock)
    course.score(rules())
    spoil(course.store, "own")
    wish = Recommend(person=WANG, submission=f"moodle/work of {ZHAO}")
    assert enter(wish, rules(), course.store, clock=course.clock).entry is not None
    assert enter(wish, rules(), course.store, clock=course.clock).entry is None, "it is so already"


def test_about_whom_a_record_cannot_be_read_it_is_said_what_to_do(course: Course) -> None:
    course.score(rules())
    spoil(course.store, f"by {LI}")
    with pytest.raises(CardsNotMade, match="Send this message to who looks after the program"):
        enter(void(f"by {LI}", person=LI), rules(), course.store, clock=course.clock)


def test_the_record_over_which_a_card_fails_is_voided_like_any_other(course: Course) -> None:
    course.score(OVER_LI)
    assert course.unmade()[0] == [LI]
    assert decided(course, void(f"by {LI}", person=LI), OVER_LI) == [], "there is none to compare with"
    assert (course.unmade()[0], total(course, LI)) == ([], 0)


def test_rules_adopted_by_sets_are_waited_for_by_those_alone_who_cannot_be_scored(course: Course) -> None:
    course.score(rules())
    switch_passback(COURSE, Passback.SCORE, course.store, clock=course.clock, reading=NOTHING_TO_WAIT_FOR)
    assert course.adopt(OTHER, at_once=0).awaited == 4
    course.score(OTHER_OVER_LI)
    assert not course.is_called_for(OTHER_OVER_LI)
    assert course.schemes() == {**all_by(OTHER), **all_by(rules(), [LI])}
    assert course.unmade() == ([LI], [LI], [LI])
    assert course.held() == {LI: Hold.NO_VERDICT, ZHAO: None, CHEN: None}
    course.clock.at += 6 * MINUTE
    course.score(OTHER_OVER_LI)
    course.clock.at += 6 * MINUTE
    assert not course.is_called_for(OTHER_OVER_LI), "though by now it could be for others"
    with course.store.reading() as transaction, pytest.raises(CardsNotMade):
        card_of_today(transaction, OTHER_OVER_LI, LI, role=Role.LEARNER, class_=given.CLASS)
    course.score(OTHER)
    assert (course.schemes(), course.unmade()) == (all_by(OTHER), ([], [], []))


def test_other_rules_may_mend_what_those_before_could_not(course: Course) -> None:
    course.score(rules())
    course.adopt(OTHER, at_once=0)
    with pytest.raises(CannotBeDecided, match="still to be made"):
        course.adopt(rules(), before=OTHER, at_once=0)
    course.score(OTHER_OVER_LI)
    foreseen = foresee_rules(OTHER_OVER_LI, course.store, clock=course.clock, before=rules(), at_once=0)
    assert (foreseen.compared, foreseen.unmade) == (3, 1), "of whom nothing can be made it is said"
    assert foreseen.mark != replace(foreseen, unmade=0).mark
    course.adopt(rules(), before=OTHER, at_once=0)
    course.score(rules())
    assert (course.schemes(), course.unmade()) == (all_by(rules()), ([], [], []))


def test_rules_adopted_at_once_are_adopted_for_everybody_else(course: Course) -> None:
    course.score(rules())
    switch_passback(COURSE, Passback.SCORE, course.store, clock=course.clock, reading=NOTHING_TO_WAIT_FOR)
    done = course.adopt(OTHER_OVER_LI)
    assert (done.scored, [*done.unmade], done.awaited) == (3, [LI], 0)
    assert course.schemes() == {**all_by(OTHER), **all_by(rules(), [LI])}
    assert course.unmade() == ([LI], [LI], [LI])
    assert course.held() == {LI: Hold.NO_VERDICT, ZHAO: None, CHEN: None}
    assert course.assess(OTHER_OVER_LI).scored == 1, "not everybody again"
    assert course.assess(OTHER).scored == 2
    assert (course.schemes(), course.unmade()) == (all_by(OTHER), ([], [], []))
    assert course.held()[LI] is None


def test_who_is_left_by_rules_of_before_does_not_have_everybody_scored_again(course: Course) -> None:
    course.assess(rules())
    pin_course(course.store, OTHER)
    assert course.assess(OTHER_OVER_LI).scored == 3, "nobody said why their cards are by other rules"
    assert course.assess(OTHER_OVER_LI).scored == 1, "the tutor's"
    assert course.assess(OTHER).scored == 2


def test_nothing_is_closed_over_a_card_that_cannot_be_made(course: Course) -> None:
    course.score(rules())
    with pytest.raises(CardsNotMade):
        close(OVER_LI, SIGNED, course.store, clock=course.clock)
    with course.store.reading() as transaction:
        assert transaction.closing(COURSE) is None
    close(rules(), SIGNED, course.store, clock=course.clock)
    done = reopen(OVER_LI, replace(SIGNED, reason="again"), course.store, clock=course.clock)
    assert (done.scored, [*done.unmade]) == (3, [LI])


def test_nothing_is_closed_over_a_record_that_cannot_be_read(course: Course) -> None:
    course.score(rules())
    spoil(course.store, f"by {LI}")
    with pytest.raises(CardsNotMade, match="the cards of 1 person cannot be made: MalformedEvidence"):
        close(rules(), SIGNED, course.store, clock=course.clock)
    with course.store.reading() as transaction:
        assert transaction.closing(COURSE) is None


def test_a_preview_says_of_how_many_it_says_nothing(course: Course) -> None:
    course.score(rules())
    spoil(course.store, f"by {LI}")
    found = foresee_rules(OTHER, course.store, clock=course.clock)
    assert (found.unmade, found.compared) == (2, 2), "Li's and the tutor's"
    assert sum(found.states.values()) == sum(found.before.values()) == 2


def test_nor_does_it_say_what_measures_alone_make_of_them(course: Course) -> None:
    course.score(rules())
    spoil(course.store, f"by {LI}")
    easy = rules(scheme=passing_at(1))
    found = foresee_rules(easy, course.store, clock=course.clock, before=rules())
    assert (found.unmade, found.compared) == (1, 3), "the tutor's card flips for nobody, and is not read"
    assert sorted(flip.person for flip in found.flips) == [CHEN, ZHAO]
    assert found.states == {CardState.PASS: 2}


def test_a_trouble_of_cards_ends_with_nobody_left_and_not_before(course: Course) -> None:
    follow_up(stumbling(rules(), {LI, ZHAO}), course.store, clock=course.clock)
    follow_up(stumbling(rules(), {ZHAO}), course.store, clock=course.clock)
    (trouble,) = course.state().failing
    assert (trouble.failures, trouble.reason.split(":")[1]) == (2, " the cards of 1 person cannot be made")


def test_a_trouble_of_cards_ends_though_others_are_touched(course: Course) -> None:
    course.score(OVER_LI)
    store = Between(course.store, lambda: course.touch(CHEN))
    course.clock.at += 1_000
    assert follow_up(rules(), store, clock=course.clock).assessed.scored == 2, "beside a sync"
    assert course.state().failing == []


def test_what_was_made_by_the_way_is_no_trouble_though_others_are_touched(course: Course) -> None:
    course.score(OVER_LI)
    course.touch(CHEN)
    with course.store.writing() as transaction:
        assess_person(transaction, rules(), LI, now=course.clock.at)
    assert not course.is_called_for(rules())
    assert course.state().failing == []


def test_who_is_erased_takes_nobody_off_the_list_of_those_to_be_tried_again(course: Course) -> None:
    course.score(OVER_LI)
    assert erase(CHEN, SIGNED, course.store, clock=course.clock) is not None
    assert course.unmade()[0] == [LI]
    assert_is_tried_again(course)


def test_a_retry_whose_process_died_is_made_up_for(course: Course) -> None:
    course.score(OVER_LI)
    with course.store.writing() as transaction:
        transaction.take_up(COURSE, [LI, WANG], assessment="of a process that died")
    assert course.unmade() == ([], [LI, WANG], [])
    assert_is_tried_again(course)


def test_a_retry_that_the_database_ended_is_made_up_for(course: Course) -> None:
    course.score(OVER_LI)
    with pytest.raises(StoreError):
        follow_up(stumbling(rules(), {LI}, StoreError("it is away")), course.store, clock=course.clock)
    assert course.unmade() == ([], [LI, WANG], [])
    assert_is_tried_again(course)


def test_a_scoring_that_went_by_other_rules_ends_no_trouble(course: Course) -> None:
    course.score(OVER_LI)
    with course.store.writing() as transaction:
        transaction.take_up(COURSE, [LI, WANG], assessment="of a process that died")
    pin_course(course.store, OTHER)
    assert follow_up(rules(), course.store, clock=course.clock).assessed == Assessed(scored=0, changed=0)
    assert [one.concern for one in course.state().failing] == [CARDS]


def assert_is_tried_again(course: Course) -> None:
    """Though no sync ended meanwhile, and the trouble is none that is over before."""
    course.clock.at += FIRST_PAUSE + 6 * MINUTE
    assert course.is_called_for(rules())
    assert CARDS in [one.concern for one in course.state().failing]
    course.score(rules())
    assert (course.unmade(), course.state().failing) == (([], [], []), [])
    assert LI in course.schemes()
    course.clock.at += 6 * MINUTE
    assert not course.is_called_for(rules())


def test_who_was_taken_up_in_a_closed_course_keeps_nobody_busy(course: Course) -> None:
    course.score(rules())
    close(rules(), SIGNED, course.store, clock=course.clock)
    with course.store.writing() as transaction:
        transaction.take_up(COURSE, [LI], assessment="of a process that died")
    course.clock.at += 6 * MINUTE
    assert not course.is_called_for(rules())
