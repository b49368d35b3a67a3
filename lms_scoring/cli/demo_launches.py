"""The demonstration's Moodle launches us: it registers us as its tool, and we register it."""

from __future__ import annotations

from typing import Any

import click
import requests

from lms_scoring.bootstrap import Installation
from lms_scoring.domain.registration import ROSTER_PREFIX, Approval, Registration
from lms_scoring.lti.claims import Scope
from lms_scoring.lti.login import launch_address
from lms_scoring.lti.tool import CUSTOM, NAME
from lms_scoring.ports import ADMINISTRATOR, COORDINATOR, Grant, PlatformCourse
from lms_scoring.services.collecting.collect import collect

CONTEXT = "2"
"""The recorded course's id at the stand-in Moodle."""
_COORDINATOR, _ADMINISTRATOR = "65", "2"
"""User ids there of the manager and the site's administrator: no roster names them, so they are granted."""
_GRADE_SCOPES = (Scope.LINE_ITEM, Scope.LINE_ITEM_READ, Scope.RESULT_READ, Scope.SCORE)
_PATIENCE = 30.0


def join_moodle(demonstration: Installation, moodle_url: str, *, course: str) -> str:
    """Makes the pages a tool of the stand-in Moodle, and its course ours; the address of its course page."""
    told = _register_at(moodle_url, demonstration.settings.public_url)
    ours = demonstration.lti.registrar().add(
        Registration(
            issuer=told["issuer"],
            client_id=told["client_id"],
            auth_url=told["auth_url"],
            token_url=told["token_url"],
            jwks_url=told["jwks_url"],
            deployments={told["deployment_id"]: Approval.ACTIVE},
        )
    )
    services = f"{moodle_url}/mod/lti/services.php"
    place = PlatformCourse(
        registration=ours.id,
        context=CONTEXT,
        title=None,
        course=course,
        deployment=told["deployment_id"],
        # what every launch from there tells; the grades need not wait for the first one, nor the roster
        line_items=f"{services}/{CONTEXT}/lineitems?type_id={told['deployment_id']}",
        roster_url=f"{services}/CourseSection/{CONTEXT}/bindings/{told['deployment_id']}/memberships",
        scopes=frozenset(scope.value for scope in _GRADE_SCOPES),
        seen_at=demonstration.clock.now(),
    )
    with demonstration.store.writing() as transaction:
        transaction.keep_platform_course(place)
        for user, role in ((_COORDINATOR, COORDINATOR), (_ADMINISTRATOR, ADMINISTRATOR)):
            whole = None if role == ADMINISTRATOR else course
            transaction.keep_grant(Grant(person=f"{ours.platform}-{user}", role=role, course=whole))
    return str(told["course_page"])


def leave_former(demonstration: Installation) -> None:
    """Asks nothing more of the stand-in of an earlier demonstration, whose database was kept."""
    registrar = demonstration.lti.registrar()
    for former in registrar.all():
        registrar.disable(former.id)


def read_roster(demonstration: Installation, course: str) -> None:
    """Reads what the stand-in Moodle's roster says; the course was synced before it knew us."""
    for source in demonstration.sources.of(course):
        if source.name.startswith(ROSTER_PREFIX):
            collect(course, source, demonstration.store, clock=demonstration.clock)


def _register_at(moodle_url: str, public_url: str) -> dict[str, Any]:
    """What a Moodle's administrator does by hand. Raises ClickException."""
    launch = launch_address(public_url)
    change = {
        "change": "register_tool",
        "name": NAME,
        "login_url": f"{public_url}/lti/login",
        "redirect_uris": [launch],
        "jwks_url": f"{public_url}/lti/jwks",
        "target": launch,
        "custom": CUSTOM,
        "scopes": [scope.value for scope in Scope],
    }
    answer = requests.post(f"{moodle_url}/demonstration/change", json=change, timeout=_PATIENCE)
    if not answer.ok:
        raise click.ClickException(f"the stand-in Moodle did not register the pages: {answer.text}")
    made: dict[str, Any] = answer.json()["done"]
    return made
