"""Keys of other programs, known by digests of their secrets."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import or_, select, update

from lms_scoring.ports import ApiKey
from lms_scoring.store import tables
from lms_scoring.store.tables.metadata import NOTHING
from lms_scoring.store.tenant_connection import TenantConnection, next_number

_TABLE = tables.api_key
_COLUMNS = (
    *(_TABLE.c.id, _TABLE.c.name, _TABLE.c.course, _TABLE.c.made_at),
    *(_TABLE.c.expires_at, _TABLE.c.used_at, _TABLE.c.revoked_at),
)


class ApiKeys(TenantConnection):
    """The part of a transaction about keys of other programs."""

    def keep_api_key(
        self, digest: str, *, name: str, course: str | None, at: int, expires_at: int | None = None
    ) -> int:
        """A new key; its number."""
        number = next_number(self.connection, _TABLE.c.id, _TABLE.c.tenant == self.tenant)
        row = {"id": number, "digest": digest, "name": name, "course": course or NOTHING}
        self.add_named(_TABLE, [{**row, "made_at": at, "expires_at": expires_at}])
        return number

    def api_key(self, digest: str, *, at: int) -> ApiKey | None:
        """The key that is good at that instant."""
        query = select(*_COLUMNS).where(
            _TABLE.c.tenant == self.tenant,
            _TABLE.c.digest == digest,
            _TABLE.c.revoked_at.is_(None),
            or_(_TABLE.c.expires_at.is_(None), _TABLE.c.expires_at > at),
        )
        row = self.connection.execute(query).one_or_none()
        return None if row is None else _key(row)

    def api_keys(self) -> Sequence[ApiKey]:
        """All there ever were, by number."""
        query = select(*_COLUMNS).where(_TABLE.c.tenant == self.tenant).order_by(_TABLE.c.id)
        return [_key(row) for row in self.connection.execute(query)]

    def use_api_key(self, id_: int, *, at: int) -> None:
        """Notes that somebody used it; an earlier use takes nothing away."""
        self.connection.execute(
            update(_TABLE)
            .where(
                _TABLE.c.tenant == self.tenant,
                _TABLE.c.id == id_,
                or_(_TABLE.c.used_at.is_(None), _TABLE.c.used_at < at),
            )
            .values(used_at=at)
        )

    def revoke_api_key(self, id_: int, *, at: int) -> bool:
        """From now on it opens nothing."""
        revoked = self.connection.execute(
            update(_TABLE)
            .where(_TABLE.c.tenant == self.tenant, _TABLE.c.id == id_, _TABLE.c.revoked_at.is_(None))
            .values(revoked_at=at)
        )
        return revoked.rowcount == 1


def _key(row: object) -> ApiKey:
    fields = row._asdict()  # type: ignore[attr-defined] # a row of the columns above
    return ApiKey(**{**fields, "course": fields["course"] or None})
