"""From a posted launch form to a session: every step of a launch in its order, without a page.

A launch uses its state up before anything else is looked at; whoever posts the same form again, or at the
same moment, finds none.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from lms_scoring.domain.errors import ErasedPerson, UnknownRegistration
from lms_scoring.domain.instants import HOUR, SECOND
from lms_scoring.domain.launch import Launch
from lms_scoring.domain.registration import Approval, LaunchState, Registration
from lms_scoring.lti.id_token import key_id, verified_claims
from lms_scoring.lti.key_sets import KeySets
from lms_scoring.lti.login import (
    again_address,
    authentication_request,
    check_target,
    login_of,
    not_active,
    registration_for,
)
from lms_scoring.lti.refusal import LaunchRefused, Refusal
from lms_scoring.lti.validation import validated
from lms_scoring.ports import Clock, Store, Transaction, Visitor
from lms_scoring.services.access.admit import admit_within
from lms_scoring.services.access.seeing import only_learns
from lms_scoring.web.access.credentials import digest_of, new_secret, same
from lms_scoring.web.access.launch_cookies import STATE_LASTS
from lms_scoring.web.access.sessions import Session

LASTS = 8 * HOUR
IDLE = HOUR
CODE_LASTS = 60 * SECOND

LARGE_SKEW = 30
"""Seconds between two clocks from which somebody should set one of them; at 60 launches end."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """A browser on its way to its platform: where to, and what it must bring back."""

    address: str
    state: str = field(repr=False)
    browser: str = field(repr=False)
    issuer: str
    storage: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Believed:
    """A launch that is right in everything; `bound` unless its browser still has to prove itself."""

    launch: Launch
    registration: Registration
    state: LaunchState
    bound: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Begun:
    """A session that began. `only_learns`: there is nothing to choose, the visitor's own card is all.

    `after_others`: the browser brought a session that was not, or nobody can tell any more that it was, this
    visitor's own.
    """

    visitor: Visitor
    secret: str = field(repr=False)
    only_learns: bool = False
    after_others: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Launcher:
    """Takes logins and launches; `public_url` is the address that platforms know us by."""

    store: Store
    clock: Clock
    key_sets: KeySets
    public_url: str

    def login(self, parameters: Mapping[str, str]) -> Sent:
        """Remembers a login and says where the browser goes. Raises LaunchRefused."""
        asked = login_of(parameters)
        with self.store.reading() as transaction:
            registrations = transaction.registrations()
        ours = registration_for(asked, registrations)
        check_target(asked.target, public_url=self.public_url)
        state, nonce, browser = new_secret(), new_secret(), new_secret()
        kept = LaunchState(
            registration=ours.id,
            nonce=nonce,
            target=asked.target,
            browser=digest_of(browser),
            expires_at=self.clock.now() + STATE_LASTS * SECOND,
            deployment=asked.deployment,
            storage=asked.storage,
            again=again_address(asked, ours, public_url=self.public_url),
        )
        with self.store.writing() as transaction:
            transaction.keep_state(digest_of(state), kept)
        address = authentication_request(asked, ours, state=state, nonce=nonce, public_url=self.public_url)
        return Sent(address=address, state=state, browser=browser, issuer=ours.issuer, storage=asked.storage)

    def believe(self, form: Mapping[str, str], browser: Callable[[str], str | None]) -> Believed:
        """The launch in a posted form; `browser` tells the secret that the browser has for a state.

        Raises LaunchRefused.
        """
        text = form.get("state", "")
        state, registration = self._used_up(text)
        if "error" in form:
            raise LaunchRefused(Refusal.PLATFORM_ERROR, f"the platform says {_word(form['error'])}")
        secret = browser(text)
        bound = secret is not None and same(digest_of(secret), state.browser)
        if not bound and (secret is not None or state.storage is None):
            raise LaunchRefused(
                Refusal.OTHER_BROWSER, "the browser has not the cookie of this login", again=state.again
            )
        token = form.get("id_token", "")
        if not token:
            raise LaunchRefused(Refusal.TOKEN_MISSING, "the form has no id_token")
        key = self.key_sets.key(registration, key_id(token, registration))
        claims = verified_claims(token, key, registration)
        launch = self._validated(claims, registration, state, self.clock.now() // SECOND)
        _tell_skew(launch)
        return Believed(
            launch=launch,
            registration=registration,
            state=state,
            bound=bound,
        )

    def begin(self, believed: Believed, *, brought: Sequence[str] = ()) -> Begun:
        """Admits the visitor and begins the session, in one transaction. Raises LaunchRefused.

        `brought` are the secrets of sessions that the browser has. The launches of anybody else end, with
        all that came of them: at a shared computer nobody goes on as whoever sat there before.
        """
        secret, now = new_secret(), self.clock.now()
        with self.store.writing() as transaction:
            visitor = _admitted(transaction, believed, now=now)
            after_others = _end_others(transaction, brought, visitor, now=now)
            transaction.keep_session(digest_of(secret), visitor, at=now, expires_at=now + LASTS, idle=IDLE)
            only_learns_here = only_learns(transaction, visitor)
        return Begun(visitor=visitor, secret=secret, only_learns=only_learns_here, after_others=after_others)

    def hold(self, believed: Believed) -> str:
        """Admits a visitor whose browser must still show its secret; the code to show it with.

        Raises LaunchRefused.
        """
        code, now = new_secret(), self.clock.now()
        with self.store.writing() as transaction:
            visitor = _admitted(transaction, believed, now=now)
            digest = digest_of(code + believed.state.browser)
            transaction.keep_link(digest, visitor, expires_at=now + CODE_LASTS)
        return code

    def release(self, code: str, browser: str, *, brought: Sequence[str] = ()) -> Begun | None:
        """The session of a visitor who was held, once the browser shows the secret of its login."""
        return self.exchange(code + digest_of(browser), brought=brought)

    def code_for(self, session: Session) -> str | None:
        """A one-time code that opens the same session's course in a new window; None: it just ended."""
        code, now = new_secret(), self.clock.now()
        with self.store.writing() as transaction:
            if transaction.session(session.digest, at=now) is None:
                return None
            transaction.keep_link(digest_of(code), session.visitor, expires_at=now + CODE_LASTS)
        return code

    def exchange(self, code: str, *, brought: Sequence[str] = ()) -> Begun | None:
        """Uses a code up and begins a session, which ends with its launch; None: no such code.

        `brought` as for `begin`.
        """
        secret, now = new_secret(), self.clock.now()
        with self.store.writing() as transaction:
            visitor = transaction.take_link(digest_of(code), at=now)
            launched = None if visitor is None else visitor.launched
            if visitor is None or launched is None or launched.ends_at is None:
                return None
            if launched.ends_at <= now or not _may_launch(
                transaction, launched.registration, launched.deployment
            ):
                return None
            after_others = _end_others(transaction, brought, visitor, now=now)
            transaction.keep_session(
                digest_of(secret), visitor, at=now, expires_at=launched.ends_at, idle=IDLE
            )
        return Begun(visitor=visitor, secret=secret, after_others=after_others)

    def _used_up(self, text: str) -> tuple[LaunchState, Registration]:
        if not text:
            raise LaunchRefused(Refusal.STATE_MISSING, "the form has no state")
        with self.store.writing() as transaction:
            state = transaction.take_state(digest_of(text))
            registration = None if state is None else _registration(transaction, state)
        if state is None:
            raise LaunchRefused(Refusal.STATE_UNKNOWN, "its state was used before, or never given out")
        if state.expires_at <= self.clock.now():
            raise LaunchRefused(Refusal.STATE_EXPIRED, "its state is too old")
        if registration is None:
            raise LaunchRefused(Refusal.UNKNOWN_REGISTRATION, "it is not registered any more")
        if registration.standing is not Approval.ACTIVE:
            raise not_active(registration)
        return state, registration

    def _validated(
        self, claims: Mapping[str, object], registration: Registration, state: LaunchState, now: int
    ) -> Launch:
        try:
            return validated(claims, registration, state, now=now)
        except LaunchRefused as refused:
            if refused.deployment is not None:
                with self.store.writing() as transaction:
                    transaction.meet_deployment(registration.id, refused.deployment, at=self.clock.now())
            raise


