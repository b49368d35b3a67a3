"""Row 25: a backup of the middle of all work is put back on another server, as the deployment guide says it.

It holds a sync that was being read, calls in the queue, and grades that wait for a gradebook that is down;
and after it was made the first installation has gone on. One clean run must leave what an undisturbed one
has, whether the queue came along or not: what is to be done stands in the tables.
"""

from __future__ import annotations

import signal
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import text

from lms_scoring.domain.instants import HOUR, SECOND
from lms_scoring.ports import GradeStepKind, RunState, SendState
from lms_scoring.services.unattended.due import ask_now
from lms_scoring.store import SqlStore
from tests.faults.attended import LONG, Attended, attended, is_stopped
from tests.faults.contents import contents, difference, grades
from tests.faults.killing import COURSE, Killed, Moment, killed
from tests.faults.matrix import row
from tests.fixtures.courses.typed import surroundings, typed
from tests.fixtures.postgres import PostgresServer, server
from tests.waiting import until

pytestmark = pytest.mark.slow(reason="an installation works for hours of its own time, and again after that")

MARKS = 4
PENDING, SENT_LATER, MARKED_TWICE = (3, 4, 5), (6, 7, 8), (9, 10, 11)
"""Learners whose marks change: before the backup, so that their grades wait in it; after it; and after it and
maybe once more after it was put back. Not every mark makes another grade: some works were late."""


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Killed]:
    with killed("postgres", tmp_path_factory.mktemp("killed")) as made:
        yield made


@pytest.fixture(scope="module")
def marks() -> dict[int, int]:
    """The marks that learners were given last."""
    return defaultdict(int)


@pytest.fixture
def elsewhere() -> Iterator[PostgresServer]:
    made = PostgresServer()
    yield made
    made.close()


class Teacher:
    """Marks anew, an hour later each time; and all is read anew then, as the guide says it of a backup (the
    stand-in's answers have the date of today, so nothing else would see marks of the course's own time)."""

    def __init__(self, course: Killed, marks: dict[int, int]) -> None:
        self._course = course
        self._marks = marks

    def an_hour_later(self, where: Attended, *users: int) -> None:
        where.set_clock(where.clock.now() + HOUR)
        for user in users:
            self._marks[user] = mark = self._marks[user] % MARKS + 1
            at = where.clock.now() // SECOND
            self._course.platform.moodle.change("grade", assignment=1, user=user, grade=mark, at=at)
        with where.store.writing() as transaction:
            ask_now(transaction, COURSE, ["moodle"], now=where.clock.now(), full=True)


@pytest.fixture
def teacher(course: Killed, marks: dict[int, int]) -> Teacher:
    return Teacher(course, marks)


@row(25, "queue", ["with its queue", "without it"])
@row(25, "users", [(), MARKED_TWICE])
def test_a_backup_of_the_middle_of_work_goes_on_elsewhere(
    course: Killed,
    teacher: Teacher,
    elsewhere: PostgresServer,
    tmp_path: Path,
    queue: str,
    users: tuple[int, ...],
) -> None:
    url = elsewhere.restored(backed_up_in_the_middle(course, teacher, tmp_path))
    went_out = times(course)
    with closing(SqlStore(url)) as store:
        is_of_the_middle(store)
        if queue == "without it":
            with store.engine.begin() as connection:
                connection.execute(text("TRUNCATE procrastinate_jobs CASCADE"))
        with surroundings({**course.settings, "LMS_SCORING_DATABASE_URL": url}, tmp_path):
            assert typed("db", "upgrade").exit_code == 0
        there = Attended(course, url, folder_of(tmp_path, "second"), store)
        teacher.an_hour_later(there, *users)
        with there.process():
            until(lambda: there.runs()["moodle", there.clock.now()] > 0, within=LONG)
            there.look_around(3)
            there.set_clock(there.clock.now() + SECOND)  # grades have whole seconds, and each a later one
            there.come_to_rest()
        nobody_overrode_anything(store)
    book, now = course.book(), times(course)
    again = {user for user, at in now.items() if at != went_out[user]}
    assert again <= set(users), "what stood there already was sent again"
    assert bool(again) == bool(users)
    moment = Moment(course.begun.database, course.begun.columns, course.clock.at)
    undisturbed = course.whole(moment, "undisturbed")
    assert difference(contents(url), undisturbed.contents) == {}
    assert grades(url)["grades"] == undisturbed.grades["grades"]
    assert book == undisturbed.book


def backed_up_in_the_middle(course: Killed, teacher: Teacher, tmp_path: Path) -> Path:
    """And then it went on, for as long as it takes to send what waited, and more."""
    faults = course.platform.moodle.place_faults
    with attended(course, folder_of(tmp_path, "first")) as ours:
        teacher.an_hour_later(ours, *PENDING, *SENT_LATER, *MARKED_TWICE)
        with ours.process():
            until(ours.settled, within=LONG)
        faults.add("unavailable", place="score", times=1_000)
        teacher.an_hour_later(ours, *PENDING)
        with ours.process():
            until(lambda: waits_to_be_tried(ours), within=LONG)
        teacher.an_hour_later(ours, *SENT_LATER)
        with ours.process("sync/begin/3") as working:
            until(lambda: is_stopped(working), within=LONG)
            backup, before = server().dumped(ours.database), times(course)
            working.send_signal(signal.SIGCONT)
            faults.clear()
            until(ours.settled, within=LONG)
            teacher.an_hour_later(ours, *MARKED_TWICE)
            until(lambda: ours.runs()["moodle", ours.clock.now()] > 0 and ours.settled(), within=LONG)
    sent_since = {user for user, at in times(course).items() if at != before[user]}
    assert all(sent_since & set(users) for users in (PENDING, SENT_LATER, MARKED_TWICE))
    return backup


def folder_of(folder: Path, name: str) -> Path:
    made = folder / name
    made.mkdir()
    return made


def waits_to_be_tried(ours: Attended) -> bool:
    """Whether new grades were made, and not taken."""
    with ours.store.reading() as transaction:
        return any(one.tries > 0 for one in transaction.outgoing(COURSE))


def is_of_the_middle(store: SqlStore) -> None:
    """All that the backup must hold for this to prove anything."""
    with store.reading() as transaction:
        assert any(run.state is RunState.RUNNING for run in transaction.runs(COURSE))
        waiting = [one.person for one in transaction.outgoing(COURSE) if one.state is SendState.WAITING]
        assert transaction.sync_requests()
    assert {f"moodle-{user}" for user in PENDING} & set(waiting)
    with store.engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM procrastinate_jobs")).scalar_one() > 0


def nobody_overrode_anything(store: SqlStore) -> None:
    """What was sent since the backup is not taken for a teacher's."""
    with store.reading() as transaction:
        found = transaction.outgoing(COURSE)
        steps = {step.kind for one in found for step in transaction.grade_steps(COURSE, one.person)}
    assert {one.state for one in found} == {SendState.SENT}
    assert steps == {GradeStepKind.SENT}


def times(course: Killed) -> Mapping[int, int]:
    """When what stands in the platform's gradebook was given, as it was told; by learner."""
    (column,) = (one for one in course.platform.moodle.lti.state.columns_of(2) if one.grades)
    return {user: grade.at for user, grade in column.grades.items()}
