"""Answers about SCORM packages: SCOs, attempts and tracks."""

from typing import Any

from lms_scoring.demonstration.moodle_answers.people import check_not_deleted, check_open
from lms_scoring.demonstration.moodle_errors import invalid_record
from lms_scoring.demonstration.moodle_model import MoodleModel, Row, Scorm


def scorms_by_courses(model: MoodleModel, *, courseids: list[int]) -> Row:
    """The packages."""
    ours = not courseids or model.course_id in courseids
    rows = [scorm.row for scorm in model.scorms.values()] if ours else []
    return {"scorms": rows, "options": model.scorm_options, "warnings": []}


def scorm_scoes(model: MoodleModel, *, scormid: int, **_: Any) -> Row:
    """The SCOs of a package; the organisation is a row too, without a type."""
    return {"scoes": _scorm(model, scormid).scoes, "warnings": []}


def attempt_count(model: MoodleModel, *, scormid: int, userid: int, **_: Any) -> Row:
    """How often a person began; the unenrolled are still counted. Only while the package is open."""
    scorm = _scorm(model, scormid)
    check_not_deleted(model, userid)
    check_open(model, opens=scorm.row["timeopen"], closes=scorm.row["timeclose"])
    return {"attemptscount": scorm.counted(userid), "warnings": []}


def sco_tracks(model: MoodleModel, *, scoid: int, userid: int, attempt: int) -> Row:
    """The CMI elements of one attempt, closed or not; attempt 0 is the last one only."""
    scorm = _of_sco(model, scoid)
    check_not_deleted(model, userid)
    number = attempt or max(1, scorm.attempts.get(userid, 0))
    tracks = scorm.tracks.get((scoid, userid), {}).get(number, [])
    warning = {"item": "attempt", "itemid": number, "warningcode": "notattempted", "message": "Not attempted"}
    return {"data": {"attempt": number, "tracks": tracks}, "warnings": [] if tracks else [warning]}


def _scorm(model: MoodleModel, scormid: int) -> Scorm:
    if scormid not in model.scorms:
        raise invalid_record("scorm")
    return model.scorms[scormid]


def _of_sco(model: MoodleModel, scoid: int) -> Scorm:
    for scorm in model.scorms.values():
        if any(sco["id"] == scoid for sco in scorm.scoes):
            return scorm
    raise invalid_record("scorm_scoes")
