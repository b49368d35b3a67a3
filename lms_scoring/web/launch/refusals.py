"""A login or launch that was refused, as its visitor sees it: what to do, and a number to tell.

Details are for the log alone, where the number finds them; it holds neither the token nor a name.
"""

from __future__ import annotations

import logging
import secrets

from flask import make_response, render_template
from werkzeug.wrappers import Response

from lms_scoring.lti.refusal import LaunchRefused, Refusal
from lms_scoring.web.access.frames import allow_frames
from lms_scoring.web.answers import status_of

_log = logging.getLogger(__name__)

USED, EXPIRED, COOKIES, UNREGISTERED, PENDING, KEYS, CLOCKS, NOBODY, PLATFORM, BROKEN = (
    "launch_used",
    "launch_expired",
    "launch_cookies",
    "launch_unregistered",
    "launch_pending",
    "launch_keys",
    "launch_clocks",
    "launch_nobody",
    "launch_platform",
    "launch_broken",
)
OLD_KEY, DISABLED, ERASED = "launch_old_key", "launch_disabled", "launch_erased"
WORDS = {
    Refusal.STATE_UNKNOWN: USED,
    Refusal.STATE_EXPIRED: EXPIRED,
    Refusal.OTHER_BROWSER: COOKIES,
    Refusal.UNKNOWN_REGISTRATION: UNREGISTERED,
    Refusal.REGISTRATION_PENDING: PENDING,
    Refusal.REGISTRATION_DISABLED: DISABLED,
    Refusal.DEPLOYMENT_PENDING: PENDING,
    Refusal.KEYS_UNREACHABLE: KEYS,
    Refusal.KEYS_MALFORMED: KEYS,
    Refusal.KEY_UNKNOWN: KEYS,
    Refusal.EXPIRED: CLOCKS,
    Refusal.NOT_YET: CLOCKS,
    Refusal.TOO_OLD: CLOCKS,
    Refusal.ANONYMOUS: NOBODY,
    Refusal.PLATFORM_ERROR: PLATFORM,
    Refusal.AUDIENCE_IS_OLD_KEY: OLD_KEY,
    Refusal.ERASED: ERASED,
}
"""What is told apart on the page: only what its reader can do something about."""


def refused_page(refused: LaunchRefused) -> Response:
    """The page; it holds nothing personal, so any platform may show it in its frame."""
    number = secrets.token_hex(4)
    _log.warning("launch refused, number %s: %s: %s", number, refused.refusal, refused.detail)
    words = WORDS.get(refused.refusal, BROKEN)
    status = status_of(refused)
    allow_frames(["*"])
    page = render_template(
        "launch_refused.html", words=words, number=number, deployment=refused.deployment, again=refused.again
    )
    return make_response(page, status)
