"""What changes at the Moodle between two pulls, and what the second pull makes of it."""

from __future__ import annotations

from collections.abc import Callable, Generator
from itertools import islice

import pytest

from lms_scoring.demonstration.running import RunningMoodle
from lms_scoring.domain.evidence import (
    Grade,
    Membership,
    Post,
    PostState,
    ReportedTime,
    Submission,
    SubmissionState,
    Unknown,
)
from lms_scoring.domain.instants import HOUR
from lms_scoring.ports import Scope

from .pulled import Pulled, pulled, source_of

FORUM, HOMEWORK = 25, 17
Later = Callable[[], Pulled]


@pytest.fixture
def later(moodle: RunningMoodle) -> Later:
    """Pulls once at once; called, pulls what has changed since."""
    source = source_of(moodle)
    cursor = pulled(source, moodle).cursor
    return lambda: pulled(source, moodle, cursor=cursor)


def posts_whole(pull: Pulled) -> bool:
    return Scope(kind="post", activity=str(FORUM)) in pull.whole


def test_a_new_topic_and_a_new_reply_are_read_and_little_else(moodle: RunningMoodle, later: Later) -> None:
    topic = moodle.change("add_topic", forum=1, user=3, subject="新", message="新话题")
    reply = moodle.change("add_post", discussion=2, user=4, message="新回复")
    pull = later()
    read = {each.id for each in pull.all(Post)}
    assert {f"post-{topic['post']}", f"post-{reply['post']}"} <= read
    assert len(read) < 12
    assert not posts_whole(pull)


def test_a_deleted_reply_is_missing_from_a_forum_listed_completely(
    moodle: RunningMoodle, course: Pulled, later: Later
) -> None:
    moodle.change("delete_post", post=492)
    pull = later()
    assert posts_whole(pull)
    there = {each.id for each in course.all(Post) if each.forum == str(FORUM)}
    assert there - {each.id for each in pull.all(Post)} == {"post-492"}


def test_a_deleted_topic_is_missing_from_a_forum_listed_completely(
    moodle: RunningMoodle, course: Pulled, later: Later
) -> None:
    moodle.change("delete_post", post=1)
    pull = later()
    assert posts_whole(pull)
    assert "post-1" not in {each.id for each in pull.all(Post)}


def test_an_edited_post_is_read_again(moodle: RunningMoodle, later: Later) -> None:
    moodle.change("edit_post", post=492, message="anders")
    assert "post-492" in {each.id for each in later().all(Post)}


def test_an_erased_reply_is_found_by_the_next_full_pull(moodle: RunningMoodle, later: Later) -> None:
    moodle.change("erase_post", post=492)
    [erased] = [each for each in pulled(source_of(moodle), moodle).all(Post) if each.id == "post-492"]
    assert (erased.state, erased.created_at) == (PostState.DELETED, None)


def test_a_hand_in_is_read(moodle: RunningMoodle, later: Later) -> None:
    moodle.change("hand_in", assignment=1, user=15, text="迟交的作业")
    [only] = later().of(13, Submission, HOMEWORK)
    assert (only.state, only.characters) == (SubmissionState.SUBMITTED, 5)
    assert only.due_at is not None


def test_a_reopened_attempt_keeps_the_former_one(moodle: RunningMoodle, later: Later) -> None:
    moodle.change("reopen", assignment=1, user=3)
    first, second = sorted(later().of(1, Submission, HOMEWORK), key=lambda each: each.attempt)
    assert (first.state, first.grade) == (SubmissionState.SUBMITTED, Grade.EXCELLENT)
    assert (second.state, second.grade) == (SubmissionState.DRAFT, None)


def test_a_mark_is_read(moodle: RunningMoodle, later: Later) -> None:
    moodle.change("grade", assignment=1, user=14, grade=3, grader=63)
    [only] = later().of(12, Submission, HOMEWORK)
    assert only.grade is Grade.GOOD
    assert only.graded_by is not None
    assert only.graded_by.endswith("|63")


def test_an_extension_is_read_though_no_update_tells_of_it(moodle: RunningMoodle, later: Later) -> None:
    moodle.change("extend", assignment=1, user=7, until=1_734_019_140)
    [only] = later().of(5, Submission, HOMEWORK)
    assert only.due_at == 1_734_019_140_000


def test_a_moved_deadline_of_a_class_is_read_though_no_update_tells_of_it(
    moodle: RunningMoodle, later: Later
) -> None:
    moodle.change("move_due_date", assignment=1, due=1_733_846_340, group=1)
    [only] = later().of(5, Submission, HOMEWORK)
    assert only.due_at == 1_733_846_340_000


def test_a_moved_deadline_of_everybody_is_read(moodle: RunningMoodle, later: Later) -> None:
    moodle.change("move_due_date", assignment=1, due=1_733_846_340)
    [only] = later().of(1, Submission, HOMEWORK)
    assert only.due_at == 1_733_846_340_000


