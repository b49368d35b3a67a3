"""A card packed up to be kept: all that it says in few bytes, and what tells it from another."""

from __future__ import annotations

import hashlib
import json
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from lms_scoring.domain.canonical import canonical_pieces
from lms_scoring.domain.scorecard import Scorecard
from lms_scoring.domain.scorecard_json import card_fields, card_of

_TO_FINDINGS = 4
"""Levels of a card's fields down to each finding: card, criteria, criterion, findings."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PackedCard:
    """A card of which the findings, thousands where somebody watched much, are bytes.

    `card` is the card without them, `whole` its canonical JSON with them, compressed by zlib; `digest` is the
    same for cards that say the same, whenever they were made.
    """

    card: Scorecard
    digest: bytes
    whole: bytes = field(repr=False)


def packed(card: Scorecard) -> PackedCard:
    """Finding by finding: written out at once they would take twelve times the bytes."""
    fields = card_fields(card, findings=True)
    without = tuple(replace(one, findings=()) for one in card.criteria)
    return PackedCard(card=replace(card, criteria=without), digest=_digest(fields), whole=_compressed(fields))


def unpacked(whole: bytes, *, read: Callable[[bytes], Any] = json.loads) -> Scorecard:
    """The card with its findings, out of `PackedCard.whole`; `read` reads JSON."""
    return card_of(read(zlib.decompress(whole)))


def _digest(fields: dict[str, Any]) -> bytes:
    lasting = {name: value for name, value in fields.items() if name != "as_of"}
    digest = hashlib.sha256()
    for piece in canonical_pieces(lasting, levels=_TO_FINDINGS):
        digest.update(piece)
    return digest.digest()


def _compressed(fields: dict[str, Any]) -> bytes:
    press = zlib.compressobj()
    pieces = [press.compress(piece) for piece in canonical_pieces(fields, levels=_TO_FINDINGS)]
    return b"".join([*pieces, press.flush()])
