"""Where the next pull may begin, and what it needs to recognise a change: a small JSON text."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

import msgspec

_VERSION = 1


class Cursor(msgspec.Struct, kw_only=True, omit_defaults=True):
    """What the last pull saw.

    since: the platform's clock (seconds) when that pull began, less an overlap.
    settings: digest of what records are made with; another one asks for everything again.
    read: the activities (course module ids) that were read without loss; others are read in any case.
    kinds: how many activities of each kind there were; a kind that vanished is a lost capability.
    learners: user ids of the learners, packed. roster: digest of who belongs where, with what status.
    flags: digest of the extensions, by activity. late: who handed in after the deadline; dates: digest of
    the dates of those, because Moodle tells nobody that it moved a deadline.
    topics: what each forum looked like, packed by topic and number of replies.
    strangers: user ids in no list whose evidence is here; withdrawn: those of them who learnt here.
    """

    v: int = _VERSION
    settings: str
    course: int
    since: int
    read: list[int] = []
    kinds: dict[str, int] = {}
    learners: str = ""
    roster: str = ""
    flags: dict[int, str] = {}
    late: dict[int, list[int]] = {}
    dates: dict[int, str] = {}
    topics: dict[int, str] = {}
    strangers: list[int] = []
    withdrawn: list[int] = []

    def learner_ids(self) -> frozenset[int]:
        """User ids of the learners whom the last pull knew."""
        return frozenset(unpack(self.learners))


def read_cursor(text: str | None, *, settings: str, now: int) -> Cursor | None:
    """The cursor, or None where everything is to be read: none, an unreadable one, one of other settings, or
    of a clock that was wrong, since its time has not come yet (`now` in seconds)."""
    if text is None:
        return None
    try:
        cursor = msgspec.json.decode(text, type=Cursor)
    except msgspec.DecodeError:
        return None
    good = (cursor.v, cursor.settings) == (_VERSION, settings) and cursor.since <= now
    return cursor if good else None


def write_cursor(cursor: Cursor) -> str:
    """The cursor as text."""
    return msgspec.json.encode(cursor).decode()


def digest(*parts: object) -> str:
    """A short fingerprint of values that have an exact text."""
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:12]


def pack(counts: Mapping[int, int]) -> str:
    """Ids with a count each, as differences; a count of 0 is left out: {3: 0, 5: 2} is `3 2.2`."""
    words, last = [], 0
    for each in sorted(counts):
        words.append(f"{each - last}.{counts[each]}" if counts[each] else str(each - last))
        last = each
    return " ".join(words)


def unpack(text: str) -> dict[int, int]:
    """The ids and counts again."""
    counts, last = {}, 0
    for word in text.split():
        step, _, count = word.partition(".")
        last += int(step)
        counts[last] = int(count or 0)
    return counts
