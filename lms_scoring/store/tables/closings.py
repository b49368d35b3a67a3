"""Tables of closed programmes: what the cards of each closing were made of."""

from __future__ import annotations

from sqlalchemy import Column, Integer, LargeBinary, Table, Text

from lms_scoring.store.tables.metadata import Instant, key, metadata, needed, tenant_key

frozen_evidence = Table(
    "frozen_evidence",
    metadata,
    tenant_key(),
    key("act", Integer),
    key("person"),
    needed("body", LargeBinary),
)
"""Of one person each: the records as they count, in JSON compressed by zlib; `act` numbers the closing."""

frozen_membership = Table(
    "frozen_membership",
    metadata,
    tenant_key(),
    key("act", Integer),
    key("person"),
    key("source"),
    key("record"),
    needed("role"),
    Column("class", Text),
    needed("status"),
    Column("gone_at", Instant),
)
