"""Finds the statements a query asks for, page by page."""

import base64
import json
from bisect import bisect_right
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any

import msgspec

from lms_scoring.demonstration.lrs_kinds import LrsKind
from lms_scoring.demonstration.lrs_model import LrsModel, milliseconds, read_head

MAXIMUM = 1000
"""Statements on one page at most."""
KNOWN = frozenset(
    {
        "statementId",
        "voidedStatementId",
        "agent",
        "verb",
        "activity",
        "registration",
        "related_activities",
        "related_agents",
        "since",
        "until",
        "limit",
        "format",
        "attachments",
        "ascending",
        "cursor",
    }
)


class BadQuery(Exception):
    """The query is not one an LRS answers; the message says why (HTTP 400)."""


@dataclass(frozen=True)
class Query:
    """A checked query. Times are milliseconds since 1970; ``position`` is where the next page begins."""

    since: int | None = None
    until: int | None = None
    limit: int = MAXIMUM
    ascending: bool = False
    verb: str | None = None
    activity: str | None = None
    agent: str | None = None
    registration: str | None = None
    position: int | None = None
    reversed_pages: bool = False


@dataclass(frozen=True)
class Page:
    """The positions on one page, and the query for the next one."""

    positions: list[int]
    following: Query | None


def read_query(sent: dict[str, str], kind: LrsKind) -> Query:
    """Checks the parameters. Raises ``BadQuery``."""
    unknown = sorted(sent.keys() - KNOWN)
    if unknown:
        raise BadQuery(f"unknown parameters: {', '.join(unknown)}")
    if "cursor" in sent:
        return _from_cursor(sent["cursor"])
    ascending = sent.get("ascending", "").lower()
    if ascending not in ("", "true", "false", "1", "0"):
        raise BadQuery("ascending is neither true nor false")
    truly = ascending in ("true", "1") or (kind.any_ascending_is_true and "ascending" in sent)
    return Query(
        since=_instant(sent, "since"),
        until=_instant(sent, "until"),
        limit=_limit(sent.get("limit", "0"), kind, asked="limit" in sent),
        ascending=kind.oldest_first or truly,
        reversed_pages=kind.any_ascending_is_true and truly,
        verb=sent.get("verb"),
        activity=sent.get("activity"),
        agent=sent.get("agent"),
        registration=sent.get("registration"),
    )


def find_page(model: LrsModel, query: Query, kind: LrsKind) -> Page:
    """One page of what the query asks for."""
    found: list[int] = []
    wanted = _filter(model, query, kind)
    positions = _candidates(model, query, kind)
    for position in positions:
        if (not kind.voids or not model.is_voided(position)) and wanted(position):
            found.append(position)
            if len(found) > query.limit:
                break
    is_more = len(found) > query.limit or (kind.more_when_exactly_full and len(found) == query.limit)
    shown = found[: query.limit]
    following = replace(query, position=shown[-1]) if is_more and shown else None
    return Page(shown[::-1] if query.reversed_pages else shown, following)


def cursor(query: Query) -> str:
    """The query in a text that fits into a URL and stays valid."""
    return base64.urlsafe_b64encode(json.dumps(asdict(query)).encode()).decode().rstrip("=")


def _from_cursor(text: str) -> Query:
    try:
        return Query(**json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))))
    except (ValueError, TypeError) as error:
        raise BadQuery("the cursor is none of ours") from error


def _candidates(model: LrsModel, query: Query, kind: LrsKind) -> Iterator[int]:
    """Positions in the order of the answer, cut by ``stored`` where the kind goes by it."""
    first, beyond = 0, len(model)
    if not kind.filters_on_timestamp:
        everything = range(len(model))
        if query.since is not None:
            first = bisect_right(everything, query.since, key=model.stored)
        if query.until is not None:
            beyond = bisect_right(everything, query.until, key=model.stored)
    if query.ascending:
        return iter(range(max(first, -1 if query.position is None else query.position + 1), beyond))
    return iter(range(min(beyond, beyond if query.position is None else query.position) - 1, first - 1, -1))


def _filter(model: LrsModel, query: Query, kind: LrsKind) -> Callable[[int], bool]:
    by_iri = query.verb is not None or query.activity is not None
    if by_iri and not kind.filters_by_iri:
        return lambda _: False
    timed = kind.filters_on_timestamp and not (query.since is None and query.until is None)
    if not (by_iri or timed or query.agent or query.registration):
        return lambda _: True

    def wanted(position: int) -> bool:
        line = model.raw(position)
        head = read_head(line)
        at = milliseconds(head.timestamp) if timed else 0
        return (
            (query.verb is None or head.verb.id == query.verb)
            and (query.activity is None or head.object.id == query.activity)
            and not (timed and query.since is not None and at <= query.since)
            and not (timed and query.until is not None and at > query.until)
            and (query.agent is None or _is_actor(line, query.agent))
            and (query.registration is None or query.registration.encode() in line)
        )

    return wanted


def _is_actor(line: bytes, agent: str) -> bool:
    try:
        asked = json.loads(agent)
    except ValueError as error:
        raise BadQuery("agent is not JSON") from error
    actor: dict[str, Any] = msgspec.json.decode(line).get("actor") or {}
    return any(name in asked and asked[name] == actor.get(name) for name in _IDENTIFIERS)


_IDENTIFIERS = ("account", "mbox", "mbox_sha1sum", "openid")


def _instant(sent: dict[str, str], name: str) -> int | None:
    if name not in sent:
        return None
    try:
        datetime.fromisoformat(sent[name])
    except ValueError as error:
        raise BadQuery(f"{name} is no timestamp") from error
    return milliseconds(sent[name])


def _limit(text: str, kind: LrsKind, *, asked: bool) -> int:
    if not text.isascii() or not text.isdigit():
        raise BadQuery("limit is not a whole number of 0 or more")
    number = int(text)
    if number == 0 and asked and kind.limit_zero_is_everything:
        return 1_000_000_000
    return min(number or MAXIMUM, MAXIMUM)
