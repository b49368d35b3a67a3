"""Outlooks: what each learner still needs, beside the latest card. The next assessment makes them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_COLUMNS = (("standing", sa.Text), ("missing", sa.BigInteger), ("outlook_digest", sa.LargeBinary))


def upgrade() -> None:
    with op.batch_alter_table("scorecard", recreate="always") as scorecard:
        for name, kind in _COLUMNS:
            scorecard.add_column(sa.Column(name, kind(), nullable=True))
    with op.batch_alter_table("scorecard_detail", recreate="always") as detail:
        detail.add_column(sa.Column("outlook", sa.LargeBinary(), nullable=True))
    card = sa.table("scorecard", sa.column("valid_until"), sa.column("as_of"))
    op.execute(card.update().values(valid_until=card.c.as_of))  # so that every card is due


def downgrade() -> None:
    with op.batch_alter_table("scorecard_detail") as detail:
        detail.drop_column("outlook")
    with op.batch_alter_table("scorecard") as scorecard:
        for name, _ in reversed(_COLUMNS):
            scorecard.drop_column(name)
