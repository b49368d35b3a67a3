"""Placing links: an author in a platform's course asks for one, and gets the link to the pass status."""

from __future__ import annotations

from collections.abc import Sequence

from flask import make_response, render_template
from werkzeug.wrappers import Response

from lms_scoring.domain.addresses import origins_of
from lms_scoring.domain.gradebook import MAXIMUM, RESOURCE_ID, TAG
from lms_scoring.domain.instants import SECOND
from lms_scoring.lti import deep_linking
from lms_scoring.lti.keys import OwnKey, Turn, signed
from lms_scoring.lti.login import launch_address
from lms_scoring.lti.refusal import LaunchRefused, Refusal
from lms_scoring.lti.tool import CUSTOM, NAME
from lms_scoring.ports import Clock
from lms_scoring.web.access.credentials import new_secret
from lms_scoring.web.access.frames import allow_forms
from lms_scoring.web.launch.launcher import Believed
from lms_scoring.web.launch.refusals import refused_page


def answer_page(believed: Believed, own_keys: Sequence[OwnKey], *, public_url: str, clock: Clock) -> Response:
    """A page with one button, which takes the signed answer back to the platform."""
    launch, settings = believed.launch, believed.launch.deep_linking
    current = next((key for key in own_keys if key.turn is Turn.CURRENT), None)
    if settings is None or current is None or not (launch.roles.staff or launch.roles.administrator):
        return refused_page(LaunchRefused(Refusal.ROLES, "only teaching staff places links"))
    link = deep_linking.Link(
        title=NAME,
        text="",
        url=launch_address(public_url),
        custom=CUSTOM,
        line_item={
            "scoreMaximum": MAXIMUM,
            "label": "研修成绩 · Training score",
            "resourceId": RESOURCE_ID,
            "tag": TAG,
        },
    )
    claims = deep_linking.answer(
        launch, believed.registration, [link], nonce=new_secret(), now=clock.now() // SECOND
    )
    allow_forms(origins_of(settings.return_url))
    page = render_template(
        "place_link.html", address=settings.return_url, token=signed(claims, current), link=link
    )
    return make_response(page)
