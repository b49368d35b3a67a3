"""Lessons: all sessions in one call, and one by one those of who is suspended, whom it may leave out.

Nobody who is suspended learns here. So where only people's places changed since the last pull, they are asked
for of who was not suspended then, and the lesson is not listed completely. Nor is it where the function is
refused: somebody's sessions are unknown then, and asked for again when all is read, or whoever it is was let
in again and suspended anew; the list is read each time meanwhile.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from adapters.moodle import calls
from adapters.moodle.capabilities import what_to_do
from adapters.moodle.client import Reply
from adapters.moodle.cursor import Cursor
from adapters.moodle.evidence.reported_times import lesson_time
from adapters.moodle.evidence.site import unreadable
from adapters.moodle.functions import Function
from adapters.moodle.payloads.courses import Module
from adapters.moodle.payloads.reported_times import LessonAttempt, LessonOverview, LessonTimer, LessonTimers
from adapters.moodle.problems import data_loss, notice
from adapters.moodle.pull import Findings, Pull
from adapters.moodle.web_service import Call
from lms_scoring.domain.errors import PlatformError, PlatformRefused
from lms_scoring.domain.unread import Unread
from lms_scoring.ports import Problem


class Lesson:
    """One lesson under way: the list of all sessions, and those of who is suspended. `is_whole`: everybody's
    are asked for."""

    def __init__(self, pull: Pull, module: Module) -> None:
        client, self.module = pull.client, module
        self.overview: Reply[LessonOverview]
        self.timers: dict[int, Reply[LessonTimers]]
        self.overview, *timers = (client.later(call) for call in lesson_calls(pull, module))
        self.timers = dict(zip(_asked_one_by_one(pull, module), timers, strict=True))
        self.is_whole = self.timers.keys() >= set(pull.roster.suspended_learners)

    def keep(self, findings: Findings, _: Module, answer: LessonOverview) -> None:
        """Takes both; who is in the list needs no asking. Where somebody was refused, it stays unread."""
        function = Function.LESSON_OVERVIEW
        findings.damaged(data_loss("sessions", answer.warnings, subject=findings.subject, function=function))
        if findings.pull.notes.refused.get(findings.cmid):
            findings.pull.notes.damaged.add(findings.cmid)
        students = [] if answer.data is None else answer.data.students
        for student in students:
            self._keep(findings, student.id, student.attempts)
        self._keep_left_out(findings, self.timers.keys() - {student.id for student in students})

    def _keep_left_out(self, findings: Findings, users: Iterable[int]) -> None:
        site, errors = findings.pull.site, dict[int, PlatformError]()
        for user in sorted(users):
            reply = self.timers[user]
            if reply.error is None:
                self._keep(findings, user, map(_attempt, reply.value.timers))
                continue
            errors[user] = reply.error
            unread = unreadable(site, user, activity=findings.subject, why=Unread.SESSIONS_REFUSED)
            findings.records.append(unread)
        if errors:
            findings.damaged([_sessions_left_out(findings, len(errors), next(iter(errors.values())))])
            refused = {user for user, error in errors.items() if isinstance(error, PlatformRefused)}
            findings.pull.notes.refused.setdefault(findings.cmid, set()).update(refused)

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
    for user in _asked_one_by_one(pull, module):
        yield calls.lesson_timers(module.instance or 0, user)


def still_refused(pull: Pull, before: Cursor) -> dict[int, set[int]]:
    """By lesson, of whom we were refused the function before, of those who are suspended as they were."""
    suspended = pull.roster.suspended_learners
    lessons = [module.id for module in pull.modules_of("lesson")]
    return {lesson: set(before.refused_ids(lesson).intersection(suspended)) for lesson in lessons}


def _asked_one_by_one(pull: Pull, module: Module) -> list[int]:
    """Who is suspended, but for those who were refused; where nothing changed in the lesson, who was not
    suspended at the last pull."""
    suspended, before = pull.roster.suspended_learners, pull.before
    if before is None:
        return suspended
    spared = before.refused_ids(module.id) if pull.must_read(module.id) else before.suspended_ids()
    return [user for user in suspended if user not in spared]


def _attempt(timer: LessonTimer) -> LessonAttempt:
    return LessonAttempt(timestart=timer.starttime, timeend=timer.lessontime)


def _sessions_left_out(findings: Findings, people: int, error: PlatformError) -> Problem:
    text = (
        f"Moodle lists no sessions in activity {findings.cmid} of who is suspended, and those of {people} "
        f"people could not be asked for one by one: {error.reason}. What was read of them before stays, and "
        "that there may be more is shown as unknown. "
        f"{what_to_do(Function.LESSON_TIMERS)}; a full sync then reads them"
    )
    return notice("sessions_left_out", text, subject=findings.subject)
