"""The installation under load: three courses read from one platform, open now, and who is in them."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from importlib.resources import files
from itertools import cycle, islice
from pathlib import Path

from lms_scoring.bootstrap import Installation
from lms_scoring.cli.demo_launches import join_moodle
from lms_scoring.course_rules import adopt_file
from lms_scoring.domain.evidence import Membership, MembershipStatus, Role
from lms_scoring.domain.instants import HOUR
from lms_scoring.files.course_folder import course_files
from lms_scoring.ports import Launched, Passback, Visitor
from lms_scoring.services.gradebook.switch_passback import switch_passback
from lms_scoring.web.access.credentials import digest_of
from lms_scoring.web.launch.launcher import IDLE
from tests.fixtures.courses.scripted import NOTHING_TO_WAIT_FOR
from tests.soak.platform import Platform

_SCHEMES = {
    "lc2024": "longcheng-2024",
    "lc2024-scorm": "longcheng-2024",
    "lc2024-bands": "prefecture-three-bands",
}
_READ_AS = {"lc2024-bands": "lc2024"}
COURSES = tuple(_SCHEMES)
"""Study time from the record store, from SCORM packages, and with three bands instead of two results."""
SENDING = "lc2024"
"""The course that the platform's Moodle knows as its tool's, and takes grades from."""
_SCHEDULE = '\n[schedule]\ncron = "* * * * *"\n'
"""As often as there is: every minute."""
_STILL_OPEN = timedelta(days=30)
_SESSIONS_LAST = 12 * HOUR
_SHIPPED = files("config")


@dataclass(frozen=True, slots=True, kw_only=True)
class Seat:
    """Somebody at a browser: whose session it is, and what of a course it is for."""

    course: str
    person: str
    role: str
    secret: str = field(repr=False)


def write_course_files(folder: Path) -> None:
    """The shipped course files and schemes, with a window that is still open."""
    schemes = folder / "schemes"
    schemes.mkdir(parents=True)
    last = f"last = {(datetime.now(UTC) + _STILL_OPEN):%Y-%m-%d}"
    for name in set(_SCHEMES.values()):
        text = _shipped("schemes", name).replace("last = 2024-12-15", last)
        (schemes / f"{name}.toml").write_text(text, encoding="utf-8")
    for course, scheme in _SCHEMES.items():
        text = _shipped("courses", _READ_AS.get(course, course))
        for line, changed in (
            (f'id = "{_READ_AS.get(course, course)}"', f'id = "{course}"'),
            ('scheme = "longcheng-2024"', f'scheme = "schemes/{scheme}.toml"'),
        ):
            assert line in text
            text = text.replace(line, changed)
        (folder / f"{course}.toml").write_text(text + _SCHEDULE, encoding="utf-8")


def open_courses(installation: Installation, platform: Platform) -> None:
    """Adopts the course files; the first course's grades go to the platform's gradebook."""
    folder = installation.settings.courses
    for file in course_files(folder).right.values():
        adopt_file(file, installation.store, folder=folder, clock=installation.clock)
    join_moodle(installation, platform.moodle, course=SENDING)
    switch_passback(
        SENDING, Passback.SCORE, installation.store, clock=installation.clock, reading=NOTHING_TO_WAIT_FOR
    )


def seats(installation: Installation, *, learners: int, tutors: int) -> list[Seat]:
    """So many people of all courses in turn, with sessions as launches begin them."""
    found = []
    for role, wanted in ((Role.LEARNER, learners), (Role.TUTOR, tutors)):
        for course, one in islice(_in_turn(installation, role), wanted):
            found.append(_sit_down(installation, course, one))
    return found


def _in_turn(installation: Installation, role: Role) -> Iterator[tuple[str, Membership]]:
    """One of each course after the other; where more are wanted than there are, some sit down twice."""
    lists = []
    with installation.store.reading() as transaction:
        for course in COURSES:
            members = transaction.memberships(course)
            there = [one for one in members if one.role is role and one.status is MembershipStatus.ACTIVE]
            lists.append(cycle((course, one) for one in there))
    while True:
        for course_members in lists:
            yield next(course_members)


def _sit_down(installation: Installation, course: str, member: Membership) -> Seat:
    secret, now = secrets.token_urlsafe(32), installation.clock.now()
    launched = Launched(
        registration=1,
        context="2",
        subject=member.person.rpartition("-")[2],
        course=course,
        learner=member.role is Role.LEARNER,
        staff=member.role is Role.TUTOR,
    )
    visitor = Visitor(person=member.person, launched=launched)
    with installation.store.writing() as transaction:
        transaction.keep_session(
            digest_of(secret), visitor, at=now, expires_at=now + _SESSIONS_LAST, idle=IDLE
        )
    return Seat(course=course, person=member.person, role=member.role.value, secret=secret)


def _shipped(folder: str, name: str) -> str:
    return (_SHIPPED / folder / f"{name}.toml").read_text(encoding="utf-8")
