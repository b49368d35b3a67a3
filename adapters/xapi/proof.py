"""Whether an LRS may be read from where the last sync ended: it must prove that `since` goes by `stored`.

Ralph's goes by `timestamp` without saying so: one device with a fast clock would hide a quarter of all
statements (xAPI facts, section 3.2). Who proves nothing is read as a whole each time.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from adapters.xapi.answers import Served
from adapters.xapi.client import XapiClient
from adapters.xapi.payloads import Statement
from lms_scoring.domain.instants import instant_of

_SURELY_LATER = 2
"""Milliseconds: one to ask for what was stored after, one because both times may be cut to a millisecond."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pivot:
    """A statement by which `since` shows its nature: asked for what was stored after `since`, an LRS that
    goes by `timestamp` leaves it out, and one that ignores `since` gives older ones too."""

    id: str
    since: int


def pivot_in(head: Served) -> Pivot | None:
    """The latest statement of the page that was stored after it happened, if an older one is there."""
    known = [(statement, _instant(statement.stored)) for statement in head.page.statements]
    stored = [at for _, at in known if at is not None]
    late = [(at, each.id) for each, at in known if each.id and at is not None and _is_late(each, at)]
    if not late:
        return None
    at, id_ = max(late)
    return Pivot(id=id_, since=at - 1) if min(stored) < at else None


def proves_stored(client: XapiClient, head: Served, *, limit: int) -> bool:
    """Whether a cursor on `stored` is safe here. `head` is the LRS's first page of `limit` statements.

    Asks the LRS once. Raises PlatformError.
    """
    pivot = pivot_in(head)
    if head.through is None or pivot is None:
        return False
    answer = client.statements(limit=limit, since=pivot.since)
    return all_after(answer.page.statements, pivot.since) and any(
        statement.id == pivot.id for statement in answer.page.statements
    )


def all_after(statements: Iterable[Statement], since: int) -> bool:
    """Whether each statement says that it was stored after that instant."""
    stored = (_instant(statement.stored) for statement in statements)
    return all(at is not None and at > since for at in stored)


def _is_late(statement: Statement, stored: int) -> bool:
    happened = _instant(statement.timestamp)
    return happened is not None and stored - happened >= _SURELY_LATER


def _instant(moment: datetime | None) -> int | None:
    return None if moment is None else instant_of(moment)
