"""Logs: lines for people or JSON for machines, each with the work it belongs to; never anybody's data."""

from __future__ import annotations

import json
import logging
import re
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from secrets import token_hex

_NOTHING: Mapping[str, str] = {}
_work: ContextVar[Mapping[str, str]] = ContextVar("work", default=_NOTHING)
_SERVING = re.compile(r"while serving .*", re.DOTALL)
_LOUD = ("apscheduler", "procrastinate", "apprise")
"""Libraries that say at length what we say ourselves, or what nobody may read: addresses with secrets."""


@contextmanager
def working_on(job: str, arguments: Mapping[str, str]) -> Iterator[None]:
    """All that is logged inside names the job, with its arguments and a number of its own."""
    before = _work.set({"work": token_hex(4), "job": job, **arguments})
    try:
        yield
    finally:
        _work.reset(before)


def write_logs(*, as_json: bool) -> None:
    """To standard error, from now on."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines() if as_json else Lines())
    logging.basicConfig(level=logging.INFO, handlers=[handler])
    for name in _LOUD:
        logging.getLogger(name).setLevel(logging.CRITICAL if name == "apprise" else logging.WARNING)
    logging.getLogger("waitress").addFilter(without_address)


def without_address(record: logging.LogRecord) -> bool:
    """Cuts off the address that a server was asked for: people's ids stand there, and codes to sign in by."""
    record.msg, record.args = _SERVING.sub("while serving a page", record.getMessage()), None
    return True


class Lines(logging.Formatter):
    """One line a record, and what went wrong below it."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(message)s%(work)s")

    def format(self, record: logging.LogRecord) -> str:
        """With the work in brackets."""
        work = _work.get()
        record.work = "" if not work else f" [{' '.join(f'{name}={value}' for name, value in work.items())}]"
        return super().format(record)


class JsonLines(logging.Formatter):
    """One object a record."""

    def format(self, record: logging.LogRecord) -> str:
        """Keys of ours first: when, how bad, what."""
        at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        line = {
            "at": at,
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
            **_work.get(),
        }
        if (run := record.__dict__.get("run")) is not None:
            line["run"] = run  # the number by which pages and `jobs runs` call the sync
        if record.exc_info:
            line["error"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False)
