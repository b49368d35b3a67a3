"""What every answer tells the browser: run only our script, keep nothing, tell nobody, who may frame it."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Sequence
from http import HTTPStatus
from typing import Any

from flask import Flask, Response, g
from flask.globals import request_ctx

from lms_scoring.web.access import forgetting
from lms_scoring.web.access.frames import form_actions, frame_ancestors
from lms_scoring.web.api import views

_ALWAYS = (
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "no-referrer"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
    ("Permissions-Policy", "camera=(), geolocation=(), microphone=()"),
)
_OVER_HTTPS = (("Strict-Transport-Security", "max-age=31536000"),)


def install(app: Flask, *, secure: bool) -> None:
    """Adds the headers to every answer of the application."""
    _say_always(app, (*_ALWAYS, *(_OVER_HTTPS if secure else ())))

    @app.after_request
    def headers(response: Response) -> Response:
        asked = request_ctx.request
        endpoint, blueprint = asked.endpoint, asked.blueprint
        if response.status_code != HTTPStatus.NOT_MODIFIED:
            # What a browser keeps has a policy of its own, with the nonce of its scripts.
            response.headers["Content-Security-Policy"] = _policy()
        # The platform's window that opened a registration must hear that it is done.
        opener = "unsafe-none" if endpoint == "registering.register" else "same-origin"
        response.headers["Cross-Origin-Opener-Policy"] = opener
        forgetting.tell(response)
        if blueprint == views.NAME and response.status_code in (200, 304):
            # A program may keep what it read, for itself, and asks each time whether it still holds.
            response.headers["Cache-Control"] = "private, no-cache"
            response.vary.add("Authorization")
        elif "may_be_kept" in g:
            response.headers["Cache-Control"] = "private, no-cache"
        elif endpoint not in ("static", "launches.jwks"):
            # Shared school computers: nothing personal may come back from a cache after signing out.
            response.headers["Cache-Control"] = "no-store"
        return response


def _say_always(app: Flask, always: Sequence[tuple[str, str]]) -> None:
    """What depends on no request is added at the very edge: no answer goes out without it."""
    pages = app.wsgi_app

    def with_headers(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        def start(status: str, headers: list[tuple[str, str]], *failure: Any) -> Any:
            return start_response(status, [*headers, *always], *failure)

        return pages(environ, start)

    app.wsgi_app = with_headers  # type: ignore[method-assign]  # as Flask says


def nonce() -> str:
    """What scripts of this answer carry; nobody who slips one into a page can know it."""
    if "nonce" not in g:
        g.nonce = secrets.token_urlsafe(16)
    made: str = g.nonce
    return made


def _policy() -> str:
    scripts = f"script-src 'nonce-{g.nonce}'" if "nonce" in g else "script-src 'none'"
    return "; ".join(
        (
            "default-src 'none'",
            scripts,
            "connect-src 'self'",
            "style-src 'self'",
            "img-src 'self' data:",
            f"form-action {form_actions()}",
            "base-uri 'none'",
            f"frame-ancestors {frame_ancestors()}",
        )
    )
