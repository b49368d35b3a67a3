"""The desk as its pages show it: what waits, what was recommended, what a tutor's criteria still ask for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from lms_scoring.domain.evidence import Grade, Role
from lms_scoring.domain.outlook import Stand, Standing, ToldState, stand_of
from lms_scoring.domain.rules.complete_ratio import CompleteRatio
from lms_scoring.domain.rules.handed_in import untimely
from lms_scoring.domain.rules.presence import Presence
from lms_scoring.domain.rules.some_none import SomeNone
from lms_scoring.domain.scheme import Criterion, RoleScheme, Scheme
from lms_scoring.domain.scorecard import CriterionResult, Reason, Scorecard
from lms_scoring.ports import CardRow
from lms_scoring.services.deciding.to_check import ToCheck
from lms_scoring.services.viewing.class_works import ClassWorks, HandedIn, advised
from lms_scoring.services.viewing.tutor_desk import Desk, Duties

MOST = 200
"""Rows that a page lists; of more works than that a class must be chosen."""
_BY_GRADE = (Grade.EXCELLENT, Grade.GOOD, Grade.PASS, Grade.FAIL, None)


class Task(StrEnum):
    """What a criterion asks of a tutor, by which page helps with it."""

    MARKING = "marking"
    RECOMMENDING = "recommending"
    BULLETINS = "bulletins"
    OTHER = "other"
    """Done on the platform alone, such as posts in a forum."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A work in a list over several classes."""

    class_: str | None
    work: HandedIn

    @property
    def is_late(self) -> bool:
        """Whether it came after its own deadline; it must be marked all the same."""
        return untimely(self.work.submission) is Reason.LATE


@dataclass(frozen=True, slots=True, kw_only=True)
class Queue:
    """What waits to be marked in all classes on the desk, the longest waiting first."""

    listed: Sequence[Listed]
    more: int
    due: int
    marked: int
    unread: int

    @property
    def is_done(self) -> bool:
        """Whether everything that was handed in is marked."""
        return self.marked == self.due > 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """The works of one class that can be recommended, and those that are, by the mark and then the name;
    without those of people who were erased, which count and are not listed.

    `own`: the works that the visitor recommended, where the visitor guides the class. `open`: the works
    that there are to recommend, which the own ones of who guides the class and learns in it are not.
    `is_whole`: what is not recommended is listed too, the first of it; `more` of it there is no room for.
    """

    works: ClassWorks
    open: Sequence[HandedIn]
    advised: int | None
    own: Sequence[HandedIn]
    is_own: bool
    chosen: Sequence[HandedIn]
    others: Sequence[HandedIn]
    more: int
    is_whole: bool

    @property
    def recommended(self) -> int:
        """How many works of the class are recommended, listed or not."""
        return sum(bool(one.recommended_by) for one in self.works.works)

    @property
    def not_recommended(self) -> int:
        """The rest of them."""
        return len(self.works.works) - self.recommended

    @property
    def top(self) -> int:
        """What the meter's whole length stands for."""
        return max(2 if self.advised is None else self.advised + 1, len(self.own))


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One criterion of the tutor's own card as something to do."""

    task: Task
    criterion: Criterion
    result: CriterionResult
    stand: Stand

    @property
    def is_to_do(self) -> bool:
        """Whether more can be done for its points."""
        return self.stand in (Stand.PENDING, Stand.OPEN)


@dataclass(frozen=True, slots=True, kw_only=True)
class ToDo:
    """What one class asks for today. `own` is None to who is none of its tutors, or has no card yet.

    `open`: the works that there are to recommend.
    """

    works: ClassWorks
    open: Sequence[HandedIn]
    advised: int | None
    own: Scorecard | None
    told: ToldState | None
    """The result of that card as it is told."""
    items: Sequence[Item]
    standings: Sequence[tuple[Standing | ToldState, int]]
    to_check: Sequence[CardRow]
    waiting: ToCheck


def queue_of(desk: Desk) -> Queue:
    """The queue of a desk."""
    waiting = [Listed(class_=one.class_, work=work) for one in desk.works for work in one.waiting]
    waiting.sort(key=lambda one: (one.work.submission.submitted_at or 0, one.work.submission.id))
    return Queue(
        listed=waiting[:MOST],
        more=max(0, len(waiting) - MOST),
        due=sum(len(one.due) for one in desk.works),
        marked=sum(one.marked for one in desk.works),
        unread=sum(one.unread for one in desk.works),
    )


def choices_of(desk: Desk, scheme: Scheme) -> list[Choice]:
    """What can be recommended; of many classes at once only what is recommended already is listed."""
    is_whole = len(desk.works) == 1 or desk.is_own
    return [_choice(desk, works, scheme, is_whole=is_whole) for works in desk.works]


def to_do(desk: Desk, duties: Sequence[Duties], scheme: Scheme) -> list[ToDo]:
    """What the classes ask of a tutor."""
    rules = scheme.roles.get(Role.TUTOR)
    return [
        ToDo(
            works=one.works,
            open=(to_recommend := one.works.open_to(desk.view.person)),
            advised=advised(scheme, len(to_recommend)),
            own=one.own,
            told=one.told,
            items=[]
            if one.own is None or rules is None
            else list(_items(one.own, one, rules, is_early=one.is_early(scheme.window.end))),
            standings=[
                (chip, len(one.standings[chip]))
                for chip in (*Standing, ToldState.TO_BE_READ)
                if chip in one.standings
            ],
            to_check=one.standings.get(Standing.TO_CHECK, ()),
            waiting=one.to_check,
        )
        for one in duties
    ]


def _choice(desk: Desk, works: ClassWorks, scheme: Scheme, *, is_whole: bool) -> Choice:
    tutor = desk.view.person
    others = [one for one in works.named if not one.recommended_by] if is_whole else []
    others.sort(key=_by_grade)
    to_recommend = works.open_to(tutor)
    return Choice(
        works=works,
        open=to_recommend,
        advised=advised(scheme, len(to_recommend)),
        own=() if tutor is None else works.recommended_by(tutor),
        is_own=tutor in works.tutors,
        chosen=sorted((one for one in works.named if one.recommended_by), key=_by_grade),
        others=others[:MOST],
        more=max(0, len(others) - MOST),
        is_whole=is_whole,
    )


def _by_grade(work: HandedIn) -> tuple[int, str, str]:
    return (_BY_GRADE.index(work.submission.grade), work.name, work.submission.id)


def _items(card: Scorecard, duties: Duties, rules: RoleScheme, *, is_early: bool) -> Iterator[Item]:
    results = {result.id: result for result in card.criteria}
    for criterion in rules.criteria:
        if criterion.id in results:
            result = results[criterion.id]
            stand = stand_of(
                result,
                duties.outlook,
                duties.questions,
                is_done=card.closed_at is not None,
                is_read=not is_early,
            )
            yield Item(task=_task(criterion), criterion=criterion, result=result, stand=stand)


def _task(criterion: Criterion) -> Task:
    match criterion.rule:
        case CompleteRatio():
            return Task.MARKING
        case SomeNone():
            return Task.RECOMMENDING
        case Presence(of="bulletin"):
            return Task.BULLETINS
        case _:
            return Task.OTHER
