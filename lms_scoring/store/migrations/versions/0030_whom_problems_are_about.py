"""What a sync could not do says whom and what it is about; its subject was taken apart for that before."""

from __future__ import annotations

import re

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

_COLUMNS = ("person", "activity")
_KEY = ("tenant", "run", "number")
_KEPT = (
    "SELECT p.tenant, p.run, p.number, p.subject, r.source FROM problem p"
    " JOIN run r ON r.tenant = p.tenant AND r.id = p.run ORDER BY p.tenant, p.run, p.number"
)
_ABOUT = re.compile(r"([0-9]+)-([0-9]+)|(?:assign|scorm)-[0-9]+-([0-9]+)(?:-[0-9]+)?")
"""An activity and a user of a Moodle, or one of its records of a user."""


def upgrade() -> None:
    with op.batch_alter_table("problem", recreate="always") as problem:
        for name in _COLUMNS:
            problem.add_column(sa.Column(name, sa.Text(), nullable=True))
    table = sa.table("problem", *map(sa.column, (*_KEY, *_COLUMNS)))
    for row in op.get_bind().execute(sa.text(_KEPT)).all():
        found = _ABOUT.fullmatch(row.subject)
        if found is not None:
            person = f"{row.source}-{found[2] or found[3]}"
            of = [table.c[name] == getattr(row, name) for name in _KEY]
            op.execute(table.update().where(*of).values(person=person, activity=found[1]))


def downgrade() -> None:
    with op.batch_alter_table("problem") as problem:
        for name in reversed(_COLUMNS):
            problem.drop_column(name)
