"""A platform at an address of its own: a course page with our tool in a frame, and the login behind it.

What the next launch says is noted before it begins; the platform then signs it with the nonce of the login.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from html import escape
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode

from lms_scoring.lti.claims import Claim
from tests.launches.platform import CLIENT, claims, token, without

FRAME = "contentframe"
_ANSWERS = """addEventListener("message", ({data, source, origin}) => source.postMessage(
    {subject: data.subject + ".response", message_id: data.message_id, value: null}, origin));"""
"""Its storage answers at once, and keeps nothing."""


@dataclass
class CoursePage:
    """`base` is its address and `ours` that of our pages; `now` tells the time in ms."""

    base: str
    ours: str
    now: Callable[[], int]
    said: list[dict[str, Any]] = field(default_factory=list)

    def login(self, language: str, *, storage: str | None = None, **changed: Any) -> str:
        """The path that a launch with these claims begins at; a claim that is None is left out."""
        second = self.now() // 1_000
        usual = {
            "iss": self.base,
            "iat": second,
            "exp": second + 60,
            "TARGET": f"{self.ours}/lti/launch",
            "PRESENTATION": {"locale": "zh_cn" if language == "zh" else language},
        }
        made = without(claims(**{**usual, **changed}), Claim.GRADES, Claim.NAMES_AND_ROLES)
        self.said.append({name: value for name, value in made.items() if value is not None})
        asked = {
            "iss": self.base,
            "client_id": CLIENT,
            "login_hint": str(len(self.said) - 1),
            "target_link_uri": f"{self.ours}/lti/launch",
        }
        if storage is not None:
            asked["lti_storage_target"] = storage
        return f"/lti/login?{urlencode(asked)}"

    def form(self, asked: Mapping[str, str]) -> dict[str, str]:
        """What is posted to us once the platform was asked who the visitor is."""
        told = self.said[int(asked["login_hint"])]
        return {"state": asked["state"], "id_token": token({**told, "nonce": asked["nonce"]})}

    def around(self, path: str) -> str:
        """The course page with that path of ours in its frame."""
        return f"{self.base}/course?at={quote(path)}"

    def __call__(self, environ: Mapping[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        """Serves the course page, and the login with a button that goes on."""
        asked = dict(parse_qsl(environ["QUERY_STRING"]))
        start("200 OK", [("Content-Type", "text/html; charset=utf-8")])
        if environ["PATH_INFO"] == "/course":
            frame = f'<iframe name="{FRAME}" src="{escape(self.ours + asked["at"])}"></iframe>'
            style = "body {margin: 0} iframe {display: block; width: 100%; height: 100vh; border: 0}"
            page = f"<style>{style}</style><script>{_ANSWERS}</script>{frame}"
        elif environ["PATH_INFO"] == "/auth":
            fields = "".join(
                f'<input type="hidden" name="{name}" value="{escape(value)}">'
                for name, value in self.form(asked).items()
            )
            action = escape(asked["redirect_uri"])
            page = f'<form method="post" action="{action}">{fields}<button>go on</button></form>'
        else:
            page = ""  # what browsers ask for besides
        return [f'<!doctype html><html lang="en"><title>Course</title>{page}</html>'.encode()]
