"""A platform that keeps things for its tools (LTI postMessage Storage), for browsers without cookies."""

from __future__ import annotations

import html
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.launches.platform import CLIENT, DEPLOYMENT, INSTRUCTOR, LEARNER, claims, token

FRAME = "lti_storage_frame"
PARENTS = ("_parent", "forgetful")

_KEEPER = """
const kept = new Map();
window.addEventListener("message", (event) => {
  const said = event.data || {};
  if (event.origin !== "OURS" || !["lti.put_data", "lti.get_data"].includes(said.subject)) return;
  if (said.subject === "lti.put_data" && REMEMBERS) kept.set(said.key, said.value);
  const value = kept.get(said.key);
  event.source.postMessage(
    { subject: said.subject + ".response", message_id: said.message_id, key: said.key, value }, event.origin);
});
"""


@dataclass
class StoragePlatform:
    """Pages `/<user>/<learner or staff>/<where it keeps things>` with the tool `ours` in their frame.

    `where` is `_parent`, the name of a frame, `nowhere`, or `forgetful`: it answers and keeps nothing.
    """

    url: str
    ours: str
    now: int
    asked: list[str] = field(default_factory=list)

    def __call__(self, environment: Mapping[str, Any], start: Callable[..., Any]) -> list[bytes]:
        start("200 OK", [("Content-Type", "text/html; charset=utf-8")])
        self.asked.append(environment["PATH_INFO"])
        parts = environment["PATH_INFO"].strip("/").split("/")
        query = {name: values[0] for name, values in parse_qs(environment["QUERY_STRING"]).items()}
        match parts:
            case ["auth"]:
                return [self._answer(query).encode()]
            case ["launch", user, role, where]:
                return [self._login(user, role, where).encode()]
            case ["keeper"]:
                return [self._keeper(remembers=True).encode()]
            case [user, role, where]:
                return [self._around(user, role, where).encode()]
        return [b""]

    def _keeper(self, *, remembers: bool) -> str:
        script = _KEEPER.replace("OURS", self.ours).replace("REMEMBERS", json.dumps(remembers))
        return f"<script>{script}</script>"

    def _around(self, user: str, role: str, where: str) -> str:
        keeper = self._keeper(remembers=where == "_parent") if where in PARENTS else ""
        apart = f"<iframe name={FRAME} src=/keeper hidden></iframe>" if where == FRAME else ""
        frame = f"<iframe name=contentframe width=100% height=700 src=/launch/{user}/{role}/{where}></iframe>"
        return f"{keeper}{apart}{frame}"

    def _login(self, user: str, role: str, where: str) -> str:
        fields = {
            "iss": self.url,
            "login_hint": f"{user} {role}",
            "target_link_uri": f"{self.ours}/lti/launch",
            "client_id": CLIENT,
            "lti_deployment_id": DEPLOYMENT,
        }
        if where != "nowhere":
            fields["lti_storage_target"] = "_parent" if where in PARENTS else where
        return _form(f"{self.ours}/lti/login", fields)

    def _answer(self, query: Mapping[str, str]) -> str:
        user, role = query["login_hint"].split()
        told = claims(
            iss=self.url,
            sub=user,
            iat=self.now,
            exp=self.now + 60,
            nonce=query["nonce"],
            TARGET=query["redirect_uri"],
            ROLES=[LEARNER if role == "learner" else INSTRUCTOR],
        )
        return _form(query["redirect_uri"], {"state": query["state"], "id_token": token(told)})


def _form(action: str, fields: Mapping[str, str]) -> str:
    """A page that posts itself."""
    assert urlsplit(action).scheme == "http", json.dumps(action)
    inputs = "".join(
        f'<input name="{name}" value="{html.escape(value)}" type="hidden">' for name, value in fields.items()
    )
    return f'<form method="post" action="{action}">{inputs}</form><script>document.forms[0].submit()</script>'
