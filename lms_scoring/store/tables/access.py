"""Tables of who may see what: roles granted here, one-time links, sessions, keys of other programs."""

from __future__ import annotations

from sqlalchemy import Column, Index, Integer, Table, Text, UniqueConstraint

from lms_scoring.store.tables.metadata import Instant, key, metadata, needed, tenant_key

access_grant = Table("access_grant", metadata, tenant_key(), key("person"), key("role"), key("course"))

sign_in_link = Table(
    "sign_in_link",
    metadata,
    tenant_key(),
    key("digest"),
    needed("visitor"),
    needed("expires_at", Instant),
    Column("used_at", Instant),
    Column("registration", Integer),
    Column("deployment", Text),
    Column("launch", Text),
)
"""Known by the SHA-256 of its secret; the secret itself is nowhere. `registration`, `deployment` and `launch`
are those that the visitor came by, as in `session`."""

session = Table(
    "session",
    metadata,
    tenant_key(),
    key("digest"),
    needed("visitor"),
    needed("expires_at", Instant),
    needed("used_at", Instant),
    Column("idle", Instant),
    Column("registration", Integer),
    Column("deployment", Text),
    Column("launch", Text),
    Index(None, "tenant", "expires_at"),
)
"""`used_at` is when a use of it was last noted; `idle`, how long nobody may use it (NULL: no limit)."""

api_key = Table(
    "api_key",
    metadata,
    tenant_key(),
    key("id", Integer),
    needed("digest"),
    needed("name"),
    needed("course"),
    needed("made_at", Instant),
    Column("expires_at", Instant),
    Column("used_at", Instant),
    Column("revoked_at", Instant),
    UniqueConstraint("tenant", "digest", name="uq_api_key_tenant_digest"),
)
"""Of other programs, known by the SHA-256 of their secrets; `course` is "" where a key opens all."""
