"""Dynamic registration: the platform describes itself, gives one-use tokens, takes a tool's request."""

import json
import secrets
from typing import Any
from urllib.parse import urlencode, urlsplit

from lms_scoring.demonstration.lti import names
from lms_scoring.demonstration.lti.keys import PlatformKeys
from lms_scoring.demonstration.lti.markup import HTML
from lms_scoring.demonstration.lti.state import LtiState, Tool
from lms_scoring.demonstration.lti.variables import VARIABLES
from lms_scoring.demonstration.moodle_model import MoodleModel
from lms_scoring.demonstration.wire import Answer, Request, json_answer

LIVES = 3600
JSON = "application/json; charset=utf-8"
CLAIMS = ("sub", "iss", "name", "family_name", "given_name", "email")
_NAMED = frozenset({"name", "given_name", "family_name"})
_UNFILLED = (
    "basic-lti-launch-request",
    "ContentItemSelectionRequest",
    "ToolProxyRegistrationRequest",
    "Context.longDescription",
    "Context.timeFrame.begin",
    "CourseSection.longDescription",
    "CourseSection.timeFrame.begin",
    "CourseSection.timeFrame.end",
    "Person.name.middle",
    "Person.address.street1",
    "Person.address.locality",
    "Person.address.country",
    "Person.address.timezone",
    "Person.phone.primary",
    "Person.phone.mobile",
    "Person.webaddress",
    "Result.sourcedId",
    "Result.autocreate",
    "BasicOutcome.sourcedId",
    "BasicOutcome.url",
)
"""Variables that the configuration names and nobody here has a value for."""


class RegistrationRefused(Exception):
    """The tool's request is not taken; the message is the whole answer."""

    def __init__(self, message: str, *, status: int = 400) -> None:
        super().__init__(message)
        self.status = status


