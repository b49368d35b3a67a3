"""What changed in a course at its platform: new, renamed, hidden, marked by something else."""

from __future__ import annotations

from dataclasses import replace

import pytest

from lms_scoring.ports import Activity, ProblemKind
from lms_scoring.services.collecting.activity_changes import (
    activity_changes,
    chances_changed,
    no_longer_listed,
    with_known_dates,
)

HOMEWORK = Activity(id="17", name="课程作业", kind="assign", marking="scale 2")
FORUM = Activity(id="25", name="研讨交流", kind="forum")
BEFORE = {one.id: one for one in (HOMEWORK, FORUM)}


def told(*listed: Activity, without: str | None = None) -> list[tuple[str, str]]:
    """Of a course with these activities, and the others as they were, but for one."""
    there = {**BEFORE, **{one.id: one for one in listed}}
    found = list(activity_changes(BEFORE, [one for id_, one in there.items() if id_ != without]))
    assert all(one.kind is ProblemKind.NOTICE and one.subject for one in found)
    return [(one.code, one.text) for one in found]


def test_what_is_as_before_is_no_notice() -> None:
    assert told() == []


def test_of_a_course_read_for_the_first_time_nothing_is_new() -> None:
    assert list(activity_changes({}, [HOMEWORK, FORUM])) == []


@pytest.mark.parametrize(
    ("changed", "code", "said"),
    [
        (Activity(id="30", name="补交", kind="assign"), "activity_new", "'补交' is new; bind it"),
        (replace(HOMEWORK, name="作业"), "activity_renamed", "(assign) '作业' was called '课程作业'"),
        (replace(FORUM, visible=False), "activity_hidden", "was hidden; what learners did there counts"),
        (
            replace(HOMEWORK, marking="scale 3"),
            "activity_marking",
            "marked by scale 3 now, and was by scale 2",
        ),
        (replace(HOMEWORK, marking=None), "activity_marking", "marked by nothing now"),
    ],
)
def test_each_change_is_a_notice_with_what_it_means(changed: Activity, code: str, said: str) -> None:
    ((found, text),) = told(changed)
    assert found == code
    assert said in text


def test_what_is_no_longer_hidden_is_told_too() -> None:
    hidden = {FORUM.id: replace(FORUM, visible=False)}
    (found,) = activity_changes(hidden, [FORUM])
    assert (found.code, found.text) == (
        "activity_shown",
        "activity 25 (forum) '研讨交流' is no longer hidden",
    )


def test_who_learns_for_the_first_time_what_an_activity_is_marked_by_tells_nothing() -> None:
    unknown = {HOMEWORK.id: replace(HOMEWORK, marking=None)}
    assert list(activity_changes(unknown, [HOMEWORK])) == []


def test_several_changes_of_one_activity_are_several_notices() -> None:
    changed = replace(HOMEWORK, name="作业", visible=False, marking="points of 100")
    assert [code for code, _ in told(changed)] == ["activity_renamed", "activity_hidden", "activity_marking"]


def test_what_is_no_longer_listed_is_told_once_and_kept_as_hidden() -> None:
    ((code, text),) = told(without=FORUM.id)
    assert code == "activity_missing"
    assert text.endswith("'研讨交流' is no longer listed: it was deleted, or hidden from the service account")
    kept = no_longer_listed(BEFORE, [HOMEWORK])
    assert kept == [replace(FORUM, visible=False)]
    assert list(activity_changes({**BEFORE, FORUM.id: kept[0]}, [HOMEWORK])) == []


def test_dates_that_could_not_be_read_stay_as_they_were_known() -> None:
    known = {HOMEWORK.id: replace(HOMEWORK, opens_at=1, due_at=2)}
    unread = replace(HOMEWORK, name="作业", dates_told=False)
    assert with_known_dates(known, [unread, FORUM]) == [replace(unread, opens_at=1, due_at=2), FORUM]
    assert with_known_dates({}, [unread]) == [unread]
    assert with_known_dates(known, [HOMEWORK]) == [HOMEWORK], "that there are none was read"


@pytest.mark.parametrize(
    ("listed", "changes"),
    [
        ([HOMEWORK, FORUM], False),
        ([replace(HOMEWORK, name="作业", marking=None), FORUM], False),
        ([replace(HOMEWORK, due_at=2), FORUM], True),
        ([replace(HOMEWORK, opens_at=1), FORUM], True),
        ([replace(HOMEWORK, visible=False), FORUM], True),
        ([FORUM], True),
        ([HOMEWORK, FORUM, Activity(id="30", name="", kind="page")], False),
        ([HOMEWORK, FORUM, Activity(id="30", name="", kind="assign", due_at=2)], True),
    ],
)
def test_when_and_where_people_may_hand_in_changes_with_dates_and_what_is_shown(
    listed: list[Activity], changes: bool
) -> None:
    assert chances_changed(BEFORE, listed) is changes
    gone = {**BEFORE, "31": Activity(id="31", name="", kind="assign", visible=False)}
    assert chances_changed(gone, listed) is changes, "what was gone before"
