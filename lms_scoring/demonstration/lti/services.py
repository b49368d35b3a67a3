"""``services.php``: which service a request is for, whether its token may, and what Moodle's own form is."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from lms_scoring.demonstration.lti import names
from lms_scoring.demonstration.lti.columns import ColumnService
from lms_scoring.demonstration.lti.results import results
from lms_scoring.demonstration.lti.roster import roster
from lms_scoring.demonstration.lti.scores import take_score
from lms_scoring.demonstration.lti.service_calls import Call
from lms_scoring.demonstration.lti.service_errors import ServiceError, media_type, no_handler, unauthorized
from lms_scoring.demonstration.lti.state import Column, LtiState, Tool
from lms_scoring.demonstration.moodle_model import MoodleModel
from lms_scoring.demonstration.wire import Answer, Request


@dataclass(frozen=True)
class Service:
    """One service: by which method and path it is reached, in which media types, with which scopes."""

    method: str
    path: re.Pattern[str]
    types: tuple[str, ...]
    scopes: tuple[str, ...]
    answer: Callable[[Call], Answer]


READ_COLUMNS = (names.LINE_ITEM, names.LINE_ITEM_READ)
_COLUMNS = re.compile(r"/(?P<course>\d+)/lineitems")
_COLUMN = re.compile(r"/(?P<course>\d+)/lineitems/(?P<column>\d+)/lineitem")
_SCORES = re.compile(_COLUMN.pattern + "/scores")
_RESULTS = re.compile(_COLUMN.pattern + "/results")
_ROSTER = re.compile(r"/CourseSection/(?P<course>\d+)/bindings/(?P<tool>\d+)/memberships")


class Services:
    """Answers what tools ask with their tokens."""

    def __init__(self, model: MoodleModel, state: LtiState) -> None:
        self._model = model
        self._state = state
        columns = ColumnService
        one, many = (names.LINE_ITEM_TYPE,), (names.LINE_ITEMS_TYPE, names.LINE_ITEM_TYPE)
        self._services = (
            Service("GET", _ROSTER, (names.MEMBERSHIPS_TYPE,), (names.MEMBERSHIP,), roster),
            Service("GET", _COLUMNS, many, READ_COLUMNS, columns.listed),
            Service("POST", _COLUMNS, one, (names.LINE_ITEM,), columns.made),
            Service("GET", _COLUMN, one, READ_COLUMNS, columns.shown),
            Service("PUT", _COLUMN, one, (names.LINE_ITEM,), columns.changed),
            Service("DELETE", _COLUMN, (), (names.LINE_ITEM,), columns.deleted),
            Service("POST", _SCORES, (names.SCORE_TYPE,), (names.SCORE,), take_score),
            Service("GET", _RESULTS, (names.RESULTS_TYPE,), (names.RESULT_READ,), results),
        )

    def answer(self, request: Request) -> Answer:
        """The answer to one request below ``services.php``."""
        try:
            service, found = self._service(request)
            return service.answer(self._call(request, service, found))
        except ServiceError as error:
            return error.answer(request)

    def _service(self, request: Request) -> tuple[Service, dict[str, str]]:
        path = request.path.removeprefix(names.SERVICES)
        for each in self._services:
            found = each.path.fullmatch(path)
            if found and each.method == request.method and _acceptable(request, each.types):
                return each, found.groupdict()
        raise no_handler(request)

    def _call(self, request: Request, service: Service, found: dict[str, str]) -> Call:
        parameters = dict(request.parameters())
        tool = self._tool(request, service.scopes)
        if found.get("tool", str(tool.id)) != str(tool.id) or (
            parameters.get("type_id", str(tool.id)) != str(tool.id)
        ):
            raise unauthorized()
        number = int(found["course"])
        course = self._state.courses.get(number)
        if course is None and not (number == 1 and "tool" in found):
            raise ServiceError(404, f"Not Found: Course {number} doesn't exist")
        column = self._column(number, tool, found["column"]) if "column" in found else None
        return Call(self._model, self._state, request, parameters, tool, number, column)

    def _tool(self, request: Request, scopes: Iterable[str]) -> Tool:
        kind, _, value = request.headers.get("authorization", "").partition(" ")
        token = self._state.tokens.get(value) if kind.lower() == "bearer" else None
        if token is None or token.ends_at <= self._model.now() or token.scopes.isdisjoint(scopes):
            raise unauthorized()
        if token.tool not in self._state.tools:
            raise unauthorized()
        return self._state.tools[token.tool]

    def _column(self, course: int, tool: Tool, number: str) -> Column:
        column = self._state.columns.get(int(number))
        if column is None:
            raise ServiceError(404, f"Not Found: Grade item {number} doesn't exist")
        if (column.course, column.tool) != (course, tool.id):
            raise ServiceError(404, "Line item does not exist")
        return column


def _acceptable(request: Request, types: tuple[str, ...]) -> bool:
    if request.method == "DELETE":
        return True
    if request.method == "GET":
        accepted = request.headers.get("accept", "")
        return not accepted or "*/*" in accepted or any(each in accepted for each in types)
    return media_type(request) in types
