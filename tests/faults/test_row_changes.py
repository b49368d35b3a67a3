"""Row 7: what is listed changes while it is read."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.faults import faults
from tests.faults.changing import (
    FIRST,
    FORUM,
    FOURTH,
    HOMEWORK,
    SECOND,
    THIRD,
    Change,
    change,
    delete_topics,
    tell,
)
from tests.faults.contents import Rows, difference, living
from tests.faults.invariants import (
    no_evidence_is_lost,
    nothing_counts_twice,
    scores_can_be_had_again,
    undisturbed,
)
from tests.faults.matrix import row
from tests.faults.scene import Scene

CHANGES: list[Change] = [
    change("add_topic", forum=FORUM, user=FIRST, subject="新", message="<p>…</p>"),
    delete_topics(1),
    change("enrol", username="lc_new", firstname="新", lastname="王", group=1),
    change("hand_in", assignment=HOMEWORK, user=FIRST, text="<p>再交一次</p>"),
    change("grade", assignment=HOMEWORK, user=SECOND, grade=3),
    change("extend", assignment=HOMEWORK, user=THIRD, until=1_733_586_400),
    change("add_scorm_time", sco=2, user=THIRD, seconds=600),
    change("rename", user=SECOND, firstname="改", lastname="李"),
    change("hide_activity", cmid=20),
]


@row(
    7,
    "made, after",
    [pytest.param(made, after, id=f"{made.__name__} {after}") for made in CHANGES for after in (3, 10, 19)],
)
def test_what_changes_while_it_is_read_is_there_after_the_next_sync(
    course: Scene, tmp_path: Path, made: Change, after: int
) -> None:
    """As it is there where it changed between two syncs."""
    while_read, between = changed_both_ways(course, tmp_path, made, after)
    assert difference(while_read, between) == {}


@row(7, "after", [3, 10, 19])
def test_who_is_suspended_while_it_is_read_has_the_own_deadline_if_it_was_told(
    course: Scene, tmp_path: Path, after: int
) -> None:
    """A Moodle tells it of nobody who is suspended, so where it was not told before it is another's. All else
    is as where it changed between two syncs."""
    suspended = change("suspend_enrolment", user=SECOND)
    while_read, between = changed_both_ways(course, tmp_path, suspended, after)
    known = [undated(found) for found in (while_read, between)]
    assert difference(*known) == {}


def changed_both_ways(
    course: Scene, tmp_path: Path, made: Change, after: int
) -> tuple[dict[str, Rows], dict[str, Rows]]:
    """What lives once all is read where it changed while it was read, and where it did between two syncs."""
    between = course.like_this(tmp_path / "between")
    assert between.sync().good
    course.calm()
    course.moodle.next(faults.held(lambda: made(course)), after=after)
    course.sync()
    assert any(fault is not None for _, fault in course.moodle.seen), "it was changed in the middle"
    course.calm()
    for one in (course, between):
        one.sync()
        nothing_counts_twice(one)
        scores_can_be_had_again(one)
    found = living(course.database), living(between.database)
    between.close()
    return found


def undated(found: dict[str, Rows]) -> dict[str, Rows]:
    """All of it, the records without their deadlines and without what stands for all that they say."""
    return {**found, "records": [(*row[:8], undated_body(row[9])) for row in found["records"]]}


def undated_body(body: str) -> str:
    """What it says besides."""
    told = json.loads(body)
    return json.dumps({name: value for name, value in told.items() if not name.startswith(("due", "opens"))})


@row(7, "after", [1, 3, 10, 19])
def test_who_leaves_while_it_is_read_has_what_the_moodle_still_gives_and_the_rest_is_unknown(
    course: Scene, tmp_path: Path, after: int
) -> None:
    """It gives no hand-ins of who left: those that were read before stay, the others nobody takes for 0."""
    between = course.like_this(tmp_path / "between")
    assert between.sync().good
    course.calm()
    course.moodle.next(faults.held(lambda: change("unenrol", user=FOURTH)(course)), after=after)
    course.sync()
    course.calm()
    for one in (course, between):
        assert one.sync().good
        nothing_counts_twice(one)
        scores_can_be_had_again(one)
    ours, theirs = (set(living(one.database)["records"]) for one in (course, between))
    assert ours <= theirs
    unknown = {activity for _, _, kind, _, _, activity, *_ in ours if kind == "unknown"}
    assert {activity for _, _, _, _, _, activity, *_ in theirs - ours} <= unknown
    between.close()


@row(7, "after", [0, 1, 2])
def test_statements_that_come_while_pages_are_read_are_there_after_the_next_sync(
    course: Scene, tmp_path: Path, after: int
) -> None:
    new = [f"0000000{n}-0000-4000-8000-00000000000{after}" for n in range(3)]
    course.lrs.next(faults.held(lambda: tell(course, *new)), after=after)
    course.sync()
    course.calm()
    assert course.sync().good
    no_evidence_is_lost(course, undisturbed(course, tmp_path / "truth"))
