"""Row 24: an upgrade or a downgrade with a queue full of jobs that the program now running does not know.

Only PostgreSQL has a queue that outlives a program; the embedded engine keeps its own in memory, and finds
what is to be done in the tables again.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from lms_scoring.jobs.distributed import Distributed
from lms_scoring.jobs.registry import Job
from lms_scoring.ports import Call
from lms_scoring.services.unattended.workshop import Workshop
from lms_scoring.store import SqlStore
from tests.contract.engines import Notes, call, jobs_of, wake
from tests.contract.test_engines import distributed
from tests.faults.matrix import row
from tests.fixtures.databases import empty_database, forget
from tests.fixtures.workshop import workshop
from tests.waiting import until


@pytest.fixture
def store() -> Iterator[SqlStore]:
    url = empty_database(Path(), on="postgres")
    store = SqlStore(url)
    yield store
    store.close()
    forget(url)


def jobs_of_the_other(notes: Notes, name: str = "of-the-other", *, key: str = "{word}") -> Mapping[str, Job]:
    """That of another version of the program."""

    def work(shop: Workshop, **words: str) -> None:
        notes.run("other", words["word"], waits=False)

    return {name: Job(name=name, work=work, key=key)}


def leave_behind(store: SqlStore, *calls: Call, key: str = "{word}") -> None:
    """What the other version had in its queue when it was stopped."""
    url = store.engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
    (name,) = {one.job for one in calls}
    engine = Distributed(workshop(store), url, jobs=jobs_of_the_other(Notes(), name, key=key))
    engine.prepare()
    store.bell = engine
    for one in calls:
        wake(store, one)


def waiting(store: SqlStore, job: str) -> int:
    question = text("SELECT count(*) FROM procrastinate_jobs WHERE task_name = :job AND status = 'todo'")
    with store.engine.connect() as connection:
        return int(connection.execute(question, {"job": job}).scalar_one())


@row(24, "many", [1, 10, 100])
def test_jobs_that_this_program_does_not_know_wait_for_the_one_that_does(store: SqlStore, many: int) -> None:
    words = [f"left behind {number}" for number in range(many)]
    leave_behind(store, *(Call(job="of-the-other", arguments={"word": word}) for word in words))
    ours, theirs = Notes(), Notes()
    with distributed(store, jobs_of(ours)):
        wake(store, call("note", "ours"))
        until(lambda: ours.done == ["ours"])
    assert waiting(store, "of-the-other") == many, "neither run, nor dropped, nor called failed"
    with distributed(store, jobs_of_the_other(theirs)):
        until(lambda: len(theirs.done) == many)
    assert sorted(theirs.done) == sorted(words)
    assert waiting(store, "of-the-other") == 0


@row(
    24,
    "arguments",
    [{}, {"key": "a"}, {"key": "a", "of_another_version": 1}, {"key": "a", "word": "x", "more": True}],
)
def test_a_call_in_another_shape_than_ours_fails_alone(store: SqlStore, arguments: dict[str, Any]) -> None:
    leave_behind(store, Call(job="note", arguments=arguments), key="another")
    notes = Notes()
    with distributed(store, jobs_of(notes)):
        wake(store, call("note", "after it"))
        until(lambda: notes.done == ["after it"])
    assert notes.begun == ["after it"]
