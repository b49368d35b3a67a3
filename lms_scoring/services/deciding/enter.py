"""Entering: what people say here, and no platform tells, becomes evidence and changes cards at once.

What is wished is checked against the evidence as it stands, may be foreseen, and is kept in one transaction
with the cards it changes. Nothing that was entered is ever removed or rewritten.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from lms_scoring.domain import evidence as ev
from lms_scoring.domain.dossier import Decisions
from lms_scoring.domain.errors import CannotBeDecided
from lms_scoring.domain.obstacle import Obstacle
from lms_scoring.domain.outlook import ToldState
from lms_scoring.domain.outlook.doubts import Cases
from lms_scoring.domain.rules.complete_ratio import is_marked
from lms_scoring.domain.scorecard import Reason, Scorecard
from lms_scoring.ports import Clock, EvidenceOut, Store, Transaction
from lms_scoring.services.scoring.assess import assess_person
from lms_scoring.services.scoring.card_records import evidence_of_course
from lms_scoring.services.scoring.course_time import course_time, signing_time
from lms_scoring.services.scoring.made_cards import cards_with
from lms_scoring.services.scoring.rules import CourseRules
from lms_scoring.services.scoring.unmade import Unmade

Entry = ev.Decision | ev.Recommendation
"""What is entered here and comes from no platform: it has no source, and its id begins with `here/`."""
_ENTERED = tuple(ev.KIND_OF[kind] for kind in (ev.Decision, ev.Recommendation))


class Wish(Protocol):
    """What somebody wants entered."""

    @property
    def person(self) -> str:
        """Whose card it is about."""

    def entry(
        self, transaction: Transaction, rules: CourseRules, *, now: int, signed_at: int
    ) -> Entry | None:
        """What is to be entered; None where it is so already. `now`: the course's time; `signed_at`: what it
        is signed with. Raises CannotBeDecided, UnknownPerson."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shift:
    """A card without the entry and with it, and what the result is told as."""

    before: Scorecard
    after: Scorecard
    was: ToldState
    will_be: ToldState

    @property
    def is_seen(self) -> bool:
        """Whether points, states or what the result is told as differ."""
        return self.sides[0] != self.sides[1]

    @property
    def sides(self) -> tuple[tuple[object, ...], tuple[object, ...]]:
        """What people are shown: of the card without the entry, and with it."""
        return (*_figures(self.before), self.was), (*_figures(self.after), self.will_be)

    def looks_like(self, other: Shift) -> bool:
        """Whether people are shown the same, though it may be of another instant."""
        return self.sides == other.sides


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """What a wish comes to: the entry (None: it is so already), the person's cards, and others it changes."""

    entry: Entry | None
    shifts: Sequence[Shift] = ()

    def looks_like(self, other: Effect) -> bool:
        """Whether people are shown the same, though it may be of another instant."""
        return look_alike(self.shifts, other.shifts)

    @property
    def mark(self) -> str:
        """The same for everything that looks like it, whatever was wished; other figures have another."""
        shown = [one.sides for one in self.shifts]
        return hashlib.sha256(repr((self.entry is None, shown)).encode()).hexdigest()[:32]


@dataclass(frozen=True, slots=True, kw_only=True)
class Entered:
    """What became of a wish that was to be kept as it had been shown; `names` are of those concerned."""

    effect: Effect
    kept: bool
    names: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """What was entered, and whether it holds: nothing entered later took its place."""

    entry: Entry
    in_force: bool


def look_alike(some: Sequence[Shift], others: Sequence[Shift]) -> bool:
    """Whether people are shown the same, though it may be of another instant."""
    return len(some) == len(others) and all(map(Shift.looks_like, some, others))


def foresee(wish: Wish, rules: CourseRules, store: Store, *, clock: Clock) -> Effect:
    """What would come of it; nothing is kept. Raises CannotBeDecided, UnknownPerson."""
    with store.reading() as transaction:
        return _effect(wish, transaction, rules, now=clock.now())


def enter(wish: Wish, rules: CourseRules, store: Store, *, clock: Clock) -> Effect:
    """Keeps it together with the cards that it changes. Raises CannotBeDecided, UnknownPerson."""
    with store.writing() as transaction:
        effect = _effect(wish, transaction, rules, now=clock.now())
        _keep(effect, wish, transaction, rules)
        return effect


def enter_as_shown(
    wish: Wish, rules: CourseRules, store: Store, *, clock: Clock, mark: str | None
) -> Entered:
    """Keeps it where its effect is the one of that mark, so that nobody confirms what was never shown.

    Without a mark it is only foreseen. Raises CannotBeDecided, UnknownPerson.
    """
    with store.reading() if mark is None else store.writing() as transaction:
        effect = _effect(wish, transaction, rules, now=clock.now())
        as_shown = effect.entry is not None and effect.mark == mark
        if as_shown:
            _keep(effect, wish, transaction, rules)
        names = transaction.names({shift.after.person for shift in effect.shifts})
        return Entered(effect=effect, kept=as_shown, names=names)


