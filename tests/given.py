"""Words in which tests tell what was done: plain evidence of one class in the window of the main scheme.

Everything not named has a plain value, so that a test shows only what it is about.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

import config
from lms_scoring.domain import evidence as ev
from lms_scoring.domain.instants import HOUR, MINUTE, parse_instant
from lms_scoring.domain.rules.rule import Rule
from lms_scoring.domain.scheme import Criterion, RoleScheme, Scheme
from lms_scoring.domain.scorecard import CriterionResult, Finding, Scorecard
from lms_scoring.domain.scoring import scorecards
from lms_scoring.files.scheme_file import SchemeFile, read_scheme

DAY = 24 * HOUR
START = parse_instant("2024-10-25T00:00:00+08:00")
"""The first instant of the main scheme's window."""
END = parse_instant("2024-12-16T00:00:00+08:00")
"""The first instant after it."""
AFTER = END + DAY
DUE = START + 10 * DAY

LI, WANG, CHEN = "li", "wang", "chen"
CLASS = "class 1"


@cache
def shipped(name: str) -> SchemeFile:
    """A scheme file that comes with the product."""
    return read_scheme(Path(str(config.__file__)).parent / "schemes" / f"{name}.toml")


def passing_from(mark: int) -> str:
    """The main scheme's text with another pass mark for learners, and without its worked examples."""
    text = shipped("longcheng-2024").text
    without = re.sub(r"\[\[\w+\.example\]\].*?(?=\n\[|\Z)", "", text, flags=re.DOTALL)
    return without.replace("pass = 80", f"pass = {mark}", 1)


def main_scheme() -> Scheme:
    """The district's scheme of 2024."""
    return shipped("longcheng-2024").scheme


def scheme_with(criterion: str, *, role: ev.Role = ev.Role.LEARNER, **settings: Any) -> Scheme:
    """The main scheme with other settings of one criterion's rule."""
    rules = main_scheme().roles[role]
    changed = tuple(_changed(one, settings) if one.id == criterion else one for one in rules.criteria)
    assert changed != rules.criteria, "the setting is the default already"
    return replace(main_scheme(), roles={**main_scheme().roles, role: replace(rules, criteria=changed)})


def scheme_of(*criteria: tuple[Rule, int], role: ev.Role = ev.Role.LEARNER, pass_mark: int = 1) -> Scheme:
    """A scheme of these rules with their maxima, in the window of the main one."""
    words = main_scheme().title
    made = tuple(
        Criterion(id=f"c{number}", name=words, max=Fraction(most), rule=rule)
        for number, (rule, most) in enumerate(criteria)
    )
    rules = RoleScheme(role=role, pass_mark=Fraction(pass_mark), criteria=made)
    return replace(main_scheme(), roles={role: rules})


def card(
    records: Iterable[ev.Record],
    *,
    scheme: Scheme | None = None,
    as_of: int = AFTER,
    role: ev.Role = ev.Role.LEARNER,
    person: str | None = None,
) -> Scorecard:
    """The only card of that role (and person) that comes out."""
    scored = scorecards(main_scheme() if scheme is None else scheme, records, as_of=as_of)
    (found,) = (one for one in scored if one.role is role and person in (None, one.person))
    return found


def result(found: Scorecard, criterion: str) -> CriterionResult:
    """One criterion of a card."""
    (only,) = (one for one in found.criteria if one.id == criterion)
    return only


def finding(found: Scorecard, criterion: str, id_: str) -> Finding:
    """What became of one record under one criterion."""
    (only,) = (one for one in result(found, criterion).findings if one.id == id_)
    return only


def figure(found: Scorecard, criterion: str, name: str) -> Fraction | None:
    """A named number of one criterion."""
    (only,) = (one for one in result(found, criterion).figures if one.name == name)
    return only.value


def membership(
    person: str = LI,
    role: ev.Role = ev.Role.LEARNER,
    *,
    class_: str | None = CLASS,
    status: ev.MembershipStatus = ev.MembershipStatus.ACTIVE,
    gone_at: int | None = None,
) -> ev.Membership:
    return ev.Membership(
        id=f"{role.value} {person} {class_}",
        person=person,
        role=role,
        class_=class_,
        status=status,
        gone_at=gone_at,
    )


def tutor(person: str = WANG, *, class_: str | None = CLASS) -> ev.Membership:
    return membership(person, ev.Role.TUTOR, class_=class_)


def watch(
    id_: str = "w",
    start: int = START,
    minutes: int | Fraction = 60,
    *,
    person: str = LI,
    activity: str = "video 1",
    segments: tuple[tuple[int, int], ...] | None = None,
    gone_at: int | None = None,
) -> ev.Watch:
    """A span of watching; its content runs with the clock from 0 unless named (minutes of content)."""
    length = int(minutes * MINUTE)
    shown = ((0, length),) if segments is None else tuple((a * MINUTE, b * MINUTE) for a, b in segments)
    return ev.Watch(
        id=id_,
        person=person,
        activity=activity,
        start=start,
        end=start + length,
        segments=shown,
        gone_at=gone_at,
    )


