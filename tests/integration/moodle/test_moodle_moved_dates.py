"""Own deadlines that were moved and hand-ins that were removed, of which no update of Moodle's tells."""

from __future__ import annotations

import json
from typing import Any

from adapters.answers import Answer
from adapters.http import HttpClient
from adapters.moodle.client import MoodleClient
from adapters.moodle.functions import Function
from adapters.moodle.source import MoodleSource
from lms_scoring.demonstration.running import RunningMoodle
from lms_scoring.domain.evidence import Submission, SubmissionState
from lms_scoring.domain.instants import SECOND, parse_instant

from .pulled import FIRST_USER, NAME, Pulled, StoppedClock, edited_source, pulled, source_of

HOMEWORK, JOURNAL = 17, 19
"""Of Moodle's assignments 1 and 3."""
LATE, IN_TIME = 5, 55
"""Learners; the latter's journal is the last whose dates are asked for in turn."""
MUCH_LATER = parse_instant("2024-12-14T00:00:00+08:00") // SECOND


class Listening(HttpClient):
    """Notes whose dates are asked for, request by request."""

    def __init__(self, moodle: RunningMoodle) -> None:
        super().__init__(platform=NAME, base_url=moodle.url, allowed_private=["127.0.0.1"])
        self.dates_asked: list[set[str]] = []

    def post(self, path: str, **options: Any) -> Answer:
        form = options.get("form") or {}
        named = [name for name, value in form.items() if value == Function.PARTICIPANT]
        if named:
            self.dates_asked.append({form[name.replace("[function]", "[arguments]")] for name in named})
        return super().post(path, **options)


def handed_in(pull: Pulled, learner: int, activity: int) -> int:
    """When, in seconds."""
    [only] = pull.of(learner, Submission, activity)
    assert only.submitted_at is not None
    return only.submitted_at // SECOND


def state(pull: Pulled, learner: int, activity: int) -> SubmissionState | None:
    """None: the pull does not tell."""
    found = pull.of(learner, Submission, activity)
    return found[0].state if found else None


def is_late(pull: Pulled, learner: int, activity: int) -> bool | None:
    """None: the pull does not tell."""
    found = pull.of(learner, Submission, activity)
    if not found:
        return None
    assert found[0].submitted_at is not None
    return found[0].due_at is not None and found[0].submitted_at > found[0].due_at


def test_an_own_deadline_that_made_work_late_is_noticed_when_it_is_taken_back(
    moodle: RunningMoodle, course: Pulled
) -> None:
    """By the assignment's deadline the work is in time, so that this one tells nothing of it."""
    source, at = source_of(moodle), handed_in(course, IN_TIME, JOURNAL)
    moodle.change("move_due_date", assignment=3, due=at + 86_400, at=0)
    moodle.change("move_due_date", assignment=3, due=at - 60, user=IN_TIME + FIRST_USER)
    first = pulled(source, moodle)
    assert is_late(first, IN_TIME, JOURNAL) is True
    moodle.change("move_due_date", assignment=3, due=at + 86_400, user=IN_TIME + FIRST_USER)
    assert is_late(pulled(source, moodle, cursor=first.cursor), IN_TIME, JOURNAL) is False


def test_an_extension_that_is_prolonged_is_noticed_where_extensions_are_asked_one_by_one(
    moodle: RunningMoodle, course: Pulled
) -> None:
    source, at = source_of(moodle), handed_in(course, LATE, HOMEWORK)
    moodle.change("deny", capability="mod/assign:grade")
    moodle.change("extend", assignment=1, user=LATE + FIRST_USER, until=at - 60)
    first = pulled(source, moodle)
    assert is_late(first, LATE, HOMEWORK) is True
    moodle.change("extend", assignment=1, user=LATE + FIRST_USER, until=at + 60)
    second = pulled(source, moodle, cursor=first.cursor)
    assert is_late(second, LATE, HOMEWORK) is False
    assert is_late(pulled(source, moodle, cursor=second.cursor), LATE, HOMEWORK) is None, "nothing changed"


