"""What is still open about a card: cases of the person, and disputes about the cards of its role."""

from __future__ import annotations

from dataclasses import replace

from lms_scoring.domain.evidence import Role
from lms_scoring.domain.proceedings.dispute import Contested, raised
from lms_scoring.domain.scorecard import Scorecard
from lms_scoring.services.viewing.still_open import StillOpen, still_open
from tests import given
from tests.fakes.memory_store import MemoryStore
from tests.fixtures.courses.scripted import (
    COURSE,
    LI,
    PEOPLE,
    WANG,
    ZHAO,
    members,
    open_case,
    roster,
    scored,
    told,
)

SECOND = "class 2"


def course() -> MemoryStore:
    """Li learns in two classes and guides none; case 1 is about a post of Li's."""
    store = MemoryStore()
    both = [*members(), replace(given.membership(LI, class_=SECOND), id="second class")]
    scored(store, roster(LI, ZHAO, WANG), told(*both, whole=[PEOPLE]))
    open_case(store, "m/p")
    return store


def contest(store: MemoryStore, class_: str | None, role: Role = Role.LEARNER) -> None:
    about = Contested(role=role, class_=class_, criterion="posts")
    with store.writing() as transaction:
        transaction.keep_dispute(COURSE, raised(about, person=LI, words="?", at=1, until=2))


def by_class(store: MemoryStore, person: str = LI) -> dict[str | None, StillOpen]:
    with store.reading() as transaction:
        cards: list[Scorecard] = [row.card for row in transaction.board(COURSE)]
        found = still_open(transaction, COURSE, cards)
    pairs = zip(cards, found, strict=True)
    return {card.class_: still for card, still in pairs if card.person == person}


def test_a_case_and_a_dispute_are_open_on_the_cards_of_all_classes_of_their_person() -> None:
    store = course()
    contest(store, SECOND)
    open_ = StillOpen(cases=(1,), disputes=(1,))
    assert by_class(store) == {given.CLASS: open_, SECOND: open_}
    assert by_class(store, ZHAO) == {given.CLASS: StillOpen()}


def test_a_dispute_about_a_place_that_is_no_more_is_about_where_the_person_is_now() -> None:
    store = course()
    contest(store, "former class")
    contest(store, given.CLASS, role=Role.TUTOR)
    assert {class_: still.disputes for class_, still in by_class(store).items()} == {
        given.CLASS: (1,),
        SECOND: (1,),
    }