def reported(
    id_: str = "r",
    start: int = START,
    minutes: int | Fraction = 60,
    *,
    lasted: int | Fraction | None = None,
    person: str = LI,
    activity: str = "scorm 1",
) -> ev.ReportedTime:
    """A platform's total of `minutes` for an attempt that `lasted` as long, unless it says otherwise."""
    end = start + int((minutes if lasted is None else lasted) * MINUTE)
    return ev.ReportedTime(
        id=id_,
        person=person,
        activity=activity,
        duration=int(minutes * MINUTE),
        started_at=start,
        ended_at=end,
    )


def homework(
    id_: str = "h",
    grade: ev.Grade | None = None,
    *,
    at: int | None = DUE - DAY,
    person: str = LI,
    activity: str = "homework 1",
    attempt: int = 0,
    state: ev.SubmissionState = ev.SubmissionState.SUBMITTED,
    opens_at: int | None = START,
    due_at: int | None = DUE,
    points: Fraction | None = None,
    max_points: Fraction | None = None,
    graded_at: int | None = None,
    task: ev.Task | None = ev.Task.HOMEWORK,
    gone_at: int | None = None,
) -> ev.Submission:
    return ev.Submission(
        id=id_,
        person=person,
        task=task,
        activity=activity,
        attempt=attempt,
        state=state,
        submitted_at=at,
        opens_at=opens_at,
        due_at=due_at,
        grade=grade,
        points=points,
        max_points=max_points,
        graded_at=graded_at,
        gone_at=gone_at,
    )


def journal(id_: str = "j", *, at: int | None = DUE - DAY, **more: Any) -> ev.Submission:
    more = {"opens_at": None, "due_at": None, "activity": "journal 1", **more}
    return homework(id_, at=at, task=ev.Task.JOURNAL, **more)


def topic(
    id_: str = "t",
    *,
    at: int | None = START,
    person: str = LI,
    parent: str | None = None,
    state: ev.PostState = ev.PostState.LIVE,
    bulletin: bool = False,
    gone_at: int | None = None,
) -> ev.Post:
    return ev.Post(
        id=id_,
        person=person,
        forum="announcements" if bulletin else "forum",
        parent=parent,
        created_at=at,
        state=state,
        bulletin=bulletin,
        gone_at=gone_at,
    )


def reply(id_: str = "p", **more: Any) -> ev.Post:
    return topic(id_, **{"parent": "t", **more})


def topics(count: int, **more: Any) -> list[ev.Post]:
    return [topic(f"t{number}", **more) for number in range(count)]


def replies(count: int, **more: Any) -> list[ev.Post]:
    return [reply(f"p{number}", **more) for number in range(count)]


def recommendation(
    id_: str = "rec", submission: str = "h", *, by: str = WANG, at: int = DUE
) -> ev.Recommendation:
    return ev.Recommendation(id=id_, submission=submission, by=by, at=at)


def unknown(
    id_: str = "u", activity: str = "scorm 1", *, person: str = LI, about: ev.Purpose | None = None
) -> ev.Unknown:
    return ev.Unknown(id=id_, person=person, activity=activity, reason="no access", about=about)


def decided(
    action: ev.Action,
    target: ev.Record | str,
    *,
    person: str = LI,
    at: int = AFTER,
    id_: str = "d",
    points: int | None = None,
    gone_at: int | None = None,
    instead_of: tuple[str, ...] = (),
) -> ev.Decision:
    """What somebody decided about a record, or a criterion named by its id."""
    return ev.Decision(
        id=id_,
        person=person,
        target=(
            ev.CriterionTarget(criterion=target)
            if isinstance(target, str)
            else ev.RecordTarget(kind=ev.KIND_OF[type(target)], id=target.id)
        ),
        action=action,
        by="coordinator",
        at=at,
        reason="seen in class",
        points=None if points is None else Fraction(points),
        gone_at=gone_at,
        instead_of=instead_of,
    )


def _changed(criterion: Criterion, settings: dict[str, Any]) -> Criterion:
    rule: Any = criterion.rule
    return replace(criterion, rule=replace(rule, **settings))


def standing(of: CriterionResult | Scorecard) -> tuple[Any, ...]:
    """Points or total, what marking could make of them, and the state: to be compared in one line."""
    return (of.total if isinstance(of, Scorecard) else of.points, of.could_become, of.state)


def judgement(of: Finding) -> tuple[Any, ...]:
    """What became of a record, why, and how much of its time counted."""
    return (of.verdict, of.reason, of.amount)


def figures(found: Scorecard, criterion: str) -> dict[str, Any]:
    """The named numbers of one criterion."""
    return {one.name: one.value for one in result(found, criterion).figures}