def shifts_with(
    transaction: Transaction,
    rules: CourseRules,
    person: str,
    entries: Sequence[Entry],
    *,
    settled: Cases = frozenset(),
) -> list[Shift]:
    """The person's cards without the entries and with them, and others' where that can be seen; none where
    nothing is entered, nor of whom they cannot be made. With them no case about what is `settled` waits.
    Raises CannotBeDecided where who decides does away with an own duty, or may."""
    if not entries:
        return []
    at = max(entry.at for entry in entries)
    unmade = Unmade(transaction)
    shifts = [
        Shift(before=before.card, after=after.card, was=before.told, will_be=after.told)
        for before, after in cards_with(transaction, rules, person, entries, unmade, now=at, settled=settled)
    ]
    _check_duty(entries, shifts)
    _check_unknown_duty(transaction, rules, person, entries, unmade.why)
    return [shift for shift in shifts if shift.is_seen or shift.before.person == person]


def made(rules: CourseRules, store: Store, *, person: str | None = None) -> list[Made]:
    """Everything entered about a person, or about anybody in the course, in the order of time."""
    with store.reading() as transaction:
        members = transaction.memberships(rules.course)
        wanted = {membership.person for membership in members} if person is None else {person}
        return made_about(transaction, rules.course, wanted)


def made_about(transaction: EvidenceOut, course: str, persons: Collection[str]) -> list[Made]:
    """What was entered about these persons, in the order of time; a recommendation is the tutor's."""
    records = transaction.records_of(course, persons, kinds=_ENTERED)
    entries = [record for record in records if isinstance(record, ev.Decision | ev.Recommendation)]
    decisions = Decisions.of(entry for entry in entries if isinstance(entry, ev.Decision))
    ordered = sorted(entries, key=lambda entry: (entry.at, len(entry.id), entry.id))  # -10 was made after -9
    return [Made(entry=entry, in_force=_holds(entry, decisions)) for entry in ordered]


def _effect(wish: Wish, transaction: Transaction, rules: CourseRules, *, now: int) -> Effect:
    at = course_time(transaction, rules.course, now=now)
    signed_at = signing_time(transaction, rules.course, now=now)
    entry = wish.entry(transaction, rules, now=at, signed_at=signed_at)
    if entry is None:
        return Effect(entry=None)
    return Effect(entry=entry, shifts=shifts_with(transaction, rules, wish.person, [entry]))


def _check_duty(entries: Sequence[Entry], shifts: Sequence[Shift]) -> None:
    """Who must mark a work cannot do away with it instead, for that would be deciding about the own score."""
    voiding = {one.by for one in entries if isinstance(one, ev.Decision) and one.action is ev.Action.VOID}
    for shift in shifts:
        left = _unmarked(shift.before) - _unmarked(shift.after)
        if left and shift.before.person in voiding:
            raise CannotBeDecided(
                Obstacle.OWN_DUTY,
                f"{shift.before.person} must mark {', '.join(sorted(left))} and has not, so somebody "
                "else voids it; mark it on the platform first (as fail, for instance), or let a coordinator "
                "decide",
            )


def _check_unknown_duty(
    transaction: Transaction,
    rules: CourseRules,
    person: str,
    entries: Sequence[Entry],
    unmade: Collection[str],
) -> None:
    """Where a tutor's own card cannot be made, nobody knows whether to mark a work was that tutor's duty: one
    that nobody has marked is not voided by that tutor."""
    voiding = [one for one in entries if isinstance(one, ev.Decision) and one.action is ev.Action.VOID]
    targets = [one.target for one in voiding if one.by in unmade]
    if not targets:
        return
    for work in evidence_of_course(transaction, rules, persons=[person]):
        if not isinstance(work, ev.Submission) or is_marked(work):
            continue
        if ev.RecordTarget(kind=ev.KIND_OF[ev.Submission], id=work.id) in targets:
            raise CannotBeDecided(
                Obstacle.OWN_DUTY,
                f"nobody has marked {work.id}, and whether you must cannot be told, for your own card cannot "
                "be made; mark it on the platform first (as fail, for instance), or let a coordinator decide",
            )


def _unmarked(card: Scorecard) -> set[str]:
    """The works that the card's person must still mark."""
    return {
        finding.id
        for result in card.criteria
        for finding in result.findings
        if card.role is ev.Role.TUTOR and finding.reason is Reason.UNMARKED
    }


def _keep(effect: Effect, wish: Wish, transaction: Transaction, rules: CourseRules) -> None:
    match effect.entry:
        case ev.Decision() as decision:
            transaction.keep_decision(rules.course, decision, at=decision.at)
        case ev.Recommendation() as recommendation:
            transaction.keep_recommendation(rules.course, recommendation)
        case None:
            return
    assess_person(transaction, rules, wish.person, now=effect.entry.at)


def _holds(entry: Entry, decisions: Decisions) -> bool:
    if entry.gone_at is not None:
        return False
    if isinstance(entry, ev.Recommendation):
        return decisions.action(entry) is not ev.Action.VOID
    return decisions.about(entry.person, entry.target) == entry


def _figures(card: Scorecard) -> tuple[object, ...]:
    criteria = tuple((one.id, one.points, one.could_become, one.state) for one in card.criteria)
    return (card.person, card.total, card.could_become, card.state, card.band, criteria)
