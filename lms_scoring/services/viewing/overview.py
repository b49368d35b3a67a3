"""The overview of a course for who sees all of it: classes, totals, tutors, and how syncs went."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from lms_scoring.domain.board import TOTAL, Line, Median
from lms_scoring.domain.evidence import Role
from lms_scoring.domain.outlook import ToldState
from lms_scoring.ports import BoardAsk, BoardPart, ProblemKind, Run, Store, Transaction, Visitor
from lms_scoring.services.access.seeing import View, whole_view
from lms_scoring.services.collecting.open_problems import open_problems
from lms_scoring.services.deciding.to_check import ToCheck, waiting_for
from lms_scoring.services.scoring.adopt_by_sets import awaited_cards
from lms_scoring.services.scoring.how_far_known import known_of, told_lines
from lms_scoring.services.scoring.rules import CourseRules
from lms_scoring.services.signing import author_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Missing:
    """The criteria in which most people have no points at all, more than one where as many, and how many."""

    criteria: Sequence[str]
    people: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassSummary:
    """One class (or everybody): who takes part, who has begun, who has passed; the median is exact. Whoever
    learns in several classes counts once among everybody.

    `provisional` more have passed as far as cases and disputes that are open leave it so.
    """

    class_: str | None
    enrolled: int
    begun: int
    passed: int
    provisional: int
    median: Median | None
    missing: Missing | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceState:
    """How the latest sync of a source went, and what of it could not be read so far, by kind."""

    run: Run
    problems: Mapping[ProblemKind, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class CourseOverview:
    """What a coordinator sees first."""

    view: View
    classes: Sequence[ClassSummary]
    whole: ClassSummary
    totals: Sequence[int]
    """Everybody's, each once, in hundredths of a point; rounded to the pass mark by none that is below it."""
    tutors: Sequence[Line]
    sources: Sequence[SourceState]
    synced_at: int | None
    waiting: ToCheck
    """On how many cases and disputes the visitor can act."""
    awaited: int = 0
    """How many of these cards are still to be made by rules adopted since: all here is of those before."""


def overview_of(rules: CourseRules, store: Store, visitor: Visitor, *, now: int) -> CourseOverview:
    """Raises NotAllowed for who does not see the whole course."""
    with store.reading() as transaction:
        refusal = "the overview is for coordinators and administrators"
        view = whole_view(transaction, rules.course, visitor, refusal=refusal)
        lines, known = _lines(transaction, rules, Role.LEARNER), known_of(transaction, rules)
        tutors = _lines(transaction, rules, Role.TUTOR)
        by_class: dict[str | None, list[Line]] = {
            class_: [] for class_ in transaction.board_classes(rules.course, Role.LEARNER)
        }
        for line in lines:
            by_class.setdefault(line.class_, []).append(line)
        people = _people(lines)
        return CourseOverview(
            view=view,
            classes=[
                _figures(class_, theirs, _median(transaction, rules.course, frozenset({class_})))
                for class_, theirs in by_class.items()
                if theirs
            ],
            whole=_figures(None, people, _median_of_people(transaction, rules.course, lines, people)),
            totals=[line.total.points - line.total.under for line in people],
            tutors=told_lines(tutors, known),
            sources=_sources(transaction, rules.course),
            synced_at=known.synced_at,
            waiting=waiting_for(transaction, view, by=author_of(visitor), now=now).total,
            awaited=awaited_cards(transaction, rules.course),
        )


def _lines(transaction: Transaction, rules: CourseRules, role: Role) -> Sequence[Line]:
    if role not in rules.scheme.roles:
        return ()
    return transaction.board_lines(BoardPart(course=rules.course, role=role), BoardAsk()).lines


def _people(lines: Sequence[Line]) -> Sequence[Line]:
    """A line of each person, in the same order: in every class it shows the same."""
    return [*{line.person: line for line in lines}.values()]


def _median(transaction: Transaction, course: str, classes: frozenset[str | None] | None) -> Median | None:
    part = BoardPart(course=course, role=Role.LEARNER, classes=classes)
    return transaction.board_medians(part).get(TOTAL)


def _median_of_people(
    transaction: Transaction, course: str, lines: Sequence[Line], people: Sequence[Line]
) -> Median | None:
    """The one that is kept is of all lines; where somebody has several, the cards of the one or two people in
    the middle are looked at, for lines are rounded."""
    if len(people) == len(lines):
        return _median(transaction, course, None)
    middle = people[(len(people) - 1) // 2 : len(people) // 2 + 1]
    cards = [
        transaction.scorecard(course, one.person, role=Role.LEARNER, class_=one.class_) for one in middle
    ]
    totals = [card.total for card in cards if card is not None]
    return Median(
        points=sum(totals, Fraction(0)) / len(totals),
        of=len(people),
        is_at_least=any(line.total.unknowns for line in people),
    )


def _figures(class_: str | None, lines: Sequence[Line], median: Median | None) -> ClassSummary:
    nothing = Counter(id_ for line in lines for id_, shown in line.criteria.items() if shown.is_nothing)
    most = max(nothing.values(), default=0)
    every = dict.fromkeys(id_ for line in lines for id_ in line.criteria)
    criteria = [id_ for id_ in every if most and nothing[id_] == most]
    return ClassSummary(
        class_=class_,
        enrolled=len(lines),
        begun=sum(line.has_begun for line in lines),
        passed=sum(line.told is ToldState.PASS for line in lines),
        provisional=sum(line.told is ToldState.PASS_PROVISIONALLY for line in lines),
        median=median,
        missing=Missing(criteria=criteria, people=most) if criteria else None,
    )


def _sources(transaction: Transaction, course: str) -> list[SourceState]:
    problems: dict[str, Counter[ProblemKind]] = {}
    for met in open_problems(transaction, course):
        problems.setdefault(met.source, Counter())[met.problem.kind] += 1
    latest = transaction.latest_runs(course)
    return [SourceState(run=run, problems=problems.get(name, {})) for name, run in sorted(latest.items())]
