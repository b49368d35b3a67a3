"""Answers about assignments: hand-ins, grades, flags, participants and their dates."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from lms_scoring.demonstration.moodle_answers.people import check_not_deleted, has_role, page
from lms_scoring.demonstration.moodle_errors import (
    invalid_record,
    no_permission,
    user_filtered_out,
    user_not_in_course,
)
from lms_scoring.demonstration.moodle_model import Assignment, HandIn, MoodleModel, Person, Row

SITE_ZONE = ZoneInfo("Asia/Shanghai")
SUBMISSION_INTERNALS = ("assignment", "latest")
NOT_ENROLLED = "User is not enrolled or does not have requested capability"


def assignments(
    model: MoodleModel, *, courseids: list[int], includenotenrolledcourses: bool, **_: Any
) -> Row:
    """The assignments; the service account is not enrolled and must say that it wants them all the same."""
    courses = []
    warnings = []
    for courseid in courseids or [model.course_id]:
        if courseid == model.course_id and includenotenrolledcourses:
            rows = [each.row for each in model.assignments.values()]
            courses.append({**model.assignment_course, "assignments": rows})
        elif courseids:
            warnings.append(
                {"item": "course", "itemid": courseid, "warningcode": "2", "message": NOT_ENROLLED}
            )
    return {"courses": courses, "warnings": warnings}


def submissions(model: MoodleModel, *, assignmentids: list[int], status: str, since: int, before: int) -> Row:
    """The latest attempt of each enrolled person, ordered as Moodle does it: by person."""
    parts = []
    for each in _known(model, assignmentids):
        rows = []
        for user, hand_in in sorted(each.hand_ins.items()):
            row = hand_in.submission
            if row is None or model.people[user].enrolled is None or (status and row["status"] != status):
                continue
            if row["timemodified"] >= since and (not before or row["timemodified"] <= before):
                listed = {k: v for k, v in row.items() if k not in SUBMISSION_INTERNALS}
                rows.append({**listed, "gradingstatus": _grading_status(each, hand_in, user)})
        parts.append({"assignmentid": each.row["id"], "submissions": rows})
    return {"assignments": parts, "warnings": []}


def grades(model: MoodleModel, *, assignmentids: list[int], since: int) -> Row:
    """The grade of the latest attempt of everybody, the unenrolled and the deleted included."""

    def rows_of(each: Assignment) -> list[Row]:
        found = [hand_in.grade for hand_in in each.hand_ins.values()]
        return [row for row in found if row is not None and row["timemodified"] >= since]

    return _listed(model, assignmentids, name="grades", rows_of=rows_of, nothing="No grades found")


def user_flags(model: MoodleModel, *, assignmentids: list[int]) -> Row:
    """Locks and extensions."""

    def rows_of(each: Assignment) -> list[Row]:
        return list(each.flags.values())

    return _listed(model, assignmentids, name="userflags", rows_of=rows_of, nothing="No user flags found")


def list_participants(model: MoodleModel, *, assignid: int, groupid: int, **asked: Any) -> list[Row]:
    """The active learners and where their hand-in stands."""
    each = _one(model, assignid)
    found = asked["filter"].lower()
    people = [person for person in model.participants() if not groupid or groupid in person.groups]
    people = [person for person in people if found in (person.participant or {})["fullname"].lower()]
    rows = []
    for person in page(people, skip=asked["skip"], limit=asked["limit"]):
        row = dict(person.participant or {})
        if asked["onlyids"]:
            row = {name: row[name] for name in ("id", "fullname", "recordid")}
        elif asked["includeenrolments"] and person.enrolled is not None:
            row["enrolledcourses"] = person.enrolled.get("enrolledcourses", [])
        rows.append({**row, **_facts(each, person.id)})
    return rows


def participant(model: MoodleModel, *, assignid: int, userid: int, embeduser: bool) -> Row:
    """One learner with the effective dates, overrides in, extension out."""
    each = _one(model, assignid)
    person = model.people.get(userid)
    if person is None or person.enrolment_suspended or not has_role(person, "student"):
        raise user_not_in_course()
    if person.account_suspended or person.participant is None:
        raise user_filtered_out()
    told = {"id": userid, "fullname": person.participant["fullname"], **_facts(each, userid)}
    told |= {"blindmarking": False, **effective_dates(each, userid)}
    return {**told, "user": person.participant} if embeduser else told


def submission_status(model: MoodleModel, *, assignid: int, userid: int, **_: Any) -> Row:
    """One person's latest attempt, earlier attempts and feedback."""
    each = _one(model, assignid)
    check_not_deleted(model, userid)
    person = model.people.get(userid)
    if person is None or person.enrolled is None:
        raise no_permission()
    told: Row = {"gradingsummary": _summary(model, each)}
    if has_role(person, "student"):
        hand_in = each.hand_ins.get(userid, HandIn())
        told["lastattempt"] = _last_attempt(model, each, hand_in, person)
        if hand_in.feedback is not None:
            told["feedback"] = _feedback(hand_in)
        if hand_in.previous:
            told["previousattempts"] = hand_in.previous
    return told | {"assignmentdata": {"attachments": {"intro": []}}, "warnings": []}


