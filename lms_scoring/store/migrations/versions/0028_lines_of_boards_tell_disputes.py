"""The chip of a board's line tells whether somebody contests the card: older programs know no such numbers.

No table is another; the lines are made anew by `fill_boards`, which ends every upgrade.
"""

from __future__ import annotations

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing: the lines know the way in which they were made."""


def downgrade() -> None:
    """Nothing, for the same reason."""
