"""Closing a programme: what is still pending is shown, then the cards are frozen by a signed act.

Later syncs keep storing, and change no card; only signed decisions do, and reopening is another signed act.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from lms_scoring.domain.dossier import seen_at
from lms_scoring.domain.errors import CannotBeDecided
from lms_scoring.domain.evidence import Membership, Record, Role
from lms_scoring.domain.obstacle import Obstacle
from lms_scoring.domain.outlook import ToldState
from lms_scoring.domain.scorecard import CriterionState
from lms_scoring.ports import (
    Act,
    ActKind,
    BoardAsk,
    BoardPart,
    CardRow,
    Clock,
    Frozen,
    ProblemKind,
    SendState,
    Store,
    Transaction,
)
from lms_scoring.services.collecting.open_problems import open_problems
from lms_scoring.services.gradebook.grade_status import grades_of
from lms_scoring.services.scoring.assess import Assessed, assess_within
from lms_scoring.services.scoring.card_records import evidence_to_read
from lms_scoring.services.scoring.course_time import course_time
from lms_scoring.services.scoring.how_far_known import as_read, known_of
from lms_scoring.services.scoring.rules import CourseRules
from lms_scoring.services.scoring.scorable import scorable
from lms_scoring.services.scoring.to_be_scored import persons_due
from lms_scoring.services.scoring.unmade import Noted, Unmade, check_made
from lms_scoring.services.signing import Signature, check_open
from lms_scoring.services.window_read import Unread
from lms_scoring.spelling import class_order


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """Somebody with work that nobody has marked: it will never count for more."""

    person: str
    name: str
    class_: str | None
    total: Fraction
    could_become: Fraction
    pass_mark: Fraction

    @property
    def could_pass(self) -> bool:
        """Whether marks alone could have made a pass of it, so that closing makes a fail."""
        return self.total < self.pass_mark <= self.could_become


@dataclass(frozen=True, slots=True, kw_only=True)
class Pending:
    """What a closing would leave undone."""

    is_over: bool
    """Whether the window is: before that nothing is closed."""
    scheme: str
    """The fingerprint of what everybody would be frozen by."""
    due: int
    """Whose evidence changed since they were scored, or of whom a card by other rules is awaited: they are
    scored first."""
    states: Mapping[ToldState, int]
    """What the results of the learners who take part are told as now."""
    waiting: Sequence[Waiting]
    unread: int
    """Learners of whom records could not be read."""
    grades: int
    """Grades that have not arrived in the platform's gradebook."""
    held: int
    """Grades that are not sent for now: their result is provisional, say."""
    problems: Mapping[ProblemKind, int]
    unjoined: int
    cases: int
    """Cases of doubtful evidence on which somebody has to act: as they are, their records count."""
    disputes: int
    """Disputes that wait for an answer."""
    synced_at: int | None
    unread_sources: Sequence[Unread]
    """Those that were not read to the end of the window: what was done last would never count."""

    @property
    def mark(self) -> str:
        """The same for what looks the same, so that nobody confirms what was never shown."""
        waiting = [(one.person, one.class_, one.total, one.could_become) for one in self.waiting]
        open_ = (self.unread, self.due, self.unjoined, self.cases, self.disputes, self.held)
        unread = [(one.source, one.short) for one in self.unread_sources]
        shown = (self.scheme, unread, sorted(self.states.items()), waiting, *open_)
        return hashlib.sha256(repr(shown).encode()).hexdigest()[:32]


@dataclass(frozen=True, slots=True, kw_only=True)
class Closed:
    """What became of the wish to close: what is pending, and whether it was done."""

    pending: Pending
    assessed: Assessed | None


def pending_of(rules: CourseRules, store: Store, *, clock: Clock) -> Pending:
    """What closing now would leave undone; nothing is kept."""
    with store.reading() as transaction:
        now = course_time(transaction, rules.course, now=clock.now())
        return _pending(transaction, rules, now=now)


