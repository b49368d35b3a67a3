"""Adopting: a course takes on a scheme and bindings, once somebody has seen who would flip.

A course is pinned to what was adopted; an edited file changes nothing until it is adopted again. Who adopted
other rules, when and why, is kept as a signed act, of the same instant as the cards that came of it.

Cards that are too many to be made while everybody who writes waits may follow (`adopt_by_sets.py`).
"""

from __future__ import annotations

from lms_scoring.ports import Act, ActKind, Clock, KeptCourse, KeptScheme, Store, Transaction
from lms_scoring.services.scoring.adopt_by_sets import AT_ONCE, adopt_by_sets, check_all_made, may_follow
from lms_scoring.services.scoring.assess import Assessed, assess_within
from lms_scoring.services.scoring.foresee import foreseen
from lms_scoring.services.scoring.rules import CourseRules
from lms_scoring.services.signing import Signature, check_open


def adopt(
    course: KeptCourse,
    scheme: KeptScheme,
    rules: CourseRules,
    store: Store,
    *,
    clock: Clock,
    signed: Signature | None = None,
    before: CourseRules | None = None,
    seen: str | None = None,
    at_once: int = AT_ONCE,
) -> Assessed | None:
    """Pins the course to the scheme and settings, which are its `rules`, and scores everybody by them: where
    there are more cards than are made `at_once`, and measures allow, by foretelling them.

    None, and nothing is done, where what they change (from the rules `before`) is no longer what was shown
    (`seen` None: whatever it is). All or nothing: cards of other bindings than the pinned ones would look
    right and never be noticed. Where it is `signed` and anything changes, the act is kept.

    Raises CannotBeDecided where the course is closed, and while cards are awaited in a course of more than
    `at_once`.
    """
    with store.writing() as transaction:
        now = clock.now()
        check_open(transaction, course.id)
        check_all_made(transaction, course.id, at_once=at_once)
        if seen is not None and foreseen(transaction, rules, before, now=now).mark != seen:
            return None
        if signed is not None and course not in transaction.courses():
            transaction.keep_act(
                Act(
                    at=now,
                    kind=ActKind.ADOPTED,
                    by=signed.by,
                    reason=signed.reason,
                    course=course.id,
                    subject=scheme.fingerprint,
                )
            )
        if before is not None and may_follow(transaction, before, rules, more_than=at_once):
            return adopt_by_sets(transaction, course, scheme, before, rules, now=now)
        return adopt_within(transaction, course, scheme, rules, now=now)


def adopt_within(
    transaction: Transaction, course: KeptCourse, scheme: KeptScheme, rules: CourseRules, *, now: int
) -> Assessed:
    """The same unsigned, as a part of what else the transaction does. Raises CannotBeDecided where the course
    is closed: its cards stay what they are."""
    check_open(transaction, course.id)
    transaction.keep_scheme(scheme)
    transaction.keep_course(course)
    return assess_within(transaction, rules, now=now)
