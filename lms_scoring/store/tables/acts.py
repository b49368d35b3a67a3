"""The table of signed acts."""

from __future__ import annotations

from sqlalchemy import Column, Index, Integer, Table, Text

from lms_scoring.store.tables.metadata import Instant, key, metadata, needed, tenant_key

signed_act = Table(
    "signed_act",
    metadata,
    tenant_key(),
    key("number", Integer),
    needed("at", Instant),
    needed("kind"),
    needed("by"),
    needed("reason"),
    needed("course"),
    Column("person", Text),
    Column("subject", Text),
    needed("run", Integer),
    Index(None, "tenant", "course"),
)
"""Append-only; the course is NOTHING where an act concerns the whole institution."""
