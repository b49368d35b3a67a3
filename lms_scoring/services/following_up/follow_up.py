"""What follows once evidence changed: looking for doubts, then scoring whoever is to be scored.

What fails of a look, and of whom no card can be made, stops nothing else, is kept as a trouble, and is tried
again.
"""

from __future__ import annotations

import logging

from lms_scoring.domain.errors import CannotLookForDoubts, CardsNotMade
from lms_scoring.ports import Clock, Store
from lms_scoring.services.doubting.doubts import Looked, look_for_doubts
from lms_scoring.services.following_up.troubles import (
    CARDS,
    LOOKING,
    failed,
    reason_of,
    trouble_of,
    went_well,
)
from lms_scoring.services.scoring.assess import Assessed, assess
from lms_scoring.services.scoring.rules import CourseRules

_log = logging.getLogger(__name__)


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


def score_people(rules: CourseRules, store: Store, *, clock: Clock, jitter: float = 0.0) -> Assessed:
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


def not_made(course: str, assessed: Assessed) -> CardsNotMade | None:
    """What is told of those of whom no card could be made; None: there are none."""
    why = assessed.unmade.values()
    return CardsNotMade(course, len(why), min(why)) if why else None
