"""Pages that a browser may keep and need only ask about: 304 where the kept one is what it would get again.

A kept page carries its session's form token and the nonce of its own policy, so a validator is made of all
that the page says and of who reads it; and the answer 304 brings no policy, which would not fit that nonce.
"""

from __future__ import annotations

import hashlib
from functools import cache
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path
from typing import Any

from flask import Response, g
from flask.globals import request_ctx
from werkzeug.datastructures import Headers
from werkzeug.http import quote_etag

from lms_scoring.services.access.seeing import View
from lms_scoring.web.access.sessions import current_session
from lms_scoring.web.languages import current_voice

_ASKED = ("HTTP_HOST", "SCRIPT_NAME", "PATH_INFO", "QUERY_STRING")
"""What an address is made of, as the server was told it: worked out of that, it takes ten times as long."""


def validator(view: View, *said: object) -> str:
    """What changes with anything that this page says: `said` is all that is not in the frame around it.

    The places to go to, and whatever else the frame says, follow from the view.
    """
    session, course, asked = current_session(), view.course, request_ctx.request.environ
    frame = (
        build(),
        None if session is None else session.digest,  # which tells its form token too
        (view.person, view.everything, sorted(map(str, view.classes)), sorted(view.roles)),
        (course.id, course.title, course.scheme, course.settings),
        (view.closing, view.nameless, view.administers),
        *map(asked.get, _ASKED),
        current_voice().language,
        asked.get("HTTP_SEC_FETCH_DEST") == "document",
    )
    return hashlib.sha256(repr((frame, said)).encode()).hexdigest()[:32]


def is_known(mark: str) -> bool:
    """Whether the browser has the page that this validator stands for: it says what it was told of one page,
    and a cache between may name several."""
    asked = request_ctx.request
    return asked.environ.get("HTTP_IF_NONE_MATCH") == _told(mark) or asked.if_none_match.contains_weak(mark)


def not_modified(mark: str) -> Response:
    """The answer that the kept page still holds."""
    return kept_by(_NotModified(status=304, headers=_PlainHeaders()), mark)


def kept_by(response: Response, mark: str) -> Response:
    """Lets the browser keep the answer for itself, and makes it ask each time whether it still holds.

    Not so in a window beside a launch: a browser that goes back asks only where its cookies are others, and
    there they stay the same when somebody else launches in the platform's frame.
    """
    if _is_beside_a_launch():
        return response
    response.headers["ETag"] = _told(mark)
    response.headers["Vary"] = "Cookie, Authorization, X-Language, Accept-Language, Sec-Fetch-Dest"
    g.may_be_kept = True
    return response


def _told(mark: str) -> str:
    return quote_etag(mark, weak=True)


class _PlainHeaders(Headers):
    """Headers that tell what is not among them without an error being made and caught, as Werkzeug does."""

    def __contains__(self, key: object) -> bool:
        """Whatever its letters' case."""
        wanted = str(key).lower()
        return any(name.lower() == wanted for name, _ in self)


class _NotModified(Response):
    """An answer without anything that could be of a kind: its headers go out as they are, where those of
    others are copied and looked through for what may not be in them."""

    default_mimetype = None

    def get_wsgi_headers(self, environ: Any) -> Headers:
        """All of them."""
        return self.headers


def _is_beside_a_launch() -> bool:
    session = current_session()
    launched = session is not None and session.visitor.launched is not None
    return launched and request_ctx.request.headers.get("Sec-Fetch-Dest") == "document"


@cache
def build() -> str:
    """What tells this program's pages from those of another version."""
    seen = hashlib.sha256(version("lms-scoring").encode())
    for file in sorted(Path(str(files("lms_scoring"))).rglob("*")):
        if file.suffix in (".py", ".html", ".toml"):  # a page says sentences of the domain, too
            seen.update(file.read_bytes())
    return seen.hexdigest()
