"""The statements of the stand-in LRS in arrival order: recorded ones as raw bytes, posted ones behind."""

import re
import time
from array import array
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from threading import RLock

import msgspec

VOIDED = "http://adlnet.gov/expapi/verbs/voided"
MILLISECOND = timedelta(milliseconds=1)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
COPY_SHIFT_DAYS = 63
"""How far a copy lies before the next one: whole weeks, longer than the recorded 60 days."""
UUID = re.compile(rb"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
DAY_OF_TIMESTAMP = re.compile(rb'"timestamp":"(\d{4}-\d\d-\d\d)')
AUTHORITY = (
    b',"authority":{"objectType":"Agent","mbox":"mailto:lrs@demonstration.example"},"version":"1.0.0"}'
)


class Iri(msgspec.Struct):
    """Something with an IRI."""

    id: str | None = None


class Head(msgspec.Struct):
    """What the LRS itself reads of a statement."""

    id: str | None = None
    timestamp: str | None = None
    verb: Iri = msgspec.field(default_factory=Iri)
    object: Iri = msgspec.field(default_factory=Iri)


class Sessions(msgspec.Struct):
    """The session of a video player."""

    session: str | None = msgspec.field(
        default=None, name="https://w3id.org/xapi/video/extensions/session-id"
    )


class Context(msgspec.Struct):
    """What ties statements together."""

    registration: str | None = None
    extensions: Sessions = msgspec.field(default_factory=Sessions)


class Marks(Head):
    """All ids that belong to one copy of the recorded course."""

    context: Context = msgspec.field(default_factory=Context)


read_head = msgspec.json.Decoder(Head).decode
read_marks = msgspec.json.Decoder(Marks).decode


class Conflict(Exception):
    """Another statement with that id is there already."""


class LrsModel:
    """All statements by position; positions are in arrival order and never change.

    ``copies`` makes that many times the recorded statements: the same people, other ids, sessions and
    registrations, each copy 63 days before the next one. Copies are made when they are read, not kept.
    """

    def __init__(
        self,
        statements: Iterable[bytes],
        *,
        copies: int = 1,
        now: Callable[[], int] = lambda: time.time_ns() // 1_000_000,
    ) -> None:
        self.lock = RLock()
        self._now = now
        self._copies = copies
        self._lines: list[bytes] = []
        self._stored = array("q")
        self._positions: dict[str, int] = {}
        self._posted: list[bytes] = []
        self._posted_stored = array("q")
        self._posted_ids: dict[str, int] = {}
        self._void_targets: set[str] = set()
        self._promised = 0
        self._load(statements)
        self._voided = self._voided_positions()

    def __len__(self) -> int:
        return len(self._lines) * self._copies + len(self._posted)

    def stored(self, position: int) -> int:
        """When the statement arrived, in milliseconds since 1970; strictly growing with the position."""
        loaded = len(self._lines) * self._copies
        if position >= loaded:
            return self._posted_stored[position - loaded]
        age, place = self._copy_of(position)
        return self._stored[place] - age * COPY_SHIFT_DAYS * 86_400_000

    def raw(self, position: int) -> bytes:
        """The statement as it was sent."""
        loaded = len(self._lines) * self._copies
        if position >= loaded:
            return self._posted[position - loaded]
        age, place = self._copy_of(position)
        return aged(self._lines[place], age)

    def told(self, position: int) -> bytes:
        """The statement as the LRS gives it: with ``stored``, authority and version."""
        stored = f',"stored":"{instant(self.stored(position))}"'.encode()
        return self.raw(position)[:-1] + stored + AUTHORITY

    def is_voided(self, position: int) -> bool:
        """Whether another statement voids this one."""
        return position in self._voided

    def position_of(self, identifier: str) -> int | None:
        """Where the statement of that id is."""
        if identifier in self._posted_ids:
            return len(self._lines) * self._copies + self._posted_ids[identifier]
        for age in range(self._copies):
            place = self._positions.get(_aged_id(identifier.encode(), -age).decode())
            if place is not None:
                return (self._copies - 1 - age) * len(self._lines) + place
        return None

    def keep(self, statements: list[tuple[str, bytes]]) -> list[str]:
        """Keeps all or, raising ``Conflict``, none; equal ones that are there already stay as they are."""
        with self.lock:
            fresh = []
            for identifier, line in statements:
                place = self.position_of(identifier)
                if place is None:
                    fresh.append((identifier, line))
                elif not _same(self.raw(place), line):
                    raise Conflict(identifier)
            for identifier, line in fresh:
                self._posted_ids[identifier] = len(self._posted)
                self._posted.append(line)
                self._posted_stored.append(self._next_instant())
                self._note_voiding(line)
            self._voided = self._voided_positions()
        return [identifier for identifier, _ in statements]

    def consistent_through(self) -> int:
        """Everything stored up to this instant can be read; whatever comes later is stored later."""
        with self.lock:
            latest = self.stored(len(self) - 1) if len(self) else 0
            self._promised = max(self._promised, latest, self._now())
            return self._promised

    def _load(self, statements: Iterable[bytes]) -> None:
        previous = 0
        latest = self._now()
        for line in statements:
            head = read_head(line)
            if head.id is not None and head.id in self._positions:
                continue  # sent again: an LRS keeps the first one
            if head.id is not None:
                self._positions[head.id] = len(self._lines)
            previous = max(previous + 1, min(milliseconds(head.timestamp), latest))
            self._lines.append(line)
            self._stored.append(previous)
            if head.verb.id == VOIDED:
                self._note_voiding(line)

    def _copy_of(self, position: int) -> tuple[int, int]:
        copy, place = divmod(position, len(self._lines))
        return self._copies - 1 - copy, place

    def _note_voiding(self, line: bytes) -> None:
        head = read_head(line)
        if head.verb.id == VOIDED and head.object.id is not None:
            self._void_targets.add(head.object.id)

    def _voided_positions(self) -> set[int]:
        found = set()
        for target in self._void_targets:
            if target in self._positions:
                place = self._positions[target]
                found |= {copy * len(self._lines) + place for copy in range(self._copies)}
            elif (position := self.position_of(target)) is not None:
                found.add(position)
        return {place for place in found if read_head(self.raw(place)).verb.id != VOIDED}

    def _next_instant(self) -> int:
        latest = (
            self._posted_stored[-1]
            if self._posted_stored
            else self.stored(len(self) - 2)
            if len(self) > 1
            else 0
        )
        return max(self._now(), latest + 1, self._promised + 1)


def aged(line: bytes, age: int) -> bytes:
    """The same statement ``age`` copies earlier: other ids and sessions, 63 days back each."""
    if age == 0:
        return line
    for identifier in _own_ids(read_marks(line)):
        line = line.replace(identifier, _aged_id(identifier, age))
    return DAY_OF_TIMESTAMP.sub(lambda found: b'"timestamp":"' + _earlier(found.group(1), age), line, count=1)


def instant(milliseconds_since_1970: int) -> str:
    """An instant in ISO 8601, in UTC with milliseconds."""
    moment = EPOCH + milliseconds_since_1970 * MILLISECOND
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{milliseconds_since_1970 % 1000:03d}Z"


def milliseconds(timestamp: str | None) -> int:
    """Milliseconds since 1970 of an ISO 8601 text, 0 for what is none; without an offset it counts as UTC."""
    try:
        moment = datetime.fromisoformat(timestamp or "")
    except ValueError:
        return 0
    return (moment.replace(tzinfo=moment.tzinfo or UTC) - EPOCH) // MILLISECOND


def _own_ids(marks: Marks) -> list[bytes]:
    target = marks.object.id if marks.verb.id == VOIDED else None
    found = (marks.id, target, marks.context.registration, marks.context.extensions.session)
    return [identifier.encode() for identifier in found if identifier is not None]


def _aged_id(identifier: bytes, age: int) -> bytes:
    if age == 0 or not UUID.fullmatch(identifier):
        return identifier
    return identifier[:-4] + b"%04x" % ((int(identifier[-4:], 16) + age) % 65536)


def _earlier(day: bytes, age: int) -> bytes:
    earlier = datetime.fromisoformat(day.decode()) - timedelta(days=COPY_SHIFT_DAYS * age)
    return earlier.date().isoformat().encode()


def _same(one: bytes, other: bytes) -> bool:
    return bool(msgspec.json.decode(one) == msgspec.json.decode(other))
