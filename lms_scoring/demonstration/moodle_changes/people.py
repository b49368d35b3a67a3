"""Changes among people: enrolled, unenrolled, suspended, deleted, renamed. No update tells of any of them."""

from collections.abc import Iterator

from lms_scoring.demonstration.moodle_answers.assignments import dates_of
from lms_scoring.demonstration.moodle_model import HandIn, MoodleModel, Person, Row

ROLES = {"student": 5, "teacher": 4}


def enrol(
    model: MoodleModel,
    *,
    username: str,
    firstname: str,
    lastname: str,
    group: int,
    role: str = "student",
    idnumber: str = "",
) -> Row:
    """A new person joins a class; gives the user id."""
    user = 1 + max(*model.people, model.site_info["userid"])
    person = model.people[user] = Person(user)
    picture = f"{model.base_url}/theme/image.php/boost/core/1795285024/u/f"
    told = {
        "id": user,
        "username": username,
        "firstname": firstname,
        "lastname": lastname,
        "fullname": f"{firstname} {lastname}",
        "email": f"{username}@lc.example",
        "department": "",
        "idnumber": idnumber,
        **dict.fromkeys(("firstaccess", "lastaccess"), 0),
        "description": "",
        "descriptionformat": 1,
        "profileimageurlsmall": f"{picture}2",
        "profileimageurl": f"{picture}1",
    }
    described = next(each for each in model.groups if each["id"] == group)
    groups = [{k: described[k] for k in ("id", "name", "description", "descriptionformat")}]
    roles = [{"roleid": ROLES[role], "name": "", "shortname": role, "sortorder": 0}]
    courses = [{k: model.course[k] for k in ("id", "fullname", "shortname")}]
    person.enrolled = {
        **told,
        "lastcourseaccess": 0,
        "groups": groups,
        "roles": roles,
        "enrolledcourses": courses,
    }
    model.group_members[group].append(user)
    if role == "student":
        _make_learner(model, person, told)
    return {"user": user}


def add_group(model: MoodleModel, *, called: str) -> Row:
    """Another class, still empty; gives its id."""
    like = model.groups[-1]
    group = 1 + max(each["id"] for each in model.groups)
    model.groups.append({**like, "id": group, "name": called, "idnumber": ""})
    model.group_members[group] = []
    return {"group": group}


def unenrol(model: MoodleModel, *, user: int) -> None:
    """The person leaves; posts, grades, tracks and completion stay, lists forget."""
    person = _person(model, user)
    person.enrolled = person.gradable = person.participant = None
    model.grade_items.pop(user, None)
    for members in model.group_members.values():
        members[:] = [each for each in members if each != user]


def suspend_enrolment(model: MoodleModel, *, user: int, suspended: bool = True) -> None:
    """The person's enrolment is suspended, or active again."""
    _person(model, user).enrolment_suspended = suspended


def suspend_account(model: MoodleModel, *, user: int, suspended: bool = True) -> None:
    """The person's account is suspended, or active again."""
    _person(model, user).account_suspended = suspended


def delete_user(model: MoodleModel, *, user: int) -> None:
    """The account is deleted: as unenrolled, and as an author nameless from now on."""
    unenrol(model, user=user)
    _person(model, user).deleted = True
    for forum in model.forums.values():
        for discussion in forum.discussions.values():
            for post in discussion.posts:
                if post["author"]["id"] == user:
                    post["author"] |= {"fullname": "Deleted user", "isdeleted": True, "groups": []}


def rename(model: MoodleModel, *, user: int, firstname: str, lastname: str) -> None:
    """The person is called otherwise, everywhere."""
    person = _person(model, user)
    full = f"{firstname} {lastname}"
    for row in (person.enrolled, person.gradable, person.participant):
        if row is not None:
            row |= {"firstname": firstname, "lastname": lastname, "fullname": full}
    for row, name in _mentions(model, user):
        row[name] = full


def _make_learner(model: MoodleModel, person: Person, told: Row) -> None:
    like = next(each for each in model.people.values() if each.gradable is not None)
    person.gradable = {**(like.gradable or {}), **told}
    row = person.enrolled or {}
    groups = [{k: each[k] for k in ("id", "name", "description")} for each in row["groups"]]
    person.participant = {**told, "suspended": False, "trackforums": 0, "recordid": -1}
    person.participant |= {"groups": groups, "roles": row["roles"]}
    model.participant_order.append(person.id)
    model.completion[person.id] = []
    for assignment in model.assignments.values():
        dates = [
            hand_in.dates
            for user, hand_in in assignment.hand_ins.items()
            if hand_in.dates is not None and model.people[user].groups == person.groups
        ]
        assignment.hand_ins[person.id] = HandIn(dates=dates[0] if dates else dates_of(assignment.row))


def _mentions(model: MoodleModel, user: int) -> Iterator[tuple[Row, str]]:
    """Every row that names the person, and the field that does."""
    for forum in model.forums.values():
        for discussion in forum.discussions.values():
            for field, name in (("userid", "userfullname"), ("usermodified", "usermodifiedfullname")):
                if discussion.row[field] == user:
                    yield discussion.row, name
            for post in discussion.posts:
                if post["author"]["id"] == user:
                    yield post["author"], "fullname"
    for told in model.entries.values():
        yield from ((row, "fullname") for row in told["entries"] if row["userid"] == user)
    for told in model.lesson_overviews.values():
        yield from ((row, "fullname") for row in told["students"] if row["id"] == user)
    if user in model.grade_items:
        yield model.grade_items[user], "userfullname"


def _person(model: MoodleModel, user: int) -> Person:
    if user not in model.people:
        raise ValueError(f"there is no user {user}")
    return model.people[user]
