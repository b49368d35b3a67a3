"""The tutor's desk: what is to be marked, recommended and told to the class, and how far the own score is.

Like all that is read, it is for who may see it: tutors their classes, coordinators all of them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from lms_scoring.domain.errors import NotAllowed
from lms_scoring.domain.evidence import Recommendation, Role
from lms_scoring.domain.outlook import NO_QUESTIONS, Outlook, Questions, Standing, ToldState, chip_beside
from lms_scoring.domain.rules.presence import Presence, Thing
from lms_scoring.domain.rules.rule import Rule
from lms_scoring.domain.scorecard import CriterionResult, Scorecard
from lms_scoring.ports import (
    Activity,
    ActivityKinds,
    BoardAsk,
    BoardPart,
    CardRow,
    Clock,
    Store,
    Transaction,
    Visitor,
)
from lms_scoring.services.access.seeing import View, view_of
from lms_scoring.services.deciding.enter import made_about
from lms_scoring.services.deciding.to_check import ToCheck, Waiting, waiting_for
from lms_scoring.services.scoring.adopt_by_sets import awaited_cards
from lms_scoring.services.scoring.course_time import course_time
from lms_scoring.services.scoring.how_far_known import HowFarKnown, as_read, known_of
from lms_scoring.services.scoring.rules import CourseRules
from lms_scoring.services.signing import author_of
from lms_scoring.services.viewing.class_figures import ClassFigures, class_figures
from lms_scoring.services.viewing.class_works import ClassWorks, HandedIn, works_of_classes
from lms_scoring.services.viewing.still_open import questions_about
from lms_scoring.spelling import class_order


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """The classes on the desk, and what every page about them needs."""

    view: View
    now: int
    known: HowFarKnown
    classes: Sequence[str | None]
    """All that the visitor can choose from."""
    chosen: str | None
    """The class that was asked for; None: all."""
    works: Sequence[ClassWorks]
    names: Mapping[str, str]
    """Of the tutors, by id."""
    activities: Mapping[str, Activity]
    awaited: int
    """How many cards of these classes are awaited, by rules adopted since: no card here is of these."""

    @property
    def synced_at(self) -> int | None:
        """As of when the course is known."""
        return self.known.synced_at

    @property
    def is_own(self) -> bool:
        """Whether the visitor guides one of the classes, so that what is to be done is theirs to do."""
        return any(self.view.person in one.tutors for one in self.works)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bulletins:
    """The bulletins of one tutor in one class, as the tutor's card judges them."""

    tutor: str
    class_: str | None
    result: CriterionResult


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassNews:
    """What can be told to a class: its figures, and the bulletins there were."""

    class_: str | None
    figures: ClassFigures
    bulletins: Sequence[Bulletins]
    works: ClassWorks


