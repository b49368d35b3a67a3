"""What an LRS says somebody did, reduced to what can ever be scored: video events and LMS statements.

Events are stored as they are and folded anew whenever a score is needed, because a late one can change
the meaning of those around it (xAPI facts, section 2.2). `account` is an identity (`identity.py`).
They are named tuples because hundreds of thousands pass through in one sync.
"""

from __future__ import annotations

from enum import IntEnum, StrEnum
from fractions import Fraction
from typing import NamedTuple


class VideoVerb(IntEnum):
    """Verbs of the xAPI Video Profile 1.0.3, ranked as they must be read when their clocks tie."""

    INITIALIZED = 0
    PLAYED = 1
    INTERACTED = 2
    SEEKED = 3
    PAUSED = 4
    COMPLETED = 5
    TERMINATED = 6


class WatchEvent(NamedTuple):
    """One statement of a video player.

    `position` is where in the content (ms) it happened, for `seeked` where the jump began and `target`
    where it ended; `rate` is the playing speed in hundredths where the statement says it (125 = 1.25x);
    `length` that of the content in ms. `stored` is the LRS's instant, 0 where there is none.
    """

    stored: int
    id: str
    account: str
    activity: str
    session: str | None
    at: int
    verb: int
    position: int | None
    target: int | None
    rate: int | None
    length: int | None


class LmsVerb(StrEnum):
    """What logstore statements say, whatever year's IRI they use; anything else is OTHER."""

    SUBMITTED = "submitted"
    SCORED = "scored"
    TOPIC_CREATED = "topic_created"
    REPLIED = "replied"
    POST_DELETED = "post_deleted"
    VIEWED = "viewed"
    OTHER = "other"


class LmsStatement(NamedTuple):
    """One statement that is not of a video player.

    `object` is the thing's IRI, `activity` the activity it belongs to (assignment or forum; the object
    itself where no parent is named). `raw` and `maximum` are a `scored` statement's marks, `by` the
    account of who marked. `characters` is the length of a text where the statement carries one.
    """

    stored: int
    id: str
    account: str
    verb: LmsVerb
    object: str
    activity: str
    at: int
    raw: Fraction | None = None
    maximum: Fraction | None = None
    by: str | None = None
    characters: int | None = None


def is_place(statement: LmsStatement) -> bool:
    """Whether its mark is no share of anything: the place of a word on a scale, for instance."""
    return statement.verb is LmsVerb.SCORED and statement.raw is not None and statement.maximum is None
