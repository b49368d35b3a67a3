"""Results: what the gradebook has now, whoever gave it."""

from datetime import UTC, datetime
from typing import Any

from lms_scoring.demonstration.lti.claims import column_url
from lms_scoring.demonstration.lti.markup import error_page
from lms_scoring.demonstration.lti.names import RESULTS_TYPE
from lms_scoring.demonstration.lti.scores import ZONE
from lms_scoring.demonstration.lti.service_calls import Call, answered, number
from lms_scoring.demonstration.lti.state import Column, Grade
from lms_scoring.demonstration.wire import Answer


def results(call: Call) -> Answer:
    """All of a column, or those of ``user_id``; a ``limit`` makes a Moodle stumble over its own code.

    Who was cleared is listed without a score in a column that a tool made, and not at all in an activity's
    own; both were measured, each on the one kind.
    """
    if call.number("limit"):
        return error_page("Exception - Call to a member function out() on null")
    column, only = call.named_column, call.number("user_id")
    rows = [
        _row(call, column, user, grade)
        for user, grade in column.grades.items()
        if (not only or user == only) and (grade.score is not None or not column.own)
    ]
    return answered(rows, RESULTS_TYPE)


def _row(call: Call, column: Column, user: int, grade: Grade) -> dict[str, Any]:
    where = column_url(call.model, call.course, column.id, call.tool.id, part="/results")
    row: dict[str, Any] = {"id": f"{where}&user_id={user}", "userId": str(user)}
    if grade.score is None:
        return row
    row |= {"resultScore": number(grade.score), "resultMaximum": number(column.maximum)}
    if grade.comment:
        row["comment"] = grade.comment
    at = datetime.fromtimestamp(grade.at, UTC).astimezone(ZONE)
    of = column_url(call.model, call.course, column.id, call.tool.id)
    return {**row, "scoreOf": of, "timestamp": at.isoformat()}
