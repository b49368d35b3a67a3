"""The store on an SQL database: transactions in which everything is written and read together."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager

from sqlalchemy import Connection, Engine

from lms_scoring.ports import Bell, Call, Transaction
from lms_scoring.store.access import Access
from lms_scoring.store.api_keys import ApiKeys
from lms_scoring.store.courses import Courses
from lms_scoring.store.engine import open_engine, transaction
from lms_scoring.store.erasures import Erasures
from lms_scoring.store.identities import Identities
from lms_scoring.store.launches import Launches
from lms_scoring.store.losses import Losses
from lms_scoring.store.measures import Measures
from lms_scoring.store.outbox import Outbox
from lms_scoring.store.quarantine import Quarantine
from lms_scoring.store.registrations import Registrations
from lms_scoring.store.schedules import Schedules
from lms_scoring.store.statements_in import StatementsIn
from lms_scoring.store.tombstones import DigestKeys, no_keys


class SqlTransaction(
    Courses,
    Erasures,
    Identities,
    StatementsIn,
    Measures,
    Access,
    Registrations,
    Launches,
    Outbox,
    ApiKeys,
    Schedules,
    Quarantine,
    Losses,
):
    """One transaction, composed of its areas; `calls` are the jobs that it sets going."""

    def __init__(self, connection: Connection, tenant: int, digest_keys: DigestKeys) -> None:
        super().__init__(connection, tenant)
        self.digest_keys = digest_keys
        self.calls: list[Call] = []

    def wake(self, call: Call) -> None:
        """Once this is committed; the same asked for twice is one call."""
        if call not in self.calls:
            self.calls.append(call)


class SqlStore:
    """The rows of one institution (tenant) in one database.

    Brought to this program's version beforehand: `lms_scoring.store.migrations` has `upgrade` and `check`.
    Its `bell` is rung for jobs that a transaction sets going; without one, they wait until somebody looks.
    `digest_keys` are those by which people who were erased are known again.
    """

    def __init__(self, database: str | Engine, *, tenant: int = 1, digest_keys: DigestKeys = no_keys) -> None:
        self.engine = open_engine(database) if isinstance(database, str) else database
        self.tenant = tenant
        self._digest_keys = digest_keys
        self.bell: Bell | None = None

    def writing(self) -> AbstractContextManager[Transaction]:
        """One transaction that may write; what it writes in is taken at once, so that of those that write one
        comes after the other. Raises StoreError."""
        return self._transaction(writes=True)

    def reading(self) -> AbstractContextManager[Transaction]:
        """One consistent view. Raises StoreError."""
        return self._transaction(writes=False)

    def close(self) -> None:
        """Closes the connections to the database."""
        self.engine.dispose()

    @contextmanager
    def _transaction(self, *, writes: bool) -> Iterator[Transaction]:
        with transaction(self.engine, writes=writes, tenant=self.tenant) as connection:
            made = SqlTransaction(connection, self.tenant, self._digest_keys)
            yield made
            made.renew_lines()
            if made.calls and self.bell is not None:
                self.bell.ring_within(connection.connection.driver_connection, made.calls)
        if made.calls and self.bell is not None:
            self.bell.ring_after(made.calls)
