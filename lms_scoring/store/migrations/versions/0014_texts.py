"""What people wrote, beside the evidence. The next sync reads everything once more and brings it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "evidence_text",
        sa.Column("tenant", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("course", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("source", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("record", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("account", sa.Integer(), nullable=False),
        sa.Column("activity", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=True),
        sa.Column("told_at", sa.BigInteger(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("text", sa.Text(), nullable=True),
        sa.Column("unsigned", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant", "account"], ["account.tenant", "account.id"], name=op.f("fk_evidence_text_account")
        ),
        sa.PrimaryKeyConstraint(
            "tenant", "course", "source", "kind", "record", name=op.f("pk_evidence_text")
        ),
        sa.UniqueConstraint("tenant", "number", name=op.f("uq_evidence_text_tenant_number")),
    )
    op.create_index(op.f("ix_evidence_text_tenant_account"), "evidence_text", ["tenant", "account"])
    op.create_index(
        "ix_evidence_text_unsigned",
        "evidence_text",
        ["tenant", "course", "number"],
        sqlite_where=sa.text("unsigned = 1"),
        postgresql_where=sa.text("unsigned = true"),
    )
    op.create_table(
        "text_mark",
        sa.Column("tenant", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("mark", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("tenant", "number", "mark", name=op.f("pk_text_mark")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_text_mark_tenant_mark"), "text_mark", ["tenant", "mark"])
    op.create_table(
        "text_touched",
        sa.Column("tenant", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("course", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("account", sa.Integer(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("tenant", "course", "account", name=op.f("pk_text_touched")),
    )
    op.create_table(
        "activity_text",
        sa.Column("tenant", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("course", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("source", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("activity", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "course", "source", "activity", name=op.f("pk_activity_text")),
    )


def downgrade() -> None:
    op.drop_table("activity_text")
    op.drop_table("text_touched")
    op.drop_table("text_mark")
    op.drop_table("evidence_text")
