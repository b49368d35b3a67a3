"""Scoring whoever is to be scored: of whom no card can be made is kept as a trouble, and tried again."""

from __future__ import annotations

from lms_scoring.domain.errors import CardsNotMade
from lms_scoring.ports import Clock, Store
from lms_scoring.services.scoring.assess import Assessed, assess
from lms_scoring.services.scoring.rules import CourseRules
from lms_scoring.services.unattended.troubles import CARDS, failed, trouble_of, went_well


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
