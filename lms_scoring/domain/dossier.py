"""A dossier: all the evidence one card reads, as far as it existed at an instant."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import groupby
from typing import Any, TypeVar

from lms_scoring.domain import evidence as ev
from lms_scoring.domain.scorecard import Reason

Kept = TypeVar("Kept", bound=ev.Record)


@dataclass(frozen=True, slots=True, kw_only=True)
class Decisions:
    """The decision in force for each record and each criterion: the latest by time, then id, of those
    instead of which no other was made."""

    by_record: Mapping[tuple[str, str, str], ev.Decision] = field(default_factory=dict)
    by_criterion: Mapping[tuple[str, str], ev.Decision] = field(default_factory=dict)

    @classmethod
    def of(cls, decisions: Iterable[ev.Decision]) -> Decisions:
        """Indexes the decisions; a later one on the same target takes the place of an earlier one.

        What cannot be done to its target changes nothing, not even an earlier decision.
        """
        able = [one for one in decisions if one.gone_at is None and ev.can_be_done(one)]
        replaced = {(one.person, one.target, id_) for one in able for id_ in one.instead_of}
        by_record: dict[tuple[str, str, str], ev.Decision] = {}
        by_criterion: dict[tuple[str, str], ev.Decision] = {}
        for decision in sorted(able, key=lambda d: (d.at, d.id)):
            target = decision.target
            if (decision.person, target, decision.id) in replaced:
                continue
            if isinstance(target, ev.RecordTarget):
                by_record[decision.person, target.kind, target.id] = decision
            else:
                by_criterion[decision.person, target.criterion] = decision
        return cls(by_record=by_record, by_criterion=by_criterion)

    def about(self, person: str, target: ev.RecordTarget | ev.CriterionTarget) -> ev.Decision | None:
        """The decision in force about the person's record or criterion, if there is one."""
        if isinstance(target, ev.RecordTarget):
            return self.by_record.get((person, target.kind, target.id))
        return self.by_criterion.get((person, target.criterion))

    def action(self, record: ev.Record) -> ev.Action | None:
        """What was decided about the record, if anything; a decision about somebody else's is none."""
        decision = self.by_record.get((ev.owner_of(record), ev.KIND_OF[type(record)], record.id))
        return None if decision is None else decision.action

    def objection(self, record: ev.Record) -> Reason | None:
        """Why the record cannot count at all: it is gone at its source, or somebody voided it."""
        action = self.action(record)
        if action is ev.Action.VOID:
            return Reason.VOIDED
        if record.gone_at is not None:
            return Reason.GONE
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Dossier:
    """The evidence of one place: a person's in a role in a class, which `membership` speaks for.

    `also` are the other memberships of the same place, as when a group was deleted and made again.
    A tutor's has the submissions of the whole class too, its learners'
    memberships (`class_members`), those of them whose work must be marked (`active`), what of theirs may be
    homework and could not be read (`class_unknowns`), and what this tutor recommended. `changes_at` is the
    next instant at which more of the evidence that is known already will have happened (None: all of it has).
    """

    membership: ev.Membership
    as_of: int
    also: tuple[ev.Membership, ...] = ()
    watches: tuple[ev.Watch, ...] = ()
    reported: tuple[ev.ReportedTime, ...] = ()
    submissions: tuple[ev.Submission, ...] = ()
    posts: tuple[ev.Post, ...] = ()
    unknowns: tuple[ev.Unknown, ...] = ()
    active: frozenset[str] = frozenset()
    class_members: tuple[ev.Membership, ...] = ()
    class_submissions: tuple[ev.Submission, ...] = ()
    class_unknowns: tuple[ev.Unknown, ...] = ()
    recommendations: tuple[ev.Recommendation, ...] = ()
    decided: tuple[ev.Decision, ...] = ()
    decisions: Decisions = Decisions()
    changes_at: int | None = None

    def records(self) -> Iterable[ev.Record]:
        """Every record the card depends on."""
        yield self.membership
        yield from self.also
        yield from self.watches
        yield from self.reported
        yield from self.submissions
        yield from self.posts
        yield from self.unknowns
        yield from self.class_members
        yield from self.class_submissions
        yield from self.class_unknowns
        yield from self.recommendations
        yield from self.decided


def dossiers(records: Iterable[ev.Record], *, as_of: int, person: str | None = None) -> list[Dossier]:
    """One dossier a place, ordered by role, class, person; evidence dated after `as_of` is left out. Those of
    everybody, or of one person: the records that a tutor's card reads name the places of the whole class.

    Of several memberships of one place the active one speaks for it, then the one with the last id.
    Neither the order of the records nor their repetition matters.
    """
    sorted_in = _Sorted.laid_out(records, as_of=as_of)
    wanted = (m for m in sorted_in.memberships if person in (None, m.person))
    memberships = sorted(wanted, key=lambda m: (*_place(m), m.is_active, m.id))
    places = [list(found) for _, found in groupby(memberships, key=_place)]
    return [sorted_in.dossier(*reversed(place), as_of=as_of) for place in places]


def dossier_of(membership: ev.Membership, records: Iterable[ev.Record], *, as_of: int) -> Dossier:
    """The dossier of one place, that of a tutor whom a class does not have for instance."""
    return _Sorted.laid_out([*records, membership], as_of=as_of).dossier(membership, as_of=as_of)


