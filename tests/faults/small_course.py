"""A small course, told in four batches; and all that a store knows of it, for comparing one with another."""

from __future__ import annotations

from collections.abc import Iterator

from lms_scoring.ports import Batch, Store
from lms_scoring.services.collecting.collect import Collected, collect
from lms_scoring.services.scoring.assess import assess
from lms_scoring.services.scoring.card_records import evidence_of_course
from tests import given
from tests.fixtures.courses.scripted import (
    COURSE,
    POSTS,
    ScriptedSource,
    StandingClock,
    adopt_course,
    members,
    roster,
    rules,
    told,
)

CLOCK = StandingClock()


def batches(*, posts: int = 12) -> list[Batch]:
    """People, their places, a work, and so many posts; all of them there are."""
    return [
        roster("li", "zhao", "wang", "chen"),
        told(*members()),
        told(given.homework()),
        told(*given.topics(posts), whole=[POSTS], cursor="next"),
    ]


def read(store: Store, told_: Iterator[Batch] | list[Batch]) -> Collected:
    """A whole sync of it, from the beginning."""
    return collect(COURSE, ScriptedSource(tuple(told_)), store, clock=CLOCK, full=True)


def known(store: Store) -> tuple[list[object], list[object]]:
    """The evidence and the cards, once everybody was scored who is due; scored again, no card changes."""
    adopt_course(store)
    assess(rules(), store, clock=CLOCK)
    assert assess(rules(), store, clock=CLOCK, everyone=True).changed == 0
    with store.reading() as transaction:
        cards = sorted((row.card for row in transaction.board(COURSE)), key=repr)
        return sorted(evidence_of_course(transaction, rules()), key=repr), list(cards)
