"""What is read of whom while cards are made, and how often."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

import pytest

from lms_scoring.domain import evidence as ev
from lms_scoring.domain.errors import StoreError
from lms_scoring.domain.scoring import scorecards
from lms_scoring.ports import PersonEvidence, Transaction
from lms_scoring.services.collecting.collect import collect
from lms_scoring.services.scoring.assess import PORTION, Assessed, assess
from lms_scoring.services.scoring.card_records import (
    evidence_of_course,
    evidence_to_read,
    records_by_portion,
)
from lms_scoring.services.scoring.made_cards import cards_anew
from lms_scoring.services.scoring.unmade import Unmade
from tests import given
from tests.fakes.memory_store import MemoryStore, MemoryTransaction
from tests.fixtures.courses.scored import EVERYBODY, Office
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
    bindings,
    members,
    roster,
    rules,
    told,
)


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
        alone = list(cards_anew(kept, rules(), {LI, WANG}, Unmade(kept), now=clock.at))
        assert store.read == [[LI, WANG], [ZHAO]], (
            "statements may tell of hand-ins, as no list of activities does"
        )
        records = list(evidence_of_course(kept, rules()))
    assert {card.person: card for card in alone} == {
        card.person: card
        for card in scorecards(rules().scheme, records, as_of=clock.at)
        if card.person in (LI, WANG)
    }


class EndingTransaction(MemoryTransaction):
    """Its evidence ends before everybody's was told."""

    def evidence_of(
        self, course: str, persons: Sequence[str], *, at_run: int | None = None
    ) -> Iterator[PersonEvidence]:
        return super().evidence_of(course, persons[:1], at_run=at_run)


def test_evidence_that_ends_too_early_is_the_fault_of_nobody_whose_it_is() -> None:
    store = MemoryStore()
    adopt_course(store)
    collect(COURSE, ScriptedSource((EVERYBODY, told(*members()))), store, clock=StandingClock())
    with store.reading() as transaction:
        assert isinstance(transaction, MemoryTransaction)
        ending = EndingTransaction(transaction.state)
        unmade = Unmade(ending)
        evidence = evidence_to_read(ending, COURSE, [LI, ZHAO], unmade)
        assert next(evidence).person.id == LI
        with pytest.raises(StoreError, match="fewer people's evidence"):
            next(evidence)
        assert unmade.why == {}
