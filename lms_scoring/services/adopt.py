"""Adopting: a course takes on a scheme and bindings, once somebody has seen who would flip.

A course is pinned to what was adopted; an edited file changes nothing until it is adopted again. Who adopted
other rules, when and why, is kept as a signed act, of the same instant as the cards that came of it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from lms_scoring.domain.dossier import dossiers
from lms_scoring.domain.evidence import Role
from lms_scoring.domain.scorecard import CardState, Scorecard
from lms_scoring.domain.scoring import score
from lms_scoring.ports import Act, ActKind, CardRow, Clock, KeptCourse, KeptScheme, Store, Transaction
from lms_scoring.services.assess import Assessed, assess_within, evidence_of_course
from lms_scoring.services.rules import CourseRules
from lms_scoring.services.signing import Signature, check_open

Place = tuple[str, Role, str | None]
"""Person, role and class: what a card is of."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Flip:
    """A membership whose result other rules would change."""

    person: str
    name: str
    role: Role
    class_: str | None
    before: Scorecard
    after: Scorecard

    @property
    def passes(self) -> bool:
        """Whether it would pass that does not now."""
        return self.after.passed and not self.before.passed

    @property
    def falls(self) -> bool:
        """Whether it would pass no longer."""
        return self.before.passed and not self.after.passed


@dataclass(frozen=True, slots=True, kw_only=True)
class Foreseen:
    """What other rules would make of the cards on the board.

    `compared` is how many cards both have; `changed`, of how many the total would be another, of those that
    flip and of others. `dropped` are cards of roles that the other rules do not score.
    """

    rules: CourseRules
    flips: Sequence[Flip]
    compared: int
    changed: int
    dropped: int
    states: Mapping[CardState, int]
    """How the learners who take part would stand; `before`: how they do."""
    before: Mapping[CardState, int]

    @property
    def mark(self) -> str:
        """The same for what looks the same, so that nobody applies what was never shown."""
        figures = [
            (one.person, one.role, one.class_, one.before.total, one.after.total, one.after.state)
            for one in self.flips
        ]
        shown = (self.rules.scheme.fingerprint, self.compared, self.changed, self.dropped, figures)
        return hashlib.sha256(repr(shown).encode()).hexdigest()[:32]


def adopt(
    course: KeptCourse,
    scheme: KeptScheme,
    rules: CourseRules,
    store: Store,
    *,
    clock: Clock,
    signed: Signature | None = None,
) -> Assessed:
    """Pins the course to the scheme and settings, which are its `rules`, and scores everybody by them.

    All or nothing: cards of other bindings than the pinned ones would look right and never be noticed. Where
    it is `signed` and anything changes, the act is kept.
    """
    with store.writing() as transaction:
        now = clock.now()
        check_open(transaction, course.id)
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


def foresee_rules(rules: CourseRules, store: Store, *, clock: Clock) -> Foreseen:
    """What the rules would make of the cards on the board; nothing is stored."""
    with store.reading() as transaction:
        rows = transaction.board(rules.course)
        records = list(evidence_of_course(transaction, rules))
    found = (
        score(rules.scheme, dossier)
        for dossier in dossiers(records, as_of=clock.now())
        if dossier.membership.role in rules.scheme.roles
    )
    after = {_place(card): card for card in found}
    pairs = [(row, after[_place(row.card)]) for row in rows if _place(row.card) in after]
    learning = [pair for pair in pairs if _takes_part(pair[0])]
    return Foreseen(
        rules=rules,
        flips=list(_flips(pairs)),
        compared=len(pairs),
        changed=sum(row.card.total != card.total for row, card in pairs),
        dropped=sum(row.card.role not in rules.scheme.roles for row in rows if row.status == "active"),
        states=_counted([card for _, card in learning]),
        before=_counted([row.card for row, _ in learning]),
    )


def _flips(pairs: Sequence[tuple[CardRow, Scorecard]]) -> Iterator[Flip]:
    for row, new in sorted(pairs, key=lambda pair: str(_place(pair[1]))):
        old = row.card
        if old.passed != new.passed or old.band != new.band:
            yield Flip(
                person=new.person, name=row.name, role=new.role, class_=new.class_, before=old, after=new
            )


def _takes_part(row: CardRow) -> bool:
    return row.status == "active" and row.card.role is Role.LEARNER


def _counted(cards: Sequence[Scorecard]) -> dict[CardState, int]:
    counts = {state: sum(card.state is state for card in cards) for state in CardState}
    return {state: count for state, count in counts.items() if count > 0}


def _place(card: Scorecard) -> Place:
    return (card.person, card.role, card.class_)
