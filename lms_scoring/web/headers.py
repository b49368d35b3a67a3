"""What every answer tells the browser: run only our script, keep nothing, tell nobody, who may frame it."""

from __future__ import annotations

import secrets
from http import HTTPStatus

from flask import Flask, Response, g
from flask.globals import request_ctx

from lms_scoring.web.access import forgetting
from lms_scoring.web.access.frames import form_actions, frame_ancestors
from lms_scoring.web.api import views

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}


def install(app: Flask, *, secure: bool) -> None:
    """Adds the headers to every answer of the application."""

    @app.after_request
    def headers(response: Response) -> Response:
        asked = request_ctx.request
        endpoint, blueprint = asked.endpoint, asked.blueprint
        response.headers.extend(HEADERS.items())  # no view sets one of them
        if response.status_code != HTTPStatus.NOT_MODIFIED:
            # What a browser keeps has a policy of its own, with the nonce of its scripts.
            response.headers["Content-Security-Policy"] = _policy()
        if endpoint == "registering.register":
            # The platform's window that opened it must hear that it is done.
            response.headers["Cross-Origin-Opener-Policy"] = "unsafe-none"
        forgetting.tell(response)
        if secure:
            response.headers["Strict-Transport-Security"] = "max-age=31536000"
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
