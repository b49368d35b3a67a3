"""What is done while our account lacks a capability, of which Moodle tells it nothing and refuses nothing."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from adapters.moodle.functions import Function
from lms_scoring.demonstration.running import RunningMoodle
from lms_scoring.domain.evidence import ReportedTime, Submission
from lms_scoring.ports import ProblemKind

from .pulled import FIRST_USER, Pulled, edited_source, pulled, source_of

LASTED = 300
"""Seconds."""
PAST = 1_734_278_400
PACKAGES = {"1", "4", "7", "10", "13"}


def watch(moodle: RunningMoodle, learner: int) -> None:
    moodle.change("add_scorm_time", sco=2, user=learner + FIRST_USER, seconds=LASTED)


def go_through_a_lesson(moodle: RunningMoodle, learner: int) -> None:
    model, user = moodle.server.model, learner + FIRST_USER
    [(lesson, told)] = model.lesson_overviews.items()
    [student] = [each for each in told["students"] if each["id"] == user]
    began, ended = model.now() - LASTED, model.now()
    student["attempts"].append({**student["attempts"][0], "timestart": began, "timeend": ended})
    timer = {"id": 9000 + learner, "starttime": began, "lessontime": ended}
    model.lesson_timers.setdefault((lesson, user), []).append(timer)


def try_h5p(moodle: RunningMoodle, learner: int) -> None:
    model, attempt = moodle.server.model, 9000 + learner
    [told] = model.h5p_attempts.values()
    [mine] = [each for each in told["usersattempts"] if each["userid"] == learner + FIRST_USER]
    times = dict.fromkeys(("timecreated", "timemodified"), model.now())
    mine["attempts"].append({**mine["attempts"][0], "id": attempt, "duration": LASTED, **times})
    model.touched.setdefault((16, "usertracks"), {})[attempt] = model.now()


def hand_in(moodle: RunningMoodle, learner: int) -> None:
    moodle.change("hand_in", assignment=3, user=learner + FIRST_USER, text="日志")


def be_marked(moodle: RunningMoodle, learner: int) -> None:
    moodle.change("grade", assignment=1, user=learner + FIRST_USER, grade=3)


@dataclass(frozen=True)
class Deed:
    """What a learner does, in which activity, and what an account needs to be told of it."""

    does: Callable[[RunningMoodle, int], None]
    learner: int
    activity: int
    kind: type[ReportedTime | Submission]
    capability: str

    def seen(self, pull: Pulled) -> dict[str, ReportedTime | Submission]:
        """What a pull tells of the learner there."""
        return {each.id: each for each in pull.of(self.learner, self.kind, self.activity)}


def missing(pull: Pulled) -> set[str]:
    """What was lost, by activity."""
    return {each.subject for each in pull.problems if each.kind is ProblemKind.LOST}


def begun_now(moodle: RunningMoodle, pull: Pulled) -> str:
    """The pull's cursor, as if it had begun so late that the next one asks for changes from now on."""
    return json.dumps({**json.loads(pull.cursor), "since": moodle.server.model.now()})


def is_read_once_it_may_be_seen(moodle: RunningMoodle, deed: Deed) -> None:
    """The capability is missing for one pull, before which the deed is done."""
    source = source_of(moodle)
    first = pulled(source, moodle)
    moodle.change("deny", capability=deed.capability)
    deed.does(moodle, deed.learner)
    second = pulled(source, moodle, cursor=first.cursor)
    assert str(deed.activity) in missing(second), "it is told at once"
    moodle.change("allow", capability=deed.capability)
    third = pulled(source, moodle, cursor=begun_now(moodle, second))
    assert missing(third) == set()
    assert deed.seen(third) == deed.seen(pulled(source, moodle, full=True)) != deed.seen(first)


TIMES = {
    "package": Deed(watch, 13, 1, ReportedTime, "mod/scorm:viewreport"),
    "lesson": Deed(go_through_a_lesson, 1, 24, ReportedTime, "mod/lesson:viewreports"),
    "H5P": Deed(try_h5p, 1, 16, ReportedTime, "mod/h5pactivity:reviewattempts"),
}
WORKS = {
    "hand-in": Deed(hand_in, 13, 19, Submission, "mod/assign:viewgrades"),
    "mark": Deed(be_marked, 12, 17, Submission, "mod/assign:viewgrades"),
}


@pytest.mark.parametrize("deed", list(TIMES.values()), ids=list(TIMES))
def test_time_that_is_spent_while_a_capability_is_missing_is_read_once_it_is_back(
    moodle: RunningMoodle, deed: Deed
) -> None:
    is_read_once_it_may_be_seen(moodle, deed)


def test_the_first_hand_in_of_all_is_read_though_a_capability_was_missing(moodle: RunningMoodle) -> None:
    """Of who handed in before, own dates are asked for, which would be refused."""
    moodle.server.model.assignments[3].hand_ins.clear()
    moodle.change("deny", capability="mod/assign:grade")
    is_read_once_it_may_be_seen(moodle, WORKS["hand-in"])


@pytest.mark.parametrize("deed", list(WORKS.values()), ids=list(WORKS))
def test_hand_ins_and_marks_that_moodle_gives_are_read_though_it_does_not_tell_of_them(
    moodle: RunningMoodle, deed: Deed
) -> None:
    """It gives them by mod/assign:grade as well."""
    moodle.server.model.assignments[3].hand_ins.clear()
    source = source_of(moodle)
    first = pulled(source, moodle)
    moodle.change("deny", capability=deed.capability)
    deed.does(moodle, deed.learner)
    second = pulled(source, moodle, cursor=first.cursor)
    assert missing(second) == set()
    assert deed.seen(second) == deed.seen(pulled(source, moodle, full=True)) != deed.seen(first)


@pytest.mark.parametrize("function", [Function.SUBMISSIONS, Function.GRADES])
def test_where_news_of_hand_ins_cannot_be_had_all_are_read(moodle: RunningMoodle, function: Function) -> None:
    first = pulled(source_of(moodle), moodle)
    no = {"exception": "webservice_access_exception", "errorcode": "accessexception", "message": ""}
    second = pulled(edited_source(moodle, **{function.name: lambda _: no}), moodle, cursor=first.cursor)
    assert missing(second) == {"17", "18", "19"}


def test_a_package_that_is_closed_is_looked_at_without_a_refusal(moodle: RunningMoodle) -> None:
    """Each would take a request of its own."""
    for package in PACKAGES:
        moodle.change("close_activity", cmid=int(package), closes=PAST, at=0)
    source = source_of(moodle)
    cursor = pulled(source, moodle).cursor
    moodle.control.forget_calls()
    second = pulled(source, moodle, cursor=cursor)
    assert moodle.control.calls()["http"] <= 5
    assert second.all(ReportedTime) == []
    moodle.change("deny", capability="mod/scorm:viewreport")
    assert missing(pulled(source, moodle, cursor=second.cursor)) == PACKAGES


def test_packages_of_which_no_part_is_known_are_read_again(recorded: RunningMoodle, course: Pulled) -> None:
    """As after a pull of an earlier version."""
    known: dict[str, Any] = json.loads(course.cursor)
    del known["parts"]
    pull = pulled(source_of(recorded), recorded, cursor=json.dumps(known))
    assert {each.activity for each in pull.all(ReportedTime)} == PACKAGES
    assert pull.cursor_without_time() == course.cursor_without_time()
