"""Cases and disputes with their steps, and the texts that lie with a case."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "proceeding",
        sa.Column("tenant", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("course", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("sort", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("waits", sa.Boolean(create_constraint=False), nullable=False),
        sa.Column("family", sa.Text(), nullable=True),
        sa.Column("role", sa.Text(), nullable=True),
        sa.Column("class", sa.Text(), nullable=True),
        sa.Column("criterion", sa.Text(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=True),
        sa.Column("record", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["tenant"], ["tenant.id"], name=op.f("fk_proceeding_tenant")),
        sa.PrimaryKeyConstraint("tenant", "course", "sort", "number", name=op.f("pk_proceeding")),
    )
    for last in ("person", "waits"):
        op.create_index(
            op.f(f"ix_proceeding_tenant_course_sort_{last}"),
            "proceeding",
            ["tenant", "course", "sort", last],
        )
    op.create_table(
        "proceeding_step",
        sa.Column("tenant", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("course", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("sort", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("step", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("by", sa.Text(), nullable=True),
        sa.Column("body", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant", "course", "sort", "number"],
            ["proceeding.tenant", "proceeding.course", "proceeding.sort", "proceeding.number"],
            name=op.f("fk_proceeding_step_proceeding"),
        ),
        sa.PrimaryKeyConstraint(
            "tenant", "course", "sort", "number", "step", name=op.f("pk_proceeding_step")
        ),
    )
    op.create_table(
        "case_text",
        sa.Column("tenant", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("course", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("side", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("of_course", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("person", sa.Text(), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "course", "number", "side", name=op.f("pk_case_text")),
    )
    op.create_index(op.f("ix_case_text_tenant_person"), "case_text", ["tenant", "person"])
    op.create_table(
        "doubt_rules",
        sa.Column("tenant", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("course", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["tenant"], ["tenant.id"], name=op.f("fk_doubt_rules_tenant")),
        sa.PrimaryKeyConstraint("tenant", "course", name=op.f("pk_doubt_rules")),
    )


def downgrade() -> None:
    for table in ("doubt_rules", "case_text", "proceeding_step", "proceeding"):
        op.drop_table(table)
