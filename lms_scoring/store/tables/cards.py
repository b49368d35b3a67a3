"""Tables of scorecards: the latest, every version there was, and the latest one's findings."""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, Column, ForeignKeyConstraint, Index, Integer, LargeBinary, Table, Text

from lms_scoring.store.tables.metadata import Instant, key, metadata, needed, tenant_key


def _membership_key() -> list[Column[Any]]:
    return [tenant_key(), key("course"), key("person"), key("role"), key("class")]


def _card_columns() -> list[Column[Any]]:
    """What a scoreboard shows and sorts by; the card itself is JSON without findings.

    `hundredths` is the total in hundredths of a point, rounded down: for sorting only, the exact
    rational stands in the card.
    """
    return [
        needed("hundredths", BigInteger),
        needed("state"),
        Column("band", Text),
        needed("scheme"),
        needed("evidence"),
        needed("as_of", Instant),
        Column("valid_until", Instant),
        needed("scored_at", Instant),
        needed("card"),
    ]


scorecard = Table(
    "scorecard",
    metadata,
    *_membership_key(),
    needed("version", Integer),
    needed("digest", LargeBinary),
    *_card_columns(),
    Column("standing", Text),
    Column("missing", BigInteger),
    Column("outlook_digest", LargeBinary),
    Index(None, "tenant", "course", "valid_until"),
    Index(None, "tenant", "course", "scheme"),
    Index(None, "tenant", "course", "as_of"),
)

"""`standing` and `missing` (hundredths of a point to the pass mark, as shown) are the outlook's, which
stands beside the detail; NULL where there is none yet. `valid_until` is the earlier of the card's and the
outlook's: the card's own stands in the card."""

scorecard_version = Table(
    "scorecard_version",
    metadata,
    *_membership_key(),
    key("version", Integer),
    *_card_columns(),
)
"""Append-only: what a card ever said, and since when."""

scorecard_detail = Table(
    "scorecard_detail",
    metadata,
    *_membership_key(),
    needed("card", LargeBinary),
    Column("outlook", LargeBinary),
    ForeignKeyConstraint(
        ["tenant", "course", "person", "role", "class"],
        [f"scorecard.{name}" for name in ("tenant", "course", "person", "role", "class")],
    ),
)
"""The latest card with its findings, and what it still needs (NULL: not known): JSON, compressed by zlib."""
