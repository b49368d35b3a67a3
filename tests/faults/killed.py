"""A sync that kills itself: started as a process of its own, it forks one child for every kill asked for.

It syncs once itself at first: what is imported and compiled then, no child needs to do again. A child
shares nothing with another but the platform. Commands come as lines of JSON on standard input, the first
of them the settings and the database for the first sync; answers go as lines to standard output:
`{"database": PATH, "course": ID, "kill_at": N or null}` → `{"ended": signal or exit status, "steps": […]}`.
"""

from __future__ import annotations

import gc
import json
import os
import signal
import sqlite3
import sys
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any

from sqlalchemy import event

from lms_scoring.bootstrap import Installation, installation
from lms_scoring.cli.syncing import sync_course
from lms_scoring.store import SqlStore


class Fuse:
    """Counts the statements that SQLite begins, and ends the process by SIGKILL just before the n-th."""

    def __init__(self, kill_at: int | None) -> None:
        self.kill_at = kill_at
        self.commits: list[int] = []
        self.count = 0

    def burn(self, statement: str) -> None:
        """To be called by SQLite before each statement."""
        self.count += 1
        if statement == "COMMIT":
            self.commits.append(self.count)
        if self.count == self.kill_at:
            os.kill(os.getpid(), signal.SIGKILL)


def synced(settings: dict[str, str], command: dict[str, Any]) -> Fuse:
    """Syncs the course in the database, until the fuse has burnt down."""
    database = Path(command["database"])
    given = {**settings, "LMS_SCORING_DATABASE_URL": f"sqlite:///{database}"}
    ours: Installation = installation(given, working_folder=database.parent)
    fuse = Fuse(command["kill_at"])
    store = ours.store
    assert isinstance(store, SqlStore)
    event.listen(store.engine, "connect", lambda driver, _: _prepare(driver, fuse))
    with Path(os.devnull).open("w") as nowhere, redirect_stdout(nowhere), redirect_stderr(nowhere):
        sync_course(ours, command["course"], full=False)
    store.close()
    return fuse


def _prepare(driver: sqlite3.Connection, fuse: Fuse) -> None:
    """What a killed process has written stays, whether or not it was forced to the disk: nobody waits."""
    driver.execute("PRAGMA synchronous = OFF")
    driver.set_trace_callback(fuse.burn)


def answered(settings: dict[str, str], command: dict[str, Any]) -> dict[str, Any]:
    """Syncs in a child; how it ended, and where its commits were if it came to its end."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        status = 1
        try:
            os.close(reading)
            fuse = synced(settings, command)
            os.write(writing, json.dumps({"steps": fuse.count, "commits": fuse.commits}).encode())
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
