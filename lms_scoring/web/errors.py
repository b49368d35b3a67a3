"""The one place where what went wrong becomes a page in plain words, or the API's problem."""

from __future__ import annotations

import logging
import secrets

from flask import Flask, Response, make_response, render_template, request
from werkzeug.exceptions import Gone, HTTPException, InternalServerError, SecurityError, Unauthorized

from lms_scoring.domain.errors import LmsScoringError
from lms_scoring.web.access.frames import allow_frames
from lms_scoring.web.access.launch_cookies import session_secrets
from lms_scoring.web.answers import OURS, Answer, answer_to
from lms_scoring.web.api.problems import is_of_api, problem

_log = logging.getLogger(__name__)

PAGES = frozenset({400, 401, 403, 404, 405, 409, 410, 500, 502, 503})
"""The statuses that have words of their own in `wording.toml`; any other reads like 400 or 500."""

Answered = tuple[str, int] | Response


def install(app: Flask) -> None:
    """Answers every error of the application with a page."""

    @app.errorhandler(LmsScoringError)
    def told(error: LmsScoringError) -> Answered:
        return _told(error, answer_to(error))

    @app.errorhandler(HTTPException)
    def refused(error: HTTPException) -> Answered | HTTPException:
        if isinstance(error, SecurityError):
            return error  # asked under a name that is not ours: no address of ours can be told
        status = InternalServerError.code if error.code is None else error.code
        if status >= 400 and is_of_api():
            return problem(status, errors=_wrong_parameters(error))
        return error if status < 400 else _page(status, _words_of(status))

    @app.errorhandler(Exception)
    def unforeseen(error: Exception) -> Answered:
        return _told(error, OURS)


def _told(error: Exception, answer: Answer) -> Answered:
    """The log names the view and not the address, which can be a sign-in link."""
    if answer.again is not None:
        response = make_response(_page(answer.status, answer.words))
        response.headers["Retry-After"] = str(answer.again)
        return response
    if answer.level is None:
        return _page(answer.status, answer.words)
    incident = secrets.token_hex(4)
    _log.log(answer.level, "incident %s in %s", incident, request.endpoint, exc_info=error)
    return _page(answer.status, answer.words, incident=incident)


def _wrong_parameters(error: HTTPException) -> object:
    """What is wrong with each of them, where the API's schemas found something."""
    return getattr(error, "data", {}).get("messages")


def _words_of(status: int) -> str:
    return f"error_{status if status in PAGES else (400 if status < 500 else 500)}"


def _page(status: int, words: str, *, incident: str | None = None) -> Answered:
    if is_of_api():
        return problem(status, incident=incident)
    launched = _was_launched(status)
    if launched:
        words = "error_launch"
        if _is_embedded():
            allow_frames(["*"])  # it says nothing of anybody, and an empty frame would help nobody
    page = render_template("error.html", status=status, words=words, incident=incident, launched=launched)
    return page, status


def _was_launched(status: int) -> bool:
    """Whether a visit is over that began in a platform, so that another begins there too."""
    if status == Gone.code:
        return request.endpoint == "launches.open_code"
    return status == Unauthorized.code and (_is_embedded() or any(session_secrets()))


def _is_embedded() -> bool:
    return request.headers.get("Sec-Fetch-Dest") == "iframe"
