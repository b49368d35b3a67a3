"""Changes in assignments: work handed in, reopened and graded, dates and extensions moved."""

from collections.abc import Iterator
from html import escape

from lms_scoring.demonstration.moodle_answers.assignments import dates_of
from lms_scoring.demonstration.moodle_model import Assignment, HandIn, MoodleModel, Row

TUTOR = 2
"""Who graded in the recording: the account with the user id 2."""


def hand_in(
    model: MoodleModel,
    *,
    assignment: int,
    user: int,
    text: str = "",
    draft: bool = False,
    at: int | None = None,
) -> Row:
    """Somebody saves a draft or hands in; gives the id and the number of the attempt."""
    at = model.now() if at is None else at
    each = _assignment(model, assignment)
    record = each.hand_ins.setdefault(user, HandIn())
    if record.submission is None:
        record.submission = _submission(model, assignment=assignment, user=user, attempt=0, at=at)
    status = "draft" if draft else "submitted"
    record.submission |= {"timemodified": at, "status": status, "plugins": _plugins(text)}
    return {"submission": record.submission["id"], "attempt": record.attempt}


def reopen(model: MoodleModel, *, assignment: int, user: int, at: int | None = None) -> Row:
    """The tutor lets somebody try again; the attempt so far becomes an earlier one, with its grade."""
    at = model.now() if at is None else at
    record = _record(model, assignment, user)
    earlier = record.submission
    if earlier is None:
        raise ValueError(f"user {user} has handed in nothing in assignment {assignment}")
    words = (record.feedback or {}).get("gradefordisplay", "-")
    grade = (
        None if record.grade is None else {**record.grade, "assignment": assignment, "gradefordisplay": words}
    )
    plugins = (record.feedback or {}).get("plugins", [])
    earlier["latest"] = 0
    attempt = {"attemptnumber": record.attempt, "submission": earlier, "feedbackplugins": plugins}
    record.previous.append(attempt if grade is None else {**attempt, "grade": grade})
    if record.feedback is not None:
        record.feedback.pop("plugins", None)
    number = record.attempt + 1
    record.submission = _submission(model, assignment=assignment, user=user, attempt=number, at=at)
    record.submission["status"] = "reopened"
    return {"submission": record.submission["id"], "attempt": number}


def grade(
    model: MoodleModel,
    *,
    assignment: int,
    user: int,
    grade: float,
    grader: int = TUTOR,
    comment: str = "",
    at: int | None = None,
) -> Row:
    """The tutor grades the latest attempt: points, or the 1-based number of a scale's word."""
    at = model.now() if at is None else at
    each = _assignment(model, assignment)
    record = _record(model, assignment, user)
    known = record.grade
    number = known["id"] if known is not None else 1 + max(_grade_ids(model))
    row = {"id": number, "userid": user, "attemptnumber": record.attempt, "timecreated": at}
    row |= {} if known is None else {"timecreated": known["timecreated"]}
    row |= {"timemodified": at, "grader": grader, "grade": f"{grade:.5f}"}
    record.grades[record.attempt] = row
    words = _words(model, each, grade)
    record.feedback = {"gradefordisplay": words, "gradeddate": at, "plugins": _comment(comment)}
    each.flags.setdefault(user, _flags(each, user))
    _into_gradebook(model, each, user, grade=grade, words=words, at=at)
    return {"grade": number}


def mark_in_steps(model: MoodleModel, *, assignment: int, at: int | None = None) -> None:
    """Marks of the assignment get a workflow: nobody's is released yet."""
    each = _assignment(model, assignment)
    each.row |= {"markingworkflow": 1, "timemodified": model.now() if at is None else at}
    model.configured[each.row["cmid"]] = each.row["timemodified"]


def set_marking_state(
    model: MoodleModel, *, assignment: int, user: int, state: str, at: int | None = None
) -> None:
    """A mark is in review, ready for release, released …; its row is written anew with each step."""
    each = _assignment(model, assignment)
    each.flags.setdefault(user, _flags(each, user))["workflowstate"] = state
    grade = _record(model, assignment, user).grade
    if grade is not None:
        grade["timemodified"] = model.now() if at is None else at


def extend(model: MoodleModel, *, assignment: int, user: int, until: int) -> None:
    """The tutor grants more time, until that second; 0 takes it back."""
    each = _assignment(model, assignment)
    each.flags.setdefault(user, _flags(each, user))["extensionduedate"] = until


