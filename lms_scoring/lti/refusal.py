"""Why a launch was refused: a word for the log and the tests, and whose job the remedy is."""

from __future__ import annotations

from enum import StrEnum

from lms_scoring.domain.errors import LmsScoringError


class Refusal(StrEnum):
    """Every way in which a login or a launch can fail."""

    # the login initiation (Security Framework 1.1, 5.1.1.1)
    LOGIN_INCOMPLETE = "login_incomplete"
    UNKNOWN_REGISTRATION = "unknown_registration"
    REGISTRATION_PENDING = "registration_pending"
    REGISTRATION_DISABLED = "registration_disabled"
    FOREIGN_TARGET = "foreign_target"
    # the state and the browser
    STATE_MISSING = "state_missing"
    STATE_UNKNOWN = "state_unknown"
    STATE_EXPIRED = "state_expired"
    OTHER_BROWSER = "other_browser"
    PLATFORM_ERROR = "platform_error"
    # the token as such
    TOKEN_MISSING = "token_missing"
    TOKEN_TOO_LONG = "token_too_long"
    TOKEN_MALFORMED = "token_malformed"
    ALGORITHM = "algorithm"
    KEY_ID = "key_id"
    KEY_UNKNOWN = "key_unknown"
    KEYS_UNREACHABLE = "keys_unreachable"
    SIGNATURE = "signature"
    KEYS_MALFORMED = "keys_malformed"
    # what it says
    ISSUER = "issuer"
    AUDIENCE = "audience"
    AUDIENCE_IS_OLD_KEY = "audience_is_old_key"
    AUTHORIZED_PARTY = "authorized_party"
    EXPIRED = "expired"
    TIMES = "times"
    TOO_OLD = "too_old"
    NOT_YET = "not_yet"
    NONCE = "nonce"
    VERSION = "version"
    MESSAGE_TYPE = "message_type"
    DEPLOYMENT = "deployment"
    DEPLOYMENT_PENDING = "deployment_pending"
    TARGET = "target"
    ROLES = "roles"
    RESOURCE_LINK = "resource_link"
    SUBJECT = "subject"
    ANONYMOUS = "anonymous"
    CLAIM = "claim"
    ERASED = "erased"
    # registering
    CONFIGURATION = "configuration"


class LaunchRefused(LmsScoringError):
    """A login or launch is not believed. `detail` is for the log: it carries no token and no person.

    `deployment` is set where nothing but its approval is missing, so that it can be kept for that; `again`
    is where the same launch can be begun in a window of its own.
    """

    def __init__(
        self, refusal: Refusal, detail: str, *, deployment: str | None = None, again: str | None = None
    ) -> None:
        self.refusal = refusal
        self.detail = detail
        self.deployment = deployment
        self.again = again
        super().__init__(f"{refusal}: {detail}")
