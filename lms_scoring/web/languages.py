"""Which language a page speaks: the one asked for by `?lang=`, else the one remembered, else the house's."""

from __future__ import annotations

from typing import Any

from flask import Flask, request
from werkzeug.wrappers import Response

from lms_scoring.web.sessions import current_session
from lms_scoring.web.voice import Voice
from lms_scoring.web.wording import LANGUAGES, Wording

COOKIE = "language"
_A_YEAR = 365 * 24 * 60 * 60


def install(app: Flask, wording: Wording, *, language: str, secure: bool) -> None:
    """Gives every template a voice, and remembers the choice of a language."""

    @app.after_request
    def remember_choice(response: Response) -> Response:
        asked = request.args.get("lang")
        if asked in LANGUAGES:
            response.set_cookie(
                COOKIE, asked, max_age=_A_YEAR, secure=secure, httponly=True, samesite="Lax", path="/"
            )
        return response

    @app.context_processor
    def speaking() -> dict[str, Any]:
        voice = Voice(wording, _chosen(language))
        return {
            "voice": voice,
            "say": voice.say,
            "visit": current_session(),
            "query": request.args.to_dict(),
            "view": None,
        }


def _chosen(house: str) -> str:
    for choice in (request.args.get("lang"), request.cookies.get(COOKIE)):
        if choice in LANGUAGES:
            return choice
    return house
