"""Tables of who may see what: roles granted here, one-time links, sessions."""

from __future__ import annotations

from sqlalchemy import Column, Table

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
)
"""Known by the SHA-256 of its secret; the secret itself is nowhere."""

session = Table(
    "session", metadata, tenant_key(), key("digest"), needed("visitor"), needed("expires_at", Instant)
)
