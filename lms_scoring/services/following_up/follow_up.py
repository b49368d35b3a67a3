"""What follows once evidence changed: looking for doubts, then scoring whoever is to be scored.

It is the same whoever changed it, a job or a person who waits, and is noted in the same way, so that the next
look around knows what was scored. A look that fails, and of whom no card can be made, stops nothing else, is
kept as a trouble, and is tried again.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass

from lms_scoring.domain.errors import CannotLookForDoubts, CardsNotMade
from lms_scoring.ports import Clock, Store
from lms_scoring.services.doubting.doubts import Looked, look_for_doubts
from lms_scoring.services.following_up.heartbeats import scored
from lms_scoring.services.following_up.troubles import (
    CARDS,
    LOOKING,
    SCORING,
    failed,
    reason_of,
    trouble_of,
    went_well,
)
from lms_scoring.services.scoring.assess import Assessed, assess, goes_by
from lms_scoring.services.scoring.rules import CourseRules

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowedUp:
    """How looking and scoring went."""

    looked: Looked
    assessed: Assessed


def follow_up(rules: CourseRules, store: Store, *, clock: Clock, jitter: float = 0.0) -> FollowedUp:
    """Looks for doubts, scores as `assess`, and notes when that began: what came meanwhile is still to be
    scored. Whatever ends it, what the database cannot do say, is raised, and a trouble until it goes well.

    `jitter` is in [0, 1). Where the course goes by other rules meanwhile nothing is noted, for nobody was
    scored; nobody is in a closed course either, but there nobody is to be.
    """
    course, began = rules.course, clock.now()
    try:
        looked = look(rules, store, clock=clock, jitter=jitter)
        assessed = _score(rules, store, clock=clock, jitter=jitter)
    except Exception as error:
        with store.writing() as transaction:
            failed(transaction, SCORING, course, reason_of(error), now=clock.now(), jitter=jitter)
        raise
    with store.writing() as transaction:
        if transaction.closing(course) is not None or goes_by(transaction, rules):
            transaction.keep_heartbeat(scored(course), at=began)
            went_well(transaction, SCORING, course, now=clock.now())
    return FollowedUp(looked=looked, assessed=assessed)


def look(rules: CourseRules, store: Store, *, clock: Clock, jitter: float = 0.0) -> Looked:
    """As `look_for_doubts`, but a failure is noted and told in the answer; whose texts were not looked at
    stays noted."""
    try:
        looked = look_for_doubts(rules, store, clock=clock)
    except Exception as error:  # noqa: BLE001 - whatever it is, scoring must go on
        _log.exception("course %s: doubts could not be looked for", rules.course)
        told = CannotLookForDoubts(reason_of(error))
        with store.writing() as transaction:
            failed(transaction, LOOKING, rules.course, str(told), now=clock.now(), jitter=jitter)
        return Looked(error=told)
    with store.reading() as transaction:
        trouble = trouble_of(transaction.troubles(), LOOKING, rules.course)
    if trouble is not None and trouble.over_at is None:
        with store.writing() as transaction:
            went_well(transaction, LOOKING, rules.course, now=clock.now())
    return looked


def not_made(course: str, assessed: Assessed) -> CardsNotMade | None:
    """What is told of those of whom no card could be made; None: there are none."""
    why = assessed.unmade.values()
    return CardsNotMade(course, len(why), min(why)) if why else None


def _score(rules: CourseRules, store: Store, *, clock: Clock, jitter: float) -> Assessed:
    """As `assess`. What cannot be made delays nothing else; what the database cannot do is raised."""
    assessed, course = assess(rules, store, clock=clock), rules.course
    with store.reading() as transaction:
        left = bool(transaction.unmade(course)) or transaction.is_taken_up(course)
        trouble = trouble_of(transaction.troubles(), CARDS, course)
    error = not_made(course, assessed)
    if error is not None:
        with store.writing() as transaction:
            failed(transaction, CARDS, course, str(error), now=clock.now(), jitter=jitter)
    elif not left and trouble is not None and trouble.over_at is None:
        with store.writing() as transaction:
            went_well(transaction, CARDS, course, now=clock.now())
    return assessed
