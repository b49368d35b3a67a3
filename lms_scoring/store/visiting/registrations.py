"""Registrations: which platforms may launch us, with their deployments, and our own sealed keys."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import bindparam, delete, exists, select, update

from lms_scoring.domain.errors import StoreError, UnknownRegistration
from lms_scoring.domain.registration import Approval, Registration
from lms_scoring.ports import SealedKey
from lms_scoring.store import tables
from lms_scoring.store.databases.dialect import listed, rows
from lms_scoring.store.tenant_connection import TenantConnection, next_number

_REGISTRATIONS = (
    select(tables.registration)
    .where(tables.registration.c.tenant == bindparam("tenant_"))
    .order_by(tables.registration.c.id)
)
_REGISTRATION = _REGISTRATIONS.where(tables.registration.c.id == bindparam("registration_"))
_DEPLOYMENTS = (
    select(tables.deployment)
    .where(tables.deployment.c.tenant == bindparam("tenant_"))
    .order_by(tables.deployment.c.id)
)
_DEPLOYMENTS_OF = _DEPLOYMENTS.where(tables.deployment.c.registration == bindparam("registration_"))


class Registrations(TenantConnection):
    """The part of a transaction about who may launch."""

    def keep_registration(self, registration: Registration, *, at: int) -> int:
        """Adds one (id 0), or changes it; its deployments are those it names from then on. Its id.

        Raises StoreError where another has that issuer and client, UnknownRegistration where it should
        change and is not there.
        """
        self._check_issuer(registration)
        if registration.id:
            self.registration(registration.id)
        table = tables.registration
        number = registration.id or next_number(self.connection, table.c.id, table.c.tenant == self.tenant)
        self.put(table, [(number, *_columns(registration), at)])
        self._keep_deployments(number, registration.deployments, at=at)
        return number

    def disable_waiting(self, *, before: int) -> None:
        """Disables those that have been pending since before that instant."""
        table = tables.registration
        self.connection.execute(
            update(table)
            .where(
                table.c.tenant == self.tenant,
                table.c.standing == Approval.PENDING.value,
                table.c.kept_at < before,
            )
            .values(standing=Approval.DISABLED.value)
        )

    def registrations(self) -> Sequence[Registration]:
        """All of them, by id."""
        return self._found()

    def registration(self, registration: int) -> Registration:
        """Raises UnknownRegistration."""
        found = self._found(registration)
        if not found:
            raise UnknownRegistration(
                f"no platform is registered here under the number {registration}; "
                "`lms-scoring registration list` shows those that are"
            )
        return found[0]

    def forget_registration(self, registration: int) -> bool:
        """Removes one that no course and nobody of a platform came by; False, and it stays, where one did.

        Raises UnknownRegistration.
        """
        self.registration(registration)
        for table in (tables.platform_course, tables.platform_subject):
            used = exists().where(table.c.tenant == self.tenant, table.c.registration == registration)
            if self.connection.execute(select(used)).scalar_one():
                return False
        kept, placed = tables.registration, tables.deployment
        self.connection.execute(
            delete(placed).where(placed.c.tenant == self.tenant, placed.c.registration == registration)
        )
        self.connection.execute(delete(kept).where(kept.c.tenant == self.tenant, kept.c.id == registration))
        return True

    def meet_deployment(self, registration: int, deployment: str, *, at: int) -> None:
        """Keeps an unknown deployment as pending. Raises UnknownRegistration."""
        self.registration(registration)
        self.add(tables.deployment, [(registration, deployment, Approval.PENDING.value, at)])

    def keep_own_keys(self, keys: Sequence[SealedKey]) -> None:
        """The whole ring; what was there before is forgotten."""
        table = tables.own_key
        self.connection.execute(delete(table).where(table.c.tenant == self.tenant))
        self.add(table, [(key.id, key.turn, key.made_at, key.sealed) for key in keys])

    def own_keys(self) -> Sequence[SealedKey]:
        """The ring, the oldest first."""
        table = tables.own_key
        query = select(table).where(table.c.tenant == self.tenant).order_by(table.c.made_at, table.c.id)
        return [
            SealedKey(id=row.id, turn=row.turn, made_at=row.made_at, sealed=row.sealed)
            for row in self.connection.execute(query)
        ]

    def _check_issuer(self, registration: Registration) -> None:
        table = tables.registration
        taken = exists().where(
            table.c.tenant == self.tenant,
            table.c.issuer == registration.issuer,
            table.c.client_id == registration.client_id,
            table.c.id != registration.id,
        )
        if self.connection.execute(select(taken)).scalar_one():
            raise StoreError(
                f"the platform {registration.issuer} is registered with the client id "
                f"{registration.client_id} already; change that one instead: "
                "`lms-scoring registration change`"
            )

    def _keep_deployments(self, registration: int, deployments: Mapping[str, Approval], *, at: int) -> None:
        table = tables.deployment
        own = (table.c.tenant == self.tenant, table.c.registration == registration)
        self.connection.execute(delete(table).where(*own, table.c.id.not_in(listed(deployments))))
        query = select(table.c.id, table.c.met_at).where(*own)
        met = {row.id: row.met_at for row in self.connection.execute(query)}
        rows = [
            (registration, id_, standing.value, met.get(id_, at)) for id_, standing in deployments.items()
        ]
        self.put(table, rows)

    def _found(self, registration: int | None = None) -> list[Registration]:
        asked = {"tenant_": self.tenant, "registration_": registration}
        deployments: dict[int, dict[str, Approval]] = {}
        for row in rows(self.connection, _DEPLOYMENTS if registration is None else _DEPLOYMENTS_OF, **asked):
            deployments.setdefault(row.registration, {})[row.id] = Approval(row.standing)
        found = rows(self.connection, _REGISTRATIONS if registration is None else _REGISTRATION, **asked)
        return [_registration(row, deployments.get(row.id, {})) for row in found]


def _columns(registration: Registration) -> tuple[Any, ...]:
    return (
        *(registration.issuer, registration.client_id, registration.standing.value),
        *(registration.auth_url, registration.token_url, registration.jwks_url),
        *(registration.token_audience, registration.platform),
        json.dumps(registration.algorithms),
        json.dumps(sorted(registration.trusted_audiences)),
    )


def _registration(row: Any, deployments: Mapping[str, Approval]) -> Registration:
    return Registration(
        id=row.id,
        issuer=row.issuer,
        client_id=row.client_id,
        standing=Approval(row.standing),
        auth_url=row.auth_url,
        token_url=row.token_url,
        jwks_url=row.jwks_url,
        token_audience=row.token_audience,
        platform=row.platform,
        algorithms=tuple(json.loads(row.algorithms)),
        trusted_audiences=frozenset(json.loads(row.trusted_audiences)),
        deployments=deployments,
    )
