"""What we are, as a platform registers it by itself, and what we learn from it (Dynamic Registration 1.0)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from lms_scoring.domain.addresses import origin_of
from lms_scoring.domain.registration import (
    KNOWN_ALGORITHMS,
    RS256,
    Approval,
    Registration,
    elsewhere,
)
from lms_scoring.lti.claims import COPIED_FROM, GROUPS, TOOL_CONFIGURATION, Scope
from lms_scoring.lti.login import launch_address
from lms_scoring.lti.refusal import LaunchRefused, Refusal

NAME = "研修状态 · Pass status"
"""What the tool is called in platforms, in the links placed there and, each half in its language, by our
pages."""
CUSTOM = {GROUPS: "$Moodle.Person.userGroupIds", COPIED_FROM: "$Context.id.history"}
"""Custom parameters to ask for; a platform that does not know a variable sends its name back."""
CLAIMS = ("iss", "sub", "name", "given_name", "family_name")


def tool_configuration(public_url: str) -> dict[str, Any]:
    """The registration request: our addresses, the services we use, the messages we answer."""
    root = public_url.rstrip("/")
    launch, ours = launch_address(public_url), origin_of(public_url)
    messages = [
        {"type": "LtiResourceLinkRequest"},
        {"type": "LtiDeepLinkingRequest", "target_link_uri": launch, "label": NAME},
        {"type": "LtiSubmissionReviewRequest", "target_link_uri": launch, "label": NAME},
    ]
    return {
        "application_type": "web",
        "response_types": ["id_token"],
        "grant_types": ["implicit", "client_credentials"],
        "initiate_login_uri": f"{root}/lti/login",
        "redirect_uris": [launch],
        "client_name": NAME,
        "jwks_uri": f"{root}/lti/jwks",
        "token_endpoint_auth_method": "private_key_jwt",
        "scope": " ".join(scope.value for scope in Scope),
        TOOL_CONFIGURATION: {
            "domain": "" if ours is None else ours.netloc,
            "target_link_uri": launch,
            "custom_parameters": CUSTOM,
            "claims": list(CLAIMS),
            "messages": messages,
        },
    }


def check_configuration(configuration: Mapping[str, Any], *, fetched_from: str) -> str:
    """The registration endpoint of a platform's configuration. Raises LaunchRefused.

    The issuer must live where the configuration came from: anybody may send an administrator a link.
    """
    issuer = _address(configuration, "issuer")
    if origin_of(issuer) != origin_of(fetched_from):
        raise LaunchRefused(Refusal.CONFIGURATION, "the configuration is not from the platform it describes")
    for name in ("authorization_endpoint", "token_endpoint", "jwks_uri"):
        _address(configuration, name)
    endpoint = _address(configuration, "registration_endpoint")
    if origin_of(endpoint) != origin_of(issuer):
        raise LaunchRefused(Refusal.CONFIGURATION, "its registration endpoint is another host's")
    return endpoint


def registered(configuration: Mapping[str, Any], answer: Mapping[str, Any]) -> Registration:
    """The registration that the platform's answer makes, pending until somebody here confirms it.

    Its deployment goes with it, unless one of its addresses is of another origin than the issuer: then that
    waits for a word of its own. Raises LaunchRefused.
    """
    client_id = answer.get("client_id")
    if not isinstance(client_id, str) or not client_id:
        raise LaunchRefused(Refusal.CONFIGURATION, "the platform gave no client id")
    tool = answer.get(TOOL_CONFIGURATION)
    deployment = tool.get("deployment_id") if isinstance(tool, dict) else None
    offered = configuration.get("id_token_signing_alg_values_supported")
    algorithms = tuple(one for one in KNOWN_ALGORITHMS if isinstance(offered, list) and one in offered)
    made = Registration(
        issuer=_address(configuration, "issuer"),
        client_id=client_id,
        auth_url=_address(configuration, "authorization_endpoint"),
        token_url=_address(configuration, "token_endpoint"),
        jwks_url=_address(configuration, "jwks_uri"),
        standing=Approval.PENDING,
        token_audience=_audience(configuration),
        algorithms=algorithms or (RS256,),
    )
    if not isinstance(deployment, str) or not deployment:
        return made
    standing = Approval.PENDING if elsewhere(made) else Approval.ACTIVE
    return replace(made, deployments={deployment: standing})


def _audience(configuration: Mapping[str, Any]) -> str | None:
    audience = configuration.get("authorization_server")
    return audience if isinstance(audience, str) and audience else None


def _address(configuration: Mapping[str, Any], name: str) -> str:
    value = configuration.get(name)
    if not isinstance(value, str) or origin_of(value) is None:
        raise LaunchRefused(Refusal.CONFIGURATION, f"its {name} is missing or no address")
    return value
