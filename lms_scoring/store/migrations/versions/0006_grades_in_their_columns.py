"""Grades know the column they stand in, what was found there and how that came; one sender at a time."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_FOUND = "the gradebook has "
"""How the reason began where a teacher had entered another grade."""


def upgrade() -> None:
    with op.batch_alter_table("outgoing_grade", recreate="always") as grades:
        grades.add_column(sa.Column("line_item", sa.Text(), nullable=True))
        grades.add_column(sa.Column("found", sa.Text(), nullable=True))
    _fill_in()
    _table(
        "grade_step",
        sa.Column("course", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("person", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=True),
        sa.Column("by", sa.Text(), nullable=True),
        key=("course", "person", "number"),
    )
    _table(
        "gradebook_reading",
        sa.Column("registration", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("context", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("read_at", sa.BigInteger(), nullable=True),
        sa.Column("try_at", sa.BigInteger(), nullable=False),
        key=("registration", "context"),
    )
    _table(
        "sending",
        sa.Column("course", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("sender", sa.Text(), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=False),
        key=("course",),
    )


def downgrade() -> None:
    for table in ("sending", "gradebook_reading", "grade_step"):
        op.drop_table(table)
    with op.batch_alter_table("outgoing_grade") as grades:
        grades.drop_column("found")
        grades.drop_column("line_item")


def _fill_in() -> None:
    """What was tried so far stands in the course's one column; where there are several, nobody kept which."""
    op.execute(
        """
        UPDATE outgoing_grade SET line_item = (
            SELECT min(place.line_item) FROM platform_course AS place
            WHERE place.tenant = outgoing_grade.tenant AND place.course = outgoing_grade.course
            HAVING count(place.line_item) = 1
        )
        WHERE tried IS NOT NULL OR sent IS NOT NULL
        """
    )
    op.execute(
        f"""
        UPDATE outgoing_grade SET found = substr(reason, {len(_FOUND) + 1})
        WHERE state = 'overridden' AND reason LIKE '{_FOUND}%' AND reason LIKE '%.__'
        """  # noqa: S608 – our own words
    )


def _table(name: str, *columns: sa.Column[object], key: tuple[str, ...]) -> None:
    op.create_table(
        name,
        sa.Column("tenant", sa.Integer(), autoincrement=False, nullable=False),
        *columns,
        sa.ForeignKeyConstraint(["tenant"], ["tenant.id"], name=op.f(f"fk_{name}_tenant")),
        sa.PrimaryKeyConstraint("tenant", *key, name=op.f(f"pk_{name}")),
    )
