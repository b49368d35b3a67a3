"""Records that could not be used are kept once each, and no longer with every run that met them."""

from __future__ import annotations

from hashlib import sha256
from itertools import count
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

_KEPT = (
    "SELECT p.tenant, r.course, r.source, f.shared, p.run, p.at, p.code, p.text, p.subject, p.raw"
    " FROM problem p JOIN run r ON r.tenant = p.tenant AND r.id = p.run"
    " JOIN platform f ON f.tenant = r.tenant AND f.name = r.source"
    " WHERE p.raw IS NOT NULL ORDER BY p.tenant, p.run, p.number"
)


def upgrade() -> None:
    op.create_table(
        "quarantined",
        sa.Column("tenant", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        *(
            sa.Column(name, sa.Text(), nullable=False)
            for name in (
                *("course", "source", "digest", "state", "code"),
                *("reason", "subject", "place", "record"),
            )
        ),
        sa.Column("text", sa.LargeBinary(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("first_run", sa.Integer(), nullable=False),
        sa.Column("last_run", sa.Integer(), nullable=False),
        sa.Column("first_at", sa.BigInteger(), nullable=False),
        sa.Column("last_at", sa.BigInteger(), nullable=False),
        sa.Column("over_at", sa.BigInteger(), nullable=True),
        sa.Column("act", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["tenant"], ["tenant.id"], name=op.f("fk_quarantined_tenant")),
        sa.PrimaryKeyConstraint("tenant", "number", name=op.f("pk_quarantined")),
        sa.UniqueConstraint("tenant", "course", "source", "digest", name="uq_quarantined"),
    )
    op.create_index(op.f("ix_quarantined_tenant_state_source"), "quarantined", ["tenant", "state", "source"])
    _move()
    with op.batch_alter_table("problem", recreate="always") as problem:
        problem.drop_column("raw")


def downgrade() -> None:
    with op.batch_alter_table("problem") as problem:
        problem.add_column(sa.Column("raw", sa.LargeBinary(), nullable=True))
    op.drop_table("quarantined")


def _move() -> None:
    """What was kept with runs: once each, waiting; the next full sync says what of it is still there."""
    found: dict[tuple[Any, ...], dict[str, Any]] = {}
    numbers: dict[int, count[int]] = {}
    for row in op.get_bind().execute(sa.text(_KEPT)):
        text = bytes(row.raw)
        place = row.subject if row.code == "row_unreadable" else ""
        course = "" if row.shared else row.course
        digest = sha256(place.encode() + b"\0+" + text).hexdigest()
        told = {"code": row.code, "reason": row.text, "subject": row.subject}
        last = {"last_run": row.run, "last_at": row.at}
        key = (row.tenant, course, row.source, digest)
        if key in found:
            found[key] |= told | last
            continue
        found[key] = {
            "tenant": row.tenant,
            "number": next(numbers.setdefault(row.tenant, count(1))),
            "course": course,
            "source": row.source,
            "digest": digest,
            "state": "waiting",
            "place": place,
            "record": "" if place else row.subject,
            "text": text,
            "size": len(text),
            "first_run": row.run,
            "first_at": row.at,
            **told,
            **last,
        }
    table = sa.table("quarantined", *map(sa.column, _columns()))
    if found:
        op.bulk_insert(table, [*found.values()])


def _columns() -> tuple[str, ...]:
    return (
        *("tenant", "number", "course", "source", "digest", "state", "code", "reason", "subject"),
        *("place", "record", "text", "size", "first_run", "last_run", "first_at", "last_at"),
    )
