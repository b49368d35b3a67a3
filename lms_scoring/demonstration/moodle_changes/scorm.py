"""Changes in SCORM packages: time watched, attempts deleted."""

from lms_scoring.demonstration.moodle_model import MoodleModel, Row, Scorm

ELEMENTS = 5
"""Rows that one attempt has in Moodle's table of tracks, so many ids does an update name."""


def add_scorm_time(
    model: MoodleModel,
    *,
    sco: int,
    user: int,
    seconds: int,
    new_attempt: bool = False,
    status: str = "completed",
    at: int | None = None,
) -> Row:
    """Somebody watches ``seconds`` of a SCO, in the last attempt or in a new one; gives attempt and total."""
    at = model.now() if at is None else at
    scorm = _scorm_of(model, sco)
    attempt = scorm.attempts.get(user, 0)
    attempt = attempt + 1 if new_attempt or attempt == 0 else attempt
    attempts = scorm.tracks.setdefault((sco, user), {})
    known = {track["element"]: track["value"] for track in attempts.get(attempt, [])}
    total = _clock(_seconds(str(known.get("cmi.core.total_time", "00:00:00"))) + seconds)
    begun = str(known.get("x.start.time", at - seconds))
    attempts[attempt] = _tracks(sco, user, status=status, total=total, begun=begun, at=at)
    scorm.attempts[user] = attempt
    _note(model, scorm.row["coursemodule"], at)
    return {"attempt": attempt, "total_time": total}


def delete_attempt(model: MoodleModel, *, sco: int, user: int, attempt: int) -> None:
    """A teacher deletes one attempt; the others keep their numbers, and no update tells of it."""
    scorm = _scorm_of(model, sco)
    deleted = scorm.deleted.setdefault(user, set())
    if attempt in deleted or not 0 < attempt <= scorm.attempts.get(user, 0):
        raise ValueError(f"user {user} has no attempt {attempt} at that package")
    deleted.add(attempt)
    for each in scorm.scoes:
        scorm.tracks.get((each["id"], user), {}).pop(attempt, None)
    while scorm.attempts[user] in deleted:
        deleted.discard(scorm.attempts[user])
        scorm.attempts[user] -= 1


def _scorm_of(model: MoodleModel, sco: int) -> Scorm:
    for scorm in model.scorms.values():
        if any(each["id"] == sco and each["scormtype"] == "sco" for each in scorm.scoes):
            return scorm
    raise ValueError(f"there is no SCO {sco}")


def _tracks(sco: int, user: int, *, status: str, total: str, begun: str, at: int) -> list[Row]:
    values = {
        "score_raw": "",
        "status": status,
        "total_time": total,
        "session_time": "00:00:00",
        "timemodified": str(at),
        "cmi.core.exit": "suspend",
        "cmi.core.lesson_status": status,
        "cmi.core.total_time": total,
        "cmi.suspend_data": "p=100",
        "x.start.time": begun,
        "userid": user,
        "scoid": str(sco),
    }
    return [{"element": element, "value": value} for element, value in values.items()]


def _note(model: MoodleModel, cmid: int, at: int) -> None:
    newest = max(max(items, default=0) for (_, name), items in model.touched.items() if name == "usertracks")
    rows = range(newest + 1, newest + 1 + ELEMENTS)
    model.touched.setdefault((cmid, "usertracks"), {}).update(dict.fromkeys(rows, at))


def _seconds(clock: str) -> int:
    hours, minutes, seconds = clock.split(":")
    return int(hours) * 3600 + int(minutes) * 60 + int(float(seconds))


def _clock(seconds: int) -> str:
    return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"
