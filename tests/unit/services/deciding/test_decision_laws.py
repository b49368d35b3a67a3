"""Laws of decisions: undone they leave nothing, and what is exported scores the same."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from hypothesis import given as drawn
from hypothesis import strategies as st

from lms_scoring.domain.errors import CannotBeDecided
from lms_scoring.domain.evidence import Action, CriterionTarget, RecordTarget
from lms_scoring.domain.scorecard import Reason, Scorecard
from lms_scoring.domain.scoring import scorecards
from lms_scoring.services.deciding.decide import Decide
from lms_scoring.services.deciding.enter import (
    Wish,
)
from lms_scoring.services.deciding.recommend import Recommend
from tests.fakes.memory_store import MemoryStore
from tests.fixtures.courses.deciding import (
    POST,
    POSTS,
    WORK,
    WORKS,
    opened,
    recommend,
    take_back,
    wish,
)
from tests.fixtures.courses.scripted import (
    WANG,
    ZHAO,
)

DECISIONS = [
    wish(Action.VOID, POST),
    wish(Action.VOID, WORK),
    wish(Action.VOID, RecordTarget(kind="submission", id="moodle/late"), person=ZHAO),
    wish(Action.EXEMPT, POSTS),
    wish(Action.EXEMPT, WORKS, person=ZHAO),
    wish(Action.OVERRIDE, POSTS, points=Fraction(0)),
    wish(Action.OVERRIDE, WORKS, points=Fraction("7.25")),
    wish(Action.OVERRIDE, CriterionTarget(criterion="marking"), person=WANG, points=Fraction(11)),
    recommend(),
    recommend("moodle/late", reason="again"),
]
wishes = st.lists(st.sampled_from(DECISIONS), max_size=4)


def undone(asked: Decide | Recommend) -> Wish:
    """What takes the place of a wish and of every other about the same thing."""
    if isinstance(asked, Recommend):
        return take_back(asked.submission)
    return replace(asked, action=Action.RESTORE, points=None)


@drawn(wishes)
def test_whatever_was_decided_undoing_it_gives_the_cards_as_before(asked: list[Decide | Recommend]) -> None:
    office = opened(MemoryStore())
    before = {key: plain(card) for key, card in office.cards().items()}
    done = []
    for one in asked:
        try:
            done += [] if office.enter(one).entry is None else [one]
        except CannotBeDecided:  # a voided work cannot be recommended
            assert isinstance(one, Recommend)
    for one in done:
        office.enter(undone(one))
    assert {key: plain(card) for key, card in office.cards().items()} == before


@drawn(wishes)
def test_exported_evidence_gives_the_stored_cards_again(asked: list[Decide | Recommend]) -> None:
    office = opened(MemoryStore())
    for one in asked:
        try:
            office.enter(one)
        except CannotBeDecided:
            assert isinstance(one, Recommend)
    again = scorecards(office.rules.scheme, office.exported(), as_of=office.clock.at)
    stored = office.cards()
    assert {(card.person, card.role): replace(card, as_of=0) for card in again} == {
        key: replace(card, as_of=0) for key, card in stored.items()
    }


def plain(card: Scorecard) -> Scorecard:
    """The card but for the decisions themselves: recommendations that were taken back are not shown."""
    criteria = tuple(
        replace(one, findings=tuple(f for f in one.findings if f.reason is not Reason.VOIDED))
        for one in card.criteria
    )
    return replace(card, evidence="", as_of=0, criteria=criteria)
