"""Records that were set aside because they could not be used: as they came, bounded, and each known again."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from hashlib import sha256

LONGEST_TEXT = 64 * 1024
"""Bytes of a set-aside record's text that are kept; a longer one is kept up to here."""


MOST_SET_ASIDE = 1_000
"""Records of one source that are kept at most. Whoever mends a platform has seen enough by then, and with the
longest texts they are no more than 64 MiB; a platform of which nothing can be read must not fill the disk."""


class QuarantineState(StrEnum):
    """What became of a record that was set aside."""

    WAITING = "waiting"
    """It waits for its source, for a replay, or for somebody to drop it."""
    RESOLVED = "resolved"
    """It arrived well-formed, or could be used when it was replayed."""
    GONE = "gone"
    """Its source was read again and no longer gives it like that; its text stays."""
    DROPPED = "dropped"
    """Somebody signed that it is not wanted; meeting it again changes nothing."""


OVER_BY_ITSELF = (QuarantineState.RESOLVED, QuarantineState.GONE)
"""Nobody signed these: they may give way to others."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SetAside:
    """One record that could not be used. `code` is stable and `reason` a sentence with nothing personal.

    `place` is where its source has it, where that is the same in every sync; `record` the id that it would
    be kept by, as far as its text tells; `text` the record as it came, `size` how many bytes came.
    """

    code: str
    reason: str
    subject: str
    place: str
    record: str
    text: bytes = field(repr=False)
    size: int
    digest: str
    """What it is known again by: its place and its whole text."""

    @property
    def is_whole(self) -> bool:
        """Whether all of its text was kept."""
        return len(self.text) == self.size


def set_aside(
    text: bytes | None, *, code: str, reason: str, subject: str = "", place: str = "", record: str = ""
) -> SetAside:
    """The record as it is kept. One without a text is known again by its code and subject."""
    told = f"{code} {subject}".encode(errors="replace") if text is None else text
    known_by = sha256(place.encode(errors="replace") + (b"\0-" if text is None else b"\0+") + told)
    kept = text or b""
    return SetAside(
        code=code,
        reason=reason,
        subject=subject,
        place=place,
        record=record,
        text=kept[:LONGEST_TEXT],
        size=len(kept),
        digest=known_by.hexdigest(),
    )