def seen_at(record: Kept, as_of: int) -> Kept | None:
    """The record as it stood then: not there yet (None), not marked yet.

    A span of watching that began before is kept; its part after `as_of` is cut when time is counted. What is
    gone is gone at every instant: `gone_at` is when our clock says that its source was seen without it, and
    nobody knows since when it had been.
    """
    match record:
        case ev.Watch(start=at) | ev.ReportedTime(started_at=at) if at > as_of:
            return None
        case ev.Submission(submitted_at=int(at)) | ev.Post(created_at=int(at)) if at > as_of:
            return None
        case ev.Recommendation(at=at) | ev.Decision(at=at) if at > as_of:
            return None
        case ev.Submission(graded_at=int(at)) if at > as_of:
            unmarked: Kept = replace(
                record, grade=None, points=None, max_points=None, graded_at=None, graded_by=None
            )
            return unmarked
        case _:
            return record


def moments_of(record: ev.Record) -> Iterator[int]:
    """The instants at which a card that reads the record may change."""
    match record:
        case ev.Watch(start=start, end=end) | ev.ReportedTime(started_at=start, ended_at=end):
            yield from (start, end)
        case ev.Submission(submitted_at=submitted, graded_at=graded):
            yield from (at for at in (submitted, graded) if at is not None)
        case ev.Post(created_at=int(at)) | ev.Recommendation(at=at) | ev.Decision(at=at):
            yield at
        case _:
            pass


class _Sorted:
    """Records laid out by whose they are."""

    def __init__(self) -> None:
        self.memberships: list[ev.Membership] = []
        self.own: dict[type[ev.Record], dict[str, list[ev.Record]]] = defaultdict(lambda: defaultdict(list))
        self.decisions: list[ev.Decision] = []
        self.indexed: Decisions | None = None
        self.classes: dict[str | None, list[ev.Membership]] = {}
        self.expected: dict[str, int] = {}

    @classmethod
    def laid_out(cls, records: Iterable[ev.Record], *, as_of: int) -> _Sorted:
        """Each record once, as it stood then."""
        sorted_in = cls()
        for record in dict.fromkeys(records):
            sorted_in.expect(record, later_than=as_of)
            if (seen := seen_at(record, as_of)) is not None:
                sorted_in.take(seen)
        return sorted_in

    def expect(self, record: ev.Record, *, later_than: int) -> None:
        """Remembers when the record will next make a difference to whoever it belongs to."""
        later = [at for at in moments_of(record) if at > later_than]
        if later and not isinstance(record, ev.Person):
            owner = record.by if isinstance(record, ev.Recommendation) else record.person
            self.expected[owner] = min(*later, self.expected.get(owner, later[0]))

    def take(self, record: ev.Record) -> None:
        match record:
            case ev.Membership():
                self.memberships.append(record)
                self.classes.setdefault(record.class_, []).append(record)
            case ev.Person():
                pass
            case ev.Decision():
                self.decisions.append(record)
            case ev.Recommendation():
                self.own[ev.Recommendation][record.by].append(record)
            case _:
                self.own[type(record)][record.person].append(record)

    def of(self, record_type: type[Kept], person: str) -> tuple[Kept, ...]:
        owned: Mapping[Any, dict[str, list[ev.Record]]] = self.own
        found = owned.get(record_type, {}).get(person, [])
        return tuple(sorted((r for r in found if isinstance(r, record_type)), key=lambda r: r.id))

    def dossier(self, membership: ev.Membership, *also: ev.Membership, as_of: int) -> Dossier:
        if self.indexed is None:
            self.indexed = Decisions.of(self.decisions)
        person = membership.person
        concerned = {person}
        learners: list[ev.Membership] = []
        if membership.role is ev.Role.TUTOR:
            learners = [m for m in self.classes[membership.class_] if m.role is ev.Role.LEARNER]
            concerned |= {m.person for m in learners}
        people = sorted({m.person for m in learners})
        active = frozenset(m.person for m in learners if m.is_active)
        return Dossier(
            membership=membership,
            as_of=as_of,
            also=also,
            watches=self.of(ev.Watch, person),
            reported=self.of(ev.ReportedTime, person),
            submissions=self.of(ev.Submission, person),
            posts=self.of(ev.Post, person),
            unknowns=self.of(ev.Unknown, person),
            class_members=tuple(learners),
            active=active,
            class_submissions=tuple(s for one in people for s in self.of(ev.Submission, one)),
            class_unknowns=tuple(
                unknown
                for one in sorted(active - {person})
                for unknown in self.of(ev.Unknown, one)
                if unknown.about in (None, ev.Purpose.HOMEWORK)
            ),
            recommendations=self.of(ev.Recommendation, person),
            decided=tuple(sorted((d for d in self.decisions if d.person in concerned), key=lambda d: d.id)),
            decisions=self.indexed,
            changes_at=min((self.expected[one] for one in concerned if one in self.expected), default=None),
        )


def _place(membership: ev.Membership) -> tuple[str, str, bool, str]:
    """What cards are known by, in the order of cards; no class is a place of its own."""
    return (membership.role.value, membership.class_ or "", membership.class_ is not None, membership.person)
