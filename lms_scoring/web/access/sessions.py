"""Sessions: who is asking, told by a cookie or, where a frame keeps none, by a bearer in the header.

A session begins with a one-time link or with a launch. The store knows its secret by a digest alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from flask import g, request
from flask.globals import request_ctx
from werkzeug.exceptions import Unauthorized
from werkzeug.wrappers import Response

from lms_scoring.domain.instants import HOUR
from lms_scoring.ports import Clock, Visitor
from lms_scoring.web.access import launch_cookies
from lms_scoring.web.access.credentials import digest_of, form_token, new_secret, same
from lms_scoring.web.access.forgetting import forget_kept
from lms_scoring.web.one_view import OneView

LASTS = 12 * HOUR
_NOTED_EVERY = 10
"""A use is noted when a tenth of the idle limit has passed since the last one: not every page writes."""


@dataclass(frozen=True, kw_only=True)
class Session:
    """Somebody who signed in or was launched. `secret` is what the browser shows; a program that asks by a
    key has none."""

    visitor: Visitor
    secret: str = field(repr=False)
    digest: str = field(repr=False)

    @cached_property
    def token(self) -> str:
        """What the forms of this session carry."""
        return form_token(self.secret)


class Sessions:
    """Begins, finds and ends sessions."""

    def __init__(self, store: OneView, clock: Clock, *, secure: bool) -> None:
        self._store = store
        self._clock = clock
        self._secure = secure
        # The prefix makes browsers refuse the cookie from anywhere but this very host, over HTTPS.
        self._cookie = "__Host-session" if secure else "session"

    def current(self) -> Session | None:
        """The session of the request; None where there is none, or it is over.

        A browser may have one of each course it was launched from: that of the course asked for is meant,
        or the one whose page posted the form.
        """
        asked = request_ctx.request.view_args or {}
        secrets = [*dict.fromkeys(self._secrets(_place_asked(asked)))]
        if len(secrets) > 1:  # most browsers have one: then nothing is looked for in a form
            token = shown_token()
            secrets.sort(key=lambda secret: not same(form_token(secret), token))
        for secret in secrets:
            found = self._found(secret)
            if found is not None and _is_for(found.visitor, asked):
                return found
        return None

    def exchange(self, code: str) -> str | None:
        """Uses a one-time link up and begins a session; the secret for its cookie, or None.

        Both in one transaction: a link is never used up for nothing.
        """
        secret, now = new_secret(), self._clock.now()
        with self._store.writing() as transaction:
            visitor = transaction.take_link(digest_of(code), at=now)
            if visitor is None or visitor.launched is not None:
                return None
            transaction.keep_session(digest_of(secret), visitor, at=now, expires_at=now + LASTS)
        return secret

    def hand_out(self, response: Response, secret: str) -> None:
        """Puts the cookie on the response. A session that the browser had before is ended."""
        before = request.cookies.get(self._cookie)
        if before is not None:
            self._forget(digest_of(before))
            forget_kept()
        response.set_cookie(
            self._cookie,
            secret,
            max_age=LASTS // 1000,
            path="/",
            secure=self._secure,
            httponly=True,
            samesite="Lax",
        )

    def end(self, response: Response) -> None:
        """Ends the request's session for good, in the store and in the browser.

        That of a launch ends with whatever else came of it: other windows, and codes for more of them.
        """
        session = current_session()
        remember(None)
        if session is None:
            return
        launched = session.visitor.launched
        self._forget(session.digest, launch=None if launched is None else launched.launch)
        if launched is None:
            response.delete_cookie(self._cookie, path="/", secure=self._secure, httponly=True, samesite="Lax")
        else:
            launch_cookies.drop(response, launch_cookies.session_cookie(place_of(session.visitor)))

    def _secrets(self, place: str | None) -> Iterator[str]:
        asked = request_ctx.request
        scheme, _, bearer = asked.environ.get("HTTP_AUTHORIZATION", "").partition(" ")
        if scheme == "Bearer":
            yield bearer
            return  # whoever shows a bearer means it, whatever cookies come along
        if place is not None:
            of_place = asked.cookies.get(launch_cookies.session_cookie(place))
            if of_place is not None:
                yield of_place
        own = asked.cookies.get(self._cookie)
        if own is not None:
            yield own
        yield from launch_cookies.session_secrets()

    def _found(self, secret: str) -> Session | None:
        digest, now = digest_of(secret), self._clock.now()
        kept = self._store.begun().session(digest, at=now)
        if kept is None:
            return None
        if kept.idle is not None and now - kept.used_at > kept.idle // _NOTED_EVERY:
            with self._store.writing() as transaction:
                transaction.use_session(digest, at=now)
        return Session(visitor=kept.visitor, secret=secret, digest=digest)

    def _forget(self, digest: str, *, launch: str | None = None) -> None:
        with self._store.writing() as transaction:
            transaction.end_session(digest)
            if launch is not None:
                transaction.end_launch(launch)


def place_of(visitor: Visitor) -> str:
    """What a launched visitor's cookie is named after: our course, or the platform's that is none of ours."""
    launched = visitor.launched
    if launched is None:
        return ""
    return launched.course or _platform_place(launched.registration, launched.context)


def move_cookie(response: Response, session: Session, visitor: Visitor, *, seconds: int) -> None:
    """Renames the cookie of a session that goes on in another course; one that is a bearer needs none."""
    before = launch_cookies.session_cookie(place_of(session.visitor))
    secret = request.cookies.get(before)
    if secret is None or digest_of(secret) != session.digest:
        return
    launch_cookies.drop(response, before)
    launch_cookies.put(response, launch_cookies.session_cookie(place_of(visitor)), secret, seconds=seconds)


def remember(session: Session | None) -> None:
    """Keeps for the rest of this request who is asking."""
    g.session = session


def current_session() -> Session | None:
    """Who is asking; None for somebody not signed in."""
    session: Session | None = g.get("session")
    return session


def current_visitor() -> Visitor:
    """Who is asking. Raises Unauthorized for somebody not signed in."""
    session = current_session()
    if session is None:
        raise Unauthorized
    return session.visitor


def form_token_here() -> str:
    """What the forms of this session's pages carry. Raises Unauthorized for somebody not signed in."""
    session = current_session()
    if session is None:
        raise Unauthorized
    return session.token


def shown_token() -> str:
    """The token of the form, or of the script that asks in a page's name; "" where there is none."""
    return request.form.get("token") or request.headers.get("X-Token", "")


def _platform_place(registration: int, context: str) -> str:
    return f"{registration} {context}"


def _place_asked(asked: Mapping[str, Any]) -> str | None:
    """The place whose page is asked for: a course of ours, or one of a platform; None: of no course."""
    if "course" in asked:
        return str(asked["course"])
    return _platform_place(asked["registration"], asked["context"]) if "context" in asked else None


def _is_for(visitor: Visitor, asked: Mapping[str, Any]) -> bool:
    """Whether this session can be meant by the page asked for; what it shows is decided elsewhere."""
    launched = visitor.launched
    if launched is None:
        return True
    if "course" in asked:
        return bool(launched.course == asked["course"])
    if "context" in asked:
        return bool((launched.registration, launched.context) == (asked["registration"], asked["context"]))
    return True
