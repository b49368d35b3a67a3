"""The token endpoint: a tool shows a signed assertion and gets an access token, typed text/html."""

import json
import secrets
from threading import RLock

from joserfc.errors import JoseError
from joserfc.jws import extract_compact

from lms_scoring.demonstration.lti.markup import HTML, error_page
from lms_scoring.demonstration.lti.names import GRADE_SCOPES, MEMBERSHIP
from lms_scoring.demonstration.lti.state import AccessToken, LtiState, Tool
from lms_scoring.demonstration.lti.tool_keys import KeysUnreachable, NotSigned, ToolKeys
from lms_scoring.demonstration.moodle_model import MoodleModel
from lms_scoring.demonstration.wire import Answer, Request

LIVES = 3600


class TokenRefused(Exception):
    """No token; the message is the whole explanation."""


class TokenEndpoint:
    """Gives tokens; the audience of an assertion is not looked at, nor whether it came before."""

    def __init__(self, model: MoodleModel, state: LtiState, keys: ToolKeys, lock: RLock) -> None:
        self._model = model
        self._state = state
        self._keys = keys
        self._lock = lock

    def answer(self, request: Request) -> Answer:
        """A token, an error of one word with 400, or a page when the tool's keys cannot be had."""
        try:
            told = self._given(dict(request.parameters()))
        except TokenRefused as refused:
            return _json({"error": str(refused)}, status=400)
        except KeysUnreachable:
            return error_page("Exception - fix_jwks_alg(): Argument #1 must be of type array, null given")
        return _json(told, status=200)

    def _given(self, sent: dict[str, str]) -> dict[str, object]:
        tool = self._tool(sent)
        if self._state.key_fetching_blocked:
            raise KeysUnreachable
        try:
            self._keys.claims(tool, sent["client_assertion"])  # asks the tool: nothing may be locked
        except NotSigned as error:
            raise TokenRefused(str(error)) from error
        scopes = [scope for scope in sent["scope"].split(" ") if scope in permitted(tool)]
        if not scopes:
            raise TokenRefused("invalid_scope")
        token = secrets.token_hex(16)
        with self._lock:
            ends_at = self._model.now() + LIVES
            self._state.tokens[token] = AccessToken(tool.id, frozenset(scopes), ends_at)
        return {
            "access_token": token,
            "token_type": "Bearer",
            "expires_in": LIVES,
            "scope": " ".join(scopes),
        }

    def _tool(self, sent: dict[str, str]) -> Tool:
        needed = ("client_assertion", "client_assertion_type", "grant_type", "scope")
        if not all(sent.get(name) for name in needed):
            raise TokenRefused("invalid_request")
        client = _client_of(sent["client_assertion"])
        if client is None:
            raise TokenRefused("invalid_request")
        with self._lock:
            tool = self._state.tool_of_client(client)
        if tool is None:
            raise TokenRefused("invalid_client")
        return tool


def permitted(tool: Tool) -> list[str]:
    """The scopes that the tool may have."""
    return [scope for scope in (*GRADE_SCOPES, MEMBERSHIP) if scope in tool.scopes]


def _client_of(assertion: str) -> str | None:
    """Whom an assertion says it is from, unchecked."""
    try:
        claims = json.loads(extract_compact(assertion.encode()).payload)
    except (JoseError, ValueError):
        return None
    subject = claims.get("sub") if isinstance(claims, dict) else None
    return subject if isinstance(subject, str) and subject else None


def _json(told: object, *, status: int) -> Answer:
    return Answer(status, {"Content-Type": HTML}, json.dumps(told).encode())
