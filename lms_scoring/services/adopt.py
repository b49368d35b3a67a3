"""Adopting: a course takes on a scheme and bindings, once somebody has seen who would flip.

A course is pinned to what was adopted; an edited file changes nothing until it is adopted again.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from lms_scoring.domain.dossier import dossiers
from lms_scoring.domain.evidence import Role
from lms_scoring.domain.scorecard import CardState, Scorecard
from lms_scoring.domain.scoring import score
from lms_scoring.ports import Clock, KeptCourse, KeptScheme, Store, Transaction
from lms_scoring.services.assess import Assessed, assess_within, evidence_of_course
from lms_scoring.services.rules import CourseRules


@dataclass(frozen=True, slots=True, kw_only=True)
class Flip:
    """A membership whose result other rules would change."""

    person: str
    role: Role
    class_: str | None
    before: CardState
    after: CardState
    total_before: Fraction
    total_after: Fraction


def adopt(
    course: KeptCourse, scheme: KeptScheme, rules: CourseRules, store: Store, *, clock: Clock
) -> Assessed:
    """Pins the course to the scheme and settings, which are its `rules`, and scores everybody by them.

    All or nothing: cards of other bindings than the pinned ones would look right and never be noticed.
    """
    with store.writing() as transaction:
        return adopt_within(transaction, course, scheme, rules, now=clock.now())


def adopt_within(
    transaction: Transaction, course: KeptCourse, scheme: KeptScheme, rules: CourseRules, *, now: int
) -> Assessed:
    """The same, as a part of what else the transaction does."""
    transaction.keep_scheme(scheme)
    transaction.keep_course(course)
    return assess_within(transaction, rules, now=now)


def flips(rules: CourseRules, store: Store, *, clock: Clock) -> list[Flip]:
    """Whose result the rules would change, compared with the cards on the board; nothing is stored."""
    with store.reading() as transaction:
        on_board = {_key(row.card): row.card for row in transaction.board(rules.course)}
        records = list(evidence_of_course(transaction, rules))
    found = (
        score(rules.scheme, dossier)
        for dossier in dossiers(records, as_of=clock.now())
        if dossier.membership.role in rules.scheme.roles
    )
    return list(_compared(on_board, {_key(card): card for card in found}))


def _compared(
    before: dict[tuple[str, Role, str | None], Scorecard],
    after: dict[tuple[str, Role, str | None], Scorecard],
) -> Iterator[Flip]:
    for key in sorted(before.keys() & after.keys(), key=str):
        old, new = before[key], after[key]
        if old.passed != new.passed or old.band != new.band:
            yield Flip(
                person=new.person,
                role=new.role,
                class_=new.class_,
                before=old.state,
                after=new.state,
                total_before=old.total,
                total_after=new.total,
            )


def _key(card: Scorecard) -> tuple[str, Role, str | None]:
    return (card.person, card.role, card.class_)
