"""Tables of who may launch us, launches under way, where they come from, and our own keys."""

from __future__ import annotations

from sqlalchemy import (
    Column,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    UniqueConstraint,
)

from lms_scoring.store.tables.metadata import Instant, key, metadata, needed, tenant_key


def _of_registration() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(["tenant", "registration"], ["registration.tenant", "registration.id"])


registration = Table(
    "registration",
    metadata,
    tenant_key(),
    key("id", Integer),
    needed("issuer"),
    needed("client_id"),
    needed("standing"),
    needed("auth_url"),
    needed("token_url"),
    needed("jwks_url"),
    Column("token_audience", Text),
    Column("platform", Text),
    needed("algorithms"),
    needed("trusted_audiences"),
    needed("kept_at", Instant),
    UniqueConstraint("tenant", "issuer", "client_id"),
)
"""One client of one issuer; algorithms and trusted audiences are lists in JSON."""

deployment = Table(
    "deployment",
    metadata,
    tenant_key(),
    key("registration", Integer),
    key("id"),
    needed("standing"),
    needed("met_at", Instant),
    _of_registration(),
)

own_key = Table(
    "own_key",
    metadata,
    tenant_key(),
    key("id"),
    needed("turn"),
    needed("made_at", Instant),
    needed("sealed", LargeBinary),
)
"""Our key pairs; what they are sealed with is not in the database."""

launch_state = Table(
    "launch_state",
    metadata,
    tenant_key(),
    key("digest"),
    needed("expires_at", Instant),
    needed("body"),
    Column("registration", Integer),
    Index(None, "tenant", "expires_at"),
    Index(None, "tenant", "registration", "expires_at"),
)
"""Known by the SHA-256 of what the browser carries; lives for minutes, so its fields are one JSON text."""

platform_course = Table(
    "platform_course",
    metadata,
    tenant_key(),
    key("registration", Integer),
    key("context"),
    Column("title", Text),
    Column("course", Text),
    needed("deployment"),
    Column("line_items", Text),
    Column("line_item", Text),
    Column("roster_url", Text),
    needed("scopes"),
    needed("history"),
    needed("seen_at", Instant),
    Column("own_line_item", Text),
    _of_registration(),
    Index(None, "tenant", "course"),
)
"""A course as its platform launches us from it; scopes and history are lists in JSON."""

platform_subject = Table(
    "platform_subject",
    metadata,
    tenant_key(),
    key("registration", Integer),
    key("subject"),
    needed("person"),
    needed("seen_at", Instant),
    _of_registration(),
    Index(None, "tenant", "registration", "person"),
)
"""The person need not be known yet: a Moodle's user may launch before the first sync names them."""
