"""Answers of a Moodle 4.5.6 as they were recorded, served again: status, headers and body."""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path
from typing import Any

from pytest_httpserver import HTTPServer
from werkzeug import Response

FIXTURE = Path(__file__).parents[2] / "fixtures/lti/moodle_services.json"


@lru_cache(maxsize=1)
def answers() -> dict[str, Any]:
    """By what was done."""
    return dict(json.loads(FIXTURE.read_text(encoding="utf-8")))


def serve(server: HTTPServer, step: str, *, path: str | None = None, with_query: bool = False) -> None:
    """Answers as recorded at the recorded path or another one; with the recorded query only if told so."""
    recorded = answers()[step]
    query = recorded["query"] if with_query else None
    server.expect_request(
        path or recorded["path"], method=recorded["method"], query_string=query
    ).respond_with_response(response(server, step))


def response(server: HTTPServer, step: str) -> Response:
    """The recorded answer. Its headers were UTF-8, which a server takes byte by byte as Latin-1."""
    recorded = answers()[step]
    origin = server.url_for("").rstrip("/")
    headers = {
        name: value.replace("{origin}", origin).encode().decode("latin-1")
        for name, value in recorded["headers"].items()
    }
    return Response(recorded["body"].replace("{origin}", origin), status=recorded["status"], headers=headers)
