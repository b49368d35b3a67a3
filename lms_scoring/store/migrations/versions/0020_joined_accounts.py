"""Accounts that people joined by hand, beside what rosters say of them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "joined_account",
        sa.Column("tenant", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("account", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("act", sa.Integer(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("roster_person", sa.Text(), nullable=True),
        sa.Column("roster_rank", sa.SmallInteger(), nullable=True),
        sa.ForeignKeyConstraint(["tenant"], ["tenant.id"], name=op.f("fk_joined_account_tenant")),
        sa.ForeignKeyConstraint(
            ["tenant", "account"],
            ["account.tenant", "account.id"],
            name=op.f("fk_joined_account_account"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant", "act"],
            ["signed_act.tenant", "signed_act.number"],
            name=op.f("fk_joined_account_signed_act"),
        ),
        sa.PrimaryKeyConstraint("tenant", "account", name=op.f("pk_joined_account")),
    )
    op.create_index(op.f("ix_joined_account_tenant_person"), "joined_account", ["tenant", "person"])


def downgrade() -> None:
    op.drop_table("joined_account")
