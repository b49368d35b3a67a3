"""A record of each kind that says all it can, and what is said of a line that cannot be used."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

from lms_scoring.domain import evidence as ev
from lms_scoring.domain.errors import MalformedEvidence
from lms_scoring.domain.evidence_json import from_fields, to_fields

AT = 1_730_000_000_123
FULL: dict[str, Any] = {
    "person": ev.Person(id="p1", name="张伟", source="moodle", gone_at=AT),
    "membership": ev.Membership(
        id="m1",
        person="p1",
        role=ev.Role.TUTOR,
        class_="一班",
        status=ev.MembershipStatus.WITHDRAWN,
        source="moodle",
        gone_at=AT,
    ),
    "watch": ev.Watch(
        id="w1",
        person="p1",
        activity="v1",
        start=AT,
        end=AT + 1_000,
        segments=((0, 1_500), (2_001, 3_000)),
        source="lrs",
        gone_at=AT,
    ),
    "reported_time": ev.ReportedTime(
        id="r1",
        person="p1",
        activity="s1",
        duration=1_234,
        started_at=AT,
        ended_at=AT + 9_000,
        source="moodle",
        gone_at=AT,
    ),
    "submission": ev.Submission(
        id="s1",
        person="p1",
        task=ev.Task.JOURNAL,
        activity="a1",
        attempt=3,
        state=ev.SubmissionState.SUBMITTED,
        submitted_at=AT,
        opens_at=AT - 1,
        due_at=AT + 1,
        grade=ev.Grade.GOOD,
        points=Fraction(1, 3),
        max_points=Fraction(125, 2),
        graded_at=AT + 2,
        graded_by="t1",
        characters=1_500,
        due_basis=ev.DueBasis.CLASS,
        source="moodle",
        gone_at=AT,
    ),
    "post": ev.Post(
        id="o1",
        person="p1",
        forum="f1",
        parent="o0",
        created_at=AT,
        state=ev.PostState.FLOODING,
        bulletin=True,
        source="moodle",
        gone_at=AT,
    ),
    "recommendation": ev.Recommendation(id="c1", submission="s1", by="t1", at=AT, source="here", gone_at=AT),
    "unknown": ev.Unknown(
        id="u1",
        person="p1",
        activity="s1",
        reason="no lesson status",
        about=ev.Purpose.STUDY_TIME,
        source="moodle",
        gone_at=AT,
    ),
    "decision": ev.Decision(
        id="d1",
        person="p1",
        target=ev.CriterionTarget(criterion="homework"),
        action=ev.Action.OVERRIDE,
        by="t1",
        at=AT,
        reason="ill",
        points=Fraction(7, 2),
        instead_of=("d0",),
        source="here",
        gone_at=AT,
    ),
}
"""A record of each kind in which every attribute says something other than its default."""
OTHER: dict[str, Any] = {
    "role": ev.Role.LEARNER,
    "status": ev.MembershipStatus.ACTIVE,
    "task": ev.Task.HOMEWORK,
    "grade": ev.Grade.FAIL,
    "due_basis": ev.DueBasis.ASSIGNMENT,
    "about": ev.Purpose.JOURNAL,
    "target": ev.RecordTarget(kind="post", id="o1"),
    "segments": ((0, 1),),
    "instead_of": ("d9",),
    "bulletin": False,
    "points": Fraction(9),
    "max_points": Fraction(9),
    "attempt": 4,
    "characters": 9,
    "duration": 9,
}
"""For an attribute another value than in FULL; texts and instants are changed in the same way each."""


def line_of(kind: str, **changed: Any) -> dict[str, Any]:
    return {**to_fields(FULL[kind]), **changed}


def refused(kind: str, **changed: Any) -> str:
    """What is said of a line that cannot be used."""
    with pytest.raises(MalformedEvidence) as caught:
        from_fields(kind, line_of(kind, **changed))
    return str(caught.value)