def test_more_scorm_time_is_read(moodle: RunningMoodle, later: Later) -> None:
    moodle.change("add_scorm_time", sco=2, user=15, seconds=3600)
    pull = later()
    [time] = pull.of(13, ReportedTime, 1)
    assert time.duration == HOUR
    assert {each.activity for each in pull.all(ReportedTime)} == {"1"}
    assert Scope(kind="reported_time", activity="1") in pull.whole


def test_what_a_broken_off_pull_asked_ahead_is_asked_again(moodle: RunningMoodle) -> None:
    """By the same client, whose next pull would not foresee it."""
    source = source_of(moodle)
    cursor = pulled(source, moodle).cursor
    moodle.change("hand_in", assignment=1, user=15, text="迟交的作业")
    moodle.change("add_scorm_time", sco=2, user=15, seconds=3600)
    batches = source.pull(cursor, full=False)
    assert isinstance(batches, Generator)
    begun = [record for batch in islice(batches, 2) for record in batch.records]
    assert not any(isinstance(each, ReportedTime) for each in begun)
    batches.close()
    moodle.change("add_scorm_time", sco=2, user=15, seconds=3600)
    [time] = pulled(source, moodle, full=True).of(13, ReportedTime, 1)
    assert time.duration == 2 * HOUR


def test_more_time_of_somebody_in_no_list_is_read(moodle: RunningMoodle, later: Later) -> None:
    moodle.change("add_scorm_time", sco=2, user=60, seconds=60)
    [time] = later().of(58, ReportedTime, 1)
    assert time.duration == 42 * 60_000


def test_somebody_new_is_read_with_all_they_did(moodle: RunningMoodle, later: Later) -> None:
    new = moodle.change("enrol", username="tea061", firstname="新", lastname="王", group=1)
    moodle.change("add_scorm_time", sco=2, user=new["user"], seconds=60, at=1_730_000_000)
    pull = later()
    assert pull.people[f"campus-{new['user']}"].name == "王新"
    assert [each.duration for each in pull.of(new["user"] - 2, ReportedTime)] == [60_000]


def test_who_left_is_withdrawn_and_keeps_posts_and_time(moodle: RunningMoodle, later: Later) -> None:
    moodle.change("unenrol", user=3)
    pull = later()
    assert Scope(kind="membership", activity=None) in pull.whole
    assert pull.memberships(1) == {("learner", None, "withdrawn")}
    assert {each.activity for each in pull.of(1, Unknown)} >= {"17", "18", "19"}


def test_who_is_suspended_is_withdrawn(moodle: RunningMoodle, later: Later) -> None:
    moodle.change("suspend_account", user=3)
    moodle.change("suspend_enrolment", user=4)
    pull = later()
    assert pull.memberships(1) == pull.memberships(2) == {("learner", "一班", "withdrawn")}


def test_that_all_learners_are_suspended_is_told(moodle: RunningMoodle, later: Later) -> None:
    """As when their enrolments end by date."""
    first, *others = moodle.server.model.participants()
    for person in others:
        moodle.change("suspend_enrolment", user=person.id)
    assert not any(each.code == "everybody_suspended" for each in later().problems)
    moodle.change("suspend_enrolment", user=first.id)
    [told] = [each.text for each in later().problems if each.code == "everybody_suspended"]
    assert told.startswith("All 58 learners of the course are suspended.")
    assert "past their end date" in told


def test_who_is_renamed_is_called_so(moodle: RunningMoodle, later: Later) -> None:
    moodle.change("rename", user=3, firstname="磊磊", lastname="刘")
    assert later().people["campus-3"].name == "刘磊磊"


def test_a_deleted_account_leaves_unknowns(moodle: RunningMoodle, later: Later) -> None:
    moodle.change("delete_user", user=3)
    moodle.change("add_scorm_time", sco=2, user=4, seconds=60)
    pull = later()
    assert "17" in {each.activity for each in pull.of(1, Unknown)}
    assert pull.memberships(1) == {("learner", None, "withdrawn")}


def test_a_hidden_activity_is_listed_as_such(moodle: RunningMoodle, later: Later) -> None:
    moodle.change("hide_activity", cmid=22)
    assert later().activities["22"].visible is False


def test_every_change_read_later_equals_a_full_pull(
    moodle: RunningMoodle, later: Later, course: Pulled
) -> None:
    moodle.change("add_post", discussion=2, user=4, message="新回复")
    moodle.change("hand_in", assignment=1, user=15, text="作业")
    moodle.change("grade", assignment=1, user=14, grade=3)
    moodle.change("extend", assignment=1, user=7, until=1_734_019_140)
    moodle.change("add_scorm_time", sco=10, user=15, seconds=60, new_attempt=True)
    moodle.change("delete_post", post=492)
    changed = later()
    full = pulled(source_of(moodle), moodle)
    first = {key: each for key, each in _portless(course).items() if key in full.records}
    assert {**first, **_portless(changed)} == _portless(full)


def _portless(pull: Pulled) -> dict[tuple[str, str], str]:
    return {key: repr(record).replace(pull.url, "") for key, record in pull.records.items()}


def test_memberships_are_told_every_time(later: Later) -> None:
    assert len(later().all(Membership)) == 63
