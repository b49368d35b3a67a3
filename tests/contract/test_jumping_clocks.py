"""Contract: a clock that jumps, years ahead or years back, changes nothing that lasts."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import pytest

from lms_scoring.domain import evidence as ev
from lms_scoring.domain.instants import DAY, HOUR, MINUTE
from lms_scoring.domain.scorecard import CardState, Scorecard
from lms_scoring.ports import Store
from lms_scoring.services.collecting.collect import collect
from lms_scoring.services.deciding.close import close
from lms_scoring.services.deciding.decide import Decide
from lms_scoring.services.deciding.enter import enter
from lms_scoring.services.scoring.assess import Assessed, assess, assess_persons
from lms_scoring.services.signing import Signature
from tests import given
from tests.fixtures.courses.scripted import (
    COURSE,
    LI,
    PEOPLE,
    POSTS,
    ScriptedSource,
    StandingClock,
    adopt_course,
    members,
    roster,
    rules,
    told,
)
from tests.given import topic

YEARS = 3 * 365 * DAY
NOW = given.START + 20 * DAY
TOPICS = [topic(id_, person=LI, at=given.START + DAY) for id_ in ("a", "b", "c")]


@pytest.mark.parametrize(("jump", "syncs"), [(YEARS, 1), (-YEARS, 3), (-MINUTE, 1)])
def test_what_is_gone_stays_gone(store: Store, jump: int, syncs: int) -> None:
    clock = clock_of(store, syncs=syncs)
    read(store, clock, TOPICS[1:])
    clock.at += jump
    assess(rules(), store, clock=clock, everyone=True)
    assert points_of(store) == 2
    clock.at += jump
    assert gone(store) == {"a"}
    read(store, clock, TOPICS)
    assert gone(store) == set()


def test_a_clock_set_back_by_years_scores_as_if_it_had_stood_still(store: Store) -> None:
    clock = clock_of(store, syncs=3)
    before = card_of(store)
    clock.at -= YEARS
    assert assess(rules(), store, clock=clock, everyone=True).changed == 0
    read(store, clock, [*TOPICS, topic("d", person=LI, at=given.START + DAY)])
    assess(rules(), store, clock=clock)
    assert card_of(store).state is before.state
    assert points_of(store) == 4


def test_one_that_is_back_for_good_is_believed_in_the_end(store: Store) -> None:
    clock = clock_of(store, syncs=3)
    clock.at = given.START - DAY
    for _ in range(4):
        read(store, clock, TOPICS)
    assess(rules(), store, clock=clock, everyone=True)
    assert points_of(store) == 0


def test_what_was_scored_while_it_was_far_ahead_is_scored_again(store: Store) -> None:
    clock = clock_of(store, syncs=3)
    right = card_of(store)
    clock.at += YEARS
    read(store, clock, TOPICS)
    assess(rules(), store, clock=clock, everyone=True)
    assert card_of(store).as_of == NOW + YEARS
    clock.at = NOW + HOUR
    assert assess(rules(), store, clock=clock).scored == 4
    assert card_of(store).total == 3
    assert (card_of(store).state, card_of(store).as_of) == (right.state, NOW + HOUR)
    assert assess(rules(), store, clock=clock) == Assessed(scored=0, changed=0)


def test_an_hour_across_the_end_of_the_window_is_far_too(store: Store) -> None:
    clock = clock_of(store, syncs=3)
    clock.at = given.END + MINUTE
    assess(rules(), store, clock=clock)
    assert card_of(store).state is CardState.FAIL
    clock.at = given.END - HOUR
    assess(rules(), store, clock=clock)
    assert card_of(store).state is CardState.IN_PROGRESS


def test_an_hour_within_the_window_scores_nobody_again(store: Store) -> None:
    clock = clock_of(store, syncs=3)
    clock.at += HOUR
    assess(rules(), store, clock=clock, everyone=True)
    clock.at -= HOUR
    assert assess(rules(), store, clock=clock).scored == 0


def test_what_a_closed_course_is_scored_by_is_no_earlier_than_its_closing(store: Store) -> None:
    clock = clock_of(store, syncs=1)
    clock.at = given.AFTER
    close(rules(), Signature(by="operator:x", reason="over"), store, clock=clock)
    closed = card_of(store)
    with store.writing() as transaction:
        assess_persons(transaction, rules(), {LI}, now=given.AFTER - YEARS)
    assert card_of(store).total == closed.total == 3


def test_of_two_decisions_the_second_holds_though_the_clock_was_set_back(store: Store) -> None:
    clock = clock_of(store, syncs=3)
    for points, jump in ((7, HOUR), (9, -YEARS)):
        clock.at += jump
        override = Decide(
            person=LI,
            target=ev.CriterionTarget(criterion="posts"),
            action=ev.Action.OVERRIDE,
            points=Fraction(points),
            signed=Signature(by="operator:x", reason="seen"),
        )
        read(store, clock, TOPICS)
        enter(override, rules(), store, clock=clock)
        assert points_of(store) == points


def clock_of(store: Store, *, syncs: int) -> StandingClock:
    """One that stands at NOW, after syncs of three topics of li, an hour apart, and their scoring."""
    clock = StandingClock(NOW - syncs * HOUR)
    adopt_course(store)
    for _ in range(syncs):
        clock.at += HOUR
        read(store, clock, TOPICS)
    assess(rules(), store, clock=clock)
    return clock


def read(store: Store, clock: StandingClock, posts: Sequence[ev.Post]) -> None:
    """The source lists everybody, and these posts."""
    batches = [roster("li", "zhao", "wang", "chen"), told(*members(), *posts, whole=[PEOPLE, POSTS])]
    collect(COURSE, ScriptedSource(batches), store, clock=clock)


def card_of(store: Store) -> Scorecard:
    with store.reading() as transaction:
        (row,) = [row for row in transaction.board(COURSE) if row.card.person == LI]
    return row.card


def points_of(store: Store) -> Fraction:
    return card_of(store).total


def gone(store: Store) -> set[str]:
    with store.reading() as transaction:
        (found,) = transaction.evidence_of(COURSE, [LI])
    return {one.id for one in found.records if one.gone_at is not None}
