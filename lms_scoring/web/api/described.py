"""The API, and how it describes itself: an OpenAPI document at /api/v1/openapi.json, open to everybody."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from http import HTTPStatus

from flask import Blueprint, Flask, Response
from flask_smorest import Api
from flask_smorest import Blueprint as DescribedBlueprint
from flask_smorest.utils import prepare_response

from lms_scoring.ports import Clock
from lms_scoring.web.api import views
from lms_scoring.web.api.problems import MEDIA_TYPE, ProblemSchema
from lms_scoring.web.door import Door

DOCUMENT = "api-document.openapi"
"""The endpoint of the description."""


class _DescribedApi(Api):  # type: ignore[misc] # the library ships no types
    """Refuses in problem details; errors become answers where those of pages do (`web/errors.py`)."""

    ERROR_SCHEMA = ProblemSchema

    def _register_error_handlers(self) -> None:
        """None of its own: there is one place for that."""

    def _register_responses(self) -> None:
        for status in HTTPStatus:
            self._describe(status.name, status.phrase, has_body=status >= HTTPStatus.BAD_REQUEST)
        self._describe("DEFAULT_ERROR", "Any other refusal", has_body=True)

    def _describe(self, name: str, meaning: str, *, has_body: bool) -> None:
        answer = {"description": meaning, **({"schema": ProblemSchema} if has_body else {})}
        prepare_response(answer, self.spec, MEDIA_TYPE)
        self.spec.components.response(name, answer, lazy=True)


def install(app: Flask, door: Door, *, clock: Clock) -> None:
    """Puts the API and its description into the application."""
    app.register_blueprint(views.blueprint(door, clock=clock))
    app.register_blueprint(_document(lambda: views.blueprint(door, clock=clock, described=True)))


def _document(api: Callable[[], DescribedBlueprint]) -> Blueprint:
    """The description, written when somebody first asks for it: it takes as long as all pages together."""
    document = Blueprint("api-document", __name__)

    @cache
    def written() -> str:
        return _described(api())

    @document.get("/api/v1/openapi.json", endpoint="openapi")
    def openapi() -> Response:
        return Response(written(), mimetype="application/json")

    return document


def _described(api: DescribedBlueprint) -> str:
    """The library describes what an application has; this one has nothing but the API."""
    alone = Flask(__name__)
    alone.config.update(API_TITLE="lms-scoring", API_VERSION="v1", OPENAPI_VERSION="3.0.3")
    described = _DescribedApi(alone, spec_kwargs={"security": [{"key": []}]})
    scheme = {"type": "http", "scheme": "bearer", "description": "`lms-scoring api-key add` makes one."}
    described.spec.components.security_scheme("key", scheme)
    described.register_blueprint(api)
    return alone.json.dumps(described.spec.to_dict(), indent=2, sort_keys=False)
