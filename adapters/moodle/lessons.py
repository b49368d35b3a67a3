"""Lessons: all sessions in one call, and one by one those of who is suspended, whom it may leave out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from adapters.moodle import calls
from adapters.moodle.capabilities import what_to_do
from adapters.moodle.client import Call, Reply
from adapters.moodle.evidence.reported_times import lesson_time
from adapters.moodle.functions import Function
from adapters.moodle.payloads.courses import Module
from adapters.moodle.payloads.reported_times import LessonAttempt, LessonOverview, LessonTimer, LessonTimers
from adapters.moodle.problems import data_loss, notice
from adapters.moodle.pull import Findings, Pull
from lms_scoring.domain.errors import PlatformError
from lms_scoring.ports import Problem


class Lesson:
    """One lesson under way: the list of all sessions, and those of who is suspended."""

    def __init__(self, pull: Pull, module: Module) -> None:
        client, self.module = pull.client, module
        self.overview: Reply[LessonOverview]
        self.timers: dict[int, Reply[LessonTimers]]
        self.overview, *timers = (client.later(call) for call in lesson_calls(pull, module))
        self.timers = dict(zip(_suspended(pull), timers, strict=True))

    def keep(self, findings: Findings, _: Module, answer: LessonOverview) -> None:
        """Takes both; who is in the list needs no asking."""
        function = Function.LESSON_OVERVIEW
        findings.damaged(data_loss("sessions", answer.warnings, subject=findings.subject, function=function))
        students = [] if answer.data is None else answer.data.students
        for student in students:
            self._keep(findings, student.id, student.attempts)
        left_out = {
            user: reply for user, reply in self.timers.items() if user not in {s.id for s in students}
        }
        for user, reply in left_out.items():
            if reply.error is None:
                self._keep(findings, user, map(_attempt, reply.value.timers))
        errors = [reply.error for reply in left_out.values() if reply.error is not None]
        if errors:
            findings.problems.append(_sessions_left_out(findings, len(errors), errors[0]))

    def _keep(self, findings: Findings, user: int, attempts: Iterable[LessonAttempt]) -> None:
        pull, lesson = findings.pull, self.module.instance or 0
        for attempt in attempts:
            record = lesson_time(pull.site, attempt, activity=findings.subject, lesson=lesson, user=user)
            if record is not None:
                pull.learnt(user)
                findings.records.append(record)


def lesson_calls(pull: Pull, module: Module) -> Iterator[Call[Any]]:
    """Those by which `Lesson` begins."""
    yield calls.lesson_overview(module.instance or 0)
    for user in _suspended(pull):
        yield calls.lesson_timers(module.instance or 0, user)


def _suspended(pull: Pull) -> list[int]:
    return sorted(pull.roster.withdrawn.intersection(pull.roster.learners))


def _attempt(timer: LessonTimer) -> LessonAttempt:
    return LessonAttempt(timestart=timer.starttime, timeend=timer.lessontime)


def _sessions_left_out(findings: Findings, people: int, error: PlatformError) -> Problem:
    text = (
        f"Moodle lists no sessions in activity {findings.cmid} of who is suspended, and those of {people} "
        f"people could not be asked for one by one: {error.reason}. What was read of them before stays. "
        f"{what_to_do(Function.LESSON_TIMERS)}"
    )
    return notice("sessions_left_out", text, subject=findings.subject)
