"""Who did something that shows in no points: findings tell it, and are read of lines that show nothing."""

from __future__ import annotations

from collections.abc import Collection

import msgspec
from sqlalchemy import bindparam, select

from lms_scoring.domain.outlook import has_begun
from lms_scoring.domain.packed_card import unpacked
from lms_scoring.store import tables
from lms_scoring.store.boards.due import LineKey
from lms_scoring.store.databases.dialect import list_parameter, listed_later, rows
from lms_scoring.store.tenant_connection import TenantConnection

_DETAIL = tables.scorecard_detail
_WHOLE = select(_DETAIL.c.person, _DETAIL.c.role, _DETAIL.c["class"].label("class_"), _DETAIL.c.card).where(
    _DETAIL.c.tenant == bindparam("tenant_"),
    _DETAIL.c.course == bindparam("course_"),
    _DETAIL.c.person.in_(listed_later("persons_")),
)
_read = msgspec.json.Decoder().decode


def who_only_began(
    transaction: TenantConnection, course: str, unclear: Collection[LineKey]
) -> frozenset[LineKey]:
    """Those of the lines, which show nothing, whose persons did something all the same."""
    if not unclear:
        return frozenset()
    persons = list_parameter(sorted({key.person for key in unclear}))
    found = rows(transaction.connection, _WHOLE, tenant_=transaction.tenant, course_=course, persons_=persons)
    return frozenset(
        key
        for row in found
        if (key := LineKey(row.person, row.role, row.class_)) in unclear
        and has_begun(unpacked(row.card, read=_read))
    )
