"""A sync that is killed anywhere and run again ends as one that nobody disturbed: its evidence, its scores,
and what stands in the platform's gradebook."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import pytest

from tests.faults.contents import difference
from tests.faults.killing import Killed, Point, Whole, killed
from tests.faults.matrix import row
from tests.fixtures.databases import ENGINES

pytestmark = pytest.mark.slow(reason="200 syncs are killed, and each is run again to its end")

POINTS = {"sync": 42, "score": 12, "pass back": 18}
LATER_POINTS = {"sync": 12, "score": 7, "pass back": 9}
"""Statements to be killed at, by phase: a hundred on each kind of database."""
PARTS = 6
"""The points of a first sync are shared out among so many tests: each stays far from its time limit."""


@pytest.fixture(scope="module", params=ENGINES)
def course(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Killed]:
    with killed(request.param, tmp_path_factory.mktemp("killed")) as made:
        yield made


@pytest.fixture(scope="module")
def first(course: Killed) -> Whole:
    """A first sync."""
    return course.whole(course.begun, "first")


def spread(whole: Whole, wanted: Mapping[str, int]) -> list[Point]:
    """So many statements of each phase: half of them evenly over it, the others around its commits."""
    return [
        (phase, step)
        for phase, points in wanted.items()
        for step in sorted(_of(range(1, whole.steps[phase] + 1), whole.commits[phase], points=points))
    ]


def _of(steps: range, commits: Sequence[int], *, points: int) -> set[int]:
    around = [step for commit in commits for step in (commit, commit + 1) if step in steps]
    chosen = {steps[len(steps) * number // (points // 2)] for number in range(points // 2)}
    wanted = points - len(chosen)
    chosen |= {around[len(around) * number // wanted] for number in range(wanted)}
    extra = (step for step in steps if step not in chosen)
    while len(chosen) < points:
        chosen.add(next(extra))
    return chosen


@row(13, "part", range(PARTS))
def test_a_first_sync_may_be_killed_anywhere(course: Killed, first: Whole, part: int) -> None:
    points = spread(first, POINTS)
    assert len(points) == sum(POINTS.values())
    phases = course.check_every(points[part::PARTS], like=course.begun, expected=first)
    assert phases == {phase: count // PARTS for phase, count in POINTS.items()}


def test_a_later_sync_may_be_killed_anywhere(course: Killed, first: Whole) -> None:
    """One that finds something new, something changed, something gone and somebody who left."""
    moodle = course.platform.moodle
    topic = next(iter(moodle.server.model.forums[1].discussions))
    moodle.change("add_topic", forum=1, user=3, subject="新主题", message="<p>…</p>", at=1_733_900_000)
    moodle.change("delete_post", post=moodle.server.model.forums[1].discussions[topic].row["id"])
    for user, grade in ((4, 4), (6, 1), (7, 1)):
        moodle.change("grade", assignment=1, user=user, grade=grade)
    moodle.change("add_scorm_time", sco=2, user=5, seconds=600)
    moodle.change("unenrol", user=11)
    after = course.whole(first.moment, "later")
    assert difference(first.contents, after.contents).keys() >= {"records in force", "scorecards"}
    assert first.book != after.book
    points = spread(after, LATER_POINTS)
    assert course.check_every(points, like=first.moment, expected=after) == LATER_POINTS
