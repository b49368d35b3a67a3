"""The addresses of the API; each asks the consultant what a page would ask."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial, wraps
from typing import Any, TypeVar

from flask import Response, request
from flask_smorest import Blueprint, abort
from marshmallow import RAISE, Schema

from lms_scoring.domain.evidence import Role
from lms_scoring.domain.outlook import tellings
from lms_scoring.domain.scorecard import CardState
from lms_scoring.ports import Clock
from lms_scoring.services.deciding.case_desk import CaseDesk
from lms_scoring.services.deciding.dispute_desk import DisputeDesk
from lms_scoring.services.viewing.consult import Consultant
from lms_scoring.services.viewing.whole_person import whole_person
from lms_scoring.web.access.sessions import current_visitor
from lms_scoring.web.api import schemas, told, told_proceedings
from lms_scoring.web.api.problems import MEDIA_TYPE, ProblemSchema
from lms_scoring.web.door import Door
from lms_scoring.web.scoreboard.board_query import BoardQuery, read_query

NAME = "api"
Item = TypeVar("Item")
View = Callable[..., Any]

_ETAG = {"ETag": {"description": "to be sent as If-None-Match", "schema": {"type": "string"}}}
_REFUSALS = {
    401: "no key, or none that is in force",
    403: "no such thing, or not for this key",
    422: "a parameter cannot be used",
    503: "it cannot be answered now",
}


def blueprint(door: Door, *, clock: Clock, described: bool = False) -> Blueprint:
    """`/api/v1/courses` and what is below it.

    `described`: with how each address refuses, which only the description of the API tells and takes longer
    than all the rest.
    """
    api = Blueprint(
        NAME, __name__, url_prefix="/api/v1", description="Results, cards and evidence, to be read."
    )
    views, reads = _Views(door=door, clock=clock), partial(_reads, api, described=described)
    course, person = "/courses/<course>", "/courses/<course>/people/<path:person>"
    reads(views.courses, "/courses", schemas.CoursesSchema)
    reads(views.results, f"{course}/results", schemas.ResultsSchema, schemas.ResultsQuery)
    reads(views.evidence, f"{person}/evidence", schemas.EvidenceSchema, schemas.PageQuery)
    reads(views.card, person, schemas.PersonSchema)
    reads(views.cases, f"{course}/cases", schemas.CasesSchema, schemas.ProceedingsQuery)
    reads(views.disputes, f"{course}/disputes", schemas.DisputesSchema, schemas.ProceedingsQuery)
    return api


def _reads(
    api: Blueprint,
    view: View,
    path: str,
    gives: type[Schema],
    asked: type[Schema] | None = None,
    *,
    described: bool,
) -> None:
    """Puts a view at an address, with what it takes and gives, an ETag, and how it refuses."""
    view = _unless_known(api.response(200, gives, headers=_ETAG)(view))
    if asked is not None:
        view = api.arguments(asked, location="query", unknown=RAISE)(view)
    api.route(path)(_with_refusals(api, view) if described else view)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Views:
    """What is answered at each address; the first line of each is what the API's description says of it."""

    door: Door
    clock: Clock

    def courses(self) -> dict[str, Any]:
        """The courses that the key opens."""
        views = self.door.views(current_visitor())
        return {
            "courses": [
                {"id": view.course.id, "title": view.course.title, "scheme": view.course.scheme}
                for view in views
            ]
        }

    def results(self, asked: dict[str, Any], course: str) -> dict[str, Any]:
        """The scoreboard of a course: its filter, its order, a page of it."""
        rules = self.door.rules(course)
        query = _board_query(asked, rules.scheme.roles)
        consultant, visitor = Consultant(self.door.store, rules), current_visitor()
        size = asked["page_size"]
        states = tellings(CardState(asked["state"])) if "state" in asked else frozenset()
        first = (asked["page"] - 1) * size
        wanted = replace(query.asks(whole=True), told=states, first=first, rows=size)
        with consultant.open_board(visitor, role=query.role, class_=query.class_) as board:
            cards = board.cards(wanted)
            return {
                "course": board.course.id,
                "role": board.role.value,
                "synced_at": told.when(board.synced_at),
                **_paged(asked, cards.found),
                "results": [*map(told.result, cards.rows, board.still_open(cards.rows))],
            }

    def evidence(self, asked: dict[str, Any], course: str, person: str) -> dict[str, Any]:
        """The records that a person's cards depend on, as an evidence file has them."""
        records = Consultant(self.door.store, self.door.rules(course)).evidence(current_visitor(), person)
        return {
            "course": course,
            "person": person,
            **_paged(asked, len(records)),
            "records": [told.record(one) for one in _page_of(asked, records)],
        }

    def card(self, course: str, person: str) -> dict[str, Any]:
        """A person's cards, every point opened to its evidence, and what is doubted or contested of them."""
        rules, visitor = self.door.rules(course), current_visitor()
        found = whole_person(self.door.store, rules, visitor, person, clock=self.clock)
        return {
            **told.person(found.seen.statuses),
            "cases": [told_proceedings.case(one) for one in found.cases],
            "disputes": [told_proceedings.dispute(one) for one in found.disputes],
        }

    def cases(self, asked: dict[str, Any], course: str) -> dict[str, Any]:
        """The cases of a course, a page of them."""
        number, size = asked["page"], asked["page_size"]
        desk = CaseDesk(self.door.store, self.door.rules(course), clock=self.clock)
        found = desk.listed(current_visitor(), waiting=asked["waiting"], page=number, per_page=size)
        people = found.people if found.number == number else ()
        return {
            "course": course,
            **_paged(asked, found.total),
            "pages": found.pages,
            "cases": [told_proceedings.case(known) for one in people for known in one.cases],
        }

    def disputes(self, asked: dict[str, Any], course: str) -> dict[str, Any]:
        """The disputes of a course, a page of them."""
        number, size = asked["page"], asked["page_size"]
        desk = DisputeDesk(self.door.store, self.door.rules(course), clock=self.clock)
        found = desk.listed(current_visitor(), waiting=asked["waiting"], page=number, per_page=size)
        shown = found.disputes if found.number == number else ()
        return {
            "course": course,
            **_paged(asked, found.found),
            "pages": found.pages,
            "disputes": [told_proceedings.dispute(one) for one in shown],
        }


