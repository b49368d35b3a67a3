"""What somebody chose and a browser remembers, for a year: a language, the columns of a board."""

from __future__ import annotations

from flask import current_app
from werkzeug.wrappers import Response

from lms_scoring.web.access import launch_cookies
from lms_scoring.web.access.sessions import current_session

_A_YEAR = 365 * 24 * 60 * 60


def keep_choice(response: Response, value: str, *, own: str, of_frames: str) -> None:
    """In the cookie `own`; for who was launched into a frame in one that frames may have."""
    session = current_session()
    if session is not None and session.visitor.launched is not None:
        launch_cookies.put(response, of_frames, value, seconds=_A_YEAR)
        return
    response.set_cookie(
        own,
        value,
        max_age=_A_YEAR,
        path="/",
        secure=current_app.config["SESSION_COOKIE_SECURE"],
        httponly=True,
        samesite="Lax",
    )
