"""What vanished at a source is accepted by a signed act alone, and by no request for a sync."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("sync_request") as request:
        request.drop_column("accept_loss")


def downgrade() -> None:
    accepts: sa.Column[bool] = sa.Column(
        "accept_loss", sa.Boolean(create_constraint=False), nullable=False, server_default=sa.false()
    )
    with op.batch_alter_table("sync_request") as request:
        request.add_column(accepts)
