"""The LRS behind the HTTP door: authentication, headers, statements in and out."""

import base64
import json
import uuid
from collections import Counter
from hmac import compare_digest
from typing import Any

from lms_scoring.demonstration.lrs_kinds import BY_THE_BOOK, LrsKind
from lms_scoring.demonstration.lrs_model import Conflict, LrsModel, instant
from lms_scoring.demonstration.lrs_query import BadQuery, cursor, find_page, read_query
from lms_scoring.demonstration.wire import Answer, Request, json_answer, text_answer

ROOT = "/xapi"
STATEMENTS = f"{ROOT}/statements"
ABOUT = f"{ROOT}/about"
VERSION_HEADER = "X-Experience-API-Version"
THROUGH_HEADER = "X-Experience-API-Consistent-Through"
VERSIONS = ["1.0.0", "1.0.1", "1.0.2", "1.0.3", "2.0.0"]


class LrsServer:
    """Answers the statements resource out of the model."""

    def __init__(self, model: LrsModel, *, key: str, secret: str, kind: LrsKind = BY_THE_BOOK) -> None:
        self.model = model
        self.requests: Counter[str] = Counter()
        self._kind = kind
        self._expected = b"Basic " + base64.b64encode(f"{key}:{secret}".encode())

    def answer(self, request: Request) -> Answer:
        """The answer to one HTTP request."""
        sent = dict(request.parameters())
        self.requests[f"{request.method} {request.path}"] += 1
        if request.path == ABOUT and self._kind.has_about:
            return json_answer({"version": VERSIONS}, headers=self._headers(sent))
        if self._kind.more_path and request.path.startswith(f"{STATEMENTS}/more/"):
            sent = {"cursor": request.path.rpartition("/")[2]}
        elif request.path != STATEMENTS:
            return self._refuse(404, "not found")
        refusal = self._refusal(request)
        if refusal is not None:
            return refusal
        try:
            return self._statements(request, sent)
        except BadQuery as error:
            return self._refuse(400, str(error))
        except Conflict as error:
            return self._refuse(409, f"another statement with the id {error} is here already")

    def _refusal(self, request: Request) -> Answer | None:
        given = request.headers.get("authorization", "").encode()
        if not compare_digest(given, self._expected):
            return self._refuse(401, "unauthorised", {"WWW-Authenticate": 'Basic realm="xapi"'})
        version = request.headers.get(VERSION_HEADER.lower())
        if not self._kind.version_required:
            return None
        if version is None:
            return self._refuse(400, f"the header {VERSION_HEADER} is missing")
        if not (version == "1.0" or version.startswith("1.0.") or version == "2.0.0"):
            return self._refuse(400, f"the version {version[:20]} is not supported")
        return None

    def _statements(self, request: Request, sent: dict[str, str]) -> Answer:
        if request.method in ("GET", "HEAD"):
            if "statementId" in sent or ("voidedStatementId" in sent and self._kind.voids):
                return self._one(sent)
            return self._page(sent)
        if request.method == "POST":
            return self._post(request)
        if request.method == "PUT" and "statementId" in sent:
            self._keep([{"id": sent["statementId"], **_statement(_parsed(request.body))}])
            return Answer(204, self._headers(sent))
        return self._refuse(405, "method not allowed")

    def _one(self, sent: dict[str, str]) -> Answer:
        if sent.keys() - {"statementId", "voidedStatementId", "attachments", "format"}:
            raise BadQuery("a single statement is asked for with other parameters")
        if {"statementId", "voidedStatementId"} <= sent.keys():
            raise BadQuery("both statementId and voidedStatementId are given")
        wants_voided = "voidedStatementId" in sent
        with self.model.lock:
            position = self.model.position_of(sent.get("statementId") or sent.get("voidedStatementId") or "")
            hidden = (
                self._kind.voids and position is not None and self.model.is_voided(position) != wants_voided
            )
            told = b"" if position is None or hidden else self.model.told(position)
        if self._kind.lists_single:
            return self._json(b'{"statements":[' + told + b"]}", sent)
        return self._json(told, sent) if told else self._refuse(404, "there is no such statement")

    def _page(self, sent: dict[str, str]) -> Answer:
        query = read_query(sent, self._kind)
        headers = self._headers(sent)
        with self.model.lock:
            page = find_page(self.model, query, self._kind)
            told = b",".join(self.model.told(position) for position in page.positions)
        more = b"" if page.following is None else self._more(cursor(page.following))
        if not more and self._kind.more_at_the_end:
            more = b'"more":"",'
        return Answer(200, headers, b"{" + more + b'"statements":[' + told + b"]}")

    def _more(self, text: str) -> bytes:
        way = f"{STATEMENTS}/more/{text}" if self._kind.more_path else f"{STATEMENTS}?cursor={text}"
        return f'"more":"{way}",'.encode()

    def _post(self, request: Request) -> Answer:
        sent = _parsed(request.body)
        statements = [_statement(each) for each in (sent if isinstance(sent, list) else [sent])]
        identifiers = [each["id"] for each in statements if "id" in each]
        if len(identifiers) != len(set(identifiers)):
            raise BadQuery("an id stands twice in the batch")
        return json_answer(self._keep(statements), headers=self._headers({}))

    def _keep(self, statements: list[dict[str, Any]]) -> list[str]:
        lines = []
        for statement in statements:
            identifier = str(statement.setdefault("id", str(uuid.uuid4())))
            statement.setdefault("timestamp", instant(self.model.consistent_through()))
            if self._kind.resent_is_conflict and self.model.position_of(identifier) is not None:
                raise Conflict(identifier)
            lines.append(
                (identifier, json.dumps(statement, ensure_ascii=False, separators=(",", ":")).encode())
            )
        return self.model.keep(lines)

    def _json(self, body: bytes, sent: dict[str, str]) -> Answer:
        return Answer(200, self._headers(sent), body)

    def _headers(self, sent: dict[str, str]) -> dict[str, str]:
        headers = {"Content-Type": "application/json"}
        if self._kind.version is not None:
            headers[VERSION_HEADER] = self._kind.version
        on_this_page = self._kind.consistent_through == "first pages" and "cursor" not in sent
        if self._kind.consistent_through == "always" or on_this_page:
            headers[THROUGH_HEADER] = instant(self.model.consistent_through())
        return headers

    def _refuse(self, status: int, why: str, headers: dict[str, str] | None = None) -> Answer:
        told = text_answer(why, status=status)
        return Answer(status, {**self._headers({}), **told.headers, **(headers or {})}, told.body)


def _parsed(body: bytes) -> Any:
    try:
        return json.loads(body)
    except ValueError as error:
        raise BadQuery("the body is not JSON") from error


def _statement(sent: Any) -> dict[str, Any]:
    if not isinstance(sent, dict) or not {"actor", "verb", "object"} <= sent.keys():
        raise BadQuery("a statement needs actor, verb and object")
    return {name: value for name, value in sent.items() if name not in ("stored", "authority", "version")}
