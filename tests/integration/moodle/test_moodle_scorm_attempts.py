"""Attempts at SCORM packages that Moodle does not count, or counts and does not number."""

from __future__ import annotations

from typing import Any

import pytest

from lms_scoring.demonstration.running import RunningMoodle
from lms_scoring.domain.evidence import ReportedTime, Unknown
from lms_scoring.domain.unread import Unread
from lms_scoring.ports import ProblemKind

from .pulled import Pulled, edited_source, pulled, source_of

PACKAGE, SCO = 1, 2
PAST, COMING = 1_734_278_400, 4_000_000_000
LEARNER_3, LEARNER_13 = 5, 15
"""User ids: the one began twice, the other nothing."""


def times(pull: Pulled, activity: int = PACKAGE) -> dict[str, int]:
    """How long each attempt lasted."""
    return {each.id: each.duration for each in pull.all(ReportedTime) if each.activity == str(activity)}


def scopes(pull: Pulled) -> list[str]:
    return sorted(scope.kind for scope in pull.whole if scope.activity == str(PACKAGE))


def told_of(pull: Pulled, unknown: Unknown) -> str:
    """What the report of the sync says of it."""
    [told] = [each.text for each in pull.problems if each.subject == unknown.id]
    return told


def test_a_package_past_its_closing_date_is_read_as_before(moodle: RunningMoodle, course: Pulled) -> None:
    moodle.change("close_activity", cmid=PACKAGE, closes=PAST)
    pull = pulled(source_of(moodle), moodle)
    assert times(pull) == times(course) != {}
    assert pull.codes(ProblemKind.LOST) == set()
    told = {each.code: (each.kind, each.subject) for each in pull.problems if each.code == "package_closed"}
    assert told == {"package_closed": (ProblemKind.NOTICE, "1")}


def test_time_that_was_watched_just_before_a_package_closed_is_read_afterwards(
    moodle: RunningMoodle,
) -> None:
    source = source_of(moodle)
    cursor = pulled(source, moodle).cursor
    moodle.change("add_scorm_time", sco=SCO, user=LEARNER_13, seconds=1800)
    moodle.change("add_scorm_time", sco=SCO, user=LEARNER_13, seconds=60, new_attempt=True)
    moodle.change("close_activity", cmid=PACKAGE, closes=PAST)
    pull = pulled(source, moodle, cursor=cursor)
    mine = {each.id: each.duration for each in pull.of(13, ReportedTime, PACKAGE)}
    assert mine == {"scorm-2-15-1": 1_800_000, "scorm-2-15-2": 60_000}


def test_of_a_closed_package_nobody_is_said_to_have_begun_it_or_not(
    moodle: RunningMoodle, course: Pulled
) -> None:
    """Learners 4 and 8 began it and have no time, learner 13 began nothing: they look alike by then."""
    moodle.change("close_activity", cmid=PACKAGE, closes=PAST)
    pull = pulled(source_of(moodle), moodle)
    assert [pull.of(learner, Unknown, PACKAGE) for learner in (4, 8, 13)] == [[], [], []]
    assert len(course.of(4, Unknown, PACKAGE)) == 1
    assert scopes(course) == ["reported_time", "unknown"]
    assert scopes(pull) == ["reported_time"], "what was unknown before stays unknown"


def test_a_last_attempt_at_a_closed_package_of_which_nothing_came_is_unknown(moodle: RunningMoodle) -> None:
    moodle.change("add_scorm_time", sco=SCO, user=LEARNER_13, seconds=1800)
    moodle.server.model.scorms[1].attempts[LEARNER_13] = 2
    moodle.change("close_activity", cmid=PACKAGE, closes=PAST)
    pull = pulled(source_of(moodle), moodle)
    assert len(pull.of(13, ReportedTime, PACKAGE)) == 1
    [unknown] = pull.of(13, Unknown, PACKAGE)
    assert unknown.reason == Unread.ATTEMPT_UNREADABLE
    assert "the last one" in told_of(pull, unknown)


