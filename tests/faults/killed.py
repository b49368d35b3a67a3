"""A sync that kills itself: started as a process of its own, it forks one child for every kill asked for.

It syncs once itself at first: what is imported and compiled then, no child needs to do again. A child
shares nothing with another but the platform. Commands come as lines of JSON on standard input, the first
of them the settings and the database for the first sync; answers go as lines to standard output:
`{"database": URL, "folder": PATH, "course": ID, "now": MS, "kill_at": [PHASE, N] or null}` →
`{"ended": signal or exit status, "phase": where it was killed, or "steps": {phase: count}, "commits":
{phase: [n, …]}}`. Statements are counted phase by phase, because platforms are read side by side: the n-th of
all is not always of the same phase.
"""

from __future__ import annotations

import gc
import json
import os
import signal
import sys
from collections import Counter
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock
from types import FrameType
from typing import Any, Protocol

import psycopg
from sqlalchemy import event

from lms_scoring.bootstrap import Installation, installation
from lms_scoring.cli.syncing import sync_course
from lms_scoring.store import SqlStore

PHASES = {
    "lms_scoring.services.collecting.collect": "sync",
    "lms_scoring.services.doubting.doubts": "score",
    "lms_scoring.services.scoring.assess": "score",
    "lms_scoring.services.gradebook.publish": "pass back",
    "lms_scoring.services.unattended.sweep": "look around",
}
"""The modules by which one knows how far a sync has come."""

Tell = Callable[[object], None]


@dataclass(frozen=True)
class Fixed:
    """A clock that stands still."""

    at: int

    def now(self) -> int:
        """What it was set to."""
        return self.at


class Burns(Protocol):
    """What is told of each statement before it begins."""

    def burn(self, statement: object) -> None: ...


@dataclass
class Fuse:
    """Counts the statements that begin in each phase, and ends the process by SIGKILL just before the n-th of
    one."""

    kill_at: tuple[str, int] | None
    tell: Tell = lambda _: None
    steps: Counter[str] = field(default_factory=Counter)
    commits: dict[str, list[int]] = field(default_factory=dict)
    turn: Lock = field(default_factory=Lock)

    def burn(self, statement: object) -> None:
        """To be called before each statement."""
        phase = phase_here()
        with self.turn:
            self.steps[phase] += 1
            if statement == "COMMIT":
                self.commits.setdefault(phase, []).append(self.steps[phase])
            if (phase, self.steps[phase]) == self.kill_at:
                self.tell({"phase": phase})
                os.kill(os.getpid(), signal.SIGKILL)


def phase_here() -> str:
    """How far whoever asks has come."""
    frame: FrameType | None = sys._getframe()
    while frame is not None:
        phase = PHASES.get(frame.f_globals["__name__"])
        if phase is not None:
            return phase
        frame = frame.f_back
    return "between"


def synced(settings: dict[str, str], command: dict[str, Any], tell: Tell = lambda _: None) -> None:
    """Syncs the course in the database, until the fuse has burnt down; then it tells what it counted."""
    given = {**settings, "LMS_SCORING_DATABASE_URL": command["database"]}
    ours: Installation = installation(
        given, working_folder=Path(command["folder"]), clock=Fixed(command["now"])
    )
    fuse = Fuse(None if command["kill_at"] is None else tuple(command["kill_at"]), tell)
    store = lay(fuse, ours.store)
    with Path(os.devnull).open("w") as nowhere, redirect_stdout(nowhere), redirect_stderr(nowhere):
        sync_course(ours, command["course"], full=False)
    store.close()
    tell({"steps": fuse.steps, "commits": fuse.commits})


def lay(fuse: Burns, store: SqlStore) -> SqlStore:
    """From now on the store's statements burn the fuse."""
    store.close()  # connections made from now on
    prepare = _prepare_sqlite if store.engine.dialect.name == "sqlite" else _prepare_postgres
    event.listen(store.engine, "connect", lambda driver, _: prepare(driver, fuse))
    if prepare is _prepare_postgres:
        event.listen(store.engine, "commit", lambda _: fuse.burn("COMMIT"))
    return store


def _prepare_sqlite(driver: Any, fuse: Burns) -> None:
    """What a killed process has written stays, whether or not it was forced to the disk: nobody waits."""
    driver.execute("PRAGMA synchronous = OFF")
    driver.set_trace_callback(fuse.burn)


def _prepare_postgres(driver: Any, fuse: Burns) -> None:
    """Commits are not statements of a cursor; SQLAlchemy tells of them."""

    class Burning(psycopg.Cursor[Any]):
        def execute(self, query: Any, *given: Any, **named: Any) -> Any:
            fuse.burn(query)
            return super().execute(query, *given, **named)

        def executemany(self, query: Any, *given: Any, **named: Any) -> None:
            fuse.burn(query)
            super().executemany(query, *given, **named)

        def copy(self, statement: Any, *given: Any, **named: Any) -> Any:
            fuse.burn(statement)
            return super().copy(statement, *given, **named)

    driver.cursor_factory = Burning


def answered(settings: dict[str, str], command: dict[str, Any]) -> dict[str, Any]:
    """Syncs in a child; how it ended, and what it told."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        status = 1
        try:
            os.close(reading)
            with os.fdopen(writing, "w") as pipe:

                def tell(what: object) -> None:
                    json.dump(what, pipe)
                    pipe.flush()

                synced(settings, command, tell)
            status = 0
        finally:
            os._exit(status)
    os.close(writing)
    with os.fdopen(reading) as pipe:
        told = pipe.read()
    _, status = os.waitpid(child, 0)
    ended = -os.WTERMSIG(status) if os.WIFSIGNALED(status) else os.WEXITSTATUS(status)
    return {"ended": ended, **(json.loads(told) if told else {})}


def main() -> None:
    """Answers commands until there are no more."""
    settings, first = json.loads(sys.stdin.readline())
    synced(settings, first)
    gc.disable()  # a child ends before there is anything to collect
    for line in sys.stdin:
        sys.stdout.write(json.dumps(answered(settings, json.loads(line))) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