def _registration(transaction: Transaction, state: LaunchState) -> Registration | None:
    """None, and no error: that would undo the transaction, and the state could be used again."""
    try:
        return transaction.registration(state.registration)
    except UnknownRegistration:
        return None


def _tell_skew(launch: Launch) -> None:
    level, what_to_do = logging.INFO, ""
    if abs(launch.skew) > LARGE_SKEW:
        level, what_to_do = logging.WARNING, "; set both clocks by a time server"
    told = (launch.registration, launch.skew, what_to_do)
    _log.log(level, "the clock of registration %s is %+d s from ours%s", *told)


def _admitted(transaction: Transaction, believed: Believed, *, now: int) -> Visitor:
    """The visitor, whose launch has a name from here on. What may launch is asked once more: since it was
    believed, an administrator may have ended it."""
    launch = believed.launch
    if not _may_launch(transaction, launch.registration, launch.deployment):
        raise LaunchRefused(Refusal.REGISTRATION_DISABLED, "it, or its deployment, was disabled just now")
    try:
        visitor = admit_within(transaction, launch, believed.registration, now=now).visitor
    except ErasedPerson as error:
        raise LaunchRefused(Refusal.ERASED, str(error)) from error
    if visitor.launched is None:
        return visitor
    return replace(visitor, launched=replace(visitor.launched, launch=new_secret(), ends_at=now + LASTS))


def _may_launch(transaction: Transaction, registration: int, deployment: str) -> bool:
    """Whether both are active at this moment; in the transaction that lets somebody in."""
    try:
        found = transaction.registration(registration)
    except UnknownRegistration:
        return False
    return (found.standing, found.deployments.get(deployment)) == (Approval.ACTIVE, Approval.ACTIVE)


def _end_others(transaction: Transaction, brought: Sequence[str], visitor: Visitor, *, now: int) -> bool:
    """Ends the launches, brought by the browser, that were of somebody else; whether there were any, or such
    that are over, of which nobody knows any more whose they were."""
    found = [(secret, transaction.session(digest_of(secret), at=now)) for secret in brought]
    others = [
        (secret, kept) for secret, kept in found if kept is None or not _same_person(kept.visitor, visitor)
    ]
    for secret, kept in others:
        if kept is not None and kept.visitor.launched is not None:
            transaction.end_session(digest_of(secret))
            if kept.visitor.launched.launch is not None:
                transaction.end_launch(kept.visitor.launched.launch)
    return bool(others)


def _same_person(one: Visitor, other: Visitor) -> bool:
    """By the platform's id where it is the same platform, else by ours, which a test user has not."""
    if one.launched is None or other.launched is None:
        return False
    if one.launched.registration == other.launched.registration:
        return one.launched.subject == other.launched.subject
    return one.person is not None and one.person == other.person


def _word(text: str) -> str:
    """A platform's error code for the log; whatever else it sends is not repeated."""
    return text if re.fullmatch(r"[a-z_]{1,40}", text) else "something unreadable"
