"""The claims of an id_token, as a Moodle 4.5.6 was recorded to send them."""

import hashlib
import json
import secrets
from typing import Any
from urllib.parse import urlencode, urlsplit

from lms_scoring.demonstration.lti import names
from lms_scoring.demonstration.lti.accounts import Account
from lms_scoring.demonstration.lti.launch import Launching
from lms_scoring.demonstration.lti.roles import launch_roles
from lms_scoring.demonstration.lti.state import Activity, Course, LtiState, Tool
from lms_scoring.demonstration.lti.variables import filled
from lms_scoring.demonstration.moodle_model import MoodleModel

LIVES = 60
"""Seconds for which a Moodle's id_token is good."""
SITE_SHORT_NAME = "lab"


def id_token(launching: Launching) -> dict[str, Any]:
    """The claims of the id_token."""
    tool, account, activity = launching.tool, launching.account, launching.activity
    now = launching.model.now()
    target = tool.target if activity is None or activity.target is None else activity.target
    claims: dict[str, Any] = {
        "nonce": launching.nonce,
        "iat": now,
        "exp": now + LIVES,
        "iss": launching.model.base_url,
        "aud": tool.client_id if activity is None else activity.leftover_key or tool.client_id,
        names.LTI + "deployment_id": str(tool.id),
        names.LTI + "target_link_uri": target,
        "sub": str(account.id),
        names.LTI + "lis": {
            "person_sourcedid": account.idnumber,
            "course_section_sourcedid": launching.course.idnumber,
        },
        names.LTI + "roles": launch_roles(launching.model, account.id),
        names.LTI + "context": _context(launching.course),
        names.LTI + "message_type": launching.intent.message,
        **_person(tool, account),
        names.LTI + "ext": {**_username(tool, account), "lms": "moodle-2"},
        names.LTI + "launch_presentation": _presentation(launching),
        names.LTI + "tool_platform": _platform(launching.model),
        names.LTI + "version": "1.3.0",
        names.LTI + "custom": _custom(launching),
        **_services(launching),
    }
    return claims | (_choosing(launching) if activity is None else _of_activity(launching, activity))


def result_source(state: LtiState, activity: Activity, user: int) -> dict[str, str]:
    """What LTI 1.1's outcome service would be told; nobody here answers it."""
    data = {
        "instanceid": str(activity.instance),
        "userid": str(user),
        "typeid": str(activity.tool),
        "launchid": secrets.randbelow(2**31),
    }
    proof = hashlib.sha256(f"{json.dumps(data)}{state.secret}".encode()).hexdigest()
    return {"lis_result_sourcedid": json.dumps({"data": data, "hash": proof}, separators=(",", ":"))}


def memberships_url(model: MoodleModel, course: int, tool: int) -> str:
    """Where the roster of a course is."""
    return f"{model.base_url}{names.SERVICES}/CourseSection/{course}/bindings/{tool}/memberships"


def columns_url(model: MoodleModel, course: int, tool: int) -> str:
    """Where a tool's columns in a course are."""
    return f"{model.base_url}{names.SERVICES}/{course}/lineitems?type_id={tool}"


def column_url(model: MoodleModel, course: int, column: int, tool: int, *, part: str = "") -> str:
    """Where a column is, or its results; the tool stands in the query, behind the path."""
    return f"{model.base_url}{names.SERVICES}/{course}/lineitems/{column}/lineitem{part}?type_id={tool}"


def _context(course: Course) -> dict[str, Any]:
    return {"id": str(course.id), "label": course.label, "title": course.title, "type": ["CourseSection"]}


def _person(tool: Tool, account: Account) -> dict[str, str]:
    told = {}
    if tool.shares_name:
        told = {"given_name": account.given, "family_name": account.family, "name": account.name}
    return told | ({"email": account.email} if tool.shares_email else {})


def _username(tool: Tool, account: Account) -> dict[str, str]:
    return {"user_username": account.username} if tool.shares_name else {}


