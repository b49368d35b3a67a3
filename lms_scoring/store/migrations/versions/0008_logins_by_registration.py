"""Logins under way know their registration, so that each has a bounded number of them.

Those of the moment of the upgrade are forgotten: they live for ten minutes, and begin again by a click.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(sa.table("launch_state").delete())
    with op.batch_alter_table("launch_state", recreate="always") as states:
        states.add_column(sa.Column("registration", sa.Integer(), nullable=True))
    op.create_index(
        op.f("ix_launch_state_tenant_registration_expires_at"),
        "launch_state",
        ["tenant", "registration", "expires_at"],
        unique=False,
    )


def downgrade() -> None:
    op.drop_index(op.f("ix_launch_state_tenant_registration_expires_at"), table_name="launch_state")
    with op.batch_alter_table("launch_state") as states:
        states.drop_column("registration")
