"""Tables of syncs to come: what is asked for, which platforms fail, what goes on, what is counted."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, Integer, Table

from lms_scoring.store.tables.metadata import Instant, key, metadata, needed, tenant_key

sync_request = Table(
    "sync_request",
    metadata,
    tenant_key(),
    key("course"),
    key("source"),
    needed("asked_at", Instant),
    Column("urgent", Boolean(create_constraint=False), nullable=False),
    Column("full", Boolean(create_constraint=False), nullable=False),
)
"""Stays until it is done: whoever dies on it leaves it to the next one."""

trouble = Table(
    "trouble",
    metadata,
    tenant_key(),
    key("kind"),
    key("name"),
    key("course"),
    needed("since", Instant),
    needed("failures", Integer),
    needed("try_at", Instant),
    needed("reason"),
    Column("told_at", Instant),
    Column("over_at", Instant),
)
"""The course is NOTHING where what fails is no one course's."""

tally = Table("tally", metadata, tenant_key(), key("name"), needed("count", BigInteger))
"""How often something was met that whoever watches over it should know of, by all processes together."""

heartbeat = Table("heartbeat", metadata, tenant_key(), key("name"), needed("at", Instant))