def _with_refusals(api: Blueprint, view: View) -> View:
    view = api.alt_response(304, description="what `If-None-Match` names still holds")(view)
    for status, meaning in _REFUSALS.items():
        view = api.alt_response(status, schema=ProblemSchema, content_type=MEDIA_TYPE, description=meaning)(
            view
        )
    return view


def _unless_known(view: View) -> View:
    """Answers 304 to a program that has the same answer already, as its `If-None-Match` says."""

    @wraps(view)
    def answered(*args: Any, **kwargs: Any) -> Response:
        response: Response = view(*args, **kwargs)
        response.add_etag()
        response.make_conditional(request)
        return response

    return answered


def _board_query(asked: dict[str, Any], roles: Any) -> BoardQuery:
    role = Role(asked["role"])
    if role not in roles:
        abort(403)
    values = {
        "class": asked.get("class_", ""),
        "standing": asked.get("standing", ""),
        "withdrawn": "1" if asked["withdrawn"] else "",
        "sort": asked.get("sort", ""),
    }
    return read_query(values, role, roles[role])


def _paged(asked: dict[str, Any], total: int) -> dict[str, int]:
    return {"total": total, "page": asked["page"], "page_size": asked["page_size"]}


def _page_of(asked: dict[str, Any], items: Sequence[Item]) -> Sequence[Item]:
    first = (asked["page"] - 1) * asked["page_size"]
    return items[first : first + asked["page_size"]]
