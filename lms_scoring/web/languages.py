"""Which language a page speaks: the one asked for by `?lang=`, else the one remembered; where nobody chose,
the one that the launch's platform showed, else the one that the browser asks for, else the house's.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

from flask import Flask, current_app, g
from flask.globals import app_ctx, request_ctx
from werkzeug.datastructures import LanguageAccept
from werkzeug.http import parse_accept_header
from werkzeug.wrappers import Response

from lms_scoring.web.access.kept_choices import keep_choice
from lms_scoring.web.access.sessions import current_session
from lms_scoring.web.kept_macros import KeptMacros
from lms_scoring.web.voice import Voice
from lms_scoring.web.wording import LANGUAGES, Wording

COOKIE, COOKIE_OF_FRAMES = "language", "__Host-language"
HEADER = "X-Language"
"""How a page without cookies says it."""
_IN_HEADER = "HTTP_X_LANGUAGE"
"""The same as the server was told it."""
_VOICES = "voices"


def install(app: Flask, wording: Wording, *, language: str) -> None:
    """Gives every template a voice with its marks, and remembers the choice of a language."""

    @app.after_request
    def remember_choice(response: Response) -> Response:
        asked = request_ctx.request.args.get("lang")
        if asked not in LANGUAGES:
            return response
        keep_choice(response, asked, own=COOKIE, of_frames=COOKIE_OF_FRAMES)
        return response

    voices = {one: Voice(wording, one) for one in LANGUAGES}
    app.extensions[_VOICES] = lambda: voices[_chosen(language)]
    others = {one: voices[next(other for other in LANGUAGES if other != one)] for one in LANGUAGES}
    macros = KeptMacros(app.jinja_env, wording)

    @app.context_processor
    def speaking() -> dict[str, Any]:
        voice = current_voice()
        return {
            "voice": voice,
            "other_voice": others[voice.language],
            "say": voice.say,
            **macros.of(voice.language),
            "visit": current_session(),
            "view": None,
        }


def current_voice() -> Voice:
    """The voice of this request."""
    here = app_ctx.g
    voice: Voice | None = here.get("voice")
    if voice is None:
        voice = here.voice = current_app.extensions[_VOICES]()
    return voice


def speak_as_launched(locale: str | None) -> None:
    """For a launch that has no session yet: the language of its platform, unless one was chosen."""
    g.locale = locale


def _chosen(house: str) -> str:
    asked = request_ctx.request
    cookies = asked.cookies
    chosen = (cookies.get(COOKIE_OF_FRAMES), cookies.get(COOKIE))
    for choice in (asked.args.get("lang"), asked.environ.get(_IN_HEADER), *chosen):
        if choice in LANGUAGES:
            return choice
    wanted = asked.environ.get("HTTP_ACCEPT_LANGUAGE")
    return _of_tag(_launched_locale()) or (None if wanted is None else _of_browser(wanted, house)) or house


def _launched_locale() -> str | None:
    session = current_session()
    launched = None if session is None else session.visitor.launched
    locale: str | None = g.get("locale") if launched is None else launched.locale
    return locale


@lru_cache(maxsize=256)
def _of_browser(header: str, house: str) -> str | None:
    """The one of ours that the browser wants most; of two that it wants as much, the house's. Browsers say
    that in few ways, and with every request."""
    wanted: dict[str, float] = {}
    for tag, quality in parse_accept_header(header, LanguageAccept):
        language = _of_tag(tag)
        if language is not None and quality > wanted.get(language, 0):
            wanted[language] = quality
    return max(wanted, key=lambda one: (wanted[one], one == house), default=None)


def _of_tag(tag: str | None) -> str | None:
    """Ours of a tag such as `zh-CN` (of browsers) or `zh_cn` (of Moodle); None: it is another language."""
    language = "" if tag is None else re.split("[-_]", tag)[0].lower()
    return language if language in LANGUAGES else None
