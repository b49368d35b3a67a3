"""Time that activities report: SCORM packages, lessons, H5P."""

from __future__ import annotations

import msgspec

from adapters.moodle.payloads.courses import Warned


class Sco(msgspec.Struct):
    id: int
    scormtype: str = ""


class Scoes(msgspec.Struct):
    scoes: list[Sco]
    warnings: list[Warned] = []


class AttemptCount(msgspec.Struct):
    attemptscount: int


class Track(msgspec.Struct):
    element: str
    value: str | int | float | None = None


class TrackData(msgspec.Struct):
    attempt: int
    tracks: list[Track] = []


class Tracks(msgspec.Struct):
    data: TrackData
    warnings: list[Warned] = []


class LessonAttempt(msgspec.Struct):
    timestart: int | None = None
    timeend: int | None = None


class LessonStudent(msgspec.Struct):
    id: int
    attempts: list[LessonAttempt] = []


class LessonData(msgspec.Struct):
    students: list[LessonStudent] = []


class LessonOverview(msgspec.Struct):
    """Without `data` when nobody has begun."""

    data: LessonData | None = None
    warnings: list[Warned] = []


class LessonTimer(msgspec.Struct):
    """A session; `lessontime` is when it ended."""

    starttime: int
    lessontime: int


class LessonTimers(msgspec.Struct):
    timers: list[LessonTimer] = []
    warnings: list[Warned] = []


class H5pAttempt(msgspec.Struct):
    id: int
    timecreated: int
    timemodified: int
    duration: int = 0


class H5pUser(msgspec.Struct):
    userid: int
    attempts: list[H5pAttempt] = []


class H5pAttempts(msgspec.Struct):
    usersattempts: list[H5pUser] = []
    warnings: list[Warned] = []
