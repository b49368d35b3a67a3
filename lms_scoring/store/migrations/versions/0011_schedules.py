"""Syncs that come by themselves: what is asked for, what fails; requests of a run; what is marked by what."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("run", recreate="always") as run:
        run.add_column(sa.Column("calls", sa.Integer(), nullable=True))
    with op.batch_alter_table("activity", recreate="always") as activity:
        activity.add_column(sa.Column("marking", sa.Text(), nullable=True))
    op.create_table(
        "sync_request",
        sa.Column("tenant", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("course", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("source", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("asked_at", sa.BigInteger(), nullable=False),
        sa.Column("urgent", sa.Boolean(create_constraint=False), nullable=False),
        sa.Column("full", sa.Boolean(create_constraint=False), nullable=False),
        sa.Column("accept_loss", sa.Boolean(create_constraint=False), nullable=False),
        sa.ForeignKeyConstraint(["tenant"], ["tenant.id"], name=op.f("fk_sync_request_tenant")),
        sa.PrimaryKeyConstraint("tenant", "course", "source", name=op.f("pk_sync_request")),
    )
    op.create_table(
        "trouble",
        sa.Column("tenant", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("platform", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("course", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("try_at", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("told_at", sa.BigInteger(), nullable=True),
        sa.Column("over_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["tenant"], ["tenant.id"], name=op.f("fk_trouble_tenant")),
        sa.PrimaryKeyConstraint("tenant", "platform", "course", name=op.f("pk_trouble")),
    )
    op.create_table(
        "heartbeat",
        sa.Column("tenant", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("name", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["tenant"], ["tenant.id"], name=op.f("fk_heartbeat_tenant")),
        sa.PrimaryKeyConstraint("tenant", "name", name=op.f("pk_heartbeat")),
    )


def downgrade() -> None:
    for table in ("heartbeat", "trouble", "sync_request"):
        op.drop_table(table)
    with op.batch_alter_table("activity") as activity:
        activity.drop_column("marking")
    with op.batch_alter_table("run") as run:
        run.drop_column("calls")