def test_an_own_deadline_before_work_that_was_in_time_is_noticed_when_it_is_its_turn(
    moodle: RunningMoodle, course: Pulled
) -> None:
    source, at = source_of(moodle), handed_in(course, IN_TIME, JOURNAL)
    first = pulled(source, moodle)
    moodle.change("move_due_date", assignment=3, due=at - 60, user=IN_TIME + FIRST_USER)
    second = pulled(source, moodle, cursor=first.cursor)
    third = pulled(source, moodle, cursor=second.cursor)
    assert [is_late(pull, IN_TIME, JOURNAL) for pull in (second, third)] == [None, True]


def test_a_hand_in_that_was_removed_is_noticed_when_it_is_its_turn(moodle: RunningMoodle) -> None:
    """Who was late is asked about at each pull."""
    source = source_of(moodle)
    first = pulled(source, moodle)
    for learner, assignment in ((LATE, 1), (IN_TIME, 3)):
        removed = moodle.server.model.assignments[assignment].hand_ins[learner + FIRST_USER].submission
        assert removed is not None
        removed |= {"status": "new", "plugins": []}
    second = pulled(source, moodle, cursor=first.cursor)
    third = pulled(source, moodle, cursor=second.cursor)
    assert state(first, LATE, HOMEWORK) is state(first, IN_TIME, JOURNAL) is SubmissionState.SUBMITTED
    assert (state(second, LATE, HOMEWORK), state(second, IN_TIME, JOURNAL)) == (SubmissionState.DRAFT, None)
    assert state(third, IN_TIME, JOURNAL) is SubmissionState.DRAFT


def test_a_hand_in_that_was_removed_while_it_was_read_is_noticed_the_next_time(
    moodle: RunningMoodle,
) -> None:
    """Between the list of all and the question about its learner's dates."""

    def remove(told: Any) -> Any:
        if told["assignments"] and told["assignments"][0]["assignmentid"] == 1:
            removed = moodle.server.model.assignments[1].hand_ins[LATE + FIRST_USER].submission
            assert removed is not None
            removed |= {"status": "new", "plugins": []}
        return told

    first = pulled(edited_source(moodle, SUBMISSIONS=remove), moodle)
    second = pulled(source_of(moodle), moodle, cursor=first.cursor)
    assert state(first, LATE, HOMEWORK) is SubmissionState.SUBMITTED
    assert state(second, LATE, HOMEWORK) is SubmissionState.DRAFT


def test_nothing_is_read_again_where_moodle_tells_dates_without_states(moodle: RunningMoodle) -> None:
    """As older ones do: who was late is asked about at each pull."""

    def without_state(told: Any) -> Any:
        return {name: value for name, value in told.items() if name != "submissionstatus"}

    source = edited_source(moodle, PARTICIPANT=without_state)
    first = pulled(source, moodle)
    second = pulled(source, moodle, cursor=first.cursor)
    assert state(first, LATE, HOMEWORK) is SubmissionState.SUBMITTED
    assert state(second, LATE, HOMEWORK) is None


def test_all_are_asked_about_in_turn_in_one_request_a_pull(recorded: RunningMoodle) -> None:
    http = Listening(recorded)
    client = MoodleClient(http, token=recorded.token)
    source = MoodleSource(name=NAME, client=client, course="LC2024", clock=StoppedClock())
    first = pulled(source, recorded)
    everybody = {one for request in http.dates_asked for one in request}
    http.dates_asked.clear()
    second = pulled(source, recorded, cursor=first.cursor)
    pulled(source, recorded, cursor=second.cursor)
    assert [len(one) for one in http.dates_asked] == [100, 100]
    assert set().union(*http.dates_asked) == everybody


def test_without_batches_the_late_alone_are_asked_about(moodle: RunningMoodle) -> None:
    source = source_of(moodle, token=moodle.plain_token)
    first = pulled(source, moodle)
    late = sum(len(each) for each in json.loads(first.cursor)["late"].values())
    moodle.control.forget_calls()
    pulled(source, moodle, cursor=first.cursor)
    assert 0 < late == moodle.control.calls()["requests"][Function.PARTICIPANT]
