"""A pull as a whole: how much it asks, in what order it yields, and that repeating it changes nothing."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

from adapters.moodle.cursor import digest
from adapters.moodle.functions import Function
from adapters.moodle.source import GRADE_WORDS, ROLES
from benchmarks.course_sync import CHANGES
from lms_scoring.demonstration.running import RunningMoodle, running_moodle
from lms_scoring.domain.evidence import Membership
from lms_scoring.ports import ProblemKind, Scope

from .pulled import Pulled, edited_source, pulled, source_of

DATES = Function.PARTICIPANT


def test_a_first_pull_takes_thirty_requests_at_most(moodle: RunningMoodle) -> None:
    pulled(source_of(moodle), moodle)
    assert moodle.control.calls()["http"] <= 30


def test_an_unchanged_course_takes_five_requests_at_most(moodle: RunningMoodle) -> None:
    source = source_of(moodle)
    first = pulled(source, moodle)
    moodle.control.forget_calls()
    second = pulled(source, moodle, cursor=first.cursor)
    assert moodle.control.calls()["http"] <= 5
    assert second.records.items() <= first.records.items()
    assert second.cursor_without_time() == first.cursor_without_time()


def test_a_hundredth_that_changed_takes_nine_requests_at_most(moodle: RunningMoodle) -> None:
    assert read_after_changes(moodle, moodle.token)["http"] <= 9


def test_nothing_is_asked_ahead_that_nobody_reads() -> None:
    """Without batches nothing is asked ahead, so that what is asked is what is read; but for the dates of
    those who were in time, of whom as many are asked about as a batch has room for."""
    with running_moodle() as one, running_moodle() as other:
        ahead = read_after_changes(one, one.token)
        singly = read_after_changes(other, other.plain_token)
    assert calls_by_function(ahead) == calls_by_function(singly)


def read_after_changes(moodle: RunningMoodle, token: str) -> dict[str, Any]:
    """What a pull of the benchmark's changes is counted to ask."""
    source = source_of(moodle, token=token)
    cursor = pulled(source, moodle).cursor
    for name, arguments in CHANGES:
        moodle.change(name, **arguments)
    moodle.control.forget_calls()
    pulled(source, moodle, cursor=cursor)
    return moodle.control.calls()


def calls_by_function(counted: dict[str, Any]) -> Counter[str]:
    """However they were sent."""
    asked = Counter(counted["requests"]) + Counter(counted["inner"])
    return Counter({name: times for name, times in asked.items() if name not in (Function.BATCH, DATES)})


def test_what_an_older_program_read_is_read_again(recorded: RunningMoodle, course: Pulled) -> None:
    """It knew nothing of attempts after a deleted one, and took marks that are not released for marks."""
    words, roles = sorted(GRADE_WORDS.items()), sorted(ROLES.items())
    older = digest(4, recorded.url, "LC2024", words, roles)
    cursor = json.dumps({**json.loads(course.cursor), "settings": older})
    pull = pulled(source_of(recorded), recorded, cursor=cursor)
    assert pull.records == course.records
    assert pull.whole == course.whole


def test_without_batches_the_records_are_the_same(moodle: RunningMoodle, course: Pulled) -> None:
    singly = pulled(source_of(moodle, token=moodle.plain_token), moodle)
    assert told(singly) == told(course)
    assert "tool_mobile_call_external_functions" not in moodle.control.calls()["requests"]


def test_pulling_twice_gives_equal_records(recorded: RunningMoodle, course: Pulled) -> None:
    again = pulled(source_of(recorded), recorded, cursor=course.cursor, full=True)
    assert again.records == course.records
    assert again.people == course.people
    assert again.whole == course.whole


def test_people_and_memberships_come_first(course: Pulled) -> None:
    first = course.batches[0]
    assert len(first.people) == 60
    assert {type(record) for record in first.records} == {Membership}
    known: set[str] = set()
    for batch in course.batches:
        known |= {account for person in batch.people for account in person.accounts}
        assert {getattr(record, "person", "") for record in batch.records} <= known


def test_no_record_is_yielded_twice(course: Pulled) -> None:
    assert sum(len(batch.records) for batch in course.batches) == len(course.records)


def test_batches_are_moderate_and_count_their_calls(course: Pulled) -> None:
    assert max(len(batch.records) for batch in course.batches) <= 500
    done = [batch.done for batch in course.batches]
    assert done == sorted(done)
    assert course.batches[-1].done == course.batches[-1].expected
    assert all(batch.expected is None or batch.done <= batch.expected for batch in course.batches)


def test_a_pull_counts_each_call_that_was_answered(moodle: RunningMoodle) -> None:
    answered = list[Any]()

    def noted(told: Any) -> Any:
        if not (isinstance(told, dict) and "exception" in told):
            answered.append(told)
        return told

    source = edited_source(moodle, **dict.fromkeys(Function.__members__, noted))
    *_, last = source.pull(None, full=True)
    assert last.done == len(answered) > 0


def test_cursor_and_whole_scopes_come_with_the_last_batch_only(course: Pulled) -> None:
    assert [batch.cursor is not None for batch in course.batches] == [False] * (len(course.batches) - 1) + [
        True
    ]
    assert all(not batch.whole for batch in course.batches[:-1])
    assert Scope(kind="membership", activity=None) in course.whole
    assert {scope.activity for scope in course.whole if scope.kind == "post"} == {"25", "26", "27"}
    assert {scope.activity for scope in course.whole if scope.kind == "reported_time"} == {
        *("1", "4", "7", "10", "13"),
        *("16", "24"),
    }


def test_the_cursor_is_small(course: Pulled) -> None:
    assert len(course.cursor) < 2_100


def test_a_cursor_of_other_settings_or_none_reads_everything(recorded: RunningMoodle, course: Pulled) -> None:
    odd = [
        json.dumps({**json.loads(course.cursor), "settings": "other"}),
        json.dumps({**json.loads(course.cursor), "v": 99}),
        "no json",
        "{}",
    ]
    for cursor in odd:
        assert pulled(source_of(recorded), recorded, cursor=cursor).records == course.records


def test_the_recorded_course_loses_nothing(course: Pulled) -> None:
    assert course.codes(ProblemKind.LOST) == set()
    assert course.codes(ProblemKind.REFUSED) == set()


def test_no_problem_names_a_person(course: Pulled) -> None:
    names = {person.name for person in course.people.values() if person.name}
    for problem in course.problems:
        assert "@" not in problem.text + problem.subject
        assert not any(name in problem.text + problem.subject for name in names)


def test_a_course_is_found_by_id_idnumber_and_short_name(recorded: RunningMoodle, course: Pulled) -> None:
    for wanted in ("2", "LC-2024-GG"):
        [first, *_] = list(source_of(recorded, course=wanted).pull(None, full=False))
        assert first.people == course.batches[0].people


def told(pulled: Pulled) -> object:
    """What was pulled, without the port of the platform."""
    return [
        (kind, json.dumps(repr(record)).replace(pulled.url, ""))
        for kind, record in sorted(pulled.records.items())
    ]
