"""A platform of another make over HTTP: `lti1p3platform`, which is a library, behind a small server.

It fetches our key set, checks our assertions, issues its own tokens and demands them; roster, line items
and scores are kept here in tables. Three of its faults are worked around: it adds 1 to the page as text,
raises where a token is no JWT, and leaves the writing of Link headers to its host.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any

from joserfc.jwk import RSAKey
from jwt.exceptions import PyJWTError
from lti1p3platform.exceptions import LineItemNotFoundException, LtiException
from lti1p3platform.ltiplatform import LTI1P3PlatformConfAbstract
from lti1p3platform.membership import Context
from lti1p3platform.registration import Registration as PeerRegistration
from lti1p3platform.request import Request as PeerRequest
from lti1p3platform.request import TRequest
from lti1p3platform.response import Response as PeerResponse
from lti1p3platform.response import generate_next_link
from lti1p3platform.score import UpdateScoreStatus
from lti1p3platform.service_connector import AssignmentsGradesService, NamesRoleProvisioningService
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from lms_scoring.lti.keys import public_key_set
from tests.integration.lti.asking import own_key

PAGE = 2


@dataclass
class Tables:
    """What the platform has: its people, columns, and the latest score of each column and person."""

    members: list[dict[str, Any]] = field(default_factory=list)
    columns: list[dict[str, Any]] = field(default_factory=list)
    scores: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict)

    def column(self, id_: str) -> dict[str, Any]:
        found = next((one for one in self.columns if one["id"].endswith(f"/lineitems/{id_}")), None)
        if found is None:
            raise LineItemNotFoundException
        return found


class Peer:
    """The platform on a server; `tables` can be looked into and changed. `tool` is where our key set is."""

    def __init__(self, server: HTTPServer, *, tool: HTTPServer) -> None:
        self.base = server.url_for("").rstrip("/")
        self.tables = Tables()
        self.status: list[int] = []
        self._conf = _Conf(base=self.base, key_set=tool.url_for("/lti/jwks"))
        tool.expect_request("/lti/jwks").respond_with_json(public_key_set([own_key()]))
        server.expect_request("/token", method="POST").respond_with_handler(self._token)
        server.expect_request("/members").respond_with_handler(self._members)
        for path in (self._columns_path, f"{self._columns_path}/1/scores", f"{self._columns_path}/1/results"):
            server.expect_request(path).respond_with_handler(self._grades)

    _columns_path = "/course/2/lineitems"

    def _token(self, request: Request) -> Response:
        try:
            return Response(json.dumps(self._conf.get_access_token(request.form.to_dict())))
        except (LtiException, PyJWTError):
            return Response('{"error": "invalid_client"}', status=400)

    def _members(self, request: Request) -> Response:
        service = _Names(_Asked(request), self._conf, f"{self.base}/members", tables=self.tables)
        return self._answered(service, service.handle_get_members)

    def _grades(self, request: Request) -> Response:
        columns, column = f"{self.base}{self._columns_path}", f"{self.base}{self._columns_path}/1"
        service = _Grades(_Asked(request), self._conf, columns, column, tables=self.tables)
        if request.path.endswith("/scores"):
            return self._answered(service, service.handle_update_score, line_item_id="1")
        if request.path.endswith("/results"):
            return self._answered(service, service.handle_get_results, line_item_id="1")
        if request.method == "POST":
            return self._answered(service, service.handle_create_lineitem)
        return self._answered(service, service.handle_get_lineitems)

    def _answered(self, service: Any, handle: Any, **arguments: str) -> Response:
        try:
            answer: PeerResponse = service.handle_resp(lambda **given: handle(*given.values()), **arguments)
        except (LtiException, PyJWTError):
            answer = PeerResponse(result=None, code=401, message="the token is none of ours")
        self.status.append(answer.code)
        body, headers = answer.result, {}
        if isinstance(body, dict):
            if body.get("next"):
                headers["Link"] = generate_next_link(body["next"])
            body = body.get("content", body)
        text = "" if body is None else json.dumps(body)
        return Response(text, status=answer.code, headers=headers, content_type=answer.media_type)


@lru_cache(maxsize=1)
def _pair() -> tuple[str, str]:
    """The platform's own keys, private and public, in PEM."""
    key = RSAKey.generate_key(2048)
    return key.as_pem(private=True).decode(), key.as_pem(private=False).decode()


