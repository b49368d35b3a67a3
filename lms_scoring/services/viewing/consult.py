"""Consulting: cards and boards for readers. It knows who is asking and returns only what they may see.

A learner sees the own cards. A tutor sees the own card and the classes the roster makes them tutor of.
Coordinators and administrators see the course they were granted. Who was launched from a platform sees
nothing but that course, and is a tutor only where the platform says staff. Platforms do not enforce this
everywhere, so it is enforced here: `services/access/seeing.py` says who sees what, and whatever reads a card
for a person asks it (the desks of tutors, cases and disputes too).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

from lms_scoring.domain.errors import NotAllowed, UnknownPerson
from lms_scoring.domain.evidence import Decision, Membership, Record, Role
from lms_scoring.domain.identity import KnownPerson
from lms_scoring.domain.kept_findings import activities_among, persons_among
from lms_scoring.domain.outlook import NO_QUESTIONS, Outlook, Questions, Standing, ToldState
from lms_scoring.domain.scheme import RoleScheme, Scheme
from lms_scoring.domain.scorecard import Scorecard
from lms_scoring.ports import (
    Act,
    Activity,
    ActKind,
    BoardAsk,
    CardRow,
    KeptCourse,
    Store,
    Transaction,
    Visitor,
)
from lms_scoring.services.access.seeing import View, view_of, whole_view
from lms_scoring.services.deciding.enter import Made, made_about
from lms_scoring.services.gradebook.grade_status import GradeStatus, grade_of
from lms_scoring.services.scoring.card_records import evidence_of_course
from lms_scoring.services.scoring.how_far_known import HowFarKnown, as_read, known_of
from lms_scoring.services.scoring.rules import CourseRules
from lms_scoring.services.syncing.next_sync import NextSync, next_sync_told
from lms_scoring.services.titles import videos
from lms_scoring.services.viewing.latest_card import latest_card
from lms_scoring.services.viewing.open_board import Board, OpenBoard, open_board
from lms_scoring.services.viewing.still_open import questions_about

OF_CARDS = (ActKind.ADOPTED, ActKind.CLOSED, ActKind.REOPENED, ActKind.JOINED, ActKind.PARTED)
"""Acts that change cards: everybody's, or those of the person that they are about."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """One person's card with everything behind it."""

    course: KeptCourse
    scheme: Scheme
    rules: RoleScheme
    person: KnownPerson
    membership: Membership
    card: Scorecard
    history: Sequence[CardRow]
    """The versions of the card, or the latest of them: those that were asked for."""
    activities: Mapping[str, Activity]
    names: dict[str, str]
    """Of the people whose work the card speaks of, by id."""
    synced_at: int | None
    outlook: Outlook | None = None
    """What is still needed, as far as it was kept with the card."""
    grade: GradeStatus | None = None
    """What this card made in the platform's gradebook; None: nothing."""
    may_send_again: bool = False
    may_decide: bool = False
    acts: Sequence[Act] = ()
    """What was signed about the course and changed cards, in the order of time."""
    signers: Mapping[str, str] = field(default_factory=dict)
    """The names of those who signed, by id."""
    questions: Questions = NO_QUESTIONS
    """The cases and disputes that are open about the card."""
    is_awaited: bool = False
    """The card was made for this reader, by rules that were just adopted: it is not kept as yet."""
    is_read: bool = True
    """What was done to the end of the window has been read, and is in the card, as `HowFarKnown` says."""
    is_being_counted: bool = False
    """It has been read, and is not in the card as yet."""

    @property
    def is_early(self) -> bool:
        """Whether the window is over for the card, and what was done to its end is not in it."""
        return self.card.as_of >= self.scheme.window.end and not self.is_read

    @property
    def standing(self) -> Standing | None:
        """The chip that is told."""
        return self.questions.standing(self.card.state, self.outlook)

    @property
    def told(self) -> ToldState:
        """The result as it is told."""
        return self.questions.told(self.card.state, self.outlook, is_read=self.is_read)


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What a visitor sees of one person, and may see of the course."""

    view: View
    statuses: Sequence[Status]
    entered: Sequence[Made] = ()
    """What was decided about the person, and what the person recommended, in the order of time. Where
    the person is scored in a role of which no card is among these, only decisions about what these name."""
    names: Mapping[str, str] = field(default_factory=dict)
    """Of those who decided, by id."""


class Consultant:
    """Answers readers' questions about one course."""

    def __init__(self, store: Store, rules: CourseRules) -> None:
        self._store = store
        self._rules = rules

    def view(self, visitor: Visitor) -> View:
        """What this visitor may see here. Raises NotAllowed where that is nothing."""
        with self._store.reading() as transaction:
            return view_of(transaction, self._rules.course, visitor)

    @contextmanager
    def open_board(
        self, visitor: Visitor, *, role: Role = Role.LEARNER, class_: str | None = None
    ) -> Iterator[OpenBoard]:
        """The scoreboard of all classes the visitor may see, or of one of them; page by page, from one view
        of the store. Raises NotAllowed."""
        with self._store.reading() as transaction:
            view = view_of(transaction, self._rules.course, visitor)
            yield open_board(transaction, self._rules, view, role=role).of_class(class_)

    def board(self, visitor: Visitor, *, role: Role = Role.LEARNER, class_: str | None = None) -> Board:
        """The same with all its rows, those of who withdrew too, by class and person."""
        with self.open_board(visitor, role=role, class_=class_) as board:
            filed = board.filed(BoardAsk(withdrawn=True))
            return replace(
                filed,
                rows=sorted(filed.rows, key=lambda row: (row.card.class_ or "", row.card.person)),
            )

    def status(self, visitor: Visitor, person: str) -> list[Status]:
        """All cards of a person that the visitor may see; a learner who is also a tutor has several.

        Raises UnknownPerson, and NotAllowed where the person exists and is none of the visitor's business.
        """
        return list(self.seen(visitor, person).statuses)

    def seen(self, visitor: Visitor, person: str) -> Seen:
        """The same, with what else the visitor may see."""
        with self._store.reading() as transaction:
            return self.seen_from(transaction, view_of(transaction, self._rules.course, visitor), person)

    def seen_from(
        self, transaction: Transaction, view: View, person: str, *, versions: int | None = None
    ) -> Seen:
        """The same, for who asks more of the transaction; with the latest so many `versions` of each card."""
        course = self._rules.course
        own = transaction.memberships(course, persons=[person])
        visible = [m for m in own if view.shows(m)]
        if own and not visible:
            raise NotAllowed("that person is in none of your classes")
        found = [self._status(transaction, one, own, view, versions=versions) for one in visible]
        statuses = [status for status in found if status is not None]
        if not statuses:
            raise UnknownPerson("nobody of that id has a card in this course")
        entered = made_about(transaction, course, [person])
        if self._scored(own) != self._scored(visible):
            entered = _named(entered, statuses)
        return Seen(
            view=view,
            statuses=statuses,
            entered=entered,
            names=transaction.names({one.entry.by for one in entered}) if entered else {},
        )

    def to_decide_about(self, visitor: Visitor, person: str) -> Seen:
        """Those of a person's cards that the visitor may decide about. Raises NotAllowed, UnknownPerson."""
        seen = self.seen(visitor, person)
        theirs = [status for status in seen.statuses if status.may_decide]
        if not theirs:
            raise NotAllowed("scores are decided by the class's tutors and by coordinators, never one's own")
        return replace(seen, statuses=theirs)

    def evidence(self, visitor: Visitor, person: str) -> list[Record]:
        """All records that the person's cards depend on, as `score` reads them, for who sees all.

        Raises NotAllowed, UnknownPerson.
        """
        with self._store.reading() as transaction:
            course = self._rules.course
            refusal = "evidence is handed out to coordinators and administrators"
            whole_view(transaction, course, visitor, refusal=refusal)
            if not transaction.memberships(course, persons=[person]):
                raise UnknownPerson("nobody of that id is in this course")
            return list(evidence_of_course(transaction, self._rules, persons=[person]))

    def grade_to_send(self, visitor: Visitor, person: str) -> Status:
        """The card whose grade the visitor wants sent again. Raises NotAllowed, UnknownPerson."""
        for status in self.status(visitor, person):
            if status.grade is not None and status.may_send_again:
                return status
        raise NotAllowed("grades are sent again by the class's tutors and by coordinators")

    def next_sync(self, *, now: int) -> NextSync:
        """When the course is read next; no secret to anybody who sees any of it."""
        with self._store.reading() as transaction:
            return next_sync_told(transaction, self._rules, now=now)

    def _scored(self, places: Collection[Membership]) -> frozenset[Role]:
        return frozenset({place.role for place in places} & self._rules.scheme.roles.keys())

    def _status(
        self,
        transaction: Transaction,
        membership: Membership,
        own: Sequence[Membership],
        view: View,
        *,
        versions: int | None,
    ) -> Status | None:
        course = self._rules.course
        role, person = membership.role, membership.person
        if role not in self._rules.scheme.roles:
            return None
        signed = transaction.acts(course=course, kinds=OF_CARDS)
        latest = latest_card(transaction, self._rules, membership, signed, versions=versions)
        if latest is None:
            return None
        card = latest.card
        acts = [act for act in signed if act.person in (None, person) or role is Role.TUTOR]
        others = frozenset[str]().union(*(persons_among(result.findings) for result in card.criteria))
        known = transaction.people(course, persons={person, *others})
        people = {one.id: one for one in known}
        so_far = known_of(transaction, self._rules)
        return Status(
            course=view.course,
            scheme=self._rules.scheme,
            rules=self._rules.scheme.roles[role],
            person=people[person],
            membership=membership,
            card=card,
            history=self._as_told(latest.history, so_far),
            activities={
                **videos(transaction, _activities_on(card)),
                **{activity.id: activity for _, activity in transaction.activities(course)},
            },
            names={id_: one.name for id_, one in people.items() if id_ in others},
            synced_at=so_far.synced_at,
            outlook=latest.outlook,
            grade=grade_of(transaction, course, membership, own),
            may_send_again=membership in view.sendable(own),
            may_decide=membership in view.decidable(own),
            acts=acts,
            signers=transaction.names({act.by for act in acts}) if acts else {},
            questions=questions_about(transaction, course, membership, own, card=card),
            is_awaited=latest.is_awaited,
            is_read=so_far.is_read_of(person),
            is_being_counted=person in so_far.uncounted,
        )

    def _as_told(self, history: Sequence[CardRow], known: HowFarKnown) -> Sequence[CardRow]:
        """What a version says that was closed was told so: it is history. Any other has failed no more than
        the latest has."""
        return [one if one.card.closed_at is not None else as_read([one], known)[0] for one in history]


def _named(entered: Sequence[Made], statuses: Sequence[Status]) -> list[Made]:
    """What was decided about what these cards name: what only a card of another role has is none of the
    visitor's business."""
    decided = [(one, one.entry.target) for one in entered if isinstance(one.entry, Decision)]
    return [one for one, target in decided if any(status.card.names(target) for status in statuses)]


def _activities_on(card: Scorecard) -> frozenset[str]:
    """What the ledger names."""
    return frozenset[str]().union(*(activities_among(result.findings) for result in card.criteria))
