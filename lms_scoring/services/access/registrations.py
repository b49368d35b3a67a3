"""Registrations: which platforms may launch us, as an administrator here adds, confirms and ends them.

What a platform registers by itself waits as pending: anybody may send a browser to that address.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from urllib.parse import urlsplit

from lms_scoring.domain.addresses import Origin, origin_of, web_address
from lms_scoring.domain.errors import (
    NotRemovable,
    TooManyPending,
    UnjoinablePlatform,
    UnknownRegistration,
)
from lms_scoring.domain.instants import HOUR
from lms_scoring.domain.registration import Approval, Registration
from lms_scoring.ports import Clock, Store, Transaction
from lms_scoring.services.access.registrable import NotRegistrable, faults_of

MOST_PENDING = 20
PENDING_LASTS = 3 * 24 * HOUR
"""So long the place of one that waits is its own; then it is disabled where another wants to register."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Registrar:
    """Adds, confirms and ends registrations.

    `platforms` are the learning platforms of the settings by name, with their addresses: a registration may
    be joined to one. `private_hosts` are hosts or `host:port` that the operator vouches for.
    """

    store: Store
    clock: Clock
    platforms: Mapping[str, str] = field(default_factory=dict)
    private_hosts: frozenset[str] = frozenset()

    def all(self) -> Sequence[Registration]:
        """Those that wait for approval first, then by number."""
        with self.store.reading() as transaction:
            found = transaction.registrations()
        return sorted(found, key=lambda one: (one.standing is not Approval.PENDING, one.id))

    def one(self, registration: int) -> Registration:
        """Raises UnknownRegistration."""
        with self.store.reading() as transaction:
            return transaction.registration(registration)

    def proposed(self, registration: Registration) -> str | None:
        """The platform it is joined to, or the one whose address its issuer is."""
        if registration.platform is not None:
            return registration.platform
        if web_address(registration.issuer) is None:
            return None
        same = [name for name, url in self.platforms.items() if _plain(url) == _plain(registration.issuer)]
        return same[0] if len(same) == 1 else None

    def add(self, registration: Registration) -> Registration:
        """Keeps a new one that an administrator here typed, who thereby confirms it.

        Raises NotRegistrable with all that is wrong.
        """
        return self._kept(replace(registration, standing=Approval.ACTIVE))

    def add_pending(self, registration: Registration) -> Registration:
        """Keeps one that a platform made by itself. Raises TooManyPending, NotRegistrable."""
        return self._kept(replace(registration, standing=Approval.PENDING), before=self._make_room)

    def check_room(self) -> None:
        """Before a platform is asked for anything: whether another may wait. Raises TooManyPending."""
        with self.store.writing() as transaction:
            self._make_room(transaction)

    def approve(self, registration: int, *, platform: str | None) -> Registration:
        """Lets it launch us, its people being those of that platform of the settings (None: of none).

        Raises UnknownRegistration, UnjoinablePlatform.
        """
        if platform is not None and platform not in self.platforms:
            known = ", ".join(sorted(self.platforms)) or "none"
            raise UnjoinablePlatform(
                f"no learning platform {platform!r} in the settings (there are: {known}); name one of "
                f"those by --platform, add this one to the settings, or join the registration to none: "
                f'`lms-scoring registration change {registration} --platform ""`'
            )
        with self.store.writing() as transaction:
            found = transaction.registration(registration)
            changed = replace(found, standing=Approval.ACTIVE, platform=platform)
            transaction.keep_registration(changed, at=self.clock.now())
            _let_go(transaction, found, changed)
        return changed

    def change(self, changed: Registration) -> Registration:
        """Keeps other addresses of a registration, another token audience or platform (None: of none).

        Which platform and client it is, its deployments and its standing stay as they are kept. Where its
        people are those of another platform from then on, the sessions that it began end, and nobody is known
        by an earlier launch: they are others.
        Raises NotRegistrable with all that is wrong, UnknownRegistration.
        """
        with self.store.writing() as transaction:
            found = transaction.registration(changed.id)
            kept = replace(
                found,
                auth_url=changed.auth_url,
                token_url=changed.token_url,
                jwks_url=changed.jwks_url,
                token_audience=changed.token_audience,
                platform=changed.platform,
            )
            self._check(kept, transaction.registrations())
            transaction.keep_registration(kept, at=self.clock.now())
            _let_go(transaction, found, kept)
        return kept

    def remove(self, registration: int) -> None:
        """Forgets one that waits and that nobody ever came by.

        Raises NotRemovable for any other, UnknownRegistration.
        """
        with self.store.writing() as transaction:
            standing = transaction.registration(registration).standing
            if standing is not Approval.PENDING or not transaction.forget_registration(registration):
                raise NotRemovable(
                    f"registration {registration} stays: it was approved, or people came by it; "
                    f"`lms-scoring registration disable {registration}` lets nobody in by it"
                )

    def disable(self, registration: int) -> int:
        """Lets it launch us no more, and ends the sessions that it began; how many there were.

        Raises UnknownRegistration.
        """
        with self.store.writing() as transaction:
            found = transaction.registration(registration)
            disabled = replace(found, standing=Approval.DISABLED)
            transaction.keep_registration(disabled, at=self.clock.now())
            return transaction.end_sessions(registration=registration)

    def approve_deployment(self, registration: int, deployment: str) -> None:
        """Lets a deployment of it launch us. Raises UnknownRegistration, also for a deployment never met."""
        with self.store.writing() as transaction:
            self._set_deployment(transaction, registration, deployment, Approval.ACTIVE)

    def disable_deployment(self, registration: int, deployment: str) -> int:
        """Lets a deployment of it launch us no more, and ends the sessions that it began; how many.

        Raises UnknownRegistration, also for a deployment never met.
        """
        with self.store.writing() as transaction:
            self._set_deployment(transaction, registration, deployment, Approval.DISABLED)
            return transaction.end_sessions(registration=registration, deployment=deployment)

    def _set_deployment(
        self, transaction: Transaction, registration: int, deployment: str, standing: Approval
    ) -> None:
        found = transaction.registration(registration)
        if deployment not in found.deployments:
            known = ", ".join(sorted(found.deployments)) or "none"
            raise UnknownRegistration(
                f"registration {registration} has met no deployment {deployment!r} (it has: {known}); "
                "launch once from the platform, then approve it"
            )
        deployments = {**found.deployments, deployment: standing}
        transaction.keep_registration(replace(found, deployments=deployments), at=self.clock.now())

    def _make_room(self, transaction: Transaction) -> None:
        """Anybody may register what is no platform: what nobody here approved for days makes room."""
        transaction.disable_waiting(before=self.clock.now() - PENDING_LASTS)
        _check_room(transaction)

    def _kept(
        self, registration: Registration, *, before: Callable[[Transaction], None] | None = None
    ) -> Registration:
        joined = replace(registration, platform=self.proposed(registration))
        with self.store.writing() as transaction:
            if before is not None:
                before(transaction)
            self._check(joined, transaction.registrations())
            return replace(joined, id=transaction.keep_registration(joined, at=self.clock.now()))

    def _check(self, registration: Registration, others: Sequence[Registration]) -> None:
        """Raises NotRegistrable with all that is wrong."""
        found = list(
            faults_of(registration, others, platforms=self.platforms, private_hosts=self.private_hosts)
        )
        if found:
            raise NotRegistrable(found)


def _let_go(transaction: Transaction, before: Registration, after: Registration) -> None:
    """Of whom a launch told who is who, where the same numbers are other people's from now on."""
    if after.platform != before.platform:
        transaction.end_sessions(registration=after.id)
        transaction.forget_subjects(after.id)


def _check_room(transaction: Transaction) -> None:
    waiting = sum(one.standing is Approval.PENDING for one in transaction.registrations())
    if waiting >= MOST_PENDING:
        raise TooManyPending(
            f"{waiting} registrations wait for approval; approve or disable some, then register again"
        )


def _plain(url: str) -> tuple[Origin | None, str]:
    """An address as far as it is compared: a slash at its end and the spelling of its host change nothing."""
    return origin_of(url), urlsplit(url).path.rstrip("/")
