"""Refusals of the API as problem details (RFC 9457): a status, what it means, and what to do next."""

from __future__ import annotations

import json
from http import HTTPStatus

from flask import Response, request
from marshmallow import Schema, fields

PREFIX = "/api/"
MEDIA_TYPE = "application/problem+json"

_DETAILS = {
    400: "The request cannot be understood.",
    401: "Send a key that is in force in the header Authorization, as: Bearer lsk_…",
    403: "Either there is no such thing, or this key does not open it.",
    404: "There is nothing at this address; /api/v1/openapi.json describes what there is.",
    405: "This address is read with GET.",
    422: "The parameters named in `errors` cannot be used.",
    503: "This cannot be answered now; an administrator of the tool has to look, or try again later.",
}
_FAILED = "Something went wrong here. Tell an administrator the number in `incident`."


class ProblemSchema(Schema):
    """What went wrong, for people and programs."""

    type = fields.String(required=True, metadata={"description": "`about:blank`: the status says it all"})
    title = fields.String(required=True)
    status = fields.Integer(required=True)
    detail = fields.String(required=True)
    errors = fields.Dict(metadata={"description": "What is wrong with each parameter"})
    incident = fields.String(metadata={"description": "The number by which the log knows it"})


def is_of_api() -> bool:
    """Whether a program asks: it gets no page."""
    return request.path.startswith(PREFIX)


def problem(status: int, *, errors: object = None, incident: str | None = None) -> Response:
    """The answer of a status. Nothing of what was asked for is repeated in it."""
    told = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": _DETAILS.get(status, _DETAILS[400] if status < 500 else _FAILED),
    }
    if errors is not None:
        told["errors"] = errors
    if incident is not None:
        told["incident"] = incident
    answer = Response(json.dumps(told, ensure_ascii=False), status=status, content_type=MEDIA_TYPE)
    if status == 401:
        answer.headers["WWW-Authenticate"] = 'Bearer realm="lms-scoring"'
    return answer
