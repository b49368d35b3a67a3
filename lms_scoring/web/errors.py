"""The one place where what went wrong becomes an HTTP status and a page in plain words.

What a visitor may not see and what does not exist are told apart by nobody: both are 403.
A course whose kept rules cannot be read is 503 to who has a part in it: an administrator must act.
"""

from __future__ import annotations

import logging
import secrets

from flask import Flask, Response, render_template, request
from werkzeug.exceptions import Gone, HTTPException, InternalServerError, SecurityError, Unauthorized

from lms_scoring.domain.errors import (
    CannotBeDecided,
    LmsScoringError,
    Mistakes,
    NoSuchLoss,
    NotAllowed,
    NotInQuarantine,
    StoreError,
    UnknownCourse,
    UnknownPerson,
    UnknownScheme,
)
from lms_scoring.web.api.problems import is_of_api, problem
from lms_scoring.web.launch.frames import allow_frames
from lms_scoring.web.launch.launch_cookies import session_secrets

_log = logging.getLogger(__name__)

STATUS: dict[type[LmsScoringError], int] = {
    NotAllowed: 403,
    UnknownCourse: 403,
    UnknownPerson: 403,
    NotInQuarantine: 403,
    NoSuchLoss: 403,
    UnknownScheme: 503,
    Mistakes: 503,
    StoreError: 503,
}
PAGES = frozenset({400, 401, 403, 404, 405, 410, 500, 503})
"""The statuses that have words of their own in `wording.toml`; any other reads like 400 or 500."""

Answer = tuple[str, int] | Response


def status_of(error: LmsScoringError) -> int:
    """What is decided is refused as said wrongly, or as no longer to be done."""
    if isinstance(error, CannotBeDecided):
        return 400 if error.why.is_of_what_was_said else 409
    return next((code for kind, code in STATUS.items() if isinstance(error, kind)), 500)


def install(app: Flask) -> None:
    """Answers every error of the application with a page."""

    @app.errorhandler(LmsScoringError)
    def told(error: LmsScoringError) -> Answer:
        status = status_of(error)
        return _page(status) if status < 500 else _failed(error, status)

    @app.errorhandler(HTTPException)
    def refused(error: HTTPException) -> Answer | HTTPException:
        if isinstance(error, SecurityError):
            return error  # asked under a name that is not ours: no address of ours can be told
        status = InternalServerError.code if error.code is None else error.code
        if status >= 400 and is_of_api():
            return problem(status, errors=_wrong_parameters(error))
        return error if status < 400 else _page(status)

    @app.errorhandler(Exception)
    def unforeseen(error: Exception) -> Answer:
        return _failed(error, InternalServerError.code)


def _failed(error: Exception, status: int) -> Answer:
    """The log names the view and not the address, which can be a sign-in link."""
    incident = secrets.token_hex(4)
    _log.error("incident %s in %s", incident, request.endpoint, exc_info=error)
    return _page(status, incident=incident)


def _wrong_parameters(error: HTTPException) -> object:
    """What is wrong with each of them, where the API's schemas found something."""
    return getattr(error, "data", {}).get("messages")


def _page(status: int, *, incident: str | None = None) -> Answer:
    if is_of_api():
        return problem(status, incident=incident)
    words: int | str = status if status in PAGES else (400 if status < 500 else 500)
    launched = _was_launched(status)
    if launched:
        words = "launch"
        if _is_embedded():
            allow_frames(["*"])  # it says nothing of anybody, and an empty frame would help nobody
    page = render_template(
        "error.html", status=status, words=f"error_{words}", incident=incident, launched=launched
    )
    return page, status


def _was_launched(status: int) -> bool:
    """Whether a visit is over that began in a platform, so that another begins there too."""
    if status == Gone.code:
        return request.endpoint == "launches.open_code"
    return status == Unauthorized.code and (_is_embedded() or any(session_secrets()))


def _is_embedded() -> bool:
    return request.headers.get("Sec-Fetch-Dest") == "iframe"
