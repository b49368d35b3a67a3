"""Answers about the site, the course, its people and groups."""

from typing import Any

from lms_scoring.demonstration.moodle_errors import (
    expired,
    invalid_parameter,
    invalid_record,
    not_open_yet,
    user_deleted,
)
from lms_scoring.demonstration.moodle_model import MoodleModel, Person, Row

USER_FIELDS = ("id", "username", "idnumber", "email")


def site_info(model: MoodleModel) -> Row:
    """Version, account and the functions of the service (the door cuts them to the token's service)."""
    return model.site_info


def courses_by_field(model: MoodleModel, *, field: str, value: str) -> Row:
    """The course, or nothing: an unknown course is no error here."""
    if field not in ("", "id", "ids", "shortname", "idnumber", "category"):
        raise invalid_parameter()
    course = model.course
    ours = {
        "": True,
        "id": value == str(course["id"]),
        "ids": str(course["id"]) in value.split(","),
        "category": value == str(course["categoryid"]),
        "shortname": value == course["shortname"],
        "idnumber": value == model.course_idnumber,
    }
    return {"courses": [course] if ours[field] else [], "warnings": []}


def course_contents(model: MoodleModel, *, courseid: int, options: list[Row]) -> list[Row]:
    """Sections and activities."""
    if courseid == 1:
        return []
    check_course(model, courseid)
    asked = {option["name"]: option["value"] for option in options}
    wanted = {k: v for k, v in asked.items() if k in ("cmid", "modname")}
    if not wanted:
        return model.sections
    kept = []
    for section in model.sections:
        modules = [
            module
            for module in section["modules"]
            if str(module["id"]) == wanted.get("cmid", str(module["id"]))
            and module["modname"] == wanted.get("modname", module["modname"])
        ]
        kept += [{**section, "modules": modules}] if modules else []
    return kept


def enrolled_users(model: MoodleModel, *, courseid: int, options: list[Row]) -> list[Row]:
    """Everybody enrolled, suspended ones too; unknown options are ignored in silence."""
    check_course(model, courseid)
    asked = {option["name"]: option["value"] for option in options}
    people = model.enrolled()
    if asked.get("onlyactive") == "1" and asked.get("onlysuspended") == "1":
        raise invalid_parameter()
    if asked.get("onlyactive") == "1":
        people = [person for person in people if not person.enrolment_suspended]
    if asked.get("onlysuspended") == "1":
        people = [person for person in people if person.enrolment_suspended]
    if int(asked.get("groupid", "0")):
        people = [person for person in people if int(asked["groupid"]) in person.groups]
    if asked.get("withcapability") == "mod/assign:submit":
        people = [person for person in people if has_role(person, "student")]
    people = _sorted(model, people, asked)
    people = page(people, skip=int(asked.get("limitfrom", "0")), limit=int(asked.get("limitnumber", "0")))
    rows = [person.enrolled for person in people if person.enrolled is not None]
    return _only_fields(rows, asked.get("userfields", ""))


def enrolled_with_capability(
    model: MoodleModel, *, coursecapabilities: list[Row], options: list[Row]
) -> list[Row]:
    """For each course and capability, who has it; only handing in work is told apart."""
    told = []
    for pair in coursecapabilities:
        check_course(model, pair["courseid"])
        for capability in pair["capabilities"]:
            learners_only = [{"name": "withcapability", "value": capability}, *options]
            users = enrolled_users(model, courseid=pair["courseid"], options=learners_only)
            told.append({"courseid": pair["courseid"], "capability": capability, "users": users})
    return told


def gradable_users(model: MoodleModel, *, courseid: int, groupid: int, onlyactive: bool) -> Row:
    """The learners, and whether their account is suspended."""
    check_course(model, courseid)
    users = []
    for _, person in sorted(model.people.items()):
        if person.gradable is None or (onlyactive and person.enrolment_suspended):
            continue
        if groupid and groupid not in person.groups:
            continue
        users.append({**person.gradable, "suspended": person.account_suspended})
    return {"users": users, "warnings": []}


