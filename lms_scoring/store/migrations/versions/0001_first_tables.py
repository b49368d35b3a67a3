"""The first tables: people, evidence in versions, statements, runs, scorecards, access."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    _set_up()
    _people()
    _runs()
    _evidence()
    _statements()
    _cards()
    _access()


def downgrade() -> None:
    for table in (
        "session",
        "sign_in_link",
        "access_grant",
        "scorecard_detail",
        "scorecard_version",
        "scorecard",
        "voided_statement",
        "lms_statement",
        "watch_event",
        "activity_key",
        "seen_record",
        "evidence",
        "problem",
        "cursor",
        "run",
        "touched",
        "account",
        "person",
        "activity",
        "course",
        "scheme",
        "platform",
        "tenant",
    ):
        op.drop_table(table)


def _set_up() -> None:
    tenant = op.create_table(
        "tenant",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tenant")),
    )
    op.create_table(
        "platform",
        sa.Column("tenant", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("name", sa.Text(), autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(["tenant"], ["tenant.id"], name=op.f("fk_platform_tenant")),
        sa.PrimaryKeyConstraint("tenant", "name", name=op.f("pk_platform")),
    )
    op.create_table(
        "scheme",
        sa.Column("tenant", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("fingerprint", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["tenant"], ["tenant.id"], name=op.f("fk_scheme_tenant")),
        sa.PrimaryKeyConstraint("tenant", "fingerprint", name=op.f("pk_scheme")),
    )
    op.create_table(
        "course",
        sa.Column("tenant", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("id", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("scheme", sa.Text(), nullable=False),
        sa.Column("settings", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant", "scheme"], ["scheme.tenant", "scheme.fingerprint"], name=op.f("fk_course_scheme")
        ),
        sa.ForeignKeyConstraint(["tenant"], ["tenant.id"], name=op.f("fk_course_tenant")),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_course")),
    )
    op.create_table(
        "activity",
        sa.Column("tenant", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("course", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("source", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("id", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("visible", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["tenant"], ["tenant.id"], name=op.f("fk_activity_tenant")),
        sa.PrimaryKeyConstraint("tenant", "course", "source", "id", name=op.f("pk_activity")),
    )
    op.bulk_insert(tenant, [{"id": 1, "name": ""}])


def _people() -> None:
    op.create_table(
        "person",
        sa.Column("tenant", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("id", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["tenant"], ["tenant.id"], name=op.f("fk_person_tenant")),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_person")),
    )
    op.create_table(
        "account",
        sa.Column("tenant", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("person", sa.Text(), nullable=True),
        sa.Column("rank", sa.SmallInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["tenant", "person"], ["person.tenant", "person.id"], name=op.f("fk_account_person")
        ),
        sa.ForeignKeyConstraint(["tenant"], ["tenant.id"], name=op.f("fk_account_tenant")),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_account")),
        sa.UniqueConstraint("tenant", "text", name=op.f("uq_account_tenant_text")),
    )
    op.create_index(op.f("ix_account_tenant_person"), "account", ["tenant", "person"], unique=False)
    op.create_table(
        "touched",
        sa.Column("tenant", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("course", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("account", sa.Integer(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("tenant", "course", "account", name=op.f("pk_touched")),
    )


def _runs() -> None:
    op.create_table(
        "run",
        sa.Column("tenant", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("course", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("started_at", sa.BigInteger(), nullable=False),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("new", sa.Integer(), nullable=False),
        sa.Column("changed", sa.Integer(), nullable=False),
        sa.Column("same", sa.Integer(), nullable=False),
        sa.Column("gone", sa.Integer(), nullable=False),
        sa.Column("refused", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant", "source"], ["platform.tenant", "platform.name"], name=op.f("fk_run_platform")
        ),
        sa.ForeignKeyConstraint(["tenant"], ["tenant.id"], name=op.f("fk_run_tenant")),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_run")),
    )
    op.create_index(op.f("ix_run_tenant_course_source"), "run", ["tenant", "course", "source"], unique=False)
    op.create_table(
        "cursor",
        sa.Column("tenant", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("course", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("source", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("cursor", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["tenant"], ["tenant.id"], name=op.f("fk_cursor_tenant")),
        sa.PrimaryKeyConstraint("tenant", "course", "source", name=op.f("pk_cursor")),
    )
    op.create_table(
        "problem",
        sa.Column("tenant", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("run", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("raw", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(["tenant", "run"], ["run.tenant", "run.id"], name=op.f("fk_problem_run")),
        sa.ForeignKeyConstraint(["tenant"], ["tenant.id"], name=op.f("fk_problem_tenant")),
        sa.PrimaryKeyConstraint("tenant", "run", "number", name=op.f("pk_problem")),
    )


def _evidence() -> None:
    op.create_table(
        "evidence",
        sa.Column("tenant", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("course", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("source", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("record", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("seen_run", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("account", sa.Integer(), nullable=False),
        sa.Column("activity", sa.Text(), nullable=True),
        sa.Column("state", sa.Text(), nullable=True),
        sa.Column("at", sa.BigInteger(), nullable=True),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("gone_run", sa.Integer(), nullable=True),
        sa.Column("gone_at", sa.BigInteger(), nullable=True),
        sa.Column("superseded", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant", "account"], ["account.tenant", "account.id"], name=op.f("fk_evidence_account")
        ),
        sa.PrimaryKeyConstraint(
            "tenant", "course", "source", "kind", "record", "seen_run", name=op.f("pk_evidence")
        ),
    )
    op.create_index(
        "ix_evidence_latest_by_account",
        "evidence",
        ["tenant", "course", "account"],
        unique=False,
        sqlite_where=sa.text("superseded = 0"),
        postgresql_where=sa.text("superseded = false"),
    )
    op.create_table(
        "seen_record",
        sa.Column("tenant", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("run", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("record", sa.Text(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("tenant", "run", "kind", "record", name=op.f("pk_seen_record")),
        sqlite_with_rowid=False,
    )


def _statements() -> None:
    op.create_table(
        "activity_key",
        sa.Column("tenant", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["tenant"], ["tenant.id"], name=op.f("fk_activity_key_tenant")),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_activity_key")),
        sa.UniqueConstraint("tenant", "text", name=op.f("uq_activity_key_tenant_text")),
    )
    op.create_table(
        "watch_event",
        sa.Column("tenant", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("source", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("stored", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("account", sa.Integer(), nullable=False),
        sa.Column("activity", sa.Integer(), nullable=False),
        sa.Column("session", sa.Text(), nullable=True),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("verb", sa.SmallInteger(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=True),
        sa.Column("target", sa.BigInteger(), nullable=True),
        sa.Column("rate", sa.Integer(), nullable=True),
        sa.Column("length", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("tenant", "source", "stored", "id", name=op.f("pk_watch_event")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "lms_statement",
        sa.Column("tenant", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("source", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("stored", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("account", sa.Integer(), nullable=False),
        sa.Column("verb", sa.Text(), nullable=False),
        sa.Column("object", sa.Text(), nullable=False),
        sa.Column("activity", sa.Integer(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("raw", sa.Text(), nullable=True),
        sa.Column("maximum", sa.Text(), nullable=True),
        sa.Column("by", sa.Integer(), nullable=True),
        sa.Column("characters", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("tenant", "source", "stored", "id", name=op.f("pk_lms_statement")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "voided_statement",
        sa.Column("tenant", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("source", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("id", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("settled", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "source", "id", name=op.f("pk_voided_statement")),
        sqlite_with_rowid=False,
    )


def _cards() -> None:
    op.create_table(
        "scorecard",
        sa.Column("tenant", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("course", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("person", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("role", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("class", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("hundredths", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("band", sa.Text(), nullable=True),
        sa.Column("scheme", sa.Text(), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.Column("as_of", sa.BigInteger(), nullable=False),
        sa.Column("valid_until", sa.BigInteger(), nullable=True),
        sa.Column("scored_at", sa.BigInteger(), nullable=False),
        sa.Column("card", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["tenant"], ["tenant.id"], name=op.f("fk_scorecard_tenant")),
        sa.PrimaryKeyConstraint("tenant", "course", "person", "role", "class", name=op.f("pk_scorecard")),
    )
    op.create_index(
        op.f("ix_scorecard_tenant_course_valid_until"),
        "scorecard",
        ["tenant", "course", "valid_until"],
        unique=False,
    )
    op.create_table(
        "scorecard_version",
        sa.Column("tenant", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("course", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("person", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("role", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("class", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("hundredths", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("band", sa.Text(), nullable=True),
        sa.Column("scheme", sa.Text(), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.Column("as_of", sa.BigInteger(), nullable=False),
        sa.Column("valid_until", sa.BigInteger(), nullable=True),
        sa.Column("scored_at", sa.BigInteger(), nullable=False),
        sa.Column("card", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["tenant"], ["tenant.id"], name=op.f("fk_scorecard_version_tenant")),
        sa.PrimaryKeyConstraint(
            "tenant", "course", "person", "role", "class", "version", name=op.f("pk_scorecard_version")
        ),
    )
    op.create_table(
        "scorecard_detail",
        sa.Column("tenant", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("course", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("person", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("role", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("class", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("card", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant", "course", "person", "role", "class"],
            ["scorecard.tenant", "scorecard.course", "scorecard.person", "scorecard.role", "scorecard.class"],
            name=op.f("fk_scorecard_detail_scorecard"),
        ),
        sa.ForeignKeyConstraint(["tenant"], ["tenant.id"], name=op.f("fk_scorecard_detail_tenant")),
        sa.PrimaryKeyConstraint(
            "tenant", "course", "person", "role", "class", name=op.f("pk_scorecard_detail")
        ),
    )


def _access() -> None:
    op.create_table(
        "access_grant",
        sa.Column("tenant", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("person", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("role", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("course", sa.Text(), autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(["tenant"], ["tenant.id"], name=op.f("fk_access_grant_tenant")),
        sa.PrimaryKeyConstraint("tenant", "person", "role", "course", name=op.f("pk_access_grant")),
    )
    op.create_table(
        "sign_in_link",
        sa.Column("tenant", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("digest", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("visitor", sa.Text(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.Column("used_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["tenant"], ["tenant.id"], name=op.f("fk_sign_in_link_tenant")),
        sa.PrimaryKeyConstraint("tenant", "digest", name=op.f("pk_sign_in_link")),
    )
    op.create_table(
        "session",
        sa.Column("tenant", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("digest", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("visitor", sa.Text(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["tenant"], ["tenant.id"], name=op.f("fk_session_tenant")),
        sa.PrimaryKeyConstraint("tenant", "digest", name=op.f("pk_session")),
    )
