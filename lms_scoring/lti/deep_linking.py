"""Deep linking: the answer to an author who places links to us in a course (LTI Deep Linking 2.0, 4)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lms_scoring.domain.launch import DeepLinking, Launch
from lms_scoring.domain.registration import Registration
from lms_scoring.lti.claims import DEEP_LINKING_RESPONSE, VERSION, Claim

LIVES = 300
"""Seconds for which the answer is good."""
RESOURCE_LINK = "ltiResourceLink"


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A link to be placed; `line_item` where the platform may make a column in its gradebook for it."""

    title: str
    text: str
    url: str
    custom: Mapping[str, str]
    line_item: Mapping[str, Any] | None = None

    def item(self, settings: DeepLinking) -> dict[str, Any]:
        """As a content item (Content Item types, ltiResourceLink)."""
        item: dict[str, Any] = {
            "type": RESOURCE_LINK,
            "title": self.title,
            "text": self.text,
            "url": self.url,
            "custom": dict(self.custom),
        }
        if self.line_item is not None and settings.line_items:
            item["lineItem"] = dict(self.line_item)
        return item


def answer(
    launch: Launch, registration: Registration, links: Sequence[Link], *, nonce: str, now: int
) -> dict[str, Any]:
    """The claims of the answer; `now` in seconds. No more links than the platform accepts.

    Raises ValueError for a launch that is no deep linking request.
    """
    settings = launch.deep_linking
    if settings is None:
        raise ValueError("not a deep linking request")
    fitting = list(links) if RESOURCE_LINK in settings.types else []
    if not settings.multiple:
        fitting = fitting[:1]
    claims: dict[str, Any] = {
        "iss": registration.client_id,
        "aud": registration.issuer,
        "iat": now,
        "exp": now + LIVES,
        "nonce": nonce,
        Claim.DEPLOYMENT: launch.deployment,
        Claim.MESSAGE_TYPE: DEEP_LINKING_RESPONSE,
        Claim.VERSION: VERSION,
        Claim.CONTENT_ITEMS: [link.item(settings) for link in fitting],
    }
    if settings.data is not None:
        claims[Claim.DEEP_LINKING_DATA] = settings.data
    return claims
