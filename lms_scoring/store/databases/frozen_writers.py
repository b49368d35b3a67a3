"""Ends a writer that is frozen within a statement: it would keep all others of its tenant out for ever.

Who says nothing between two statements is cut off by the server. Within one (rows that are copied to it, an
answer that nobody takes) the server waits for its client, and none of its timeouts holds then; a network that
asks after the client is answered by the kernel of its machine. So whoever waited for a turn in vain looks who
has it, and remembers that; who is found there again a minute later, and was not told or asked anything since,
is ended.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime
from time import monotonic
from typing import Any, NamedTuple

_log = logging.getLogger(__name__)
_FORBIDDEN = "42501"
_TELLS_OF_COPIES = 140_000
"""The first version, as the driver tells it, that says how far a COPY is."""

_LOOKS = """
    SELECT activity.pid, activity.backend_start, activity.query_start, copying.bytes_processed
    FROM pg_locks AS held
    JOIN pg_stat_activity AS activity ON activity.pid = held.pid AND activity.datid = held.database
    LEFT JOIN pg_stat_progress_copy AS copying ON copying.pid = held.pid
    WHERE activity.datname = current_database() AND held.locktype = 'advisory' AND held.objsubid = 2
        AND held.classid = CAST(%s AS oid) AND held.objid = CAST(%s AS oid) AND held.granted
        AND activity.state = 'active' AND activity.wait_event_type = 'Client'
"""
"""Who has a tenant's turn, as long as it keeps the server waiting in the middle of a statement."""
_ENDS = """
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE pid = %s AND backend_start = %s AND query_start = %s
        AND state = 'active' AND wait_event_type = 'Client'
"""
"""Whoever it is as long as it is there; nothing of one that went on in this very moment."""


class _Holder(NamedTuple):
    """Who has a turn, in which statement, and how far it is: bytes, where it copies rows."""

    process: int
    connected_at: datetime
    asked_at: datetime
    copied: int | None


class FrozenWriters:
    """What this process saw of those for whom its writers waited, by tenant.

    `lock` is the first number of the tenants' locks, `silent` the seconds for which a writer may say nothing.
    Who has all tenants' turns, as an upgrade or a copy has, is left alone: somebody is beside it.
    """

    def __init__(self, lock: int, *, silent: float, now: Callable[[], float] = monotonic) -> None:
        self._lock = lock
        self._silent = silent
        self._now = now
        self._seen: dict[int, tuple[_Holder, float]] = {}

    def ended(self, driver: Any, tenant: int) -> bool:
        """Whether who has the tenant's turn was frozen, and has it no more.

        The driver's connection is in no transaction. Nothing happens where its user may not end others, or
        the server is too old to tell who goes on copying.
        """
        if driver.info.server_version < _TELLS_OF_COPIES:
            return False
        try:
            return self._ended(driver, tenant)
        except Exception as error:  # whose class is the driver's, which need not be installed
            if getattr(error, "sqlstate", None) != _FORBIDDEN:
                raise
            return False

    def _ended(self, driver: Any, tenant: int) -> bool:
        holder = self._holder(driver, tenant)
        if holder is None:
            self._seen.pop(tenant, None)
            return False
        known, since = self._seen.get(tenant, (None, 0.0))
        if holder != known:
            self._seen[tenant] = holder, self._now()
            return False
        return self._now() - since >= self._silent and self._end(driver, holder)

    def _holder(self, driver: Any, tenant: int) -> _Holder | None:
        found = driver.execute(_LOOKS, (self._lock, tenant)).fetchone()
        return None if found is None else _Holder(*found)

    def _end(self, driver: Any, holder: _Holder) -> bool:
        about = holder.process, holder.connected_at, holder.asked_at
        is_ended = bool(driver.execute(_ENDS, about).fetchone() == (True,))
        if is_ended:
            _log.warning(
                "a program that is frozen had the turn to write, and all others waited: its connection was "
                "ended (process %d of the database's server), and what it had begun is undone",
                holder.process,
            )
        return is_ended