def _presentation(launching: Launching) -> dict[str, str]:
    locale = {"locale": launching.state.language}
    activity = launching.activity
    if activity is None:
        return locale
    back = {
        "course": str(launching.course.id),
        "launch_container": "3",
        "instanceid": str(activity.instance),
        "sesskey": launching.sesskey,
    }
    address = f"{launching.model.base_url}{names.MODULE}return.php?{urlencode(back)}"
    return {**locale, "document_target": "iframe", "return_url": address}


def _platform(model: MoodleModel) -> dict[str, str]:
    return {
        "product_family_code": "moodle",
        "version": model.site_info["version"],
        "guid": urlsplit(model.base_url).hostname or "",
        "name": SITE_SHORT_NAME,
        "description": model.site_info["sitename"],
    }


def _custom(launching: Launching) -> dict[str, str]:
    tool, activity = launching.tool, launching.activity
    root = f"{launching.model.base_url}{names.SERVICES}"
    course = launching.course.id
    own = {} if activity is None else activity.custom
    asked = {name: filled(value, launching) for name, value in {**tool.custom, **own}.items()}
    services = {
        "context_memberships_url": memberships_url(launching.model, course, tool.id),
        "system_setting_url": f"{root}/tool/{tool.id}/custom",
        "context_setting_url": f"{root}/CourseSection/{course}/bindings/tool/{tool.id}/custom",
    }
    link = {} if activity is None else {"link_setting_url": f"{root}/links/{{link_id}}/custom"}
    return {**asked, **services, **link}


def _services(launching: Launching) -> dict[str, Any]:
    model, tool, activity = launching.model, launching.tool, launching.activity
    course = launching.course.id
    told: dict[str, Any] = {}
    scopes = [scope for scope in names.GRADE_SCOPES if scope in tool.scopes]
    if scopes:
        endpoint: dict[str, Any] = {"scope": scopes, "lineitems": columns_url(model, course, tool.id)}
        column = None if activity is None else launching.state.column_of(activity)
        if column is not None:
            endpoint["lineitem"] = column_url(model, course, column.id, tool.id)
        told[names.GRADES + "claim/endpoint"] = endpoint
    if names.MEMBERSHIP in tool.scopes:
        url = memberships_url(model, course, tool.id)
        service = {"context_memberships_url": url, "service_versions": ["1.0", "2.0"]}
        told[names.NAMES_AND_ROLES + "claim/namesroleservice"] = service
    return told


def _of_activity(launching: Launching, activity: Activity) -> dict[str, Any]:
    outcome = result_source(launching.state, activity, launching.account.id)
    told: dict[str, Any] = {
        names.LTI + "resource_link": {
            "title": activity.title,
            "description": activity.description,
            "id": str(activity.instance),
        },
        names.BASIC_OUTCOME + "claim/basicoutcome": {
            **outcome,
            "lis_outcome_service_url": f"{launching.model.base_url}{names.MODULE}service.php",
        },
    }
    if launching.intent.for_user is not None:
        told[names.LTI + "for_user"] = {"user_id": str(launching.intent.for_user)}
    return told


def _choosing(launching: Launching) -> dict[str, Any]:
    back = {
        "course": str(launching.course.id),
        "id": str(launching.tool.id),
        "sesskey": launching.sesskey,
    }
    settings = {
        "accept_types": ["ltiResourceLink"],
        "accept_presentation_document_targets": ["frame", "iframe", "window"],
        "accept_copy_advice": False,
        "accept_multiple": True,
        "accept_unsigned": False,
        "auto_create": False,
        "can_confirm": False,
        "deep_link_return_url": f"{launching.model.base_url}{names.CONTENT_ITEM_RETURN}?{urlencode(back)}",
        "title": launching.intent.title,
        "text": launching.intent.text,
    }
    return {names.DEEP_LINKING + "deep_linking_settings": settings}
