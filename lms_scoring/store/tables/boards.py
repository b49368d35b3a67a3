"""Tables of scoreboards: a line for each card of somebody's place in a course, its place in every order, and
what is counted. All of it follows from cards, names and memberships, and is kept in the same transactions."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
)

from lms_scoring.store.tables.metadata import key, metadata, needed, tenant_key

board_scope = Table(
    "board_scope",
    metadata,
    tenant_key(checked=False),
    key("id", Integer),
    needed("course"),
    needed("role"),
    Column("whole", Boolean(create_constraint=False), nullable=False),
    needed("class"),
    needed("version", BigInteger),
    Column("settled", Boolean(create_constraint=False), nullable=False),
    needed("making", Integer),
    UniqueConstraint("tenant", "course", "role", "whole", "class", name="uq_board_scope"),
)
"""A part of a board that is counted and ordered by itself: everybody (`whole`, the class is then NOTHING), or
one class. `version` is drawn anew at each change; `settled`: the medians are those of its lines; `making` is
the way in which they were made."""

board_count = Table(
    "board_count",
    metadata,
    tenant_key(checked=False),
    key("scope", Integer),
    key("chip", SmallInteger),
    needed("n", Integer),
)

board_list = Table(
    "board_list",
    metadata,
    tenant_key(checked=False),
    key("id", Integer),
    needed("scope", Integer),
    needed("sorting"),
    Column("median", Text),
    Column("of", Integer),
    Column("unread", Integer),
    UniqueConstraint("tenant", "scope", "sorting", name="uq_board_list"),
)
"""One order of a scope. `median` is exact (`7/3`), of how many, and of how many of them it may be more."""

board_line = Table(
    "board_line",
    metadata,
    tenant_key(checked=False),
    key("id", Integer),
    needed("course"),
    needed("role"),
    needed("class"),
    needed("person"),
    needed("name"),
    needed("name_key", LargeBinary),
    needed("chip", SmallInteger),
    needed("ordered", LargeBinary),
    needed("body"),
    UniqueConstraint("tenant", "course", "person", "role", "class", name="uq_board_line"),
)
"""`body` is what the row shows, as JSON; `chip` the number by which it is picked (`boards/line_numbers.py`);
`name_key` what the name sorts by; `ordered` the SHA-256 of its places, which need not be written again where
it is the same."""

board_place = Table(
    "board_place",
    metadata,
    tenant_key(checked=False),
    key("list", Integer),
    key("chip", SmallInteger),
    key("place", LargeBinary),
    key("line", Integer),
    Column("unread", Boolean(create_constraint=False), nullable=False),
    Index("ix_board_place_line", "tenant", "line", "list"),
    sqlite_with_rowid=False,
)
"""Where each line stands in each order. Within a list the lines of each chip lie together, in order: a page
of any of them, or of several merged, reads as many rows as it shows."""

board_term = Table(
    "board_term",
    metadata,
    tenant_key(checked=False),
    key("scope", Integer),
    key("term", LargeBinary),
    key("line", Integer),
    Index("ix_board_term_line", "tenant", "line"),
    sqlite_with_rowid=False,
)
"""What a line is found by, among everybody: whatever begins with what is searched for."""
