"""The store on an SQL database: transactions in which everything is written and read together."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager

from sqlalchemy import Engine

from lms_scoring.ports import Bell, Transaction
from lms_scoring.store.boards.lines import renew_lines
from lms_scoring.store.databases.engine import open_engine, transaction
from lms_scoring.store.erasing.tombstones import DigestKeys, no_keys
from lms_scoring.store.sql_transaction import SqlTransaction


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
            renew_lines(made)
            if made.calls and self.bell is not None:
                self.bell.ring_within(connection.connection.driver_connection, made.calls)
        if made.calls and self.bell is not None:
            self.bell.ring_after(made.calls)
