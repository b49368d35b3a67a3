"""Row 14: the database restarts, and connections are cut; within a step, between two, and under a page."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from lms_scoring.domain.errors import StoreError
from lms_scoring.ports import Batch, RunState
from lms_scoring.services.collecting.collect import collect
from lms_scoring.store import SqlStore
from lms_scoring.web.application import create_app
from tests.faults.matrix import row
from tests.faults.small_course import CLOCK, batches, known, read
from tests.fixtures.courses.scripted import COURSE, ScriptedSource, rules
from tests.fixtures.databases import empty_database
from tests.fixtures.postgres import PostgresServer

PAGES = "http://127.0.0.1:8000"
Away = Callable[[PostgresServer], None]


def restarted(mode: str) -> Away:
    def restart(server: PostgresServer) -> None:
        server.stop(mode)
        server.start()

    return restart


AWAY: dict[str, Away] = {
    "cut": PostgresServer.cut,
    "fast": restarted("fast"),
    "immediate": restarted("immediate"),
}


@pytest.fixture(scope="module")
def server() -> Iterator[PostgresServer]:
    """One that may go away: nobody else is on it, and what it has committed outlives a crash."""
    made = PostgresServer(fsync="on", full_page_writes="on", synchronous_commit="on")
    yield made
    made.close()


@pytest.fixture
def store(server: PostgresServer) -> Iterator[SqlStore]:
    made = SqlStore(server.empty_database())
    yield made
    made.close()


@pytest.fixture
def truth(tmp_path: Path) -> object:
    """What an undisturbed sync leaves."""
    store = SqlStore(empty_database(tmp_path / "undisturbed.db"))
    read(store, batches())
    found = known(store)
    store.close()
    return found


@row(14, "after", [1, 2, 3])
@row(14, "how", AWAY)
def test_between_two_steps_a_sync_goes_on(
    server: PostgresServer, store: SqlStore, truth: object, how: str, after: int
) -> None:
    def pull() -> Iterator[Batch]:
        for number, batch in enumerate(batches()):
            if number == after:
                AWAY[how](server)
            yield batch

    class Between(ScriptedSource):
        def pull(self, cursor: str | None, *, full: bool) -> Iterator[Batch]:
            return pull()

    done = collect(COURSE, Between(), store, clock=CLOCK)
    assert (done.state, done.kept.gone) == (RunState.DONE, 0)
    assert known(store) == truth


class Leaving(list[Any]):
    """Records on whose being stored the database goes away."""

    def __init__(self, records: Any, away: Callable[[], None]) -> None:
        super().__init__(records)
        self._away = [away]

    def __iter__(self) -> Iterator[Any]:
        if self._away:
            self._away.pop()()
        return super().__iter__()


@row(14, "within", [1, 3])
@row(14, "how", AWAY)
def test_within_a_step_nothing_of_it_is_stored_and_the_next_sync_makes_it_good(
    server: PostgresServer, store: SqlStore, truth: object, how: str, within: int
) -> None:
    disturbed = batches()
    disturbed[within] = Batch(
        records=Leaving(disturbed[within].records, lambda: AWAY[how](server)), cursor="too early"
    )
    with pytest.raises(StoreError):
        read(store, disturbed)
    with store.reading() as transaction:
        assert transaction.cursor(COURSE, "moodle") is None
        (run,) = transaction.runs(COURSE)
        assert run.state is RunState.RUNNING
        assert sum(count for *_, count in transaction.counts(COURSE)) == (0 if within == 1 else 5)
    done = read(store, batches())
    assert (done.state, done.kept.gone) == (RunState.DONE, 0)
    assert known(store) == truth


@row(14, "mode", ["fast", "immediate"])
def test_pages_say_that_it_is_away_and_are_there_again_when_it_is(
    server: PostgresServer, store: SqlStore, mode: str
) -> None:
    read(store, batches())
    app = create_app(store=store, courses=lambda: {COURSE: rules()}, clock=CLOCK, public_url=PAGES)
    client = app.test_client()

    def asked(path: str) -> int:
        return client.get(path, base_url=PAGES).status_code

    assert (asked("/health"), asked("/")) == (200, 401)
    server.cut()
    assert (asked("/health"), asked("/")) == (200, 401)
    server.stop(mode)
    assert asked("/health") == 503
    server.start()
    assert (asked("/health"), asked("/")) == (200, 401)