def test_who_turns_out_to_be_deleted_at_a_closed_package_is_unknown(moodle: RunningMoodle) -> None:
    def deleted(answer: Any) -> Any:
        mine = {"element": "userid", "value": LEARNER_3} in answer["data"]["tracks"]
        no = {"exception": "moodle_exception", "errorcode": "userdeleted", "message": "error/userdeleted"}
        return no if mine else answer

    moodle.change("close_activity", cmid=PACKAGE, closes=PAST)
    pull = pulled(edited_source(moodle, SCO_TRACKS=deleted), moodle)
    [unknown] = pull.of(3, Unknown, PACKAGE)
    assert unknown.reason == Unread.PERSON_DELETED
    assert scopes(pull) == ["reported_time"]


def test_a_package_that_is_not_open_yet_is_no_loss(recorded: RunningMoodle, course: Pulled) -> None:
    def not_yet(_: Any) -> Any:
        return {"exception": "moodle_exception", "errorcode": "notopenyet", "message": ""}

    pull = pulled(edited_source(recorded, ATTEMPT_COUNT=not_yet), recorded)
    assert times(pull) == times(course)
    assert pull.codes(ProblemKind.LOST) == set()


def test_where_the_last_attempts_are_refused_a_closed_package_is_a_loss(moodle: RunningMoodle) -> None:
    def refused(answer: Any) -> Any:
        last = answer["data"]["attempt"] == 2
        no = {"exception": "moodle_exception", "errorcode": "nopermission", "message": ""}
        return no if last else answer

    moodle.change("close_activity", cmid=PACKAGE, closes=PAST)
    pull = pulled(edited_source(moodle, SCO_TRACKS=refused), moodle)
    told = {each.subject for each in pull.problems if each.code == "call_refused"}
    assert "1" in told
    assert scopes(pull) == [], "what was stored before stays"


def test_a_closing_date_to_come_closes_nothing(moodle: RunningMoodle, course: Pulled) -> None:
    moodle.change("close_activity", cmid=PACKAGE, closes=COMING)
    pull = pulled(source_of(moodle), moodle)
    assert len(pull.of(4, Unknown, PACKAGE)) == 1
    assert not any(each.code == "package_closed" for each in pull.problems)


@pytest.mark.parametrize("deleted", [1, 2])
def test_of_two_attempts_the_one_that_a_teacher_left_counts(moodle: RunningMoodle, deleted: int) -> None:
    moodle.change("delete_attempt", sco=SCO, user=LEARNER_3, attempt=deleted)
    pull = pulled(source_of(moodle), moodle)
    assert [each.id for each in pull.of(3, ReportedTime, PACKAGE)] == [f"scorm-2-5-{3 - deleted}"]
    assert pull.of(3, Unknown, PACKAGE) == []


def test_attempts_after_a_deleted_one_are_all_read(moodle: RunningMoodle) -> None:
    for minutes in (10, 20):
        moodle.change("add_scorm_time", sco=SCO, user=LEARNER_3, seconds=minutes * 60, new_attempt=True)
    for attempt in (1, 2):
        moodle.change("delete_attempt", sco=SCO, user=LEARNER_3, attempt=attempt)
    pull = pulled(source_of(moodle), moodle)
    mine = {each.id: each.duration for each in pull.of(3, ReportedTime, PACKAGE)}
    assert mine == {"scorm-2-5-3": 600_000, "scorm-2-5-4": 1_200_000}
    assert pull.of(3, Unknown, PACKAGE) == []


def test_an_attempt_with_a_number_beyond_all_bounds_is_unknown_and_asks_no_million_times(
    moodle: RunningMoodle,
) -> None:
    """Whoever sends tracks with a token of their own may name any number."""
    scorm = moodle.server.model.scorms[1]
    far = scorm.attempts[LEARNER_3] = 1_000_000
    scorm.deleted[LEARNER_3] = set(range(1, far - 1))
    scorm.tracks[SCO, LEARNER_3] = {far: scorm.tracks[SCO, LEARNER_3][2]}
    pull = pulled(source_of(moodle), moodle)
    [unknown] = pull.of(3, Unknown, PACKAGE)
    assert unknown.reason == Unread.ATTEMPT_UNREADABLE
    assert "2 of 2" in told_of(pull, unknown)
    assert moodle.control.calls()["http"] < 200
