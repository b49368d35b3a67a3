"""The two ways that ours is measured against: the least one must do, and what one would write first.

Both only store. The floor decodes the fields that ours decodes, straight to their types, and inserts the
same columns through the same driver; it neither checks nor joins nor understands anything. The slow way is
`json` and one SQLAlchemy insert a row.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import msgspec
from msgspec import Raw, Struct
from sqlalchemy import Connection, Engine, Table, insert

from lms_scoring.store import tables
from lms_scoring.store.databases.engine import transaction

Row = tuple[Any, ...]

VIDEO = "https://w3id.org/xapi/video/extensions/"
INFO = "http://lrs.learninglocker.net/define/extensions/info"
LAUNCH = "https://w3id.org/xapi/cmi5/context/extensions/sessionid"
NOTHING = Raw(b"")
SOURCE = "lrs"


class Account(Struct, gc=False, frozen=True):
    homePage: str  # noqa: N815 # a field of xAPI, spelled so that no alias must be looked up
    name: str


class Actor(Struct, gc=False, frozen=True):
    account: Account | None = None
    mbox: str | None = None
    mbox_sha1sum: str | None = None
    openid: str | None = None


class Verb(Struct, gc=False, frozen=True):
    id: str


class Definition(Struct, gc=False, frozen=True):
    type: str | None = None


class Thing(Struct, gc=False, frozen=True):
    id: str
    definition: Definition | None = None


class Shown(Struct, gc=False, frozen=True):
    time: float | None = msgspec.field(default=None, name=VIDEO + "time")
    time_from: float | None = msgspec.field(default=None, name=VIDEO + "time-from")
    time_to: float | None = msgspec.field(default=None, name=VIDEO + "time-to")
    speed: float | str | None = msgspec.field(default=None, name=VIDEO + "speed")


class Score(Struct, gc=False, frozen=True):
    raw: Decimal | None = None
    max: Decimal | None = None


class Result(Struct, gc=False, frozen=True):
    extensions: Shown = Shown()
    score: Score = Score()
    response: Raw = NOTHING


class Info(Struct, gc=False, frozen=True):
    event_name: str | None = None


class Given(Struct, gc=False, frozen=True):
    session: str | None = msgspec.field(default=None, name=VIDEO + "session-id")
    length: float | None = msgspec.field(default=None, name=VIDEO + "length")
    speed: float | str | None = msgspec.field(default=None, name=VIDEO + "speed")
    info: Info | None = msgspec.field(default=None, name=INFO)
    launch: str | None = msgspec.field(default=None, name=LAUNCH)


class Context(Struct, gc=False, frozen=True):
    extensions: Given = Given()
    contextActivities: Raw = NOTHING  # noqa: N815 # as above
    instructor: Raw = NOTHING


class Statement(Struct, gc=False, frozen=True):
    id: str
    actor: Actor
    verb: Verb
    object: Thing
    timestamp: datetime
    stored: datetime
    context: Context = Context()
    result: Result = Result()


class Page(Struct, gc=False, frozen=True):
    statements: list[Statement]
    more: str | None = None


def store_bare(pages: Sequence[bytes], engine: Engine) -> None:
    """The floor: a page a transaction."""
    decode = msgspec.json.Decoder(Page).decode
    events, statements = _insert(tables.watch_event), _insert(tables.lms_statement)
    numbers: dict[str, int] = {}
    connection = engine.raw_connection()
    cursor = connection.cursor()
    for page in pages:
        watched, told = _rows(decode(page).statements, numbers)
        cursor.execute("BEGIN IMMEDIATE")
        cursor.executemany(events, watched)
        cursor.executemany(statements, told)
        cursor.execute("COMMIT")
    connection.close()


def store_slowly(pages: Sequence[bytes], engine: Engine) -> None:
    """`json`, and an insert for every row: a page a transaction."""
    numbers: dict[str, int] = {}
    for page in pages:
        statements = json.loads(page)["statements"]
        with transaction(engine, writes=True) as connection:
            for statement in statements:
                _store_slowly(statement, connection, numbers)


def _insert(table: Table) -> str:
    return f"INSERT OR IGNORE INTO {table.name} VALUES ({','.join('?' * len(table.columns))})"  # noqa: S608 # our table


def _rows(statements: Sequence[Statement], numbers: dict[str, int]) -> tuple[list[Row], list[Row]]:
    watched: list[Row] = []
    told: list[Row] = []
    for one in statements:
        actor, iri, verb = one.actor, one.object.id, one.verb.id
        given, shown = one.context.extensions, one.result.extensions
        name = actor.account.name if actor.account is not None else _other_name(actor)
        account, activity = numbers.setdefault(name, len(numbers)), numbers.setdefault(iri, len(numbers))
        since = one.stored - _EPOCH
        stored = since.days * _DAY + since.seconds * 1000 + since.microseconds // 1000
        since = one.timestamp - _EPOCH
        at = since.days * _DAY + since.seconds * 1000 + since.microseconds // 1000
        if shown.time is not None or given.session is not None:
            watched.append(
                (
                    1,
                    SOURCE,
                    stored,
                    one.id,
                    account,
                    activity,
                    given.session,
                    at,
                    len(verb),
                    shown.time,
                    shown.time_to,
                    given.speed,
                    given.length,
                )
            )
        else:
            raw, maximum = _text(one.result.score.raw), _text(one.result.score.max)
            told.append(
                (1, SOURCE, stored, one.id, account, verb, iri, activity, at, raw, maximum, None, None)
            )
    return watched, told


def _text(number: Decimal | None) -> str | None:
    return None if number is None else str(number)


def _other_name(actor: Actor) -> str:
    return actor.mbox or actor.mbox_sha1sum or actor.openid or ""


def _store_slowly(statement: dict[str, Any], connection: Connection, numbers: dict[str, int]) -> None:
    actor, result = statement["actor"], statement.get("result", {}).get("extensions", {})
    context = statement.get("context", {}).get("extensions", {})
    other = actor.get("mbox") or actor.get("mbox_sha1sum") or actor.get("openid")
    name, iri = other or actor["account"]["name"], statement["object"]["id"]
    row = {
        "tenant": 1,
        "source": SOURCE,
        "stored": _milliseconds(statement["stored"]),
        "id": statement["id"],
        "account": numbers.setdefault(name, len(numbers)),
        "activity": numbers.setdefault(iri, len(numbers)),
        "at": _milliseconds(statement["timestamp"]),
    }
    if VIDEO + "time" in result or VIDEO + "session-id" in context:
        connection.execute(
            insert(tables.watch_event),
            {
                **row,
                "session": context.get(VIDEO + "session-id"),
                "verb": len(statement["verb"]["id"]),
                "position": result.get(VIDEO + "time"),
                "target": result.get(VIDEO + "time-to"),
                "rate": context.get(VIDEO + "speed"),
                "length": context.get(VIDEO + "length"),
            },
        )
        return
    more = {"raw": None, "maximum": None, "by": None, "characters": None}
    verb = statement["verb"]["id"]
    connection.execute(insert(tables.lms_statement), {**row, **more, "verb": verb, "object": iri})


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_DAY = 24 * 60 * 60 * 1000


def _milliseconds(text: str) -> int:
    return int(datetime.fromisoformat(text).timestamp() * 1000)
