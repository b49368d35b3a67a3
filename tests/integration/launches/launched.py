"""A browser after a good launch, and what it asks for."""

from __future__ import annotations

from typing import Any

from flask.testing import FlaskClient

from tests.integration.launches.school import LEARNER, PUBLIC, LaunchSchool
from tests.integration.web.school import COURSE
from tests.launches.platform import INSTRUCTOR, ISSUER, claims, token
from tests.launches.platform import LEARNER as LEARNS

OWN_CARD = f"/courses/{COURSE}/people/moodle-{LEARNER}"
BOARD = f"/courses/{COURSE}/"


def launched(school: LaunchSchool, *, sub: str = LEARNER, roles: tuple[str, ...] = (LEARNS,)) -> FlaskClient:
    """A browser after a good launch."""
    client = school.client()
    assert school.post(client, token(claims(sub=sub, ROLES=list(roles)))).status_code == 303
    return client


def page(client: FlaskClient, path: str, **headers: str) -> Any:
    return client.get(path, base_url=PUBLIC, headers=headers)


def start(client: FlaskClient) -> Any:
    """Where the visitor begins, after its redirects."""
    return client.get(f"/courses/{COURSE}/start", base_url=PUBLIC, follow_redirects=True)


def token_on(text: str) -> str:
    return text.split('name="token" value="')[1].split('"', maxsplit=1)[0]


def linking(**changed: Any) -> str:
    settings = {
        "deep_link_return_url": f"{ISSUER}/mod/lti/contentitem_return.php?course=2&sesskey=abc",
        "accept_types": ["ltiResourceLink"],
        "accept_multiple": True,
        "data": "echo",
    }
    usual = {"MESSAGE_TYPE": "LtiDeepLinkingRequest", "DEEP_LINKING": settings, "ROLES": [INSTRUCTOR]}
    return token(claims(**{**usual, **changed}))
