"""Dynamic registration: a platform sends its administrator's browser here, and we register with it.

Anybody can send a browser here. What comes of it waits for an administrator of ours, and of those that wait
there are few; no more than two platforms are asked at a time, so that slow ones do not hold up the pages.
"""

from __future__ import annotations

import logging
import secrets
import threading
from collections.abc import Mapping

from flask import Blueprint, make_response, render_template, request
from werkzeug.wrappers import Response

from lms_scoring.domain.addresses import origins_of
from lms_scoring.domain.errors import (
    LmsScoringError,
    PlatformBusy,
    PlatformError,
    PlatformMisread,
    PlatformUnreachable,
    TooManyPending,
)
from lms_scoring.lti.refusal import LaunchRefused
from lms_scoring.services.access.registrable import NotRegistrable
from lms_scoring.services.access.registrations import Registrar
from lms_scoring.web.access.frames import allow_frames
from lms_scoring.web.answers import status_of
from lms_scoring.web.launch.launching import Register

AT_A_TIME = 2
_REFUSALS = (TooManyPending, LaunchRefused, NotRegistrable, PlatformError)
REFUSED, _UNREACHABLE = "registering_refused", "registering_unreachable"
WORDS: Mapping[type[LmsScoringError], str] = {
    TooManyPending: "registering_full",
    PlatformUnreachable: _UNREACHABLE,
    PlatformBusy: _UNREACHABLE,
    PlatformMisread: _UNREACHABLE,
}
"""The sentences about what is more than a refusal."""
_log = logging.getLogger(__name__)


def blueprint(registrar: Registrar, *, register: Register) -> Blueprint:
    """`/lti/register`."""
    pages = Blueprint("registering", __name__, url_prefix="/lti")
    turns = threading.BoundedSemaphore(AT_A_TIME)

    @pages.get("/register", endpoint="register")
    def begin() -> Response:
        """Where a platform's administrator is sent (Dynamic Registration 1.0, 3.3)."""
        url = request.args.get("openid_configuration", "")
        if not url:
            return _failed("registering_nothing", 400, "the address has no openid_configuration")
        if not turns.acquire(blocking=False):
            return _failed("registering_busy", 503, f"{AT_A_TIME} others are being registered")
        try:
            registrar.check_room()
            kept = registrar.add_pending(register(url, token=request.args.get("registration_token") or None))
        except _REFUSALS as error:
            return _failed(WORDS.get(type(error), REFUSED), status_of(error), error)
        finally:
            turns.release()
        allow_frames(origins_of(kept.issuer))
        return make_response(render_template("registered.html", registration=kept, visit=None))

    return pages


def _failed(words: str, status: int, reason: LmsScoringError | str) -> Response:
    """It says nothing of anybody, so any platform may show it in its frame, and nothing of the session that
    the browser may have with us.

    Only the error's own sentence goes into the log: what caused it could show the token.
    """
    number = secrets.token_hex(4)
    _log.warning("a platform was not registered, number %s: %s", number, reason)
    allow_frames(["*"])
    page = render_template("not_registered.html", words=words, number=number, visit=None)
    return make_response(page, status)