def users_by_field(model: MoodleModel, *, field: str, values: list[str]) -> list[Row]:
    """Profiles; who is suspended from the course, unenrolled or deleted is dropped in silence."""
    if field not in USER_FIELDS:
        raise invalid_parameter()
    rows = []
    for person in model.enrolled():
        row = person.enrolled or {}
        if str(row[field]) in values and not (person.enrolment_suspended or person.deleted):
            rows.append(_profile(person))
    return rows


def course_groups(model: MoodleModel, *, courseid: int) -> list[Row]:
    """The classes."""
    check_course(model, courseid)
    return model.groups


def group_members(model: MoodleModel, *, groupids: list[int]) -> list[Row]:
    """User ids by class."""
    if any(group not in model.group_members for group in groupids):
        raise invalid_record("groups")
    return [{"groupid": group, "userids": model.group_members[group]} for group in groupids]


def user_groups(model: MoodleModel, *, courseid: int, userid: int, groupingid: int) -> Row:
    """The classes of one person; a warning when the person is not enrolled."""
    check_course(model, courseid)
    person = model.people.get(userid)
    if person is None or person.enrolled is None:
        message = f"User {userid} is not enrolled in course {courseid}"
        warning = {"item": "course", "itemid": courseid, "warningcode": "notenrolled", "message": message}
        return {"groups": [], "warnings": [warning]}
    kept = ("id", "name", "description", "descriptionformat", "idnumber", "courseid")
    rows = [{k: group[k] for k in kept} for group in model.groups if group["id"] in person.groups]
    return {"groups": [] if groupingid else rows, "warnings": []}


def check_course(model: MoodleModel, courseid: int) -> None:
    """Only the recorded course exists."""
    if courseid != model.course_id:
        raise invalid_record("course")


def check_not_deleted(model: MoodleModel, userid: int) -> None:
    """A deleted person is an error of its own."""
    person = model.people.get(userid)
    if person is not None and person.deleted:
        raise user_deleted()


def check_open(model: MoodleModel, *, opens: int, closes: int) -> None:
    """What is past its closing date is an error of its own, and what is not open yet another."""
    if opens > model.now():
        raise not_open_yet(opens)
    if 0 < closes < model.now():
        raise expired(closes)


def has_role(person: Person, role: str) -> bool:
    """Whether the person has that role in the course."""
    return person.enrolled is not None and any(each["shortname"] == role for each in person.enrolled["roles"])


def page(rows: list[Any], *, skip: int, limit: int) -> list[Any]:
    """A slice; a limit of 0 means everything. Beyond the end there is nothing."""
    return rows[skip : skip + limit] if limit else rows[skip:]


def _sorted(model: MoodleModel, people: list[Person], asked: dict[str, str]) -> list[Person]:
    if asked.get("sortby") == "siteorder":
        order = {user: place for place, user in enumerate(model.grading_order)}
        people = sorted(people, key=lambda person: order.get(person.id, len(order)))
    return people[::-1] if asked.get("sortdirection", "").upper() == "DESC" else people


def _only_fields(rows: list[Row], wanted: str) -> list[Row]:
    if not wanted:
        return rows
    names = {"id", "fullname", *(name.strip() for name in wanted.split(","))}
    return [{k: v for k, v in row.items() if k in names} for row in rows]


def _profile(person: Person) -> Row:
    row = person.enrolled or {}
    fields = [{**each, "displayvalue": each["value"]} for each in row.get("customfields", [])]
    told = {
        k: v for k, v in row.items() if k not in ("groups", "roles", "enrolledcourses", "lastcourseaccess")
    }
    account = {"auth": "manual", "suspended": person.account_suspended, "confirmed": True, "lang": "en"}
    display = {"theme": "", "timezone": "99", "mailformat": 1, "trackforums": 0}
    return {**told, **account, **display, **({"customfields": fields} if fields else {})}
