"""Recommending (推优): a tutor calls a learner's work exemplary, and may take that back.

No platform knows of it, so it is entered here. One tutor recommends one work once; taking it back is a
decision that voids the recommendation, and recommending it again one that restores it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from lms_scoring.domain import evidence as ev
from lms_scoring.domain.dossier import Decisions, Dossier
from lms_scoring.domain.errors import CannotBeDecided
from lms_scoring.domain.intervals import Span
from lms_scoring.domain.obstacle import Obstacle
from lms_scoring.domain.rules.handed_in import objection
from lms_scoring.ports import Transaction
from lms_scoring.services.deciding.decide import Decide
from lms_scoring.services.deciding.enter import Entry, made_about
from lms_scoring.services.scoring.card_records import evidence_to_read
from lms_scoring.services.scoring.rules import CourseRules
from lms_scoring.services.scoring.scorable import scorable
from lms_scoring.services.scoring.unmade import Noted, Unmade, check_made
from lms_scoring.services.signing import Signature, check_open


@dataclass(frozen=True, slots=True, kw_only=True)
class Recommend:
    """The wish that the tutor recommends a submission.

    It is signed only where the tutor had taken the recommendation back.
    """

    person: str
    """The tutor: it is the tutor's card that counts recommendations."""
    submission: str
    signed: Signature | None = None

    def entry(
        self, transaction: Transaction, rules: CourseRules, *, now: int, signed_at: int
    ) -> Entry | None:
        """The recommendation, or the restoring of one that was taken back; None where there is one."""
        given = _given(transaction, rules.course, self.person, self.submission)
        if given is not None and not given.taken_back:
            return None
        check_open(transaction, rules.course)
        _check_work(transaction, rules, self.person, self.submission, now=now)
        if given is None:
            return ev.Recommendation(
                id=f"here/{self.person}/{self.submission}",
                submission=self.submission,
                by=self.person,
                at=signed_at,
            )
        if self.signed is None:
            raise CannotBeDecided(
                Obstacle.NO_REASON,
                f"{self.person} had taken the recommendation of {self.submission} back; "
                "say with --reason why it is recommended again",
            )
        return _decide(self.person, given, ev.Action.RESTORE, self.signed).entry(
            transaction, rules, now=now, signed_at=signed_at
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeBack:
    """The wish that the tutor's recommendation of a submission no longer counts."""

    person: str
    submission: str
    signed: Signature

    def entry(
        self, transaction: Transaction, rules: CourseRules, *, now: int, signed_at: int
    ) -> Entry | None:
        """The decision that voids it; None where it was taken back already."""
        given = _given(transaction, rules.course, self.person, self.submission)
        if given is None:
            _classes_of(transaction, rules, self.person)
            raise CannotBeDecided(
                Obstacle.NOTHING_TO_UNDO,
                f"{self.person} never recommended {self.submission}; "
                f"`lms-scoring decisions {rules.course} {self.person}` lists what was recommended",
            )
        return _decide(self.person, given, ev.Action.VOID, self.signed).entry(
            transaction, rules, now=now, signed_at=signed_at
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Given:
    """A recommendation that was made."""

    id: str
    taken_back: bool


def _given(transaction: Transaction, course: str, tutor: str, submission: str) -> _Given | None:
    """The tutor's recommendation of the submission; of several the one that counts, if any does."""
    found = [
        _Given(id=one.entry.id, taken_back=not one.in_force)
        for one in made_about(transaction, course, {tutor})
        if isinstance(one.entry, ev.Recommendation)
        and one.entry.submission == submission
        and one.entry.gone_at is None
    ]
    return min(found, key=lambda one: (one.taken_back, one.id), default=None)


def _decide(tutor: str, given: _Given, action: ev.Action, signed: Signature) -> Decide:
    target = ev.RecordTarget(kind="recommendation", id=given.id)
    return Decide(person=tutor, target=target, action=action, signed=signed)


def _classes_of(transaction: Transaction, rules: CourseRules, person: str) -> set[str | None]:
    """The classes the person is tutor of. Raises CannotBeDecided where there are none."""
    memberships = transaction.memberships(rules.course)
    classes = {m.class_ for m in memberships if m.person == person and m.role is ev.Role.TUTOR}
    if not classes:
        tutors = sorted({m.person for m in memberships if m.role is ev.Role.TUTOR})
        raise CannotBeDecided(
            Obstacle.NO_TUTOR,
            f"{person} is no tutor in {rules.course}, and only tutors recommend; "
            f"there are: {', '.join(tutors) or 'none'}",
        )
    return classes


def _check_work(
    transaction: Transaction, rules: CourseRules, tutor: str, submission: str, *, now: int
) -> None:
    """Raises CannotBeDecided unless it was handed in by another learner of one of the tutor's classes."""
    classes = _classes_of(transaction, rules, tutor)
    learners = [m for m in transaction.memberships(rules.course) if m.role is ev.Role.LEARNER]
    in_class = sorted({m.person for m in learners if m.class_ in classes})
    unmade = Unmade(transaction)
    own = list(_records(transaction, rules, in_class, unmade))
    work = _work(own, submission)
    if work is None:
        elsewhere = sorted({m.person for m in learners} - {*in_class})
        other = _work(list(_records(transaction, rules, elsewhere, unmade)), submission)
        if other is None:
            check_made(rules.course, unmade.why)  # it may be of one of these
        raise _not_in_class(rules.course, tutor, submission, other)
    if work.person == tutor:
        raise CannotBeDecided(
            Obstacle.OWN_SCORE,
            f"{submission} is {tutor}'s own work, and a recommendation scores who makes it; recommend a work "
            "of somebody else",
        )
    decided = Decisions.of(record for record in own if isinstance(record, ev.Decision))
    membership = next(m for m in learners if m.person == work.person)
    window = Span(start=rules.scheme.window.start, end=rules.scheme.window.end)
    refused = objection(work, Dossier(membership=membership, as_of=now, decisions=decided), window=window)
    if refused is not None:
        raise CannotBeDecided(
            Obstacle.COUNTS_FOR_NOTHING,
            f"{submission} does not count as handed in ({refused.value.replace('_', ' ')}), so recommending "
            f"it would not either; `lms-scoring explain {rules.course} {work.person}` says more",
        )


def _records(
    transaction: Transaction, rules: CourseRules, persons: Sequence[str], unmade: Unmade
) -> Iterator[ev.Record]:
    for evidence in evidence_to_read(transaction, rules.course, persons, unmade):
        records: list[ev.Record] = []
        with Noted(unmade, [evidence.person.id]):
            records = [*scorable(evidence, rules.bindings)]
        yield from records


def _work(records: Sequence[ev.Record], submission: str) -> ev.Submission | None:
    works = (record for record in records if isinstance(record, ev.Submission))
    return next((work for work in works if work.id == submission), None)


def _not_in_class(course: str, tutor: str, submission: str, other: ev.Submission | None) -> CannotBeDecided:
    if other is not None:
        return CannotBeDecided(
            Obstacle.OF_ANOTHER,
            f"{submission} is a work of {other.person}, who is in no class of {tutor}; only a tutor of that "
            "class recommends it",
        )
    return CannotBeDecided(
        Obstacle.NO_RECORD,
        f"no learner in {course} has a homework or journal {submission!r}; "
        f"`lms-scoring explain {course} LEARNER` shows the ids, with their source in front",
    )
