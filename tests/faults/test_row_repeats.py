"""Row 8: what comes twice, late or in another order, is edited back, or has an id that another had."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.faults.changing import FIRST, FORUM, HOMEWORK, SECOND, THIRD, tell
from tests.faults.contents import difference, living
from tests.faults.fault_proxy import Fault
from tests.faults.invariants import (
    no_evidence_is_lost,
    nothing_counts_twice,
    scores_can_be_had_again,
    undisturbed,
)
from tests.faults.matrix import row
from tests.faults.rewritten import each_assignment, moodle_rows, shuffled, statements, twice
from tests.faults.scene import LRS, MOODLE, Scene

TWICE_THERE = {
    "core_enrol_get_enrolled_users": twice,
    "mod_assign_get_grades": lambda told: each_assignment(told, "grades", twice),
    "mod_forum_get_forum_discussions": lambda told: {**told, "discussions": twice(told["discussions"])},
    "mod_forum_get_discussion_posts": lambda told: {**told, "posts": twice(told["posts"])},
}


def in_another_order(seed: int) -> Fault:
    shuffle = shuffled(seed)
    return moodle_rows(
        {
            "core_enrol_get_enrolled_users": shuffle,
            "mod_forum_get_forum_discussions": lambda told: {
                **told,
                "discussions": shuffle(told["discussions"]),
            },
            "mod_forum_get_discussion_posts": lambda told: {**told, "posts": shuffle(told["posts"])},
        },
        f"shuffled {seed}",
    )


@row(
    8,
    "source, fault",
    [
        pytest.param(source, fault, id=f"{source} {fault.name}")
        for source, fault in (
            (MOODLE, moodle_rows(TWICE_THERE, "each row twice")),
            *((MOODLE, in_another_order(seed)) for seed in range(3)),
            (LRS, statements(twice, "each statement twice")),
            (LRS, statements(lambda page: page[::-1], "backwards")),
            *((LRS, statements(shuffled(seed), f"shuffled {seed}")) for seed in range(3)),
        )
    ],
)
def test_any_order_and_any_repeat_of_rows_gives_the_same(
    course: Scene, tmp_path: Path, source: str, fault: Fault
) -> None:
    truth = undisturbed(course, tmp_path / "truth")
    course.proxy(source).always(fault)
    assert course.sync().good
    no_evidence_is_lost(course, truth)
    assert course.sync(full=True).good
    no_evidence_is_lost(course, truth)
    nothing_counts_twice(course)
    scores_can_be_had_again(course)


@row(8, "times", [1, 2, 5])
def test_an_edit_that_is_taken_back_leaves_what_was_there(course: Scene, times: int) -> None:
    moodle = course.platform.moodle
    moodle.change("grade", assignment=HOMEWORK, user=FIRST, grade=4)
    assert course.sync().good
    before = living(course.database)
    for _ in range(times):
        moodle.change("grade", assignment=HOMEWORK, user=FIRST, grade=1)
        assert course.sync().good
        assert difference(living(course.database), before) != {}
        moodle.change("grade", assignment=HOMEWORK, user=FIRST, grade=4)
        assert course.sync().good
    assert living(course.database)["scores"] == before["scores"]
    nothing_counts_twice(course)


@row(8, "late", [1, 3])
def test_statements_that_come_late_are_counted_once(course: Scene, tmp_path: Path, late: int) -> None:
    assert course.sync().good
    new = [f"0000000{n}-0000-4000-8000-000000000099" for n in range(late)]
    for _ in range(2):
        tell(course, *new)
        assert course.sync().good
    no_evidence_is_lost(course, undisturbed(course, tmp_path / "truth"))


@row(8, "new_owner", [SECOND, THIRD])
def test_an_id_that_is_used_again_by_somebody_else_is_theirs_alone(course: Scene, new_owner: int) -> None:
    """A post was deleted, and the platform gave its number to another person's."""
    assert course.sync().good
    forum = course.platform.moodle.server.model.forums[FORUM]
    topic = next(
        each
        for _, each in sorted(forum.discussions.items())
        if each.row["userid"] == FIRST and each.row["numreplies"] == 0
    )
    topic.row["userid"] = new_owner
    for post in topic.posts:
        post["author"] = {**post["author"], "id": new_owner}
    assert course.sync(full=True).good
    owners = [
        account
        for _, _, kind, record, account, *_ in living(course.database)["records"]
        if (kind, record) == ("post", f"post-{topic.row['id']}")
    ]
    assert [account.rpartition("|")[2] for account in owners] == [str(new_owner)]
    nothing_counts_twice(course)
    scores_can_be_had_again(course)
