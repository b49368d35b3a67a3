"""Tables of who was erased: digests by which they are known again, and works that tutors' cards rest on."""

from __future__ import annotations

from sqlalchemy import Integer, LargeBinary, Table

from lms_scoring.store.tables.metadata import key, metadata, needed, tenant_key

tombstone = Table(
    "tombstone",
    metadata,
    tenant_key(),
    key("digest", LargeBinary),
    needed("key", LargeBinary),
    needed("act", Integer),
)
"""An account of somebody who was erased by that act, as a digest whose key is not in the database; `key`
tells which key."""

stand_in = Table(
    "stand_in",
    metadata,
    tenant_key(),
    key("act", Integer),
    key("course"),
    key("closing", Integer),
    needed("body", LargeBinary),
)
"""Nameless works of whoever was erased by that act, in JSON compressed by zlib: as they count in the closing
of that number, or (0) as they came."""
