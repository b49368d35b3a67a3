"""The table of records that were set aside because they could not be used."""

from __future__ import annotations

from sqlalchemy import Column, Index, Integer, LargeBinary, Table, UniqueConstraint

from lms_scoring.store.tables.metadata import Instant, key, metadata, needed, tenant_key

quarantined = Table(
    "quarantined",
    metadata,
    tenant_key(),
    key("number", Integer),
    needed("course"),
    needed("source"),
    needed("digest"),
    needed("state"),
    needed("code"),
    needed("reason"),
    needed("subject"),
    needed("place"),
    needed("record"),
    needed("text", LargeBinary),
    needed("size", Integer),
    needed("first_run", Integer),
    needed("last_run", Integer),
    needed("first_at", Instant),
    needed("last_at", Instant),
    Column("over_at", Instant),
    Column("act", Integer),
    UniqueConstraint("tenant", "course", "source", "digest", name="uq_quarantined"),
    Index(None, "tenant", "state", "source"),
)
"""The course is NOTHING where a shared source tells every course the same. `text` is what came, up to
a bound; `size` how many bytes came. What waits no more says since when and why, until it gives way to others
of its source or is too old (decisions 0027, 0030)."""
