"""Foreseeing: what other rules would make of a course's cards, before anybody adopts them.

Measures tell it of most cards; evidence is read of those who would flip, and of whom measures do not tell.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from lms_scoring.domain.evidence import MembershipStatus, Role
from lms_scoring.domain.measures import BulkRules, bulk_rules
from lms_scoring.domain.scorecard import CardState, Scorecard
from lms_scoring.domain.scoring import state_of
from lms_scoring.ports import CardRow, Clock, ForeseenCard, KeptCourse, Store, Transaction
from lms_scoring.services.scoring.adopt_by_sets import AT_ONCE, check_all_made, due_anyway
from lms_scoring.services.scoring.course_time import course_time
from lms_scoring.services.scoring.made_cards import cards_anew
from lms_scoring.services.scoring.rules import CourseRules
from lms_scoring.services.scoring.unmade import Unmade

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
    flip and of others. `dropped` are cards of roles that the other rules do not score;
    `unmade` is of how many people none can be made by them: they keep theirs, which are not compared.
    """

    rules: CourseRules
    pinned: KeptCourse | None
    """What the course is set up by now."""
    flips: Sequence[Flip]
    compared: int
    changed: int
    dropped: int
    unmade: int
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
        pinned = None if self.pinned is None else (self.pinned.scheme, self.pinned.settings)
        counts = (self.compared, self.changed, self.dropped, self.unmade)
        shown = (self.rules.scheme.fingerprint, pinned, *counts, figures)
        return hashlib.sha256(repr(shown).encode()).hexdigest()[:32]


def foresee_rules(
    rules: CourseRules,
    store: Store,
    *,
    clock: Clock,
    before: CourseRules | None = None,
    at_once: int = AT_ONCE,
) -> Foreseen:
    """What the rules would make of the cards on the board; nothing is stored.

    With the rules `before` the measures of the cards are asked first; evidence is then read of those alone
    who would flip, and of whom measures do not tell. Raises CannotBeDecided while cards are awaited in a
    course of more than `at_once`.
    """
    with store.reading() as transaction:
        check_all_made(transaction, rules.course, at_once=at_once)
        return foreseen(transaction, rules, before, now=clock.now())


def foreseen(
    transaction: Transaction, rules: CourseRules, before: CourseRules | None, *, now: int
) -> Foreseen:
    """The same within a transaction that goes on."""
    now = course_time(transaction, rules.course, now=now)
    rows = transaction.board(rules.course)
    told = _told(transaction, rules, before, now=now)
    seen = _Seen(rules, now=now, told=told)
    read = {row.card.person for row in rows if seen.must_be_read(row)}
    unmade = Unmade(transaction)
    after = {_place(card): card for card in cards_anew(transaction, rules, read, unmade, now=now)}
    left = read & unmade.why.keys()
    others = [row for row in rows if row.card.person not in left]
    pairs = [(row, outcome) for row in others if (outcome := seen.outcome(row, after)) is not None]
    learning = [pair for pair in pairs if _takes_part(pair[0])]
    return Foreseen(
        rules=rules,
        pinned=next((one for one in transaction.courses() if one.id == rules.course), None),
        flips=list(_flips([(row, after[_place(row.card)]) for row, _ in pairs if _place(row.card) in after])),
        compared=len(pairs),
        changed=sum(outcome.changed for _, outcome in pairs),
        dropped=sum(
            row.card.role not in rules.scheme.roles for row in rows if row.status is MembershipStatus.ACTIVE
        ),
        unmade=len(left),
        states=_counted([outcome.state for _, outcome in learning]),
        before=_counted([row.card.state for row, _ in learning]),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Outcome:
    """What becomes of one card, without the card."""

    state: CardState
    band: str | None
    changed: bool


class _Seen:
    """What is known of the cards after: of most by their measures, of the others by their evidence."""

    def __init__(self, rules: CourseRules, *, now: int, told: Mapping[Place, ForeseenCard]) -> None:
        self._rules = rules
        self._now = now
        self._told = told
        self._bulk = {role: bulk_rules(rules.scheme, rules.bindings, role) for role in rules.scheme.roles}

    def must_be_read(self, row: CardRow) -> bool:
        """Whether measures do not tell, or tell of a flip, which is shown with the whole card."""
        card = row.card
        if card.role not in self._bulk:
            return False
        told = self._by_measures(card)
        return told is None or (told.state is CardState.PASS) != card.passed or told.band != card.band

    def outcome(self, row: CardRow, after: Mapping[Place, Scorecard]) -> _Outcome | None:
        """None for a card of a place that nobody has any more, or of a role that is not scored."""
        new = after.get(_place(row.card))
        if new is not None:
            return _Outcome(state=new.state, band=new.band, changed=row.card.total != new.total)
        return self._by_measures(row.card) if row.card.role in self._bulk else None

    def _by_measures(self, card: Scorecard) -> _Outcome | None:
        told = self._told.get(_place(card))
        if told is None:
            return None
        bulk = self._bulk[card.role]
        reached = [id_ for id_, mark in bulk.bands if told.total >= mark]
        return _Outcome(
            state=self._state(bulk, told), band=reached[-1] if reached else None, changed=told.changed
        )

    def _state(self, bulk: BulkRules, told: ForeseenCard) -> CardState:
        mark = bulk.plan.threshold
        return state_of(
            passed=told.total >= mark,
            could_pass=told.could_become >= mark,
            is_open=self._now < self._rules.scheme.window.end,
        )


def _told(
    transaction: Transaction, rules: CourseRules, before: CourseRules | None, *, now: int
) -> dict[Place, ForeseenCard]:
    """What measures tell of the cards of today's places that hold now."""
    if before is None:
        return {}
    memberships = transaction.memberships(rules.course)
    due = due_anyway(transaction, before, memberships, now=now)
    places = {(m.person, m.role, m.class_) for m in memberships}
    found: dict[Place, ForeseenCard] = {}
    for role in sorted(rules.scheme.roles.keys() & before.scheme.roles.keys()):
        one, other = (bulk_rules(each.scheme, each.bindings, role) for each in (before, rules))
        for card in transaction.foreseen(rules.course, one, other):
            place = (card.person, card.role, card.class_)
            if card.person not in due and place in places:
                found[place] = card
    return found


def _flips(pairs: Sequence[tuple[CardRow, Scorecard]]) -> Iterator[Flip]:
    for row, new in sorted(pairs, key=lambda pair: str(_place(pair[1]))):
        old = row.card
        if old.passed != new.passed or old.band != new.band:
            yield Flip(
                person=new.person, name=row.name, role=new.role, class_=new.class_, before=old, after=new
            )


def _takes_part(row: CardRow) -> bool:
    return row.status is MembershipStatus.ACTIVE and row.card.role is Role.LEARNER


def _counted(states: Sequence[CardState]) -> dict[CardState, int]:
    counts = {state: sum(one is state for one in states) for state in CardState}
    return {state: count for state, count in counts.items() if count > 0}


def _place(card: Scorecard) -> Place:
    return (card.person, card.role, card.class_)
