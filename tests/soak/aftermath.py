"""When everybody has left: everything that waited is done, nothing is lost, and the scores are right."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import text

from lms_scoring.bootstrap import Installation
from lms_scoring.ports import RunState
from lms_scoring.services.collecting.collect import collect
from lms_scoring.services.following_up.troubles import said_of
from lms_scoring.services.scoring.assess import assess
from lms_scoring.services.unattended.work_state import Backlog, work_state
from tests.soak.school import COURSES

_MANY = 100_000


def is_read_since(installation: Installation, instant: int) -> bool:
    """Whether every source of every course was read from the beginning to the end after that instant."""
    with installation.store.reading() as transaction:
        for course in COURSES:
            runs = [one for one in transaction.runs(course, limit=50) if one.started_at > instant]
            read = {one.source for one in runs if one.state is RunState.DONE}
            if not read.issuperset(installation.sources.order(course).names):
                return False
    return True


def waiting(installation: Installation) -> str | None:
    """What waits to be done or fails; None where nothing does."""
    state = work_state(installation.store, clock=installation.clock)
    waits = {kind.value: n for kind, n in state.waiting().items() if n and kind is not Backlog.NOTICE}
    queue = _queue(installation)
    failing = {said_of(one.concern): one.reason for one in state.failing}
    return None if not (waits or queue or failing) else f"{waits}, {queue} calls, failing: {failing}"


def failed_runs(installation: Installation, *, since: int) -> Iterator[str]:
    """The syncs that went wrong, with what they said."""
    with installation.store.reading() as transaction:
        for course in COURSES:
            for run in transaction.runs(course, limit=_MANY):
                if run.started_at >= since and run.state is not RunState.DONE:
                    yield f"{course}, {run.source}: {run.state.value}: {run.reason}"


def syncs(installation: Installation, *, since: int) -> int:
    """How many there were."""
    with installation.store.reading() as transaction:
        return sum(
            one.started_at >= since for course in COURSES for one in transaction.runs(course, limit=_MANY)
        )


def misscored(installation: Installation) -> Iterator[str]:
    """Courses whose cards are others once the same evidence is scored anew."""
    for course in COURSES:
        rules = installation.rules(course)
        assess(rules, installation.store, clock=installation.clock)  # whose time has come meanwhile
        again = assess(rules, installation.store, clock=installation.clock, everyone=True)
        if again.changed:
            yield f"{course}: {again.changed} of {again.scored} cards are others when scored anew"


def unread(installation: Installation) -> Iterator[str]:
    """What reading everything anew finds that unattended syncs did not."""
    for course in COURSES:
        for source in installation.sources.of(course):
            read = collect(course, source, installation.store, clock=installation.clock, full=True)
            kept = read.kept
            if read.state is not RunState.DONE or kept.new or kept.changed or kept.gone:
                yield (
                    f"{course}, {source.name}: {read.state.value}; "
                    f"{kept.new} new, {kept.changed} changed, {kept.gone} gone; {read.reason}"
                )


def _queue(installation: Installation) -> int:
    """Calls that wait for workers."""
    store = installation.store
    if store.engine.dialect.name != "postgresql":
        return 0
    with store.engine.connect() as connection:
        return int(connection.execute(text("SELECT count(*) FROM procrastinate_jobs")).scalar_one())
