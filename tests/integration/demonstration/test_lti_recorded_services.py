"""The recorded service calls, made once more in their order: each gets the recorded answer."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import requests

from lms_scoring.demonstration.lti import names
from lms_scoring.demonstration.recordings import RECORDED_BASE_URL
from lms_scoring.demonstration.running import RunningMoodle

from .lti_peer import Browser, PeerTool, Services, query_of

CALLS = json.loads(
    (Path(__file__).parents[2] / "fixtures" / "lti" / "moodle_service_calls.json").read_text(encoding="utf-8")
)
WHEN = 1_795_284_488
"""The second in which the last of them were recorded."""
SCOPES = {
    "nrps with wrong scope": names.RESULT_READ,
    "ags results bearer without scope": names.MEMBERSHIP,
}
"""The steps that used the token of the step before."""


class Replay:
    """Makes the calls as the recorded tool and administrator did."""

    def __init__(self, moodle: RunningMoodle, tool: PeerTool) -> None:
        self.moodle, self.tool = moodle, tool
        self.admin = Browser(moodle.url).sign_in(2)
        self.everything = tool.token(moodle)
        self.sesskey = self.admin.sesskey("/mod/lti/toolconfigure.php")

    def made(self, call: dict[str, Any]) -> requests.Response:
        """The answer to one recorded call."""
        asked, step = call["request"], call["step"]
        if "assertion" in asked:
            return self._token(step, asked)
        if "jwt" in asked:
            return self._chosen(step, asked)
        if "startltiadvregistration" in asked["url"]:
            path = asked["url"].replace("http%3A%2F%2F127.0.0.1%3A8811", self.tool.url)
            return self.admin.get(f"{path}&sesskey={self.sesskey}")
        token = "none" if step == "nrps bad token" else self.everything
        if step in SCOPES:
            token = self.tool.token(self.moodle, SCOPES[step])
        return requests.request(
            asked["method"],
            self.moodle.url + asked["url"],
            headers={**asked["headers"], "Authorization": f"Bearer {token}"},
            data=asked.get("body", "").replace(RECORDED_BASE_URL, self.moodle.url).encode(),
            timeout=20,
        )

    def _token(self, step: str, asked: dict[str, Any]) -> requests.Response:
        self.moodle.change("block_key_fetching", blocked="curl security" in step or "unblocked" in step)
        claims = {**asked["assertion"]}
        for name in ("iat", "exp"):
            claims[name] += WHEN - 1
        claims["aud"] = claims["aud"].replace(RECORDED_BASE_URL, self.moodle.url)
        return self.tool.token_answer(self.moodle, asked["scope"], **claims)

    def _chosen(self, step: str, asked: dict[str, Any]) -> requests.Response:
        self.moodle.server.model.now = lambda: WHEN + 1
        text = json.dumps(asked["jwt"]).replace(RECORDED_BASE_URL, self.moodle.url)
        browser = Browser(self.moodle.url) if "without cookie" in step else self.admin
        return browser.post(f"{asked['url']}&sesskey={self.sesskey}", JWT=self.tool.signed(json.loads(text)))


def test_every_recorded_service_call_gets_the_recorded_answer(moodle: RunningMoodle, tool: PeerTool) -> None:
    tool.registered(moodle)
    moodle.change("edit_activity", cmid=28, title="研修评价（LTI）")
    moodle.server.model.now = lambda: WHEN
    replay = Replay(moodle, tool)
    differing = {}
    for call in CALLS:
        answer = replay.made(call)
        ours, theirs = _seen(answer, moodle.url, call), _recorded(call)
        if ours != theirs:
            differing[call["step"]] = (ours, theirs)
    assert differing == {}
    assert len(CALLS) == 62


def test_fifty_seven_scores_are_taken_one_by_one(school: RunningMoodle, services: Services) -> None:
    column = services.column()
    sent = [services.score(column, user, "2026-11-21T18:08:10Z", scoreGiven=60) for user in range(3, 60)]
    assert [answer.status_code for answer in sent] == [200] * 57
    assert len(services.results(column)) == 57


def _seen(answer: requests.Response, url: str, call: dict[str, Any]) -> dict[str, Any]:
    text = answer.text.replace(url, RECORDED_BASE_URL)
    body: Any = None
    if call["body"] is not None and text:
        body = json.loads(text)
        body = _fitting(body, call["body"])
    link = answer.headers.get("Link", "").encode("latin-1").decode().replace(url, RECORDED_BASE_URL)
    headers = {"content-type": answer.headers["Content-Type"], **({"link": link} if link else {})}
    return {"status": answer.status_code, "headers": headers, "body": body}


def _recorded(call: dict[str, Any]) -> dict[str, Any]:
    body = call["body"]
    for member in body.get("members", ()) if isinstance(body, dict) else ():
        _forget_source(member)
    return {"status": call["status"], "headers": call["headers"], "body": body}


def _fitting(ours: Any, theirs: Any) -> Any:
    """Our body as far as the recorded one, which was cut, says something."""
    if not isinstance(ours, dict):
        return ours
    ours.pop("access_token", None)
    members = ours.get("members", [])
    recorded = theirs.get("members", []) if isinstance(theirs, dict) else []
    for member, cut in zip(members, recorded, strict=False):
        _forget_source(member)
        for name in set(member) - set(cut):
            del member[name]
    return ours


def _forget_source(member: dict[str, Any]) -> None:
    for message in member.get("message", ()):
        message.pop(names.BASIC_OUTCOME + "claim/basicoutcome", None)


def test_a_registration_is_started_with_a_token_and_the_address_of_the_configuration(
    school: RunningMoodle,
) -> None:
    admin = Browser(school.url).sign_in(2)
    sesskey = admin.sesskey("/mod/lti/toolconfigure.php")
    address = "/mod/lti/startltiadvregistration.php"
    answer = admin.get(address, url="http://localhost:9/register?a=b", sesskey=sesskey)
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith("http://localhost:9/register?a=b&openid_configuration=")
    query = query_of(answer.headers["Location"])
    assert query["openid_configuration"] == f"{school.url}{names.CONFIGURATION}"
    claims = admin.read(query["registration_token"])
    assert (claims["scope"], claims["exp"] - claims["iat"]) == ("reg", 3600)