def move_due_date(
    model: MoodleModel,
    *,
    assignment: int,
    due: int,
    group: int | None = None,
    user: int | None = None,
    at: int | None = None,
) -> None:
    """The due date of everybody, or of one class or person by an override, becomes another."""
    each = _assignment(model, assignment)
    if group is None and user is None:
        each.row |= {"duedate": due, "timemodified": model.now() if at is None else at}
        model.configured[each.row["cmid"]] = each.row["timemodified"]
    for person in model.participants():
        if (group is None or group in person.groups) and user in (None, person.id):
            dates = dates_of({**each.row, "duedate": due})
            each.hand_ins.setdefault(person.id, HandIn()).dates = dates


def _assignment(model: MoodleModel, number: int) -> Assignment:
    if number not in model.assignments:
        raise ValueError(f"there is no assignment {number}")
    return model.assignments[number]


def _record(model: MoodleModel, assignment: int, user: int) -> HandIn:
    record = _assignment(model, assignment).hand_ins.get(user)
    if record is None:
        raise ValueError(f"user {user} has nothing in assignment {assignment}")
    return record


def _submission(model: MoodleModel, *, assignment: int, user: int, attempt: int, at: int) -> Row:
    return {
        "id": 1 + max(_submission_ids(model)),
        "userid": user,
        "attemptnumber": attempt,
        "timecreated": at,
        "timemodified": at,
        "timestarted": None,
        "status": "new",
        "groupid": 0,
        "assignment": assignment,
        "latest": 1,
        "plugins": _plugins(""),
    }


def _plugins(text: str) -> list[Row]:
    body = f"<p>{escape(text)}</p>" if text else ""
    field = {"name": "onlinetext", "description": "Online text submissions", "text": body}
    online = {
        "type": "onlinetext",
        "name": "Online text",
        "fileareas": [{"area": "submissions_onlinetext", "files": []}],
        "editorfields": [{**field, "format": 1 if text else 0}],
    }
    return [online, {"type": "comments", "name": "Submission comments"}]


def _comment(text: str) -> list[Row]:
    field = {"name": "comments", "description": "Feedback comments", "text": text, "format": 1 if text else 0}
    areas = [{"area": "feedback", "files": []}]
    return [{"type": "comments", "name": "Feedback comments", "fileareas": areas, "editorfields": [field]}]


def _flags(each: Assignment, user: int) -> Row:
    number = 1 + max((row["id"] for row in each.flags.values()), default=0)
    state = {"locked": 0, "mailed": 0, "extensionduedate": 0, "workflowstate": "", "allocatedmarker": 0}
    return {"id": number, "userid": user, **state}


def _words(model: MoodleModel, each: Assignment, grade: float) -> str:
    if each.row["grade"] < 0:
        values = model.scales[-each.row["grade"]]
        return str(next(value["name"] for value in values if value["id"] == int(grade)))
    return f"{grade:.2f}&nbsp;/&nbsp;{each.row['grade']:.2f}"


def _into_gradebook(
    model: MoodleModel, each: Assignment, user: int, *, grade: float, words: str, at: int
) -> None:
    for item in model.grade_items.get(user, {}).get("gradeitems", []):
        if item.get("cmid") == each.row["cmid"]:
            formatted = words if each.row["grade"] < 0 else f"{grade:.2f}"
            share = (grade - item["grademin"]) / (item["grademax"] - item["grademin"])
            item |= {"graderaw": grade, "gradeformatted": formatted, "gradedategraded": at}
            item["percentageformatted"] = f"{100 * share:.2f} %"
            item.pop("status", None)


def _records(model: MoodleModel) -> Iterator[HandIn]:
    for each in model.assignments.values():
        yield from each.hand_ins.values()


def _submission_ids(model: MoodleModel) -> Iterator[int]:
    for record in _records(model):
        yield from (attempt["submission"]["id"] for attempt in record.previous)
        if record.submission is not None:
            yield record.submission["id"]
    for (_, name), items in model.touched.items():
        if name == "usersubmissions":
            yield from items


def _grade_ids(model: MoodleModel) -> Iterator[int]:
    for record in _records(model):
        yield from (row["id"] for row in record.grades.values())
        yield from (attempt["grade"]["id"] for attempt in record.previous if attempt.get("grade"))
