"""Line items: the columns of the gradebook that a tool sees, makes, changes and deletes."""

from typing import Any

from lms_scoring.demonstration.lti.claims import column_url, columns_url
from lms_scoring.demonstration.lti.names import LINE_ITEM_TYPE, LINE_ITEMS_TYPE
from lms_scoring.demonstration.lti.service_calls import Call, answered, number
from lms_scoring.demonstration.lti.service_errors import ServiceError
from lms_scoring.demonstration.lti.state import Column, Grade
from lms_scoring.demonstration.wire import Answer


class ColumnService:
    """The five things that can be done to line items."""

    @staticmethod
    def listed(call: Call) -> Answer:
        """The tool's columns; with ``limit`` comes a Link header that no parser reads."""
        rows = [each for each in call.state.columns_of(call.course, call.tool.id) if _fits(call, each)]
        first, limit = call.number("from"), call.number("limit")
        shown = rows[first : first + limit] if limit else rows[first:]
        headers = {"Link": _links(call, first=first, limit=limit, total=len(rows))} if limit else {}
        return answered([_row(call, each) for each in shown], LINE_ITEMS_TYPE, headers=headers)

    @staticmethod
    def made(call: Call) -> Answer:
        """A new column, of an activity if ``resourceLinkId`` names one; what was sent comes back."""
        told = _told(call)
        link = told.get("resourceLinkId")
        ours = {str(each.instance) for each in call.state.activities_of(call.course)}
        if link is not None and str(link) not in ours:
            raise ServiceError(403, "Forbidden")
        column = call.state.add_column(
            call.course,
            tool=call.tool.id,
            label=told["label"],
            maximum=float(told["scoreMaximum"]),
            resource_id=str(told.get("resourceId", "")),
            tag=str(told.get("tag", "")),
            link=None if link is None else int(link),
        )
        address = column_url(call.model, call.course, column.id, call.tool.id)
        return answered({**told, "id": address}, LINE_ITEM_TYPE, status=201)

    @staticmethod
    def shown(call: Call) -> Answer:
        """One column."""
        return answered(_row(call, call.named_column), LINE_ITEM_TYPE)

    @staticmethod
    def changed(call: Call) -> Answer:
        """Other texts; another maximum rescales every grade, and what was empty is 0 from then on."""
        told, column = _told(call), call.named_column
        column.label = told["label"]
        column.resource_id = str(told.get("resourceId", ""))
        column.tag = str(told.get("tag", ""))
        maximum = float(told["scoreMaximum"])
        if maximum != column.maximum:
            _rescale(column, maximum, at=call.model.now())
        address = column_url(call.model, call.course, column.id, call.tool.id)
        return answered({**told, "id": address}, LINE_ITEM_TYPE)

    @staticmethod
    def deleted(call: Call) -> Answer:
        """The column goes, even an activity's own."""
        del call.state.columns[call.named_column.id]
        return Answer(204, {"Content-Type": "text/html; charset=utf-8"})


def _rescale(column: Column, maximum: float, *, at: int) -> None:
    for user, grade in column.grades.items():
        score = 0.0 if grade.score is None else round(grade.score * maximum / column.maximum, 5)
        column.grades[user] = Grade(score, at, grade.comment, by_hand=grade.by_hand)
    column.maximum = maximum


def _told(call: Call) -> dict[str, Any]:
    told = call.body()
    maximum = None if told is None else told.get("scoreMaximum")
    if told is None or not isinstance(told.get("label"), str) or not isinstance(maximum, int | float):
        raise ServiceError(400, "No label or Score Maximum")
    if maximum <= 0:
        raise ServiceError(400, "Invalid score maximum")
    return told


def _fits(call: Call, column: Column) -> bool:
    asked = call.parameters
    return (
        asked.get("resource_link_id", _link(column)) == _link(column)
        and asked.get("resource_id", column.resource_id) == column.resource_id
        and asked.get("tag", column.tag) == column.tag
    )


def _link(column: Column) -> str:
    return "" if column.link is None else str(column.link)


def _row(call: Call, column: Column) -> dict[str, Any]:
    row = {
        "id": column_url(call.model, call.course, column.id, call.tool.id),
        "label": column.label,
        "scoreMaximum": number(column.maximum),
        "resourceId": column.resource_id,
        "tag": column.tag,
    }
    return row if column.link is None else row | dict.fromkeys(("resourceLinkId", "ltiLinkId"), _link(column))


def _links(call: Call, *, first: int, limit: int, total: int) -> str:
    """As measured: typographic quotes, escaped ampersands, and a last page that is one too far."""
    inside = first < total
    places = {
        "first": 0,
        "prev": max(first - limit, 0) if inside and first else None,
        "canonical": first,
        "next": first + limit if inside and first + limit < total else None,
        "last": max(total - limit + 1, 0),
    }
    filters = "".join(
        f"&amp;{name}={call.parameters[name]}"
        for name in ("resource_id", "resource_link_id", "tag")
        if name in call.parameters
    )
    url = columns_url(call.model, call.course, call.tool.id)
    return ", ".join(
        f"<{url}{filters}&amp;limit={limit}&amp;from={place}>; rel=“{name}”"
        for name, place in places.items()
        if place is not None
    )
