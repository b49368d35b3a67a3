"""Tables of people and the accounts by which platforms know them."""

from __future__ import annotations

from sqlalchemy import (
    Column,
    ForeignKeyConstraint,
    Index,
    Integer,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
)

from lms_scoring.store.tables.metadata import key, metadata, needed, tenant_key

person = Table("person", metadata, tenant_key(), key("id"), needed("name"))

account = Table(
    "account",
    metadata,
    tenant_key(),
    key("id", Integer),
    needed("text"),
    Column("person", Text),
    Column("rank", SmallInteger),
    UniqueConstraint("tenant", "text"),
    ForeignKeyConstraint(["tenant", "person"], ["person.tenant", "person.id"]),
    Index(None, "tenant", "person"),
)
"""Evidence refers to the number, so that joining an account to a person, or undoing it, moves no evidence.

`rank` is the account's place in the person's list, the most stable first.
"""

joined_account = Table(
    "joined_account",
    metadata,
    tenant_key(),
    key("account", Integer),
    needed("act", Integer),
    needed("person"),
    Column("roster_person", Text),
    Column("roster_rank", SmallInteger),
    ForeignKeyConstraint(["tenant", "account"], ["account.tenant", "account.id"]),
    ForeignKeyConstraint(["tenant", "act"], ["signed_act.tenant", "signed_act.number"]),
    Index(None, "tenant", "person"),
)
"""Accounts joined by hand, as long as they are. `account` says whose they are, this table what it would say
without: whom rosters name.
"""

touched = Table(
    "touched",
    metadata,
    tenant_key(checked=False),
    key("course"),
    key("account", Integer),
    Column("assessment", Text),
)
"""Accounts whose evidence changed since their person was scored in the course.

`assessment` names the one that scores them just now, or was cut short while it did, or says in a word of its
own that no card could be made, or that it goes on without them; NULL: none, or they were touched again since
it began.
"""

taken_up = Index(
    "ix_touched_taken_up",
    *(touched.c[name] for name in ("tenant", "course", "assessment")),
    sqlite_where=touched.c.assessment.is_not(None),
    postgresql_where=touched.c.assessment.is_not(None),
)
"""For those few, among all whom a first sync marked."""
