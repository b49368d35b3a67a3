"""What a worker's log says of a database that is away: one line each time, and not where in the code."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from psycopg import OperationalError

_POOL = "psycopg.pool"
"""The logger that tells of each try to connect, with advice on a line of its own."""
_GONE = ("08", "57P")
"""How the codes begin by which a server says that it cut a connection, ends, or has only begun."""


@contextmanager
def away_in_a_line() -> Iterator[None]:
    """Inside, wherever logs go."""
    handlers, shortened = list(logging.getLogger().handlers), InALine()
    for handler in handlers:
        handler.addFilter(shortened)
    try:
        yield
    finally:
        for handler in handlers:
            handler.removeFilter(shortened)


class InALine(logging.Filter):
    """Keeps every record. What is told of a database that is away loses its trace; all else stays."""

    def filter(self, record: logging.LogRecord) -> bool:
        """True; the record may be another then."""
        away = _away(record)
        if away is not None:
            said = record.getMessage().strip().removesuffix(":")
            _say(record, f"the database is away: {said}: {away}")
            record.exc_info = record.exc_text = None
        elif record.name == _POOL:
            _say(record, record.getMessage())
        return True


def _away(record: logging.LogRecord) -> OperationalError | None:
    """Why it could not be reached; None: it could, or the record is of nothing that failed."""
    error = record.exc_info[1] if record.exc_info else None
    while error is not None:
        if isinstance(error, OperationalError) and (error.sqlstate or _GONE[0]).startswith(_GONE):
            return error
        error = error.__cause__
    return None


def _say(record: logging.LogRecord, message: str) -> None:
    record.msg, record.args = " ".join(message.split()), ()
