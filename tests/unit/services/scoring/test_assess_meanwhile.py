"""Cards are made while others may write: what happens meanwhile is neither lost nor covered up."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from lms_scoring.domain.evidence import Action, Grade, Role
from lms_scoring.domain.scorecard import Scorecard
from lms_scoring.ports import Batch, Store, Transaction
from lms_scoring.services.access.erase import erase
from lms_scoring.services.collecting.collect import collect
from lms_scoring.services.scoring.assess import Assessed, assess, assess_person
from lms_scoring.services.scoring.rules import CourseRules
from lms_scoring.services.signing import Signature
from lms_scoring.store import SqlStore
from tests import given
from tests.fixtures.courses.scripted import (
    CHEN,
    COURSE,
    LI,
    MOODLE,
    WANG,
    ZHAO,
    ScriptedSource,
    StandingClock,
    adopt_course,
    members,
    pin_course,
    roster,
    rules,
    told,
)
from tests.fixtures.databases import empty_database

CLOCK = StandingClock(given.END + given.DAY)
VOIDED = given.decided(Action.VOID, given.topic(f"{MOODLE}/by {LI}"), at=CLOCK.at)


class Meanwhile:
    """A store in which something happens once: when cards were made, and before they are kept."""

    def __init__(self, store: Store, happens: Callable[[], object]) -> None:
        self._store = store
        self._happens = [lambda: None, happens]
        self.reading = store.reading

    @contextmanager
    def writing(self) -> Iterator[Transaction]:
        if self._happens:
            self._happens.pop(0)()
        with self._store.writing() as transaction:
            yield transaction


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqlStore]:
    """Two learners of a class with their tutor, and one of another; everybody was scored once."""
    store = SqlStore(empty_database(tmp_path / "store.db"), digest_keys=lambda _make: [b"of digests"])
    adopt_course(store)
    topics = [given.topic(f"by {person}", person=person) for person in (LI, ZHAO, CHEN)]
    sync(store, roster(LI, ZHAO, WANG, CHEN), told(*members(), *topics))
    assert assess(rules(), store, clock=CLOCK) == Assessed(scored=4, changed=4)
    yield store
    store.close()


def sync(store: Store, *batches: Batch) -> None:
    collect(COURSE, ScriptedSource(batches), store, clock=CLOCK)


def card(store: Store, person: str, role: Role = Role.LEARNER) -> Scorecard:
    with store.reading() as transaction:
        return next(row.card for row in transaction.board(COURSE, role=role) if row.card.person == person)


def touched(store: Store) -> set[str]:
    with store.reading() as transaction:
        return {*transaction.touched(COURSE)}


def test_evidence_that_comes_meanwhile_is_scored_the_next_time(store: SqlStore) -> None:
    before = card(store, LI)
    busy = Meanwhile(store, lambda: sync(store, told(given.topic("another"))))
    assert assess(rules(), busy, clock=CLOCK, everyone=True) == Assessed(scored=3, changed=0)
    assert (touched(store), card(store, LI)) == ({LI}, before)
    assert assess(rules(), store, clock=CLOCK) == Assessed(scored=2, changed=1)
    assert card(store, LI).total == before.total + 1


def test_what_somebody_decides_meanwhile_is_not_covered_by_what_was_made_before(store: SqlStore) -> None:
    def decide() -> None:
        with store.writing() as transaction:
            transaction.keep_decision(COURSE, VOIDED, at=CLOCK.at)
            assess_person(transaction, rules(), LI, now=CLOCK.at)

    done = assess(rules(), Meanwhile(store, decide), clock=CLOCK, everyone=True)
    assert done == Assessed(scored=2, changed=0), "the learner and the tutor of the class were scored already"
    assert card(store, LI).total == 0
    assert not touched(store)


def test_of_two_assessments_at_once_each_person_is_scored_by_one(store: SqlStore) -> None:
    other: list[Assessed] = []
    busy = Meanwhile(store, lambda: other.append(assess(rules(), store, clock=CLOCK, everyone=True)))
    assert assess(rules(), busy, clock=CLOCK, everyone=True) == Assessed(scored=0, changed=0)
    assert (other, touched(store)) == ([Assessed(scored=4, changed=0)], set())


def test_no_card_that_is_made_meanwhile_names_somebody_who_was_erased(store: SqlStore) -> None:
    sync(store, told(given.homework(grade=Grade.GOOD, graded_at=given.DUE)))
    asked = Signature(by="operator:office", reason="asked for")
    busy = Meanwhile(store, lambda: erase(LI, asked, store, clock=CLOCK))
    assert assess(rules(), busy, clock=CLOCK, everyone=True) == Assessed(scored=0, changed=0)
    assert touched(store) == {ZHAO, WANG, CHEN}
    assert assess(rules(), store, clock=CLOCK).scored == 3
    with store.reading() as transaction:
        tutors = transaction.scorecard(COURSE, WANG, role=Role.TUTOR, class_=given.CLASS)
        assert tutors is not None
        works = [finding for criterion in tutors.criteria for finding in criterion.findings]
        assert works, "what the tutor marked stays"
        assert not [one for one in works if one.person == LI or one.id == f"{MOODLE}/h"]
        assert LI not in {row.card.person for row in transaction.board(COURSE)}


def test_an_assessment_that_breaks_off_leaves_everybody_to_the_next(store: SqlStore) -> None:
    def die() -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        assess(rules(), Meanwhile(store, die), clock=CLOCK, everyone=True)
    assert touched(store) == {LI, ZHAO, WANG, CHEN}
    assert assess(rules(), store, clock=CLOCK) == Assessed(scored=4, changed=0)


@pytest.mark.parametrize("other", [rules(scheme=given.scheme_with("posts", topic=3))])
def test_rules_that_are_adopted_meanwhile_hold(store: SqlStore, other: CourseRules) -> None:
    busy = Meanwhile(store, lambda: pin_course(store, other))
    assert assess(rules(), busy, clock=CLOCK, everyone=True) == Assessed(scored=0, changed=0)


def test_whoever_is_not_to_be_scored_by_these_rules_is_not_said_to_have_news(store: SqlStore) -> None:
    pin_course(store, rules(scheme=given.scheme_with("posts", topic=3)))
    assert assess(rules(), store, clock=CLOCK, everyone=True) == Assessed(scored=0, changed=0)
    assert not touched(store)
