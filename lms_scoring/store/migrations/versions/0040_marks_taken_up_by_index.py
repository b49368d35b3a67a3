"""Who is taken up or could not be scored, and what is voided and not settled, are found by index: they are
asked for all the time, of courses that a first sync marked whole, and of all that was ever voided."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0040"
down_revision = "0039"
branch_labels = None
depends_on = None

_TAKEN_UP, _UNSETTLED = "ix_touched_taken_up", "ix_voided_statement_unsettled"


def upgrade() -> None:
    taken = sa.text("assessment IS NOT NULL")
    columns = ["tenant", "course", "assessment"]
    op.create_index(_TAKEN_UP, "touched", columns, sqlite_where=taken, postgresql_where=taken)
    op.create_index(
        _UNSETTLED,
        "voided_statement",
        ["tenant", "source", "settled"],
        sqlite_where=sa.text("settled = 0"),
        postgresql_where=sa.text("settled = false"),
    )


def downgrade() -> None:
    op.drop_index(_UNSETTLED, "voided_statement")
    op.drop_index(_TAKEN_UP, "touched")
