"""Assessing: whoever could have changed is scored again, and nobody else."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from lms_scoring.domain import evidence as ev
from lms_scoring.domain.binding import Binding, Bindings
from lms_scoring.domain.evidence import Role
from lms_scoring.domain.identity import KnownPerson, account, own_account
from lms_scoring.domain.scorecard import CardState
from lms_scoring.domain.scoring import scorecards
from lms_scoring.domain.statements import LmsStatement, LmsVerb
from lms_scoring.ports import Batch, PersonEvidence, Transaction
from lms_scoring.services.collecting.collect import collect
from lms_scoring.services.scoring.assess import PORTION, Assessed, assess
from lms_scoring.services.scoring.card_records import evidence_of_course, records_by_portion
from lms_scoring.services.scoring.made_cards import cards_anew
from lms_scoring.services.scoring.rules import CourseRules
from lms_scoring.services.scoring.scorable import not_joinable
from lms_scoring.store import SqlStore
from tests import given
from tests.fakes.memory_store import MemoryStore, MemoryTransaction
from tests.fixtures.courses.scripted import (
    CHEN,
    COURSE,
    FORUM,
    HOMEWORK,
    LI,
    MOODLE,
    PEOPLE,
    POSTS,
    SCORM,
    WANG,
    ZHAO,
    ScriptedSource,
    StandingClock,
    account_of,
    adopt_course,
    bindings,
    members,
    new_store,
    pin_course,
    roster,
    rules,
    told,
)

EVERYBODY = roster(LI, ZHAO, WANG, CHEN)
PERSONS = {LI, ZHAO, WANG, CHEN}
LEARNERS = {LI, ZHAO, CHEN}


@dataclass
class Office:
    """A course that is synced and scored; tells whose cards were scored again."""

    store: SqlStore
    clock: StandingClock

    def sync(self, *batches: Batch) -> None:
        collect(COURSE, ScriptedSource(batches), self.store, clock=self.clock)

    def assess(self, rules_: CourseRules | None = None, *, everyone: bool = False) -> set[str]:
        """Whose cards this assessment looked at: time passes, so their cards are of a later instant."""
        self.clock.at += 1
        self.done = assess(rules_ or rules(), self.store, clock=self.clock, everyone=everyone)
        with self.store.reading() as transaction:
            return {row.card.person for row in transaction.board(COURSE) if row.card.as_of == self.clock.at}

    def totals(self, role: Role = Role.LEARNER) -> dict[str, int | float]:
        with self.store.reading() as transaction:
            return {row.card.person: float(row.card.total) for row in transaction.board(COURSE, role=role)}

    def state(self, person: str) -> CardState:
        with self.store.reading() as transaction:
            (row,) = (row for row in transaction.board(COURSE) if row.card.person == person)
            return row.card.state

    def versions(self, person: str, class_: str = given.CLASS) -> int:
        with self.store.reading() as transaction:
            return len(transaction.history(COURSE, person, role=Role.LEARNER, class_=class_))


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    """Three learners with a topic each, and the tutor of two of them; all scored once."""
    office = Office(new_store(tmp_path), StandingClock(given.END + given.DAY))
    adopt_course(office.store)
    first = [given.topic(f"by {person}", person=person) for person in sorted(LEARNERS)]
    office.sync(EVERYBODY, told(*members(), *first))
    assert office.assess() == PERSONS
    assert office.done == Assessed(scored=4, changed=4)
    yield office
    office.store.close()


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


@dataclass
class NotingStore(MemoryStore):
    """Notes whose whole evidence was read, one question after the other."""

    read: list[list[str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()

    @contextmanager
    def reading(self) -> Iterator[Transaction]:
        with super().reading() as transaction:
            assert isinstance(transaction, MemoryTransaction)
            noting = NotingTransaction(transaction.state)
            noting.read = self.read
            yield noting


class NotingTransaction(MemoryTransaction):
    """A view of such a store."""

    read: list[list[str]]

    def evidence_of(
        self, course: str, persons: Sequence[str], *, at_run: int | None = None
    ) -> Iterator[PersonEvidence]:
        self.read.append(list(persons))
        return super().evidence_of(course, persons, at_run=at_run)


def test_however_many_are_scored_what_was_told_is_passed_over_once() -> None:
    """It lies in the order in which it came; once for each portion took a large course hours."""
    store, clock = NotingStore(), StandingClock(given.END + given.DAY)
    adopt_course(store)
    classes = {one: [f"{one} {number:02}" for number in range(PORTION + 3)] for one in ("a", "b")}
    learners = [one for members in classes.values() for one in members]
    places = [given.membership(one, class_=name) for name, ones in classes.items() for one in ones]
    guides = [given.tutor(f"tutor of {name}", class_=name) for name in classes]
    topics = [given.topic(f"by {one}", person=one) for one in learners]
    everybody = roster(*learners, *(one.person for one in guides))
    collect(COURSE, ScriptedSource((everybody, told(*places, *guides, *topics))), store, clock=clock)
    asked = rules(bindings=bindings(homework=(), journal=()))
    assert assess(asked, store, clock=clock) == Assessed(scored=28, changed=28)
    (read,) = store.read
    assert sorted(read) == sorted([*learners, *(one.person for one in guides)])
    with store.reading() as transaction:
        records = list(evidence_of_course(transaction, asked))
        kept = {(row.card.person, row.card.total) for row in transaction.board(COURSE)}
    assert kept == {(one.person, one.total) for one in scorecards(asked.scheme, records, as_of=clock.at)}


def test_a_portion_that_is_not_read_to_its_end_leaves_the_next_its_own(office: Office) -> None:
    with office.store.reading() as transaction:
        portions = records_by_portion(transaction, rules(), [{LI, ZHAO}, {CHEN}])
        next(portions)
        assert [person for person, _ in next(portions)] == [CHEN]


def test_of_classmates_nothing_is_read_but_what_the_tutors_card_rests_on() -> None:
    store, clock = NotingStore(), StandingClock(given.END + given.DAY)
    adopt_course(store)
    works = [given.homework(f"of {one}", person=one, grade=ev.Grade.GOOD) for one in (LI, ZHAO)]
    void = given.decided(ev.Action.VOID, given.homework(f"{MOODLE}/of {ZHAO}", person=ZHAO), at=given.DUE)
    collect(COURSE, ScriptedSource((EVERYBODY, told(*members(), *works))), store, clock=clock)
    with store.writing() as transaction:
        transaction.keep_decision(COURSE, void, at=given.DUE)
    with store.reading() as kept:
        alone = list(cards_anew(kept, rules(), {LI, WANG}, now=clock.at))
        assert store.read == [[LI, WANG], [ZHAO]], (
            "statements may tell of hand-ins, as no list of activities does"
        )
        records = list(evidence_of_course(kept, rules()))
    assert {card.person: card for card in alone} == {
        card.person: card
        for card in scorecards(rules().scheme, records, as_of=clock.at)
        if card.person in (LI, WANG)
    }


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


HOME = "https://moodle.example"
ELSEWHERE = Bindings(
    bindings=(Binding(purpose=ev.Purpose.STUDY_TIME, source="lrs", activities=("https://video.example/*",)),)
)


def left(*accounts: str, status: ev.MembershipStatus = ev.MembershipStatus.WITHDRAWN) -> PersonEvidence:
    """Somebody who left, with the accounts that are known."""
    membership = ev.Membership(
        id="2-learner-60-0", person="moodle-60", role=Role.LEARNER, class_=None, status=status
    )
    person = KnownPerson(id="moodle-60", name="胡超", accounts=accounts)
    return PersonEvidence(person=person, records=[membership])


def test_what_an_lrs_knows_of_who_is_a_number_alone_is_unknown() -> None:
    (unknown,) = not_joinable(left(account(HOME, "60")), ELSEWHERE)
    assert (unknown.about, unknown.source) == (ev.Purpose.STUDY_TIME, "lrs")


@pytest.mark.parametrize(
    "evidence",
    [
        left(account(HOME, "60"), account(HOME, "tea058")),
        left(account(HOME, "tea058")),
        left(account(HOME, "60"), status=ev.MembershipStatus.ACTIVE),
        replace(left(account(HOME, "60")), events={"lrs": []}),
    ],
    ids=["a user name", "only a user name", "still enrolled", "joined"],
)
def test_what_is_joined_or_can_be_is_not_unknown(evidence: PersonEvidence) -> None:
    assert list(not_joinable(evidence, ELSEWHERE)) == []


def test_what_the_platform_itself_tells_needs_no_joining() -> None:
    own = Bindings(bindings=(replace(ELSEWHERE.bindings[0], source="moodle"),))
    assert list(not_joinable(left(account(HOME, "60")), own)) == []
