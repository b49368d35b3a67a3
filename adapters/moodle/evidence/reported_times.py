"""What SCORM packages, lessons and H5P tell into reported time."""

from __future__ import annotations

from collections.abc import Mapping

from adapters.moodle.evidence.scorm_durations import milliseconds_of
from adapters.moodle.evidence.site import Site
from adapters.moodle.payloads.reported_times import H5pAttempt, LessonAttempt, TrackData
from lms_scoring.domain.errors import MalformedEvidence
from lms_scoring.domain.evidence import ReportedTime
from lms_scoring.domain.instants import SECOND


def scorm_time(site: Site, data: TrackData, *, activity: str, sco: int, user: int) -> ReportedTime:
    """The total time of one part and attempt, between its first launch and its last change.

    Raises MalformedEvidence when the package wrote a time that cannot be read.
    """
    tracks = {track.element: str(track.value) for track in data.tracks if track.value is not None}
    written = next((tracks[name] for name in _TOTAL_TIMES if tracks.get(name)), "00:00:00")
    duration = milliseconds_of(written)
    if duration is None:
        raise MalformedEvidence("its total time is in no form that SCORM knows")
    ended = _seconds(tracks, "timemodified")
    started = _seconds(tracks, "x.start.time") if tracks.get("x.start.time") else ended - duration // SECOND
    if ended < started:
        raise MalformedEvidence("it ended before it started")
    return ReportedTime(
        id=f"scorm-{sco}-{user}-{data.attempt}",
        person=site.account(user),
        activity=activity,
        duration=duration,
        started_at=started * SECOND,
        ended_at=ended * SECOND,
        source=site.name,
    )


def lesson_time(
    site: Site, row: LessonAttempt, *, activity: str, lesson: int, user: int
) -> ReportedTime | None:
    """One session in a lesson, by the server's clock; None while it has no end."""
    if row.timestart is None or row.timeend is None or row.timeend < row.timestart:
        return None
    return ReportedTime(
        id=f"lesson-{lesson}-{user}-{row.timestart}",
        person=site.account(user),
        activity=activity,
        duration=(row.timeend - row.timestart) * SECOND,
        started_at=row.timestart * SECOND,
        ended_at=row.timeend * SECOND,
        source=site.name,
    )


def h5p_time(site: Site, row: H5pAttempt, *, activity: str, user: int) -> ReportedTime:
    """One attempt, as long as the browser says; it is sent at the end, so the start is reckoned back."""
    ended = max(row.timemodified, row.timecreated)
    started = min(row.timecreated, ended - row.duration)
    return ReportedTime(
        id=f"h5p-{row.id}",
        person=site.account(user),
        activity=activity,
        duration=row.duration * SECOND,
        started_at=started * SECOND,
        ended_at=ended * SECOND,
        source=site.name,
    )


_TOTAL_TIMES = ("cmi.core.total_time", "cmi.total_time", "total_time")


_LONGEST_SECONDS = 12


def _seconds(tracks: Mapping[str, str], name: str) -> int:
    text = tracks.get(name, "")
    if not (text.isascii() and text.isdigit() and len(text) <= _LONGEST_SECONDS):
        raise MalformedEvidence(f"{name} is no time")
    return int(text)
