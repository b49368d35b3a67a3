"""Worked examples of a scheme file: a few words that stand for evidence, and the card that must come out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from lms_scoring.domain import evidence as ev
from lms_scoring.domain.figures import plain
from lms_scoring.domain.instants import HOUR, MINUTE
from lms_scoring.domain.scheme import Scheme
from lms_scoring.domain.scorecard import Scorecard
from lms_scoring.domain.scoring import scorecards

_WEEK = 7 * 24 * HOUR
_SOMEBODY, _CLASS = "example", "example class"


@dataclass(frozen=True, slots=True, kw_only=True)
class HandIn:
    """A homework handed in by its deadline, or a day late, with a grade or still unmarked."""

    grade: ev.Grade | None
    late: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """What one learner or tutor did, in the window unless it says otherwise, and what that must score.

    `as_of` is after the window unless `during`. `points` names single criteria.
    """

    role: ev.Role
    total: Fraction
    state: str
    minutes: Fraction = Fraction(0)
    homework: tuple[HandIn, ...] = ()
    journals: int = 0
    topics: int = 0
    replies: int = 0
    handed_in: int = 0
    marked: int = 0
    bulletins: int = 0
    recommended: int = 0
    during: bool = False
    band: str | None = None
    could_become: Fraction | None = None
    points: Mapping[str, Fraction] = field(default_factory=dict)


def worked(scheme: Scheme, example: Example) -> Scorecard | None:
    """The card that comes out of an example; None where the scheme does not score its role."""
    as_of = scheme.window.end - (HOUR if example.during else 0)
    cards = scorecards(scheme, _evidence(scheme, example), as_of=as_of)
    return next((card for card in cards if card.person == _SOMEBODY), None)


def faults(scheme: Scheme, example: Example) -> list[str]:
    """What differs between the card that comes out and the one the example promises."""
    card = worked(scheme, example)
    if card is None:
        return [f"the scheme does not score a {example.role.value}"]
    return list(_differences(card, example))


def _differences(card: Scorecard, example: Example) -> Iterator[str]:
    if card.total != example.total:
        yield f"the total is {plain(card.total)}, not {plain(example.total)}"
    if card.state.value != example.state:
        yield f"the state is {card.state.value}, not {example.state}"
    if example.band is not None and card.band != example.band:
        yield f"the band is {card.band}, not {example.band}"
    if example.could_become is not None and card.could_become != example.could_become:
        yield f"it could become {plain(card.could_become)}, not {plain(example.could_become)}"
    points = {result.id: result.points for result in card.criteria}
    for criterion, expected in example.points.items():
        if points.get(criterion) != expected:
            found = points.get(criterion)
            given = "no such criterion" if found is None else plain(found)
            yield f"{criterion} is {given}, not {plain(expected)}"


def _evidence(scheme: Scheme, example: Example) -> Iterator[ev.Record]:
    """Plain evidence at plain moments of the window, which lasts long enough for any example."""
    start = scheme.window.start
    yield _membership(_SOMEBODY, example.role)
    if example.minutes > 0:
        length = int(example.minutes * MINUTE)
        yield ev.Watch(
            id="w",
            person=_SOMEBODY,
            activity="video",
            start=start,
            end=start + length,
            segments=((0, length),),
        )
    for number, hand_in in enumerate(example.homework):
        yield _homework(f"h{number}", _SOMEBODY, start, hand_in, number)
    for number in range(example.journals):
        yield _journal(f"j{number}", _SOMEBODY, start)
    yield from _posts(example, start)
    yield from _class_work(example, start)


def _posts(example: Example, start: int) -> Iterator[ev.Post]:
    kinds = (("t", example.topics, None), ("p", example.replies, "t"), ("b", example.bulletins, None))
    for prefix, count, parent in kinds:
        for number in range(count):
            yield ev.Post(
                id=f"{prefix}{number}",
                person=_SOMEBODY,
                forum="forum",
                parent=parent,
                created_at=start + number,
                state=ev.PostState.LIVE,
                bulletin=prefix == "b",
            )


def _class_work(example: Example, start: int) -> Iterator[ev.Record]:
    for number in range(example.handed_in):
        learner = f"learner {number}"
        grade = ev.Grade.PASS if number < example.marked else None
        yield _membership(learner, ev.Role.LEARNER)
        yield _homework(f"c{number}", learner, start, HandIn(grade=grade), 0)
    for number in range(example.recommended):
        yield ev.Recommendation(id=f"r{number}", submission=f"c{number}", by=_SOMEBODY, at=start)


def _membership(person: str, role: ev.Role) -> ev.Membership:
    return ev.Membership(
        id=f"{person} {role.value}",
        person=person,
        role=role,
        class_=_CLASS,
        status=ev.MembershipStatus.ACTIVE,
    )


def _homework(id_: str, person: str, start: int, hand_in: HandIn, attempt: int) -> ev.Submission:
    due = start + _WEEK
    return ev.Submission(
        id=id_,
        person=person,
        task=ev.Task.HOMEWORK,
        activity="homework",
        attempt=attempt,
        state=ev.SubmissionState.SUBMITTED,
        submitted_at=due + 24 * HOUR if hand_in.late else due,
        opens_at=start,
        due_at=due,
        grade=hand_in.grade,
    )


def _journal(id_: str, person: str, start: int) -> ev.Submission:
    return ev.Submission(
        id=id_,
        person=person,
        task=ev.Task.JOURNAL,
        activity="journal",
        attempt=0,
        state=ev.SubmissionState.SUBMITTED,
        submitted_at=start,
        opens_at=None,
        due_at=None,
        grade=None,
    )
