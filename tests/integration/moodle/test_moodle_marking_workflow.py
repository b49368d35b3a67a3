"""Marks that a marking workflow, or anonymous marking, holds back from learners are no marks yet."""

from __future__ import annotations

import pytest

from lms_scoring.demonstration.running import RunningMoodle
from lms_scoring.domain.evidence import Grade, Submission, SubmissionState
from lms_scoring.ports import ProblemKind

from .pulled import Pulled, pulled, source_of

HOMEWORK = 17
ASSIGNMENT = 1
LEARNER_1 = 3
"""The user id of learner 1, whose homework is marked."""


def homework(pull: Pulled, learner: int = 1) -> Submission:
    [only] = pull.of(learner, Submission, HOMEWORK)
    return only


@pytest.mark.parametrize(
    "state", ["", "inmarking", "readyforreview", "inreview", "readyforrelease", "released"]
)
def test_a_mark_counts_once_it_is_released(moodle: RunningMoodle, course: Pulled, state: str) -> None:
    moodle.change("mark_in_steps", assignment=ASSIGNMENT)
    moodle.change("set_marking_state", assignment=ASSIGNMENT, user=LEARNER_1, state=state)
    told = homework(pulled(source_of(moodle), moodle))
    marked = homework(course)
    assert isinstance(marked.grade, Grade)
    if state == "released":
        assert told.grade == marked.grade
    else:
        assert (told.grade, told.graded_at, told.graded_by) == (None, None, None)
    assert (told.state, told.submitted_at) == (SubmissionState.SUBMITTED, marked.submitted_at)


def test_how_many_marks_wait_for_their_release_is_told_and_no_loss(moodle: RunningMoodle) -> None:
    moodle.change("mark_in_steps", assignment=ASSIGNMENT)
    pull = pulled(source_of(moodle), moodle)
    [problem] = [each for each in pull.problems if each.code == "marks_not_released"]
    assert (problem.kind, problem.subject) == (ProblemKind.NOTICE, "17")
    unmarked = sum(each.grade is None for each in pull.all(Submission) if each.activity == "17")
    assert 0 < int(problem.text.split()[0]) < unmarked, "drafts and unmarked work wait for no release"
    assert pull.codes(ProblemKind.LOST) == set()


def test_earlier_attempts_keep_the_marks_that_their_learners_saw(moodle: RunningMoodle) -> None:
    moodle.change("mark_in_steps", assignment=ASSIGNMENT)
    pull = pulled(source_of(moodle), moodle)
    marks = {each.attempt: each.grade for each in pull.of(20, Submission, HOMEWORK)}
    assert marks == {0: Grade.FAIL, 1: None}


def test_a_mark_that_is_released_between_two_pulls_is_read(moodle: RunningMoodle, course: Pulled) -> None:
    """Also where nothing but the flags tells it."""
    moodle.change("mark_in_steps", assignment=ASSIGNMENT, at=1)
    source = source_of(moodle)
    cursor = pulled(source, moodle).cursor
    moodle.change("set_marking_state", assignment=ASSIGNMENT, user=LEARNER_1, state="released", at=1)
    assert homework(pulled(source, moodle, cursor=cursor)).grade == homework(course).grade


@pytest.mark.parametrize("may_read_flags", [True, False])
def test_marks_given_without_names_count_once_the_names_are_revealed(
    moodle: RunningMoodle, course: Pulled, may_read_flags: bool
) -> None:
    """Before that no gradebook has them; and no update tells that they are revealed."""
    if not may_read_flags:
        moodle.change("deny", capability="mod/assign:grade")
    assignment = moodle.server.model.assignments[ASSIGNMENT].row
    assignment |= {"blindmarking": 1}
    source = source_of(moodle)
    first = pulled(source, moodle)
    assert (homework(first).grade, homework(first).graded_at) == (None, None)
    assert [each.grade for each in first.of(20, Submission, HOMEWORK)] == [None, None]
    [told] = [each.text for each in first.problems if each.code == "marks_not_released"]
    assert told.endswith("Reveal the identities in Moodle")
    assignment |= {"revealidentities": 1}
    second = pulled(source, moodle, cursor=first.cursor)
    assert homework(second) == homework(pulled(source_of(moodle), moodle))
    assert homework(second).grade == homework(course).grade


def test_marks_that_are_shown_without_names_count_at_once(moodle: RunningMoodle, course: Pulled) -> None:
    moodle.server.model.assignments[ASSIGNMENT].row |= {"blindmarking": 1, "markinganonymous": 1}
    assert homework(pulled(source_of(moodle), moodle)).grade == homework(course).grade
