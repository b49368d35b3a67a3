"""Each recorded launch of a real Moodle is launched here with the very same claims."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest
from joserfc.jws import extract_compact

from lms_scoring.demonstration.lti import names
from lms_scoring.demonstration.recordings import RECORDED_BASE_URL
from lms_scoring.demonstration.running import RunningMoodle

from .lti_peer import Browser, PeerTool, query_of

RECORDED = json.loads(
    (Path(__file__).parents[2] / "fixtures" / "lti" / "moodle_launches.json").read_text(encoding="utf-8")
)["launches"]
RECORDED_TOOL_URL = "http://127.0.0.1:8811"
CUSTOM = {
    "userid": "$User.id",
    "username": "$User.username",
    "idnumber": "$Person.sourcedId",
    "courseid": "$Context.id",
    "courseidnumber": "$CourseSection.sourcedId",
    "groups": "$moodle.course.groups",
    "roles": "$Membership.role",
    "enddate": "$ResourceLink.submission.endDateTime",
    "nosuch": "$No.such.variable",
}
OUTCOME = names.BASIC_OUTCOME + "claim/basicoutcome"
PRESENTATION = names.LTI + "launch_presentation"
DEEP_LINKING = names.DEEP_LINKING + "deep_linking_settings"
CHOOSING = "/mod/lti/contentitem.php?id=1&course=2&title=x&text=y"


@pytest.fixture
def as_recorded(moodle: RunningMoodle, tool: PeerTool) -> RunningMoodle:
    """The tool and the activity as they were when the launches were recorded."""
    tool.registered(moodle, custom=CUSTOM)
    moodle.change("edit_activity", cmid=28, title="研修评价（LTI）")
    moodle.change("speak", language="en")
    return moodle


@pytest.mark.parametrize("role", sorted(RECORDED))
def test_a_recorded_role_is_launched_with_the_recorded_claims(
    role: str, as_recorded: RunningMoodle, tool: PeerTool
) -> None:
    theirs = json.loads(extract_compact(RECORDED[role]["id_token"].encode()).payload)
    if "resourcekey" in role:
        as_recorded.change("edit_activity", cmid=28, leftover_key="12345", description="Test lti 1")
    browser = Browser(as_recorded.url).sign_in(int(theirs["sub"]))
    path = CHOOSING if DEEP_LINKING in theirs else "/mod/lti/launch.php?id=28"
    ours = browser.launched(path)
    assert ours["exp"] - ours["iat"] == theirs["exp"] - theirs["iat"] == 60
    assert _comparable(ours, as_recorded.url, tool.url) == _comparable(
        theirs, RECORDED_BASE_URL, RECORDED_TOOL_URL
    )


@pytest.mark.parametrize("role", sorted(RECORDED))
def test_a_launch_begins_with_the_recorded_fields(
    role: str, as_recorded: RunningMoodle, tool: PeerTool
) -> None:
    theirs = RECORDED[role]["login"]
    path = CHOOSING if "ContentItem" in theirs["lti_message_hint"] else "/mod/lti/launch.php?id=28"
    form = Browser(as_recorded.url).sign_in(int(theirs["login_hint"])).begin(path)
    assert form.action == f"{tool.url}/oidc/login"
    hint, recorded_hint = (json.loads(each["lti_message_hint"]) for each in (form.fields, theirs))
    assert hint.keys() == recorded_hint.keys()
    assert hint["launchid"].rstrip("0123456789") == recorded_hint["launchid"].rstrip("0123456789")
    theirs_here = {
        name: value.replace(RECORDED_BASE_URL, as_recorded.url).replace(RECORDED_TOOL_URL, tool.url)
        for name, value in theirs.items()
        if name != "lti_message_hint"
    }
    assert {k: v for k, v in form.fields.items() if k != "lti_message_hint"} == theirs_here


def _comparable(claims: dict[str, Any], platform: str, tool: str) -> dict[str, Any]:
    """The claims without times, random values and places."""
    text = json.dumps(claims).replace(platform, "PLATFORM").replace(tool, "TOOL")
    told: dict[str, Any] = copy.deepcopy(json.loads(text))
    for name in ("nonce", "iat", "exp"):
        told.pop(name)
    if OUTCOME in told:
        source = json.loads(told[OUTCOME]["lis_result_sourcedid"])
        assert len(source.pop("hash")) == 64
        source["data"].pop("launchid")
        told[OUTCOME]["lis_result_sourcedid"] = source
    for part, name in ((PRESENTATION, "return_url"), (DEEP_LINKING, "deep_link_return_url")):
        if name in told.get(part, {}):
            query = query_of(told[part][name])
            assert len(query.pop("sesskey")) == 10
            told[part][name] = [told[part][name].partition("?")[0], query]
    return told
