"""Tables of losses that are held, and of the records that each of them has."""

from __future__ import annotations

from sqlalchemy import Column, Integer, Table, UniqueConstraint

from lms_scoring.store.tables.metadata import Instant, key, metadata, needed, tenant_key

held_loss = Table(
    "held_loss",
    metadata,
    tenant_key(),
    key("number", Integer),
    needed("course"),
    needed("source"),
    needed("kind"),
    needed("activity"),
    needed("missing", Integer),
    needed("live", Integer),
    needed("people", Integer),
    needed("state"),
    needed("run", Integer),
    needed("first_at", Instant),
    needed("last_at", Instant),
    Column("act", Integer),
    UniqueConstraint("tenant", "course", "source", "kind", "activity", name="uq_held_loss"),
)
"""The activity is NOTHING where the whole course is meant. Rows stay; `state` says what became of a loss."""

held_record = Table(
    "held_record",
    metadata,
    tenant_key(checked=False),
    key("loss", Integer),
    key("record"),
    sqlite_with_rowid=False,
)
"""What a loss that is held has: the ids of the records, whose kind is the loss's."""
