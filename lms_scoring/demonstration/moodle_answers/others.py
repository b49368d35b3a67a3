"""Answers about the other activities: lessons, databases, blog, H5P, completion, grade items, scales."""

from typing import Any

from lms_scoring.demonstration.moodle_answers.people import check_course, check_not_deleted, check_open
from lms_scoring.demonstration.moodle_answers.people import page as page_of
from lms_scoring.demonstration.moodle_errors import invalid_record, user_not_in_course
from lms_scoring.demonstration.moodle_model import MoodleModel, Row


def lessons_by_courses(model: MoodleModel, *, courseids: list[int]) -> Row:
    """The lessons."""
    return {"lessons": model.lessons if _ours(model, courseids) else [], "warnings": []}


def lesson_overview(model: MoodleModel, *, lessonid: int, groupid: int) -> Row:
    """The attempts of all whose enrolment is active at once."""
    if lessonid not in model.lesson_overviews:
        raise invalid_record("lesson")
    told = model.lesson_overviews[lessonid]
    shown = {person.id for person in model.enrolled() if not person.enrolment_suspended}
    if groupid:
        shown &= set(model.group_members.get(groupid, []))
    rows = [row for row in told["students"] if row["id"] in shown]
    return {"data": {**told, "students": rows}, "warnings": []}


def lesson_timers(model: MoodleModel, *, lessonid: int, userid: int) -> Row:
    """One person's sessions; without a person the caller's own, which are none."""
    if lessonid not in model.lesson_overviews:
        raise invalid_record("lesson")
    check_not_deleted(model, userid)
    return {"timers": model.lesson_timers.get((lessonid, userid), []), "warnings": []}


def databases_by_courses(model: MoodleModel, *, courseids: list[int]) -> Row:
    """The database activities."""
    return {"databases": model.databases if _ours(model, courseids) else [], "warnings": []}


def data_entries(
    model: MoodleModel, *, databaseid: int, groupid: int, returncontents: bool, **asked: Any
) -> Row:
    """The entries, unapproved ones too; without ``returncontents`` only their heads.

    Outside its dates a database gives nothing to an account that may not manage its entries.
    """
    if databaseid not in model.entries:
        raise invalid_record("data")
    row = next(each for each in model.databases if each["id"] == databaseid)
    check_open(model, opens=row["timeavailablefrom"], closes=row["timeavailableto"])
    told = model.entries[databaseid]
    rows = [row for row in told["entries"] if not groupid or row["groupid"] in (groupid, 0)]
    answer = {**told, "totalcount": len(rows)}
    rows = rows[::-1] if asked["order"].upper() == "DESC" else rows
    rows = page_of(rows, skip=asked["page"] * asked["perpage"], limit=asked["perpage"])
    if not returncontents:
        rows = [{k: v for k, v in row.items() if k != "contents"} for row in rows]
        answer.pop("listviewcontents")
    return {**answer, "entries": rows}


def blog_entries(model: MoodleModel, *, filters: list[Row], page: int, perpage: int) -> Row:
    """Blog entries of the site, filtered."""
    asked = {each["name"]: each["value"] for each in filters}
    rows = model.blog_entries
    if asked.get("courseid") == str(model.course_id):
        rows = [row for row in rows if row["id"] in model.course_blog_ids]
    elif "courseid" in asked:
        rows = []
    if "userid" in asked:
        rows = [row for row in rows if str(row["userid"]) == asked["userid"]]
    shown = page_of(rows, skip=page * perpage, limit=perpage)
    return {"entries": shown, "totalentries": len(rows), "warnings": []}


def h5p_by_courses(model: MoodleModel, *, courseids: list[int]) -> Row:
    """The H5P activities."""
    return model.h5p if _ours(model, courseids) else {**model.h5p, "h5pactivities": []}


def h5p_attempts(model: MoodleModel, *, h5pactivityid: int, page: int, perpage: int, **_: Any) -> Row:
    """All learners' attempts with their durations."""
    if h5pactivityid not in model.h5p_attempts:
        raise invalid_record("h5pactivity")
    told = model.h5p_attempts[h5pactivityid]
    rows = told["usersattempts"]
    if page >= 0:
        rows = page_of(rows, skip=page * perpage, limit=perpage)
    return {**told, "usersattempts": rows}


def activities_completion(model: MoodleModel, *, courseid: int, userid: int) -> Row:
    """One person's ticks; the unenrolled are still answered for."""
    check_course(model, courseid)
    check_not_deleted(model, userid)
    if userid not in model.completion:
        raise user_not_in_course()
    return {"statuses": model.completion[userid], "warnings": []}


def grade_items(model: MoodleModel, *, courseid: int, userid: int, groupid: int) -> Row:
    """The gradebook, of everybody or of one person."""
    check_course(model, courseid)
    rows = [model.grade_items[user] for user in model.grading_order if user in model.grade_items]
    if userid:
        rows = [row for row in rows if row["userid"] == userid]
    if groupid:
        rows = [row for row in rows if groupid in model.people[row["userid"]].groups]
    return {"usergrades": rows, "warnings": []}


def scale_values(model: MoodleModel, *, scaleid: int) -> list[Row]:
    """The words of a scale; a grade is the 1-based number of one."""
    if scaleid not in model.scales:
        raise invalid_record("scale")
    return model.scales[scaleid]


def _ours(model: MoodleModel, courseids: list[int]) -> bool:
    return not courseids or model.course_id in courseids
