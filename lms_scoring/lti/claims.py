"""The names of LTI's claims, services and parameters, each once."""

from __future__ import annotations

from enum import StrEnum

_LTI = "https://purl.imsglobal.org/spec/lti/claim/"
_DEEP_LINKING = "https://purl.imsglobal.org/spec/lti-dl/claim/"
_GRADES = "https://purl.imsglobal.org/spec/lti-ags/"
_NAMES = "https://purl.imsglobal.org/spec/lti-nrps/"


class Claim(StrEnum):
    """Claims of an id_token beyond those of OpenID Connect (LTI Core 1.3, 5.3 and 5.4)."""

    MESSAGE_TYPE = _LTI + "message_type"
    VERSION = _LTI + "version"
    DEPLOYMENT = _LTI + "deployment_id"
    TARGET = _LTI + "target_link_uri"
    RESOURCE_LINK = _LTI + "resource_link"
    ROLES = _LTI + "roles"
    CONTEXT = _LTI + "context"
    CUSTOM = _LTI + "custom"
    PRESENTATION = _LTI + "launch_presentation"
    FOR_USER = _LTI + "for_user"
    GRADES = _GRADES + "claim/endpoint"
    NAMES_AND_ROLES = _NAMES + "claim/namesroleservice"
    DEEP_LINKING = _DEEP_LINKING + "deep_linking_settings"
    CONTENT_ITEMS = _DEEP_LINKING + "content_items"
    DEEP_LINKING_DATA = _DEEP_LINKING + "data"


class Scope(StrEnum):
    """What a platform may let us do, as its token endpoint knows it."""

    LINE_ITEM = _GRADES + "scope/lineitem"
    LINE_ITEM_READ = _GRADES + "scope/lineitem.readonly"
    RESULT_READ = _GRADES + "scope/result.readonly"
    SCORE = _GRADES + "scope/score"
    MEMBERSHIP = _NAMES + "scope/contextmembership.readonly"


VERSION = "1.3.0"
DEEP_LINKING_RESPONSE = "LtiDeepLinkingResponse"
TOOL_CONFIGURATION = "https://purl.imsglobal.org/spec/lti-tool-configuration"

GROUPS = "groups"
"""Our custom parameter; a Moodle fills it from `$Moodle.Person.userGroupIds`."""
COPIED_FROM = "copied_from"
"""Our custom parameter; a platform fills it from `$Context.id.history`: a list with commas."""
