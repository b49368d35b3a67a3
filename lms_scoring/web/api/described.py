"""The API as it describes itself: an OpenAPI document at /api/v1/openapi.json, open to everybody."""

from __future__ import annotations

from http import HTTPStatus

from flask import Flask
from flask_smorest import Api
from flask_smorest.utils import prepare_response

from lms_scoring.ports import Clock
from lms_scoring.web.api import views
from lms_scoring.web.api.problems import MEDIA_TYPE, ProblemSchema
from lms_scoring.web.door import Door

DOCUMENT = "api-docs.openapi_json"
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
    app.config.update(
        API_TITLE="lms-scoring",
        API_VERSION="v1",
        OPENAPI_VERSION="3.0.3",
        OPENAPI_URL_PREFIX="/api/v1",
        OPENAPI_JSON_PATH="openapi.json",
    )
    api = _DescribedApi(app, spec_kwargs={"security": [{"key": []}]})
    scheme = {"type": "http", "scheme": "bearer", "description": "`lms-scoring api-key add` makes one."}
    api.spec.components.security_scheme("key", scheme)
    api.register_blueprint(views.blueprint(door, clock=clock))
