"""Sessions: a one-time link becomes a cookie, and the cookie tells who is asking until it ends."""

from __future__ import annotations

from dataclasses import dataclass, field

from flask import g, request
from werkzeug.exceptions import Unauthorized
from werkzeug.wrappers import Response

from lms_scoring.domain.instants import HOUR
from lms_scoring.ports import Clock, Store, Visitor
from lms_scoring.web.credentials import digest_of, form_token, new_secret

LASTS = 12 * HOUR


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """Somebody who signed in. `token` is what the forms of this session carry."""

    visitor: Visitor
    token: str = field(repr=False)


class Sessions:
    """Begins, finds and ends sessions; the cookie's secret is kept by its digest alone."""

    def __init__(self, store: Store, clock: Clock, *, secure: bool) -> None:
        self._store = store
        self._clock = clock
        self._secure = secure
        # The prefix makes browsers refuse the cookie from anywhere but this very host, over HTTPS.
        self._cookie = "__Host-session" if secure else "session"

    def current(self) -> Session | None:
        """The session of the request's cookie; None where there is none, or it is over."""
        secret = request.cookies.get(self._cookie)
        if secret is None:
            return None
        with self._store.reading() as transaction:
            visitor = transaction.session(digest_of(secret), at=self._clock.now())
        return None if visitor is None else Session(visitor=visitor, token=form_token(secret))

    def exchange(self, code: str) -> str | None:
        """Uses a one-time link up and begins a session; the secret for its cookie, or None.

        Both in one transaction: a link is never used up for nothing.
        """
        secret, now = new_secret(), self._clock.now()
        with self._store.writing() as transaction:
            visitor = transaction.take_link(digest_of(code), at=now)
            if visitor is None:
                return None
            transaction.keep_session(digest_of(secret), visitor, expires_at=now + LASTS)
        return secret

    def hand_out(self, response: Response, secret: str) -> None:
        """Puts the cookie on the response. A session that the browser had before is ended."""
        self._forget_current()
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
        """Ends the request's session for good, in the store and in the browser."""
        self._forget_current()
        remember(None)
        response.delete_cookie(self._cookie, path="/", secure=self._secure, httponly=True, samesite="Lax")

    def _forget_current(self) -> None:
        secret = request.cookies.get(self._cookie)
        if secret is not None:
            with self._store.writing() as transaction:
                transaction.end_session(digest_of(secret))


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
