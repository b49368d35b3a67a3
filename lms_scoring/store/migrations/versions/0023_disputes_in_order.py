"""Cases and disputes say by themselves when an answer is due and when the last step was taken, so that lists
are asked a page at a time."""

from __future__ import annotations

import json

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

_KEY = ("tenant", "course", "sort", "number")
_STEPS = (
    "SELECT tenant, course, sort, number, step, at, body FROM proceeding_step"
    " ORDER BY tenant, course, sort, number, step"
)


def upgrade() -> None:
    with op.batch_alter_table("proceeding", recreate="always") as proceeding:
        for name in ("due_at", "told_at"):
            proceeding.add_column(sa.Column(name, sa.BigInteger(), nullable=True))
    last = {tuple(row[:4]): row for row in op.get_bind().execute(sa.text(_STEPS))}
    table = sa.table("proceeding", *(sa.column(name) for name in (*_KEY, "waits", "due_at", "told_at")))
    for key, row in last.items():
        due_at = json.loads(row.body).get("until")
        of = [table.c[name] == value for name, value in zip(_KEY, key, strict=True)]
        waits = sa.case((table.c.waits, due_at), else_=None)
        op.execute(table.update().where(*of).values(due_at=waits, told_at=row.at))


def downgrade() -> None:
    with op.batch_alter_table("proceeding") as proceeding:
        for name in ("due_at", "told_at"):
            proceeding.drop_column(name)