def close(
    rules: CourseRules, signed: Signature, store: Store, *, clock: Clock, seen: str | None = None
) -> Closed:
    """Closes the course where what is pending is what was shown (`seen` None: whatever it is).

    All or nothing, in one transaction: what the cards read is frozen, the act is signed, and everybody is
    scored by what was frozen. Raises CannotBeDecided before the window is over, and where it is closed, and
    CardsNotMade where anybody's card cannot be made: it would never be.
    """
    with store.writing() as transaction:
        now = course_time(transaction, rules.course, now=clock.now())
        check_open(transaction, rules.course)
        pending = _pending(transaction, rules, now=now)
        if not pending.is_over:
            raise CannotBeDecided(
                Obstacle.NOT_OVER,
                f"{rules.course} cannot be closed before its window is over: what is done until then counts",
            )
        if seen is not None and pending.mark != seen:
            return Closed(pending=pending, assessed=None)
        unmade = Unmade(transaction)
        transaction.freeze(rules.course, _frozen(transaction, rules, unmade, at=now))
        check_made(rules.course, unmade.why)
        as_of = None if pending.synced_at is None else str(pending.synced_at)
        transaction.keep_act(_act(ActKind.CLOSED, rules.course, signed, at=now, subject=as_of))
        assessed = assess_within(transaction, rules, now=now)
        check_made(rules.course, assessed.unmade)
        return Closed(pending=pending, assessed=assessed)


def reopen(rules: CourseRules, signed: Signature, store: Store, *, clock: Clock) -> Assessed:
    """The course goes on: everybody is scored by all that was stored meanwhile.

    Raises CannotBeDecided where it is open.
    """
    with store.writing() as transaction:
        now = clock.now()
        if transaction.closing(rules.course) is None:
            raise CannotBeDecided(Obstacle.OPEN, f"{rules.course} is not closed, so it cannot be reopened")
        transaction.keep_act(_act(ActKind.REOPENED, rules.course, signed, at=now))
        return assess_within(transaction, rules, now=now)


def _frozen(transaction: Transaction, rules: CourseRules, unmade: Unmade, *, at: int) -> Iterator[Frozen]:
    """What each person's cards read, as it stood at that instant; whose cannot be made out is `unmade`."""
    by_person: dict[str, list[Membership]] = {}
    for membership in transaction.memberships(rules.course):
        by_person.setdefault(membership.person, []).append(membership)
    for evidence in evidence_to_read(transaction, rules.course, sorted(by_person), unmade):
        person = evidence.person.id
        seen: list[Record | None] = []
        with Noted(unmade, [person]):
            seen = [seen_at(record, at) for record in scorable(evidence, rules.bindings)]
        records = [record for record in seen if record is not None]
        yield Frozen(person=person, memberships=by_person[person], records=records)


def _pending(transaction: Transaction, rules: CourseRules, *, now: int) -> Pending:
    course = rules.course
    rows = transaction.board_cards(BoardPart(course=course, role=Role.LEARNER), BoardAsk()).rows
    known = known_of(transaction, rules)
    grades = grades_of(transaction, course)
    unsent = (SendState.WAITING, SendState.REFUSED, SendState.OVERRIDDEN)
    return Pending(
        is_over=now >= rules.scheme.window.end,
        scheme=rules.scheme.fingerprint,
        due=len(persons_due(transaction, rules, now=now)),
        states=_counted(as_read(rows, known)),
        waiting=sorted((_waiting(row) for row in rows if _waits(row)), key=_by_class),
        unread=sum(any(one.is_at_least or one.may_fall for one in row.card.criteria) for row in rows),
        grades=0 if grades is None else sum(len(grades.of(state)) for state in unsent),
        held=0 if grades is None else len(grades.held),
        problems=Counter(one.problem.kind for one in open_problems(transaction, course)),
        unjoined=transaction.unjoined_count(course),
        cases=len(transaction.waiting_cases(course)),
        disputes=len(transaction.disputes(course, waiting=True)),
        synced_at=known.synced_at,
        unread_sources=rules.window_reading.unread(transaction.last_ends(course)),
    )


def _counted(rows: Sequence[CardRow]) -> dict[ToldState, int]:
    counts = Counter(row.told for row in rows)
    return {state: counts[state] for state in ToldState if counts[state] > 0}


def _waits(row: CardRow) -> bool:
    return any(result.state is CriterionState.PENDING for result in row.card.criteria)


def _waiting(row: CardRow) -> Waiting:
    card = row.card
    return Waiting(
        person=card.person,
        name=row.name,
        class_=card.class_,
        total=card.total,
        could_become=card.could_become,
        pass_mark=card.pass_mark,
    )


def _by_class(one: Waiting) -> tuple[bool, tuple[bytes, str], str]:
    return (not one.could_pass, class_order(one.class_), one.person)


def _act(kind: ActKind, course: str, signed: Signature, *, at: int, subject: str | None = None) -> Act:
    return Act(at=at, kind=kind, by=signed.by, reason=signed.reason, course=course, subject=subject)
