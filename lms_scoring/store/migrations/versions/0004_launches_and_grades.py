"""Launches from platforms, sessions that end when nobody uses them, and grades on their way."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_A_SESSION_LASTED = 12 * 60 * 60 * 1_000
"""Milliseconds, up to this version: that long before its end each session began."""


def upgrade() -> None:
    _access()
    _registrations()
    _launches()
    _grades()


def downgrade() -> None:
    for table in (
        "outgoing_grade",
        "passback",
        "platform_subject",
        "platform_course",
        "launch_state",
        "own_key",
        "deployment",
        "registration",
    ):
        op.drop_table(table)
    op.drop_index(op.f("ix_session_tenant_expires_at"), table_name="session")
    with op.batch_alter_table("session") as session:
        for column in ("registration", "idle", "used_at"):
            session.drop_column(column)
    with op.batch_alter_table("sign_in_link") as link:
        link.drop_column("registration")


def _access() -> None:
    with op.batch_alter_table("sign_in_link", recreate="always") as link:
        link.add_column(sa.Column("registration", sa.Integer(), nullable=True))
    with op.batch_alter_table("session", recreate="always") as session:
        session.add_column(sa.Column("used_at", sa.BigInteger(), nullable=False, server_default="0"))
        session.add_column(sa.Column("idle", sa.BigInteger(), nullable=True))
        session.add_column(sa.Column("registration", sa.Integer(), nullable=True))
    table = sa.table("session", sa.column("expires_at"), sa.column("used_at"))
    op.execute(table.update().values(used_at=table.c.expires_at - _A_SESSION_LASTED))
    with op.batch_alter_table("session", recreate="always") as session:
        session.alter_column("used_at", server_default=None)
    op.create_index(op.f("ix_session_tenant_expires_at"), "session", ["tenant", "expires_at"], unique=False)


def _registrations() -> None:
    op.create_table(
        "registration",
        sa.Column("tenant", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("issuer", sa.Text(), nullable=False),
        sa.Column("client_id", sa.Text(), nullable=False),
        sa.Column("standing", sa.Text(), nullable=False),
        sa.Column("auth_url", sa.Text(), nullable=False),
        sa.Column("token_url", sa.Text(), nullable=False),
        sa.Column("jwks_url", sa.Text(), nullable=False),
        sa.Column("token_audience", sa.Text(), nullable=True),
        sa.Column("platform", sa.Text(), nullable=True),
        sa.Column("algorithms", sa.Text(), nullable=False),
        sa.Column("trusted_audiences", sa.Text(), nullable=False),
        sa.Column("kept_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["tenant"], ["tenant.id"], name=op.f("fk_registration_tenant")),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_registration")),
        sa.UniqueConstraint(
            "tenant", "issuer", "client_id", name=op.f("uq_registration_tenant_issuer_client_id")
        ),
    )
    op.create_table(
        "deployment",
        sa.Column("tenant", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("registration", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("id", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("standing", sa.Text(), nullable=False),
        sa.Column("met_at", sa.BigInteger(), nullable=False),
        _of_registration("deployment"),
        sa.ForeignKeyConstraint(["tenant"], ["tenant.id"], name=op.f("fk_deployment_tenant")),
        sa.PrimaryKeyConstraint("tenant", "registration", "id", name=op.f("pk_deployment")),
    )
    op.create_table(
        "own_key",
        sa.Column("tenant", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("id", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("turn", sa.Text(), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["tenant"], ["tenant.id"], name=op.f("fk_own_key_tenant")),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_own_key")),
    )


def _launches() -> None:
    op.create_table(
        "launch_state",
        sa.Column("tenant", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("digest", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["tenant"], ["tenant.id"], name=op.f("fk_launch_state_tenant")),
        sa.PrimaryKeyConstraint("tenant", "digest", name=op.f("pk_launch_state")),
    )
    op.create_index(
        op.f("ix_launch_state_tenant_expires_at"), "launch_state", ["tenant", "expires_at"], unique=False
    )
    op.create_table(
        "platform_course",
        sa.Column("tenant", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("registration", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("context", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("title", sa.Text(), nullable=True),
        sa.Column("course", sa.Text(), nullable=True),
        sa.Column("deployment", sa.Text(), nullable=False),
        sa.Column("line_items", sa.Text(), nullable=True),
        sa.Column("line_item", sa.Text(), nullable=True),
        sa.Column("roster_url", sa.Text(), nullable=True),
        sa.Column("scopes", sa.Text(), nullable=False),
        sa.Column("history", sa.Text(), nullable=False),
        sa.Column("seen_at", sa.BigInteger(), nullable=False),
        _of_registration("platform_course"),
        sa.ForeignKeyConstraint(["tenant"], ["tenant.id"], name=op.f("fk_platform_course_tenant")),
        sa.PrimaryKeyConstraint("tenant", "registration", "context", name=op.f("pk_platform_course")),
    )
    op.create_index(
        op.f("ix_platform_course_tenant_course"), "platform_course", ["tenant", "course"], unique=False
    )
    op.create_table(
        "platform_subject",
        sa.Column("tenant", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("registration", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("subject", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("seen_at", sa.BigInteger(), nullable=False),
        _of_registration("platform_subject"),
        sa.ForeignKeyConstraint(["tenant"], ["tenant.id"], name=op.f("fk_platform_subject_tenant")),
        sa.PrimaryKeyConstraint("tenant", "registration", "subject", name=op.f("pk_platform_subject")),
    )
    op.create_index(
        op.f("ix_platform_subject_tenant_registration_person"),
        "platform_subject",
        ["tenant", "registration", "person"],
        unique=False,
    )


def _grades() -> None:
    op.create_table(
        "passback",
        sa.Column("tenant", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("course", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("passback", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["tenant"], ["tenant.id"], name=op.f("fk_passback_tenant")),
        sa.PrimaryKeyConstraint("tenant", "course", name=op.f("pk_passback")),
    )
    op.create_table(
        "outgoing_grade",
        sa.Column("tenant", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("course", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("person", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("given", sa.Text(), nullable=False),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("try_at", sa.BigInteger(), nullable=False),
        sa.Column("tried", sa.Text(), nullable=True),
        sa.Column("sent", sa.Text(), nullable=True),
        sa.Column("sent_at", sa.BigInteger(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("forced", sa.Boolean(create_constraint=False), nullable=False),
        sa.ForeignKeyConstraint(["tenant"], ["tenant.id"], name=op.f("fk_outgoing_grade_tenant")),
        sa.PrimaryKeyConstraint("tenant", "course", "person", name=op.f("pk_outgoing_grade")),
    )
    op.create_index(
        op.f("ix_outgoing_grade_tenant_state_try_at"),
        "outgoing_grade",
        ["tenant", "state", "try_at"],
        unique=False,
    )


def _of_registration(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["tenant", "registration"],
        ["registration.tenant", "registration.id"],
        name=op.f(f"fk_{table}_registration"),
    )
