"""Where the next pull may begin, and what it needs to recognise a change: a small JSON text."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from itertools import groupby

import msgspec

_VERSION = 1


class Cursor(msgspec.Struct, kw_only=True, omit_defaults=True):
    """What the last pull saw.

    since: the platform's clock (seconds) when that pull began, less an overlap.
    settings: digest of what records are made with; another one asks for everything again.
    read: the activities (course module ids) that were read without loss; others are read in any case.
    kinds: how many activities of each kind there were; a kind that vanished is a lost capability.
    learners: user ids of the learners, packed; suspended: of those of them who were suspended. roster: digest
    of who belongs where, with what status.
    flags: digest of extensions and of states of marking, by activity. Because Moodle tells nobody that it
    moved a deadline, late: who handed in after one; dates: what was told of everybody's, packed by what it
    was; turn: the activity and learner that were asked about last, of those who were in time.
    topics: what each forum looked like, packed by topic and number of replies.
    parts: of each package its first part that carries tracks, packed; 0: none does.
    refused: by lesson, the learners who are suspended and of whom we were refused the function that gives
    their sessions, packed.
    strangers: user ids in no list whose evidence is here; withdrawn: those of them who learnt here; deleted:
    those whose account is deleted, of whom Moodle refuses whatever is asked.
    """

    v: int = _VERSION
    settings: str
    course: int
    since: int
    read: list[int] = []
    kinds: dict[str, int] = {}
    learners: str = ""
    suspended: str = ""
    roster: str = ""
    flags: dict[int, str] = {}
    late: dict[int, list[int]] = {}
    dates: dict[int, dict[str, str]] = {}
    turn: tuple[int, int] = (0, 0)
    topics: dict[int, str] = {}
    parts: str = ""
    refused: dict[int, str] = {}
    strangers: list[int] = []
    withdrawn: list[int] = []
    deleted: list[int] = []

    def learner_ids(self) -> frozenset[int]:
        """User ids of the learners whom the last pull knew."""
        return frozenset(unpack(self.learners))

    def suspended_ids(self) -> frozenset[int]:
        """User ids of the learners who were suspended at the last pull."""
        return frozenset(unpack(self.suspended))

    def refused_ids(self, cmid: int) -> frozenset[int]:
        """User ids of those of whom we were refused the function that gives their sessions in a lesson."""
        return frozenset(unpack(self.refused.get(cmid, "")))

    def first_parts(self) -> dict[int, int]:
        """By package, its first part that carries tracks; 0 where none does."""
        return unpack(self.parts)

    def told_dates(self, cmid: int) -> dict[int, str]:
        """What was told of the dates of each learner in an activity."""
        packed = self.dates.get(cmid, {})
        return {user: told for told, users in packed.items() for user in unpack(users)}


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


def packed_dates(told: Mapping[int, str]) -> dict[str, str]:
    """What was told of the dates of each learner, in the form of a cursor: most are told the same."""
    users: dict[str, dict[int, int]] = {}
    for user, dates in told.items():
        users.setdefault(dates, {})[user] = 0
    return {dates: pack(users[dates]) for dates in sorted(users)}


def pack(counts: Mapping[int, int]) -> str:
    """Ids with a count each, as differences; a count of 0 is left out, and what is repeated written once:
    {3: 0, 5: 2, 6: 0, 7: 0, 8: 0} is `3 2.2 1*3`."""
    words, last = [], 0
    for each in sorted(counts):
        words.append(f"{each - last}.{counts[each]}" if counts[each] else str(each - last))
        last = each
    return " ".join(_repeated(word, len(list(same))) for word, same in groupby(words))


def unpack(text: str) -> dict[int, int]:
    """The ids and counts again."""
    counts, last = {}, 0
    for words in text.split():
        word, _, times = words.partition("*")
        step, _, count = word.partition(".")
        for _ in range(int(times or 1)):
            last += int(step)
            counts[last] = int(count or 0)
    return counts


def _repeated(word: str, times: int) -> str:
    return " ".join([word] * times) if times < 3 else f"{word}*{times}"
