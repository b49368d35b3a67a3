"""How far a grade got: kept together with the step that this is in its history."""

from __future__ import annotations

from lms_scoring.ports import GradeStep, GradeStepKind, OutgoingGrade, SendState, Transaction


def keep_how_far(transaction: Transaction, before: OutgoingGrade, after: OutgoingGrade, *, now: int) -> bool:
    """False, and nothing is kept, where a new score or another sender has taken its place meanwhile."""
    if not transaction.keep_sending(after, instead_of=before):
        return False
    step = _step_between(before, after, now=now)
    if step is not None:
        transaction.keep_grade_step(after.course, after.person, step)
    return True


def _step_between(before: OutgoingGrade, after: OutgoingGrade, *, now: int) -> GradeStep | None:
    """What this change adds to the grade's history; `now` in ms."""
    if after.state is SendState.OVERRIDDEN:
        if (before.state, before.found) == (after.state, after.found):
            return None
        return GradeStep(at=now, kind=GradeStepKind.FOUND, value=after.found)
    arrived_now = after.state is SendState.SENT and before.state is not SendState.SENT
    if after.sent is not None and (arrived_now or after.sent != before.sent):
        return GradeStep(at=now, kind=GradeStepKind.SENT, value=after.sent)
    return None
