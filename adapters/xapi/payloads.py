"""The shape of statements and of what an LRS says: only the fields that are needed, typed.

`gc=False`: none of these can refer to itself.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import msgspec
from msgspec import Meta, Raw, Struct

Moment = Annotated[datetime, Meta(tz=True)]
Number = float | str
"""Numbers as players send them: some write them as texts."""

_VIDEO = "https://w3id.org/xapi/video/extensions/"
_CMI5_SESSION = "https://w3id.org/xapi/cmi5/context/extensions/sessionid"
_MOODLE_INFO = "http://lrs.learninglocker.net/define/extensions/info"
_NONE = Raw(b"")


class Account(Struct, gc=False):
    """An account on a platform (xAPI 1.0.3, Data 2.4.2.4)."""

    home_page: str = msgspec.field(name="homePage")
    name: str | int


class Actor(Struct, gc=False):
    """An Agent with one of the four identifiers, or a Group."""

    account: Account | None = None
    mbox: str | None = None
    mbox_sha1sum: str | None = None
    openid: str | None = None
    kind: str | None = msgspec.field(default=None, name="objectType")
    member: Raw = _NONE


class Members(Struct, gc=False):
    """Of a group its members, undecoded; an agent has none."""

    member: list[Raw] = []


class Verb(Struct, gc=False):
    """A verb; its display names are for people."""

    id: str


class Definition(Struct, gc=False):
    """What an activity says of itself; its names stay undecoded: no statement is refused for them."""

    type: str | None = None
    name: Raw = _NONE
    description: dict[str, str] | None = None


class Thing(Struct, gc=False):
    """The object of a statement: an Activity, or something else."""

    id: str | None = None
    kind: str | None = msgspec.field(default=None, name="objectType")
    definition: Definition | None = None


THING = msgspec.json.Decoder(Thing)


class ResultExtensions(Struct, gc=False):
    """Where in the content something happened, in seconds (Video Profile 1.0.3)."""

    time: Number | None = msgspec.field(default=None, name=_VIDEO + "time")
    time_from: Number | None = msgspec.field(default=None, name=_VIDEO + "time-from")
    time_to: Number | None = msgspec.field(default=None, name=_VIDEO + "time-to")
    speed: Number | None = msgspec.field(default=None, name=_VIDEO + "speed")


class Result(Struct, gc=False):
    """The outcome; score and response stay undecoded until a statement is known to need them."""

    extensions: ResultExtensions | None = None
    score: Raw = _NONE
    response: Raw = _NONE


class Info(Struct, gc=False):
    """What Moodle's logstore says of the event that it made the statement from."""

    event_name: str | None = None


class ContextExtensions(Struct, gc=False):
    """The viewing session, the length in seconds, the speed; the Moodle event."""

    session: Number | None = msgspec.field(default=None, name=_VIDEO + "session-id")
    length: Number | None = msgspec.field(default=None, name=_VIDEO + "length")
    speed: Number | None = msgspec.field(default=None, name=_VIDEO + "speed")
    info: Info | None = msgspec.field(default=None, name=_MOODLE_INFO)
    launch: Number | None = msgspec.field(default=None, name=_CMI5_SESSION)


class Context(Struct, gc=False):
    """Where something happened; what only LMS statements need stays undecoded."""

    extensions: ContextExtensions | None = None
    activities: Raw = msgspec.field(default=_NONE, name="contextActivities")
    instructor: Raw = _NONE


class Untimed(Struct, gc=False):
    """A statement but for its times. Actor, verb, object and authority repeat so often that their bytes are
    kept, and decoded only when they are new."""

    actor: Raw = _NONE
    verb: Raw = _NONE
    object: Raw = _NONE
    authority: Raw = _NONE
    id: str | None = None
    context: Context | None = None
    result: Result | None = None


class Statement(Untimed, gc=False):
    """One statement."""

    timestamp: Moment | None = None
    stored: Moment | None = None


class Score(Struct, gc=False):
    """Marks, as the decimal text they are sent as."""

    raw: Raw = _NONE
    min: Raw = _NONE
    max: Raw = _NONE


class ContextActivities(Struct, gc=False):
    """What the object belongs to; older clients send one activity instead of a list."""

    parent: list[Thing] | Thing | None = None
    grouping: list[Thing] | Thing | None = None
    other: list[Thing] | Thing | None = None


class StatementResult(Struct, gc=False):
    """A page of statements (xAPI 1.0.3, Data 2.5)."""

    statements: list[Statement]
    more: str | None = None


class RawStatementResult(Struct, gc=False):
    """A page whose statements are split but not decoded."""

    statements: list[Raw]
    more: str | None = None


class Times(Struct, gc=False):
    """The times of a statement as they are written."""

    timestamp: str | None = None
    stored: Raw = _NONE


class Named(Struct, gc=False):
    """A statement's id, of whatever else it consists."""

    id: str | None = None


class About(Struct, gc=False):
    """What an LRS says of itself."""

    version: list[str] = []
