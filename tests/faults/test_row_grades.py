"""Rows 18 to 20 and 25: grades whose answers are lost, out of their order, other rules, a restored backup."""

from __future__ import annotations

import re
import shutil
import threading
from collections.abc import Callable, Iterator
from importlib.resources import files
from pathlib import Path

import pytest
from pytest_httpserver import HTTPServer

from lms_scoring.domain.instants import DAY, HOUR
from lms_scoring.ports import SendState
from tests.faults import faults
from tests.faults.contents import difference, living
from tests.faults.fault_proxy import Asked, Fault
from tests.faults.invariants import (
    nothing_counts_twice,
    scores_can_be_had_again,
    the_gradebook_is_right,
)
from tests.faults.matrix import row
from tests.faults.passing_back import (
    SetClock,
    an_hour_later,
    column_made,
    columns,
    no_older_grade_came_last,
    nth,
    passing_back,
    score_sent,
)
from tests.faults.scene import COURSE, Scene, copy, scene
from tests.integration.cli.gradebook import OwnMoodle

LEARNERS = (3, 4, 5, 6)


@pytest.fixture
def clock() -> SetClock:
    return SetClock()


@pytest.fixture
def course(tmp_path: Path, clock: SetClock) -> Iterator[Scene]:
    folder = tmp_path / "course"
    folder.mkdir()
    with scene(folder, clock=clock) as ours:
        yield ours


@pytest.fixture
def moodle(course: Scene, httpserver: HTTPServer, clock: SetClock) -> OwnMoodle:
    return passing_back(course, httpserver, clock)


def regrade(course: Scene, user: int, clock: SetClock, *, grade: int) -> None:
    course.platform.moodle.change("grade", assignment=1, user=user, grade=grade, at=clock.now() // 1000)


def grades_are_right(course: Scene) -> None:
    the_gradebook_is_right(course)
    no_older_grade_came_last(course)
    assert len(columns(course)) == 1
    scores_can_be_had_again(course)


@row(
    18,
    "wanted, number, fault",
    [
        pytest.param(wanted, number, fault, id=f"{wanted.__name__} {number} {fault.name}")
        for wanted, numbers in ((score_sent, range(4)), (column_made, range(1)))
        for number in numbers
        for fault in (faults.applied_then_reset(), faults.half(0.0), faults.half(0.0, end=faults.End.RST))
    ],
)
def test_a_grade_whose_answer_is_lost_is_there_once(
    course: Scene,
    moodle: OwnMoodle,
    clock: SetClock,
    wanted: Callable[[Asked], bool],
    number: int,
    fault: Fault,
) -> None:
    course.moodle.whenever(nth(wanted, number, fault))
    course.sync()
    assert any(each is not None for _, each in course.moodle.seen)
    an_hour_later(clock)
    assert course.sync().good
    grades_are_right(course)
    steps = [step for user in LEARNERS for step in steps_of(course, user)]
    assert steps == ["sent"] * len(LEARNERS), "each was sent, and that is all that happened"


def steps_of(course: Scene, user: int) -> list[str]:
    with course.site.installation.store.reading() as transaction:
        return [step.kind.value for step in transaction.grade_steps(COURSE, f"moodle-{user}")]


@row(19, "user", LEARNERS)
def test_a_grade_that_comes_late_never_takes_the_place_of_a_later_one(
    course: Scene, moodle: OwnMoodle, clock: SetClock, tmp_path: Path, user: int
) -> None:
    """The first is on its way for an hour; another process sends the second meanwhile."""
    regrade(course, user, clock, grade=1)
    on_its_way, may_arrive = threading.Event(), threading.Event()

    def until() -> None:
        on_its_way.set()
        may_arrive.wait(30)

    def theirs(asked: Asked) -> bool:
        return score_sent(asked) and f'"userId":"{user}"'.encode() in asked.body.replace(b" ", b"")

    course.moodle.whenever(nth(theirs, 0, faults.held(until)))
    first = threading.Thread(target=course.sync)
    first.start()
    assert on_its_way.wait(30)
    other = course.beside()
    clock.go_on(HOUR)
    regrade(course, user, clock, grade=4)
    other.sync()
    may_arrive.set()
    first.join()
    an_hour_later(clock)
    assert course.sync().good
    the_gradebook_is_right(course)
    scores_can_be_had_again(course)
    other.close()


OTHER_RULES = {
    "another pass mark": ("pass = 80", "pass = 60"),
    "another full time": ("full_minutes = 750", "full_minutes = 500"),
}


@row(
    20,
    "what, after",
    [pytest.param(what, after, id=f"{what} {after}") for what in OTHER_RULES for after in (1, 10, 22)],
)
def test_rules_that_change_in_the_middle_make_no_card_of_the_old_ones(
    tmp_path: Path, clock: SetClock, what: str, after: int
) -> None:
    folder = tmp_path / "course"
    shutil.copytree(str(files("config.courses")), folder / "courses")
    with scene(folder, clock=clock, changes={"LMS_SCORING_COURSES": str(folder / "courses")}) as course:
        assert course.sync().good
        before = fingerprints(course)
        with_other_rules(folder / "courses", *OTHER_RULES[what])
        course.calm()
        other = course.beside()
        course.moodle.next(faults.held(lambda: other.site.adopt(COURSE)), after=after)
        course.sync(full=True)
        now = fingerprints(course)
        assert len(now) == 1
        assert now != before
        assert now == {pinned(course)}
        scores_can_be_had_again(other)
        other.close()


def with_other_rules(courses: Path, old: str, new: str) -> None:
    """The course file names another scheme from now on."""
    scheme = (files("config.schemes") / "longcheng-2024.toml").read_text(encoding="utf-8")
    assert old in scheme
    without_examples = re.sub(r"^\[\[\w+\.example\]\]$.*?(?=^\[|^#|\Z)", "", scheme, flags=re.M | re.S)
    other = courses.parent / "other.toml"
    other.write_text(without_examples.replace(old, new, 1), encoding="utf-8")
    file = courses / "lc2024.toml"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace('"longcheng-2024"', '"../other.toml"'), encoding="utf-8")


def fingerprints(course: Scene) -> set[object]:
    return {scheme for (scheme,) in course.ask("SELECT DISTINCT scheme FROM scorecard")}


def pinned(course: Scene) -> object:
    with course.site.installation.store.reading() as transaction:
        return transaction.course(COURSE).scheme


@row(25, "days", [1, 30])
@row(25, "changed", [(3,), (3, 5), LEARNERS])
def test_a_restored_backup_reads_again_and_sends_nothing_blindly(
    course: Scene,
    moodle: OwnMoodle,
    clock: SetClock,
    tmp_path: Path,
    days: int,
    changed: tuple[int, ...],
) -> None:
    assert course.sync().good
    backup = copy(course.database, tmp_path / "backup.sqlite")
    clock.go_on(days * DAY)
    for user in changed:
        regrade(course, user, clock, grade=1)
    assert course.sync().good
    today, sent = living(course.database), len(course.moodle.seen)
    grades_are_right(course)
    course.close()
    copy(backup, course.database)
    clock.go_on(HOUR)
    course.sync()
    assert difference(living(course.database), today) == {}
    again = [asked for asked, _ in course.moodle.seen[sent:] if score_sent(asked)]
    an_hour_later(clock)
    course.sync()
    assert {grade.state for grade in moodle.rows().values()} == {SendState.SENT}
    grades_are_right(course)
    assert len(again) <= len(changed), "what stands there already is not sent again"
    nothing_counts_twice(course)
