"""Everybody with a card in an open course is scored anew: rules that were mended would reach nobody else.

What was read and has not changed since touches nobody, and a card says nothing of the program that made it.
"""

from __future__ import annotations

from alembic import op

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None

_WHOEVER_HAS_A_CARD = """
    INSERT INTO touched (tenant, course, account)
    SELECT card.tenant, card.course, MIN(account.id)
    FROM (SELECT DISTINCT tenant, course, person FROM scorecard) AS card
    JOIN account ON account.tenant = card.tenant AND account.person = card.person
    WHERE NOT EXISTS (
        SELECT 1 FROM signed_act AS closing
        WHERE closing.tenant = card.tenant AND closing.course = card.course AND closing.kind = 'closed'
        AND NOT EXISTS (
            SELECT 1 FROM signed_act AS later
            WHERE later.tenant = closing.tenant AND later.course = closing.course
            AND later.kind = 'reopened' AND later.number > closing.number
        )
    )
    AND NOT EXISTS (
        SELECT 1 FROM touched JOIN account AS theirs
        ON theirs.tenant = touched.tenant AND theirs.id = touched.account
        WHERE touched.tenant = card.tenant AND touched.course = card.course AND theirs.person = card.person
    )
    GROUP BY card.tenant, card.course, card.person
"""


def upgrade() -> None:
    op.execute(_WHOEVER_HAS_A_CARD)


def downgrade() -> None:
    """They stay marked: scoring somebody once more changes nothing."""
