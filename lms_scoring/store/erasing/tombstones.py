"""Who was erased, known by digests alone: without their key, nobody can try who it may have been."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Iterable, Mapping, Sequence

from sqlalchemy import ColumnElement, delete, func, select

from lms_scoring.domain.errors import SealBroken
from lms_scoring.domain.identity import ERASED, pseudonym
from lms_scoring.store import tables
from lms_scoring.store.databases.dialect import listed, rows
from lms_scoring.store.tenant_connection import TENANT, TenantConnection

DigestKeys = Callable[[bool], Sequence[bytes]]
"""The keys of digests, the one that is used now first; made where there is none, if asked."""

_TABLE = tables.tombstone
_ALL = select(_TABLE.c.digest, _TABLE.c.key, _TABLE.c.act).where(_TABLE.c.tenant == TENANT)
_LOST = (
    "people were erased here, and the key by which they are known again is missing, so they would come "
    "back: bring the file of the sealing key back, or let them in by `lms-scoring person readmit --lost`"
)


def no_keys(_make: bool) -> Sequence[bytes]:
    """Of a store that was given none."""
    return ()


class Tombstones(TenantConnection):
    """The part of a transaction about whoever was erased."""

    digest_keys: DigestKeys
    """Given by whoever makes the transaction."""

    def erased(self, accounts: Iterable[str]) -> Mapping[str, str]:
        """Those of the accounts whose people were erased, each with what stands for them now."""
        acts = self._erasures()
        if not acts:
            return {}
        asked = ((text, _digest(key, text)) for key in self._keys() for text in set(accounts))
        return {text: pseudonym(acts[digest]) for text, digest in asked if digest in acts}

    def remember_erased(self, accounts: Mapping[str, str]) -> None:
        """These accounts are of people who were erased: the account, and what stands for them."""
        self._erasures()
        keys = self.digest_keys(True)
        if not keys:
            raise SealBroken("this store has no key to know by who was erased, so nobody can be erased in it")
        name = _name(keys[0])
        numbers = {text: int(stands.removeprefix(ERASED)) for text, stands in accounts.items()}
        self.add(_TABLE, [(_digest(keys[0], text), name, number) for text, number in numbers.items()])
        self.remembered.erasures = None

    def readmit(self, accounts: Iterable[str]) -> int:
        """Whoever was erased and had one of the accounts may come back."""
        acts = {int(stands.removeprefix(ERASED)) for stands in self.erased(accounts).values()}
        self._forget(_TABLE.c.act.in_(listed(acts)))
        return len(acts)

    def readmit_unreadable(self) -> int:
        """So may all whose digests are of a key that is lost."""
        unreadable = _TABLE.c.key.not_in([*map(_name, self._keys())])
        of_acts = select(func.count(_TABLE.c.act.distinct())).where(
            _TABLE.c.tenant == self.tenant, unreadable
        )
        count = self.connection.execute(of_acts).scalar_one()
        self._forget(unreadable)
        return count

    def _erasures(self) -> dict[bytes, int]:
        """By digest, the act that erased whose account it is; read once per transaction."""
        if self.remembered.erasures is None:
            found = rows(self.connection, _ALL, tenant_=self.tenant)
            if found and {bytes(row.key) for row in found} - {*map(_name, self._keys())}:
                raise SealBroken(_LOST)
            self.remembered.erasures = {bytes(row.digest): row.act for row in found}
        return self.remembered.erasures

    def _keys(self) -> Sequence[bytes]:
        if self.remembered.digest_keys is None:
            self.remembered.digest_keys = self.digest_keys(False)
        return self.remembered.digest_keys

    def _forget(self, which: ColumnElement[bool]) -> None:
        self.connection.execute(delete(_TABLE).where(_TABLE.c.tenant == self.tenant, which))
        self.remembered.erasures = None


def _digest(key: bytes, account: str) -> bytes:
    return hmac.digest(key, account.encode(), hashlib.sha256)


def _name(key: bytes) -> bytes:
    """What tells the key and nothing of it."""
    return hmac.digest(key, b"the name of this key", hashlib.sha256)[:8]
