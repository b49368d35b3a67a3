"""A Moodle that answers calls by a function, and a client that asks it."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any

import msgspec
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from adapters.http import HttpClient
from adapters.moodle.client import Foreseen, MoodleClient, Reply
from adapters.moodle.functions import Function
from adapters.moodle.web_service import Call
from lms_scoring.domain.errors import RecordRefused

DOOR = "/webservice/rest/server.php"
TOKEN = "5ec4e7"


class Count(msgspec.Struct):
    attemptscount: int


Answering = Callable[[str, dict[str, Any]], Any]


class Refuse(Exception):
    """Raised by an answering function to refuse a call with this code."""


class FakeMoodle:
    """Answers calls by a function, in batches as Moodle does: up to the first that fails."""

    def __init__(self, server: HTTPServer, answer: Answering) -> None:
        self.answer = answer
        self.sizes: list[int] = []
        server.expect_request(DOOR, method="POST").respond_with_handler(self.respond)

    def respond(self, request: Request) -> Response:
        form = request.form
        if form["wsfunction"] != Function.BATCH:
            self.sizes.append(1)
            return json_of(self._single(form["wsfunction"], {**form}))
        functions = [form[name] for name in form if name.endswith("][function]")]
        self.sizes.append(len(functions))
        return json_of({"responses": self._batch(functions, form)})

    def _single(self, function: str, arguments: dict[str, Any]) -> Any:
        try:
            return self.answer(function, arguments)
        except Refuse as refusal:
            return {"exception": "moodle_exception", "errorcode": str(refusal), "message": "in words"}

    def _batch(self, functions: Sequence[str], form: Any) -> list[Any]:
        responses: list[Any] = []
        for place, function in enumerate(functions):
            try:
                told = self.answer(function, json.loads(form[f"requests[{place}][arguments]"]))
            except Refuse as refusal:
                responses.append({"error": True, "exception": json.dumps({"errorcode": str(refusal)})})
                break
            responses.append({"error": False, "data": json.dumps(told)})
        return responses


class ForgetfulMoodle(FakeMoodle):
    """Has memory for thirty calls; PHP ends with a page then, and HTTP 200."""

    def respond(self, request: Request) -> Response:
        if sum(name.endswith("][function]") for name in request.form) > 30:
            return Response("<b>Fatal error</b>: Allowed memory size exhausted", content_type="text/html")
        return super().respond(request)


class ImpatientGateway(FakeMoodle):
    """Before the Moodle, it waits as long as thirty calls take."""

    def respond(self, request: Request) -> Response:
        response = super().respond(request)
        return response if self.sizes[-1] <= 30 else Response(status=504)


def json_of(told: Any) -> Response:
    return Response(json.dumps(told), content_type="application/json")


def http(server: HTTPServer, *, max_bytes: int = 1_000_000) -> HttpClient:
    return HttpClient(
        platform="campus",
        base_url=server.url_for(""),
        allowed_private=["localhost", "127.0.0.1"],
        pause=lambda _: None,
        max_bytes=max_bytes,
    )


def client(server: HTTPServer, *, batching: bool = True, max_bytes: int = 1_000_000) -> MoodleClient:
    made = MoodleClient(http(server, max_bytes=max_bytes), token=TOKEN)
    made.batching = batching
    return made


def count_of(user: int, function: Function = Function.ATTEMPT_COUNT) -> Call[Count]:
    return Call(function, {"scormid": 1, "userid": user}, Count)


def reader(*users: int) -> Foreseen:
    """Foresees one step."""
    yield [count_of(user) for user in users]


def by_user(_: str, arguments: dict[str, Any]) -> Any:
    return {"attemptscount": int(arguments["userid"])}


def refusing(code: str, *users: int) -> Answering:
    def answer(_: str, arguments: dict[str, Any]) -> Any:
        if int(arguments["userid"]) in users:
            raise Refuse(code)
        return by_user(_, arguments)

    return answer


def outcomes(replies: Sequence[Reply[Count]]) -> list[int | str]:
    told: list[int | str] = []
    for reply in replies:
        error = reply.error
        told.append(error.code if isinstance(error, RecordRefused) else reply.value.attemptscount)
    return told
