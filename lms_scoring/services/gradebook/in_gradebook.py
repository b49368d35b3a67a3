"""What stands in the gradebook for a learner, held against what we sent. Pure."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from lms_scoring.domain.figures import cut
from lms_scoring.domain.gradebook import MAXIMUM, Result
from lms_scoring.ports import OutgoingGrade, SendState
from lms_scoring.services.gradebook.outgoing import speaks_of

_APART = Fraction(1, 200)
"""Platforms keep floats, and columns of another maximum: less than half a hundredth apart is the same."""


def arrived(there: Result, grade: OutgoingGrade) -> bool:
    """Whether this grade stands there: an earlier sending arrived, though its answer did not, or is not known
    here any more because a backup was restored."""
    if not same(of_maximum(there), grade.given):
        return False
    if there.comment is None:  # the platform does not tell, and it may be that only the comment is new
        return grade.tried == grade.given and (grade.sent != grade.given or grade.tries > 0)
    return there.comment == grade.comment


def overridden(there: Result, grade: OutgoingGrade) -> bool:
    """Whether somebody else wrote what stands there, or took away what we wrote.

    Our own words beside the very grade that they speak of are nobody else's.
    """
    if grade.forced or forgotten(there, grade):
        return False
    value = of_maximum(there)
    if value is None:
        return grade.sent is not None
    return not same(value, grade.sent) and not same(value, grade.tried)


def forgotten(there: Result, grade: OutgoingGrade) -> bool:
    """Whether a grade of ours stands there of which nothing is known here: a backup was restored, here or
    there. Which of the two is the later one, their times tell."""
    value = of_maximum(there)
    known = same(value, grade.sent) or same(value, grade.tried)
    return value is not None and not known and speaks_of(there.comment, value)


def looked_at(grade: OutgoingGrade, there: Result) -> OutgoingGrade:
    """A grade that was sent or changed by a teacher, after a look at what stands there now.

    Where ours stands there again, it is ours to change; where another one of ours does, this one goes out.
    So does one that went with its learner, who is back.
    """
    if overridden(there, grade):
        return replace(grade, state=SendState.OVERRIDDEN, reason=shown(there), found=of_maximum(there))
    if forgotten(there, grade) and not arrived(there, grade):
        return replace(grade, state=SendState.WAITING, reason=None, found=None, tries=0, try_at=0)
    if grade.state is SendState.SENT and grade.sent is None:
        return replace(grade, state=SendState.WAITING, tries=0, try_at=0)
    if grade.state is not SendState.OVERRIDDEN:
        return grade
    stands = same(of_maximum(there), grade.given) and same(grade.given, grade.sent)
    state = SendState.SENT if stands else SendState.WAITING
    return replace(grade, state=state, reason=None, found=None, tries=0, try_at=0)


def gone_with_its_learner(grade: OutgoingGrade) -> OutgoingGrade:
    """A grade of who has left the course, where nothing stands there any more: platforms remove it with the
    enrolment, and then nobody took it away. What somebody else had changed before stays as it was found."""
    return grade if grade.state is SendState.OVERRIDDEN else replace(grade, sent=None)


def of_maximum(there: Result) -> Fraction | None:
    """What stands there, of our maximum: a teacher may have given the column another."""
    if there.score is None or not there.maximum:
        return there.score
    return there.score * MAXIMUM / there.maximum


def same(one: Fraction | None, other: Fraction | None) -> bool:
    """Whether two grades are the same as far as a gradebook can tell; nothing is the same as nothing."""
    if one is None or other is None:
        return one is other
    return abs(one - other) < _APART


def shown(there: Result) -> str:
    """What stands there instead, for whoever reads why ours does not."""
    value = of_maximum(there)
    return "the gradebook has none any more" if value is None else f"the gradebook has {cut(value)}"
