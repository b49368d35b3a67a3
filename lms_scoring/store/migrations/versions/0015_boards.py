"""Scoreboards in all their orders. What is in them is made by `fill_boards`, which ends every upgrade."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "board_scope",
        *_key("id"),
        sa.Column("course", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("whole", sa.Boolean(create_constraint=False), nullable=False),
        sa.Column("class", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("settled", sa.Boolean(create_constraint=False), nullable=False),
        sa.Column("making", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_board_scope")),
        sa.UniqueConstraint("tenant", "course", "role", "whole", "class", name=op.f("uq_board_scope")),
    )
    op.create_table(
        "board_count",
        *_key("scope"),
        sa.Column("chip", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "scope", "chip", name=op.f("pk_board_count")),
    )
    op.create_table(
        "board_list",
        *_key("id"),
        sa.Column("scope", sa.Integer(), nullable=False),
        sa.Column("sorting", sa.Text(), nullable=False),
        sa.Column("median", sa.Text(), nullable=True),
        sa.Column("of", sa.Integer(), nullable=True),
        sa.Column("unread", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_board_list")),
        sa.UniqueConstraint("tenant", "scope", "sorting", name=op.f("uq_board_list")),
    )
    op.create_table(
        "board_line",
        *_key("id"),
        sa.Column("course", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("class", sa.Text(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("name_key", sa.LargeBinary(), nullable=False),
        sa.Column("chip", sa.SmallInteger(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("ordered", sa.LargeBinary(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_board_line")),
        sa.UniqueConstraint("tenant", "course", "person", "role", "class", name=op.f("uq_board_line")),
    )
    op.create_table(
        "board_place",
        *_key("list"),
        sa.Column("chip", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("place", sa.LargeBinary(), nullable=False),
        sa.Column("line", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("unread", sa.Boolean(create_constraint=False), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "list", "chip", "place", "line", name=op.f("pk_board_place")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_board_place_line"), "board_place", ["tenant", "line", "list"])
    op.create_table(
        "board_term",
        *_key("scope"),
        sa.Column("term", sa.LargeBinary(), nullable=False),
        sa.Column("line", sa.Integer(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("tenant", "scope", "term", "line", name=op.f("pk_board_term")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_board_term_line"), "board_term", ["tenant", "line"])


def downgrade() -> None:
    for table in ("board_term", "board_place", "board_line", "board_list", "board_count", "board_scope"):
        op.drop_table(table)


def _key(second: str) -> tuple[sa.Column[int], sa.Column[int]]:
    return (
        sa.Column("tenant", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column(second, sa.Integer(), autoincrement=False, nullable=False),
    )