@dataclass(frozen=True, slots=True, kw_only=True)
class Duties:
    """What a class asks of its tutors today; `own`: the card of the visitor who is one, with its outlook.

    `to_check`: on how many cases and disputes the visitor can act.
    """

    works: ClassWorks
    standings: Mapping[Standing | ToldState, Sequence[CardRow]]
    own: Scorecard | None
    outlook: Outlook | None
    to_check: ToCheck
    questions: Questions
    """What is open about the own card."""
    is_read: bool
    """What was done to the end of the window has been read, and is in the own card."""

    def is_early(self, end: int) -> bool:
        """Whether the window, which ends then, is over for the own card, and its end is not in it."""
        return self.own is not None and self.own.as_of >= end and not self.is_read

    @property
    def told(self) -> ToldState | None:
        """The result of the own card as it is told; None where there is none."""
        if self.own is None:
            return None
        return self.questions.told(self.own.state, self.outlook, is_read=self.is_read)


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A work that the visitor may recommend, or recommended; `submission` is the attempt that it is about."""

    desk: Desk
    tutor: str
    works: ClassWorks
    work: HandedIn
    submission: str
    was_taken_back: bool
    """Whether this tutor recommended that attempt and took it back."""


class TutorDesk:
    """Answers what a tutor must do, by the evidence and the cards as they stand."""

    def __init__(
        self,
        store: Store,
        rules: CourseRules,
        *,
        clock: Clock,
        activity_kinds: Mapping[str, ActivityKinds],
    ) -> None:
        """`activity_kinds` are what platforms know of theirs, by the kind of source."""
        self._store = store
        self._rules = rules
        self._clock = clock
        self._kinds = {
            source: activity_kinds[kind]
            for source, kind in rules.source_kinds.items()
            if kind in activity_kinds
        }

    def desk(self, visitor: Visitor, *, class_: str | None = None) -> Desk:
        """The works of the classes, or of one of them. Raises NotAllowed, UnknownCourse."""
        with self._store.reading() as transaction:
            return self._desk(transaction, visitor, class_)

    def candidate(self, visitor: Visitor, submission: str) -> Candidate:
        """A work of a class that the visitor guides, by an attempt that was recommended or the latest one.

        Raises NotAllowed where there is none such: tutors alone recommend.
        """
        with self._store.reading() as transaction:
            desk = self._desk(transaction, visitor, None)
            tutor = desk.view.person
            for works in desk.works:
                if tutor is not None and tutor in works.tutors:
                    for work in works.named:
                        if submission in _attempts(work, tutor):
                            return Candidate(
                                desk=desk,
                                tutor=tutor,
                                works=works,
                                work=work,
                                submission=submission,
                                was_taken_back=self._was_taken_back(transaction, tutor, submission),
                            )
        raise NotAllowed("works are recommended by the tutors of their class")

    def duties(self, visitor: Visitor, *, class_: str | None = None) -> tuple[Desk, list[Duties]]:
        """The same, with how the learners stand and the visitor's own card in each class."""
        with self._store.reading() as transaction:
            desk = self._desk(transaction, visitor, class_)
            waiting = waiting_for(transaction, desk.view, by=author_of(visitor), now=desk.now)
            return desk, [self._duties(transaction, desk, works, waiting) for works in desk.works]

    def news(self, visitor: Visitor, *, class_: str | None = None) -> tuple[Desk, list[ClassNews]]:
        """The same, with each class's figures and the bulletins of those tutors whose cards may be seen."""
        with self._store.reading() as transaction:
            desk = self._desk(transaction, visitor, class_)
            return desk, [self._news(transaction, desk, works) for works in desk.works]

    def _desk(self, transaction: Transaction, visitor: Visitor, class_: str | None) -> Desk:
        course = self._rules.course
        view = view_of(transaction, course, visitor)
        classes = _classes(transaction, course, view)
        if class_ is not None and class_ not in classes:
            raise NotAllowed("that class is none of yours")
        now = self._clock.now()
        wanted = classes if class_ is None else [class_]
        at = course_time(transaction, course, now=now)
        works = works_of_classes(transaction, self._rules, wanted, kinds=self._kinds, now=at)
        return Desk(
            view=view,
            now=now,
            known=known_of(transaction, self._rules),
            classes=classes,
            chosen=class_,
            works=works,
            names=transaction.names({tutor for one in works for tutor in one.tutors}),
            activities={activity.id: activity for _, activity in transaction.activities(course)},
            awaited=awaited_cards(transaction, course, classes=frozenset(wanted)),
        )

    def _duties(self, transaction: Transaction, desk: Desk, works: ClassWorks, waiting: Waiting) -> Duties:
        rows = self._learners(transaction, desk, works.class_)
        standings: dict[Standing | ToldState, list[CardRow]] = {}
        for row in rows:
            chip = chip_beside(row.standing, row.told)
            if chip is not None:
                standings.setdefault(chip, []).append(row)
        own = desk.view.person if desk.view.person in works.tutors else None
        course, class_ = self._rules.course, works.class_
        card = None if own is None else self._card(transaction, own, class_)
        return Duties(
            works=works,
            standings=standings,
            own=card,
            outlook=None if own is None else transaction.outlook(course, own, role=Role.TUTOR, class_=class_),
            to_check=waiting.of_class(class_),
            questions=NO_QUESTIONS if own is None else self._questions(transaction, own, class_, card),
            is_read=own is None or desk.known.is_read_of(own),
        )

    def _news(self, transaction: Transaction, desk: Desk, works: ClassWorks) -> ClassNews:
        class_ = works.class_
        rows = self._learners(transaction, desk, class_)
        seen = works.tutors if desk.view.everything else {desk.view.person} & {*works.tutors}
        return ClassNews(
            class_=class_,
            figures=class_figures(rows, self._rules.scheme.roles.get(Role.LEARNER)),
            bulletins=[
                Bulletins(tutor=tutor, class_=class_, result=result)
                for tutor in sorted(filter(None, seen))
                for result in self._bulletins(self._card(transaction, tutor, class_))
            ],
            works=works,
        )

    def _was_taken_back(self, transaction: Transaction, tutor: str, submission: str) -> bool:
        made = [
            one
            for one in made_about(transaction, self._rules.course, [tutor])
            if isinstance(one.entry, Recommendation) and one.entry.submission == submission
        ]
        return bool(made) and not any(one.in_force for one in made)

    def _learners(self, transaction: Transaction, desk: Desk, class_: str | None) -> Sequence[CardRow]:
        """The learners of exactly that class who take part; where there are no classes, all are in None."""
        part = BoardPart(course=self._rules.course, role=Role.LEARNER, classes=frozenset({class_}))
        return as_read(transaction.board_cards(part, BoardAsk()).rows, desk.known)

    def _card(self, transaction: Transaction, tutor: str, class_: str | None) -> Scorecard | None:
        return transaction.scorecard(self._rules.course, tutor, role=Role.TUTOR, class_=class_)

    def _questions(
        self, transaction: Transaction, tutor: str, class_: str | None, card: Scorecard | None
    ) -> Questions:
        course = self._rules.course
        own = transaction.memberships(course, persons=[tutor])
        places = [one for one in own if (one.role, one.class_) == (Role.TUTOR, class_)]
        found = [questions_about(transaction, course, place, own, card=card) for place in places[:1]]
        return found[0] if found else NO_QUESTIONS

    def _bulletins(self, card: Scorecard | None) -> list[CriterionResult]:
        """The criteria of a card that ask for bulletins."""
        tutors = self._rules.scheme.roles.get(Role.TUTOR)
        if card is None or tutors is None:
            return []
        wanted = {one.id for one in tutors.criteria if _asks_for_bulletins(one.rule)}
        return [result for result in card.criteria if result.id in wanted]


def _classes(transaction: Transaction, course: str, view: View) -> list[str | None]:
    """Those that the visitor guides; or all in which anybody learns, or did until being erased and left works
    that count. By name. Raises NotAllowed."""
    if not view.guides:
        raise NotAllowed("a desk is for tutors and coordinators")
    if not view.everything:
        return sorted(view.classes, key=class_order)
    learners = [m for m in transaction.memberships(course) if m.role is Role.LEARNER]
    erased = [m for one in transaction.stand_ins(course) for m in one.memberships]
    learning = {m.class_ for m in (*learners, *erased) if m.is_active}
    return sorted(learning | view.classes, key=class_order)


def _attempts(work: HandedIn, tutor: str) -> set[str]:
    """The attempts by which this tutor's recommendation of the work is spoken of."""
    own = work.recommended_by.get(tutor)
    return {work.submission.id} if own is None else {work.submission.id, own.submission}


def _asks_for_bulletins(rule: Rule) -> bool:
    return isinstance(rule, Presence) and rule.of is Thing.BULLETIN