def effective_dates(each: Assignment, user: int) -> Row:
    """The dates that hold for one person: recorded ones, else the assignment's own."""
    hand_in = each.hand_ins.get(user)
    if hand_in is not None and hand_in.dates is not None:
        return hand_in.dates
    return dates_of(each.row)


def dates_of(row: Row) -> Row:
    """The dates of an assignment's row, with the due date in words in the site's time zone."""
    due = datetime.fromtimestamp(row["duedate"], SITE_ZONE)
    words = f"{due.day} {due:%B %Y}, {due.hour % 12 or 12}:{due:%M %p}"
    return {
        "allowsubmissionsfromdate": row["allowsubmissionsfromdate"],
        "duedate": row["duedate"],
        "cutoffdate": row["cutoffdate"],
        "duedatestr": words,
    }


def _known(model: MoodleModel, assignmentids: list[int]) -> list[Assignment]:
    """Unknown assignments are left out without a word."""
    return [model.assignments[each] for each in assignmentids if each in model.assignments]


def _one(model: MoodleModel, assignid: int) -> Assignment:
    if assignid not in model.assignments:
        raise invalid_record("assign")
    return model.assignments[assignid]


def _listed(
    model: MoodleModel,
    assignmentids: list[int],
    *,
    name: str,
    rows_of: Callable[[Assignment], list[Row]],
    nothing: str,
) -> Row:
    parts = []
    warnings = []
    for each in _known(model, assignmentids):
        number = each.row["id"]
        rows = sorted(rows_of(each), key=lambda row: int(row["id"]))
        if rows:
            parts.append({"assignmentid": number, name: rows})
        else:
            warnings.append({"item": "assignment", "itemid": number, "warningcode": "3", "message": nothing})
    return {"assignments": parts, "warnings": warnings}


def _grading_status(each: Assignment, hand_in: HandIn, user: int) -> str:
    """Where marks have a workflow, its state, whether there is a mark or not."""
    if each.row["markingworkflow"]:
        return str(each.flags.get(user, {}).get("workflowstate") or "notmarked")
    return "notgraded" if hand_in.grade is None else "graded"


def _facts(each: Assignment, user: int) -> Row:
    hand_in = each.hand_ins.get(user, HandIn())
    submitted = hand_in.status == "submitted"
    return {
        "submitted": submitted,
        "requiregrading": submitted and hand_in.grade is None,
        "grantedextension": each.extension(user) not in (None, 0),
        "submissionstatus": hand_in.status,
    }


def _summary(model: MoodleModel, each: Assignment) -> Row:
    # Moodle counts hand-ins of suspended accounts, though it does not count their owners as participants.
    counted = [*model.participants(), *filter(_has_suspended_account, model.enrolled())]
    facts = [_facts(each, person.id) for person in counted]
    return {
        "participantcount": len(model.participants()),
        "submissiondraftscount": sum(fact["submissionstatus"] == "draft" for fact in facts),
        "submissionsenabled": True,
        "submissionssubmittedcount": sum(fact["submitted"] for fact in facts),
        "submissionsneedgradingcount": sum(fact["requiregrading"] for fact in facts),
        "warnofungroupedusers": "",
    }


def _has_suspended_account(person: Person) -> bool:
    return person.account_suspended and not person.enrolment_suspended


def _last_attempt(model: MoodleModel, each: Assignment, hand_in: HandIn, person: Person) -> Row:
    graded = hand_in.grade is not None
    told: Row = {} if hand_in.submission is None else {"submission": hand_in.submission}
    return told | {
        "submissiongroupmemberswhoneedtosubmit": [],
        "submissionsenabled": True,
        "locked": bool(each.flags.get(person.id, {}).get("locked", 0)),
        "graded": graded,
        "canedit": False,
        "caneditowner": _can_edit(model, each, hand_in, person.id),
        "cansubmit": False,
        "extensionduedate": each.extension(person.id),
        "timelimit": 0,
        "blindmarking": False,
        "gradingstatus": _grading_status(each, hand_in, person.id),
        "usergroups": person.groups,
    }


def _can_edit(model: MoodleModel, each: Assignment, hand_in: HandIn, user: int) -> bool:
    """Until the cut-off or the extension, and not once it is handed in where handing in is final."""
    flags = each.flags.get(user, {})
    cutoff = max(effective_dates(each, user)["cutoffdate"], flags.get("extensionduedate", 0))
    is_final = hand_in.status == "submitted" and each.row["submissiondrafts"] == 1
    return not (flags.get("locked", 0) or is_final or 0 < cutoff < model.now())


def _feedback(hand_in: HandIn) -> Row:
    told: dict[str, Any] = {}
    if hand_in.grade is not None and hand_in.submission is not None:
        told["grade"] = {**hand_in.grade, "assignment": hand_in.submission["assignment"]}
    return told | (hand_in.feedback or {})
