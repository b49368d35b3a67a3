"""Closed programmes: freezes what their cards were made of."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Sequence

from lms_scoring.domain.canonical import canonical
from lms_scoring.domain.evidence import KIND_OF, Record
from lms_scoring.domain.evidence_json import to_fields
from lms_scoring.ports import Act, Frozen
from lms_scoring.store import tables
from lms_scoring.store.acts import next_act
from lms_scoring.store.closing.frozen import closing_of
from lms_scoring.store.tables.metadata import NOTHING
from lms_scoring.store.tenant_connection import TenantConnection

_AT_ONCE = 50
"""So many people's evidence is in memory at one time."""


class Closings(TenantConnection):
    """The part of a transaction about closed programmes."""

    def closing(self, course: str) -> Act | None:
        """The closing that holds; None: the course is open."""
        return closing_of(self, course)

    def freeze(self, course: str, frozen: Iterable[Frozen]) -> None:
        """Kept for the closing that is signed next, in the same transaction."""
        act, portion = next_act(self), list[Frozen]()
        for one in frozen:
            portion.append(one)
            if len(portion) == _AT_ONCE:
                self._keep_frozen(act, portion)
                portion = []
        self._keep_frozen(act, portion)

    def _keep_frozen(self, act: int, portion: Sequence[Frozen]) -> None:
        self.add(tables.frozen_evidence, [(act, one.person, _compressed(one.records)) for one in portion])
        self.add(
            tables.frozen_membership,
            [
                (
                    *(act, one.person, membership.source or NOTHING, membership.id),
                    *(membership.role.value, membership.class_, membership.status.value, membership.gone_at),
                )
                for one in portion
                for membership in one.memberships
            ],
        )


def _compressed(records: Iterable[Record]) -> bytes:
    return zlib.compress(
        canonical([{"kind": KIND_OF[type(record)], **to_fields(record)} for record in records])
    )
