"""The guard before every view: nobody gets in without a session, and no other site posts in their name."""

from __future__ import annotations

from collections.abc import Callable

from flask import Flask, request
from flask.globals import request_ctx
from werkzeug.exceptions import BadRequest, Unauthorized

from lms_scoring.domain.addresses import origin_of
from lms_scoring.web.access.credentials import same
from lms_scoring.web.access.sessions import Session, Sessions, current_session, remember, shown_token
from lms_scoring.web.api import described, views

OPEN = frozenset(
    {
        "static",
        "health.health",
        "metrics.metrics",
        "sign_in.offer",
        "sign_in.use",
        "launches.login",
        "launches.launch",
        "launches.confirm",
        "launches.open_code",
        "launches.jwks",
        "registering.register",
        described.DOCUMENT,
    }
)
"""The only endpoints that somebody not signed in may reach; whatever is added later is closed."""
FROM_PLATFORMS = frozenset({"launches.login", "launches.launch"})
"""Where forms of other sites arrive: they prove themselves by what they carry."""

BY_OUR_PAGES = frozenset({"launches.open_code"})
"""What begins a session though it is no form: another site's link would sign people in as somebody else."""


def install(app: Flask, sessions: Sessions, *, of_key: Callable[[], Session | None]) -> None:
    """Puts the guard before every view of the application; `of_key` tells who asks by a key of the API."""

    @app.before_request
    def guard() -> None:
        asked = request_ctx.request
        endpoint, posts = asked.endpoint, asked.method == "POST"
        if endpoint == "static" or endpoint in FROM_PLATFORMS:
            return
        if asked.blueprint == views.NAME:
            remember(of_key())
            if current_session() is None:
                raise Unauthorized
            return
        session = sessions.current()
        remember(session)
        if endpoint is None:
            return  # no view is behind it: not found
        if (posts or endpoint in BY_OUR_PAGES) and not _from_here():
            raise BadRequest("form")
        if endpoint in OPEN:
            return
        if session is None:
            raise Unauthorized
        if posts and not same(shown_token(), session.token):
            raise BadRequest("form")


def _from_here() -> bool:
    """Whether a page of ours sent the browser here, or its address bar, as far as the browser tells.

    Old browsers tell nothing; pages that hide their address tell `null` (ours do, by Referrer-Policy).
    """
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site in ("same-origin", "none")
    origin = request.headers.get("Origin")
    if origin in (None, "null"):
        return True
    found = origin_of(origin)
    return found is not None and found == origin_of(f"{found.scheme}://{request.host}")