class Registrations:
    """Registers tools that register themselves."""

    def __init__(self, model: MoodleModel, state: LtiState, keys: PlatformKeys) -> None:
        self._model = model
        self._state = state
        self._keys = keys

    def configuration(self) -> dict[str, Any]:
        """What ``openid-configuration.php`` says."""
        root = self._model.base_url
        return {
            "issuer": root,
            "token_endpoint": root + names.TOKEN,
            "token_endpoint_auth_methods_supported": ["private_key_jwt"],
            "token_endpoint_auth_signing_alg_values_supported": ["RS256"],
            "jwks_uri": root + names.KEYS,
            "authorization_endpoint": root + names.AUTH,
            "registration_endpoint": root + names.REGISTRATION,
            "scopes_supported": [
                names.BASIC_OUTCOME + "scope/basicoutcome",
                names.LINE_ITEM_READ,
                names.RESULT_READ,
                names.SCORE,
                names.LINE_ITEM,
                names.MEMBERSHIP,
                "https://purl.imsglobal.org/spec/lti-ts/scope/toolsetting",
                "openid",
            ],
            "response_types_supported": ["id_token"],
            "subject_types_supported": ["public", "pairwise"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "claims_supported": ["sub", "iss", "name", "given_name", "family_name", "email"],
            names.PLATFORM_CONFIGURATION: {
                "product_family_code": "moodle",
                "version": self._model.site_info["release"],
                "messages_supported": [
                    {"type": names.RESOURCE_LINK_REQUEST},
                    {"type": names.DEEP_LINKING_REQUEST, "placements": ["ContentArea"]},
                ],
                "variables": [*_UNFILLED, *VARIABLES],
            },
        }

    def start_address(self, tool_url: str) -> str:
        """Where the administrator's browser goes: to the tool, with a token that is good once, for 1 h."""
        now = self._model.now()
        client = secrets.token_urlsafe(12)[:15]
        claims = {"sub": client, "scope": "reg", "iat": now, "exp": now + LIVES}
        told = {
            "openid_configuration": self._model.base_url + names.CONFIGURATION,
            "registration_token": self._keys.signed(claims),
        }
        return f"{tool_url}{'&' if '?' in tool_url else '?'}{urlencode(told)}"

    def take(self, request: Request) -> Answer:
        """A tool's request: 200 (not 201) and what became of it, or an error of one word."""
        try:
            client, asked = self._client(request), _read(request)
        except RegistrationRefused as refused:
            text = str(refused).encode()
            return Answer(refused.status, {"Content-Type": HTML}, text)
        tool = self._registered(client, asked)
        return json_answer(self._described(tool, asked), headers={"Content-Type": JSON})

    def _client(self, request: Request) -> str:
        kind, _, token = request.headers.get("authorization", "").partition(" ")
        if kind != "Bearer":
            raise RegistrationRefused("missing_registration_token", status=401)
        claims = self._keys.read(token.strip())
        if claims is None or claims.get("scope") != "reg" or claims["exp"] <= self._model.now():
            raise RegistrationRefused("invalid_registration_token", status=401)
        client = str(claims["sub"])
        if client in self._state.used_registrations:
            raise RegistrationRefused("token_already_used", status=401)
        return client

    def _registered(self, client: str, asked: dict[str, Any]) -> Tool:
        configuration = asked[names.TOOL_CONFIGURATION]
        wanted = set(configuration.get("claims", ()))
        tool = Tool(
            id=1 + max(self._state.tools, default=0),
            client_id=client,
            name=asked["client_name"],
            login_url=asked["initiate_login_uri"],
            redirect_uris=list(asked["redirect_uris"]),
            jwks_url=asked["jwks_uri"],
            target=configuration["target_link_uri"],
            custom=dict(configuration.get("custom_parameters", {})),
            scopes=_granted(asked.get("scope", "").split()),
            shares_name=bool(wanted & _NAMED),
            shares_email="email" in wanted,
            active=False,
        )
        self._state.used_registrations.add(client)
        self._state.tools[tool.id] = tool
        return tool

    def _described(self, tool: Tool, asked: dict[str, Any]) -> dict[str, Any]:
        told = asked[names.TOOL_CONFIGURATION]
        messages = [
            {"type": each["type"], "target_link_uri": each.get("target_link_uri", tool.target)}
            for each in told.get("messages", ())
            if each.get("type") == names.DEEP_LINKING_REQUEST
        ]
        shared = {"sub", "iss", *(_NAMED if tool.shares_name else ()), *(["email"] * tool.shares_email)}
        logo = {"logo_uri": asked["logo_uri"]} if "logo_uri" in asked else {}
        return {
            "client_id": tool.client_id,
            "response_types": ["id_token"],
            "jwks_uri": tool.jwks_url,
            "initiate_login_uri": tool.login_url,
            "grant_types": ["client_credentials", "implicit"],
            "redirect_uris": tool.redirect_uris,
            "application_type": "web",
            "token_endpoint_auth_method": "private_key_jwt",
            "client_name": tool.name,
            **logo,
            "scope": " ".join(_boasted(tool.scopes)),
            names.TOOL_CONFIGURATION: {
                "version": "1.3.0",
                "deployment_id": str(tool.id),
                "target_link_uri": tool.target,
                "domain": told["domain"],
                "description": told.get("description", ""),
                "messages": messages,
                "custom_parameters": tool.custom,
                "claims": [claim for claim in CLAIMS if claim in shared],
            },
        }


def _granted(asked: list[str]) -> list[str]:
    """Who asks to write columns gets all of the gradebook, who asks for less of it all but that."""
    some = any(scope in asked for scope in names.GRADE_SCOPES)
    grades = names.GRADE_SCOPES if names.LINE_ITEM in asked else names.GRADE_SCOPES[1:]
    return [*(grades if some else ()), *([names.MEMBERSHIP] if names.MEMBERSHIP in asked else ())]


def _boasted(granted: list[str]) -> list[str]:
    """The scopes that the answer names: all four of the gradebook where there is any (Moodle's own slip)."""
    order = (names.SCORE, names.RESULT_READ, names.LINE_ITEM_READ, names.LINE_ITEM)
    some = any(scope in granted for scope in order)
    return [*(order if some else ()), *([names.MEMBERSHIP] if names.MEMBERSHIP in granted else ())]


def _read(request: Request) -> dict[str, Any]:
    """The tool's request, as far as it must be. Raises RegistrationRefused."""
    try:
        told = json.loads(request.body)
    except ValueError as error:
        raise RegistrationRefused("invalid_registration") from error
    asked: dict[str, Any] = told if isinstance(told, dict) else {}
    configuration = asked.get(names.TOOL_CONFIGURATION)
    if not isinstance(configuration, dict):
        raise RegistrationRefused("missing_lti_tool_configuration")
    if "id_token" not in asked.get("response_types", ()):
        raise RegistrationRefused("invalid_response_types")
    for name in ("initiate_login_uri", "redirect_uris", "client_name", "jwks_uri"):
        if not asked.get(name):
            raise RegistrationRefused(f"missing_{name}")
    if asked.get("token_endpoint_auth_method") != "private_key_jwt":
        raise RegistrationRefused("invalid_token_endpoint_auth_method")
    target = configuration.get("target_link_uri", "")
    if not configuration.get("domain") or urlsplit(target).netloc != configuration["domain"]:
        raise RegistrationRefused("domain_targetlinkuri_mismatch")
    return asked
