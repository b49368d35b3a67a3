"""Answers what changed in the course since a time: row ids by activity, computed from the state."""

from typing import Any

from lms_scoring.demonstration.moodle_answers.forums import discussions_in_order
from lms_scoring.demonstration.moodle_answers.people import check_course
from lms_scoring.demonstration.moodle_model import Assignment, MoodleModel, Row


def updates_since(model: MoodleModel, *, courseid: int, since: int, **_: Any) -> Row:
    """Activities with changes after ``since``. Of deletions nothing tells: the format has no place for it."""
    check_course(model, courseid)
    instances = []
    for module in model.modules():
        updates = _updates_of(model, module, since)
        if updates:
            instances.append({"contextlevel": "module", "id": module["id"], "updates": updates})
    return {"instances": instances, "warnings": model.unsupported}


def _updates_of(model: MoodleModel, module: Row, since: int) -> list[Row]:
    updates: list[Row] = []
    configured = model.configured.get(module["id"], 0)
    if configured > since:
        updates.append({"name": "configuration", "timeupdated": configured})
    for name, items in _items_of(model, module, since).items():
        if items:
            updates.append({"name": name, "itemids": items})
    return updates


def _items_of(model: MoodleModel, module: Row, since: int) -> dict[str, list[int]]:
    """Row ids by name, in Moodle's order of names."""
    kept = {
        name: [item for item, at in items.items() if at > since]
        for (cmid, name), items in model.touched.items()
        if cmid == module["id"]
    }
    match module["modname"]:
        case "assign":
            each = model.assignments[module["instance"]]
            merged = sorted({*_submissions(each, since), *kept.pop("usersubmissions", [])})
            return {"usersubmissions": merged, "usergrades": _grades(model, each, since), **kept}
        case "forum":
            return {**kept, "discussions": _first_posts(model, module["instance"], since)}
        case "lesson":
            return {**kept, "usertimers": _timers(model, module["instance"], since)}
        case "data":
            rows = model.entries[module["instance"]]["entries"]
            return {**kept, "entries": [row["id"] for row in rows if row["timemodified"] > since]}
    return kept


def _submissions(each: Assignment, since: int) -> list[int]:
    found = []
    for hand_in in each.hand_ins.values():
        rows = [attempt["submission"] for attempt in hand_in.previous]
        rows += [] if hand_in.submission is None else [hand_in.submission]
        found += [row["id"] for row in rows if row["timemodified"] > since]
    return found


def _grades(model: MoodleModel, each: Assignment, since: int) -> list[int]:
    found = []
    for user, hand_in in each.hand_ins.items():
        if model.people[user].enrolled is not None:
            rows = [*hand_in.grades.values(), *(attempt.get("grade") or {} for attempt in hand_in.previous)]
            found += [row["id"] for row in rows if row and row["timemodified"] > since]
    return sorted(set(found))


def _first_posts(model: MoodleModel, forumid: int, since: int) -> list[int]:
    """The ids of the discussions' *first posts*: that is what Moodle gives, not ids of discussions."""
    rows = discussions_in_order(model.forums[forumid], order=1)
    return [row["id"] for row in rows if row["timemodified"] > since]


def _timers(model: MoodleModel, lessonid: int, since: int) -> list[int]:
    timers = [row for (lesson, _), rows in model.lesson_timers.items() if lesson == lessonid for row in rows]
    return sorted(row["id"] for row in timers if max(row["starttime"], row["lessontime"]) > since)