class _Conf(LTI1P3PlatformConfAbstract):  # type: ignore[misc]  # the library ships no types
    def init_platform_config(self, **kwargs: Any) -> None:
        private, public = _pair()
        self._registration = (
            PeerRegistration()
            .set_iss(kwargs["base"])
            .set_client_id("client-1")
            .set_deployment_id("1")
            .set_platform_private_key(private)
            .set_platform_public_key(public)
            .set_tool_key_set_url(kwargs["key_set"])
        )

    def get_registration_by_params(self, **kwargs: Any) -> PeerRegistration:
        return self._registration


class _Asked(PeerRequest):  # type: ignore[misc]  # the library ships no types
    def build_metadata(self, request: Request) -> TRequest:
        numbers = {"page", "limit"}
        query = {name: int(value) if name in numbers else value for name, value in request.args.items()}
        if request.path == "/members":
            query.setdefault("limit", PAGE)  # it pages only where there is one
        return {
            "method": request.method,
            "form_data": request.form.to_dict(),
            "get_data": query,
            "headers": dict(request.headers),
            "content_type": request.content_type,
            "path": request.path,
            "json": json.loads(request.get_data() or b"null"),
        }


class _Names(NamesRoleProvisioningService):  # type: ignore[misc]  # the library ships no types
    def __init__(self, *arguments: Any, tables: Tables) -> None:
        super().__init__(*arguments)
        self._tables = tables

    def get_context_by_id(self) -> Context:
        return Context(id="2", label="LC2024", title="远程培训")

    def get_member_data_page(self, page: int = 1, limit: int | None = None, **others: str) -> dict[str, Any]:
        return _page(self._tables.members, page)


class _Grades(AssignmentsGradesService):  # type: ignore[misc]  # the library ships no types
    def __init__(self, *arguments: Any, tables: Tables) -> None:
        super().__init__(*arguments)
        self._tables = tables

    def find_lineitems(self, page: int = 1, **filters: str) -> dict[str, Any]:
        wanted = {"resourceId": filters.get("resource_id"), "tag": filters.get("tag")}
        fitting = [
            one
            for one in self._tables.columns
            if all(value in (None, one.get(name)) for name, value in wanted.items())
        ]
        return _page(fitting, page)

    def find_lineitem(self, line_item_id: str) -> dict[str, Any]:
        return self._tables.column(line_item_id)

    def create_lineitem(self, creation_data: dict[str, Any]) -> dict[str, Any]:
        number = len(self._tables.columns) + 1
        made = {**creation_data, "id": f"{self.ags.lineitems_url}/{number}"}
        self._tables.columns.append(made)
        return made

    def update_lineitem(self, update_data: dict[str, Any]) -> dict[str, Any]:
        raise AssertionError("a column is never changed")

    def delete_lineitem(self, line_item_id: str) -> None:
        raise AssertionError("a column is never deleted")

    def update_score(self, line_item_id: str, score: dict[str, Any]) -> UpdateScoreStatus:
        key = (self._tables.column(line_item_id)["id"], score["userId"])
        before = self._tables.scores.get(key)
        if before is not None and _instant(before) >= _instant(score):
            return UpdateScoreStatus.OLD_TIMESTAMP
        if not any(member["user_id"] == score["userId"] for member in self._tables.members):
            return UpdateScoreStatus.NOTAPPLIED
        self._tables.scores[key] = score
        return UpdateScoreStatus.PENDING if before else UpdateScoreStatus.CREATED

    def get_results(
        self, line_item_id: str, page: int = 1, limit: int | None = None, user_id: str | None = None
    ) -> dict[str, Any]:
        column = self._tables.column(line_item_id)["id"]
        kept = [
            {
                "id": f"{column}/results/{person}",
                "userId": person,
                "resultScore": score["scoreGiven"],
                "resultMaximum": score["scoreMaximum"],
                "comment": score["comment"],
                "scoreOf": column,
            }
            for (of, person), score in self._tables.scores.items()
            if of == column and user_id in (None, person)
        ]
        return _page(kept, page)


def _page(rows: list[dict[str, Any]], page: int) -> dict[str, Any]:
    start = (page - 1) * PAGE
    return {
        "content": [dict(row) for row in rows[start : start + PAGE]],
        "has_next": len(rows) > start + PAGE,
    }


def _instant(score: dict[str, Any]) -> datetime:
    return datetime.fromisoformat(score["timestamp"])
