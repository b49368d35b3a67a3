"""Scores: what a tool gives a learner, with all that a Moodle does to it."""

import re
from datetime import datetime, timedelta, timezone
from typing import Any

from lms_scoring.demonstration.lti.accounts import is_learner
from lms_scoring.demonstration.lti.names import SCORE_TYPE
from lms_scoring.demonstration.lti.service_calls import Call
from lms_scoring.demonstration.lti.service_errors import ServiceError
from lms_scoring.demonstration.lti.state import Column, Grade
from lms_scoring.demonstration.wire import Answer

ZONE = timezone(timedelta(hours=8))
"""Of the recorded site; it tells times in it, and takes those without a zone to be in it."""
_DIGITS = re.compile(r"\d+")


def take_score(call: Call) -> Answer:
    """Keeps the score, unless the column has one of that second or later; a refusal's body is empty.

    In an activity's own column what a teacher entered stays, and nothing is said of that: it is overridden
    (read in `grade_item::update_raw_grade`).
    """
    column = call.named_column
    told = call.body()
    at = None if told is None else _time_of(told.get("timestamp"))
    user = None if told is None else _user(call, told)
    if told is None or at is None or user is None or not _complete(told):
        sent = call.request.body.decode("utf-8", "replace")
        raise ServiceError(400, f"Incorrect score received{sent}", bare=SCORE_TYPE)
    held = column.grades.get(user)
    if held is not None and held.at >= at:
        reason = f"Refusing score with an earlier timestamp for item {column.id} and user {user}"
        raise ServiceError(409, reason, bare=SCORE_TYPE)
    if column.own and held is not None and held.by_hand:
        return Answer(200, {"Content-Type": f"{SCORE_TYPE}; charset=utf-8"})
    comment = told.get("comment")
    column.grades[user] = Grade(_score(told, column), at, comment if isinstance(comment, str) else "")
    return Answer(200, {"Content-Type": f"{SCORE_TYPE}; charset=utf-8"})


def _score(told: dict[str, Any], column: Column) -> float | None:
    """Of the column's maximum, cut to what it may be; nothing unless it is fully graded."""
    given = told.get("scoreGiven")
    if given is None or told["gradingProgress"] != "FullyGraded":
        return None
    of = float(told["scoreMaximum"])
    scaled = float(given) * column.maximum / of if of > 0 else float(given)
    return min(max(round(scaled, 5), 0.0), column.maximum)


def _complete(told: dict[str, Any]) -> bool:
    given, of = told.get("scoreGiven"), told.get("scoreMaximum")
    if told.get("gradingProgress") is None or told.get("activityProgress") is None:
        return False
    if given is not None and of is None:
        return False
    return all(value is None or _is_number(value) for value in (given, of))


def _is_number(value: object) -> bool:
    if isinstance(value, str):
        return re.fullmatch(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", value) is not None
    return isinstance(value, int | float) and not isinstance(value, bool)


def _user(call: Call, told: dict[str, Any]) -> int | None:
    """The learner whom the score is for; a suspended one too, but no tutor, nobody unenrolled or unknown."""
    named = str(told.get("userId", ""))
    user = int(named) if _DIGITS.fullmatch(named) and named.isascii() else 0
    course = call.state.courses[call.course]
    return user if is_learner(call.model, user, course) else None


def _time_of(told: object) -> int | None:
    """Whole seconds; the fraction is dropped."""
    if not isinstance(told, str):
        return None
    try:
        time = datetime.fromisoformat(told)
    except ValueError:
        return None
    return int((time if time.tzinfo else time.replace(tzinfo=ZONE)).timestamp())
