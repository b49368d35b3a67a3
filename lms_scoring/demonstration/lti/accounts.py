"""Who somebody is to the platform: accounts of the site, and what they may do in a course."""

from collections.abc import Iterator
from dataclasses import dataclass

from lms_scoring.demonstration.lti.state import Course
from lms_scoring.demonstration.moodle_answers.people import has_role
from lms_scoring.demonstration.moodle_model import MoodleModel, Person

SITE = 1
"""The front page is a course too, and everybody with an account is in it."""


@dataclass(frozen=True)
class Account:
    """An account of the site."""

    id: int
    username: str
    given: str
    family: str
    idnumber: str
    email: str

    @property
    def name(self) -> str:
        """As Moodle writes it in English: given name first."""
        return f"{self.given} {self.family}"


ADMINISTRATOR = Account(2, "admin", "Admin", "User", "", "admin@example.invalid")
MANAGER = Account(65, "manager1", "管理", "员", "", "manager1@lc.example")
UNENROLLED = (
    Account(1, "guest", "Guest user", " ", "", "root@localhost"),
    ADMINISTRATOR,
    Account(60, "tea058", "超", "胡", "LC240058", "tea058@lc.example"),
    MANAGER,
    Account(66, "svc_evidence", "Evidence", "Service", "", "svc@lc.example"),
)
"""Accounts that no list of the course's members has."""
STAFF_OF_SITE = frozenset({ADMINISTRATOR.id, MANAGER.id})


def account_of(model: MoodleModel, user: int) -> Account | None:
    """The account of that id; None where it is not known any more."""
    person = model.people.get(user)
    if person is not None and person.enrolled is not None:
        return _account(person)
    outside = (each for each in UNENROLLED if each.id == user)
    return None if person is not None and person.deleted else next(outside, None)


def may_sign_in(model: MoodleModel, user: int) -> bool:
    """Whether there is such an account and it is not suspended."""
    person = model.people.get(user)
    return account_of(model, user) is not None and not (person is not None and person.account_suspended)


def members_of(model: MoodleModel, course: int, known: Course | None) -> list[Account]:
    """The active members as the roster names them: by family name, given name, id."""
    if course == SITE:
        people = [account for user in _everybody(model) if (account := account_of(model, user))]
    else:
        people = [_account(each) for each in model.enrolled() if known and _takes_part(each, known)]
    return sorted(people, key=lambda each: (each.family.casefold(), each.given.casefold(), each.id))


def may_enter(model: MoodleModel, user: int, course: Course) -> bool:
    """Whether the person may launch from the course: managers everywhere, others while enrolled."""
    person = model.people.get(user)
    return user in STAFF_OF_SITE or (person is not None and _takes_part(person, course))


def is_learner(model: MoodleModel, user: int, course: Course) -> bool:
    """Whether the gradebook of the course has a row for the person; a suspended enrolment keeps it."""
    person = model.people.get(user)
    return person is not None and _belongs(person, course) and has_role(person, "student")


def teaches(model: MoodleModel, user: int) -> bool:
    """Whether launches call the person Instructor; tutors and managers alike."""
    person = model.people.get(user)
    return user in STAFF_OF_SITE or (person is not None and has_role(person, "teacher"))


def manages(user: int) -> bool:
    """Whether the person may change courses; rosters call nobody else Instructor."""
    return user in STAFF_OF_SITE


def groups_of(model: MoodleModel, user: int, course: Course) -> list[int]:
    """The classes of the person; a copied course has none."""
    person = model.people.get(user)
    return [] if person is None or course.members is not None else person.groups


def _everybody(model: MoodleModel) -> Iterator[int]:
    yield from {*model.people, *(each.id for each in UNENROLLED)}


def _belongs(person: Person, course: Course) -> bool:
    return person.enrolled is not None and (course.members is None or person.id in course.members)


def _takes_part(person: Person, course: Course) -> bool:
    return _belongs(person, course) and not person.enrolment_suspended


def _account(person: Person) -> Account:
    row = person.enrolled or {}
    return Account(
        person.id, row["username"], row["firstname"], row["lastname"], row["idnumber"], row["email"]
    )
