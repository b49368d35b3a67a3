"""Which language a page speaks: the one asked for by `?lang=`, else the one remembered, else the house's.

Administrators of platforms come once, to register us, and have chosen nothing here: their browser says it.
"""

from __future__ import annotations

from typing import Any

from flask import Flask, current_app, g, request
from werkzeug.wrappers import Response

from lms_scoring.web.access import launch_cookies
from lms_scoring.web.access.sessions import current_session
from lms_scoring.web.voice import Voice
from lms_scoring.web.wording import LANGUAGES, Wording

COOKIE, COOKIE_OF_FRAMES = "language", "__Host-language"
HEADER = "X-Language"
"""How a page without cookies says it."""
_VOICES = "voices"
_BY_BROWSER = frozenset({"registering.register"})
_A_YEAR = 365 * 24 * 60 * 60


def install(app: Flask, wording: Wording, *, language: str, secure: bool) -> None:
    """Gives every template a voice, and remembers the choice of a language."""

    @app.after_request
    def remember_choice(response: Response) -> Response:
        asked = request.args.get("lang")
        if asked not in LANGUAGES:
            return response
        session = current_session()
        if session is not None and session.visitor.launched is not None:
            launch_cookies.put(response, COOKIE_OF_FRAMES, asked, seconds=_A_YEAR)
        else:
            response.set_cookie(
                COOKIE, asked, max_age=_A_YEAR, secure=secure, httponly=True, samesite="Lax", path="/"
            )
        return response

    app.extensions[_VOICES] = lambda: Voice(wording, _chosen(language))

    @app.context_processor
    def speaking() -> dict[str, Any]:
        voice = current_voice()
        return {
            "voice": voice,
            "other_voice": Voice(wording, next(one for one in LANGUAGES if one != voice.language)),
            "say": voice.say,
            "visit": current_session(),
            "query": request.args.to_dict(),
            "view": None,
        }


def current_voice() -> Voice:
    """The voice of this request."""
    if "voice" not in g:
        g.voice = current_app.extensions[_VOICES]()
    voice: Voice = g.voice
    return voice


def _chosen(house: str) -> str:
    cookies = request.cookies.get(COOKIE_OF_FRAMES), request.cookies.get(COOKIE)
    for choice in (request.args.get("lang"), request.headers.get(HEADER), *cookies):
        if choice in LANGUAGES:
            return choice
    by_browser = request.endpoint in _BY_BROWSER and request.accept_languages.best_match(LANGUAGES)
    return by_browser or house
