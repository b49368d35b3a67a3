"""A service account that lacks a capability: Moodle is mostly silent about it, the pull is not."""

from __future__ import annotations

import pytest

from lms_scoring.demonstration.running import RunningMoodle
from lms_scoring.domain.errors import PlatformRefused
from lms_scoring.domain.evidence import Post, ReportedTime, Submission
from lms_scoring.ports import ProblemKind

from .pulled import Pulled, pulled, source_of


def without(moodle: RunningMoodle, capability: str, *, cursor: str | None = None) -> Pulled:
    moodle.change("deny", capability=capability)
    return pulled(source_of(moodle), moodle, cursor=cursor, full=cursor is None)


def lost(pull: Pulled) -> dict[str, str]:
    return {each.code: each.text for each in pull.problems if each.kind is ProblemKind.LOST}


def test_without_course_view_the_pull_ends_and_says_so(moodle: RunningMoodle) -> None:
    with pytest.raises(PlatformRefused, match="moodle/course:view"):
        without(moodle, "moodle/course:view")


@pytest.mark.parametrize("capability", ["moodle/user:viewdetails", "moodle/site:accessallgroups"])
@pytest.mark.parametrize("known", [False, True], ids=["first pull", "later pull"])
def test_an_empty_roster_is_a_loss_and_changes_nothing(
    moodle: RunningMoodle, course: Pulled, capability: str, known: bool
) -> None:
    before = pulled(source_of(moodle), moodle).cursor if known else None
    pull = without(moodle, capability, cursor=before)
    assert capability in lost(pull)["no_participants"]
    assert (pull.records, pull.whole) == ({}, [])
    assert [(batch.cursor, batch.cut_short) for batch in pull.batches] == [(None, True)]


def test_without_view_all_details_the_missing_accounts_are_noticed(moodle: RunningMoodle) -> None:
    pull = without(moodle, "moodle/user:viewalldetails")
    assert "accounts_hidden" in pull.codes(ProblemKind.NOTICE)
    assert len(pull.people["campus-3"].accounts) == 3


def test_hidden_suspended_learners_are_a_loss(moodle: RunningMoodle) -> None:
    pull = without(moodle, "moodle/course:viewsuspendedusers")
    assert "moodle/course:viewsuspendedusers" in lost(pull)["suspended_hidden"]
    assert pull.whole == []


def test_without_view_participants_nobody_knows_who_is_suspended(moodle: RunningMoodle) -> None:
    pull = without(moodle, "moodle/course:viewparticipants")
    assert "account is suspended could not be read" in lost(pull)["call_refused"]
    assert pull.whole == []


@pytest.mark.parametrize("known", [False, True], ids=["first pull", "later pull"])
def test_hidden_assignments_are_a_loss(moodle: RunningMoodle, known: bool) -> None:
    before = pulled(source_of(moodle), moodle).cursor if known else None
    pull = without(moodle, "mod/assign:view", cursor=before)
    assert "mod/assign:view" in lost(pull)["warning"]
    assert ("kind_vanished" in lost(pull)) is known
    assert not any(scope.activity in ("17", "18", "19") for scope in pull.whole)


def test_extensions_that_are_hidden_from_readers_are_asked_for_one_by_one(
    moodle: RunningMoodle, course: Pulled
) -> None:
    pull = without(moodle, "mod/assign:grade")
    assert lost(pull) == {}
    assert "extensions_one_by_one" in pull.codes(ProblemKind.NOTICE)
    for learner in (14, 15, 46, 47, 1):
        [there], [here] = pull.of(learner, Submission, 17), course.of(learner, Submission, 17)
        assert there.due_at == here.due_at
    moodle.change("extend", assignment=1, user=7, until=1_734_019_140)
    [later] = pulled(source_of(moodle), moodle, cursor=pull.cursor).of(5, Submission, 17)
    assert later.due_at == 1_734_019_140_000


def test_hidden_forums_are_a_loss(moodle: RunningMoodle) -> None:
    pull = without(moodle, "mod/forum:viewdiscussion")
    hidden = {each.subject for each in pull.problems if each.code == "activity_not_listed"}
    assert hidden == {"25", "26", "27"}
    assert pull.all(Post) == []
    assert not any(scope.kind == "post" for scope in pull.whole)


def test_hidden_answers_of_a_question_forum_are_a_loss(moodle: RunningMoodle) -> None:
    pull = without(moodle, "mod/forum:viewqandawithoutposting")
    assert "mod/forum:viewqandawithoutposting" in lost(pull)["posts_missing"]
    assert {scope.activity for scope in pull.whole if scope.kind == "post"} == {"25", "27"}


def test_refused_scorm_reports_are_a_loss_and_not_asked_for_of_everybody(moodle: RunningMoodle) -> None:
    pull = without(moodle, "mod/scorm:viewreport")
    refused = [each.subject for each in pull.problems if each.code == "call_refused"]
    assert refused == ["1", "4", "7", "10", "13"]
    assert not any(scope.activity in refused for scope in pull.whole)
    assert {each.activity for each in pull.all(ReportedTime)} == {"16", "24"}
    assert moodle.control.calls()["http"] <= 60


def test_a_refused_list_of_sessions_is_a_loss(moodle: RunningMoodle) -> None:
    pull = without(moodle, "mod/lesson:viewreports")
    assert "mod/lesson:viewreports" in lost(pull)["call_refused"]
    assert {each.activity for each in pull.all(ReportedTime)} == {"1", "4", "7", "10", "13", "16"}
    assert not any(scope.activity == "24" for scope in pull.whole)


def test_refused_h5p_attempts_are_a_loss(moodle: RunningMoodle) -> None:
    pull = without(moodle, "mod/h5pactivity:reviewattempts")
    assert "mod/h5pactivity:reviewattempts" in lost(pull)["call_refused"]


@pytest.mark.parametrize(
    "capability",
    ["moodle/course:managegroups", "moodle/grade:viewall", "report/progress:view"],
)
def test_capabilities_that_are_not_used_are_not_missed(
    moodle: RunningMoodle, course: Pulled, capability: str
) -> None:
    pull = without(moodle, capability)
    assert lost(pull) == {}
    assert len(pull.records) == len(course.records)


@pytest.mark.parametrize(
    "capability", ["mod/forum:viewqandawithoutposting", "mod/scorm:viewreport", "mod/assign:view"]
)
def test_what_was_lost_is_read_once_the_capability_is_back(
    moodle: RunningMoodle, course: Pulled, capability: str
) -> None:
    first = without(moodle, capability)
    moodle.change("allow", capability=capability)
    second = pulled(source_of(moodle), moodle, cursor=first.cursor)
    assert lost(second) == {}
    assert len({**first.records, **second.records}) == len(course.records)
