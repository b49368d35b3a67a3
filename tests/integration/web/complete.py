"""The school with nothing left out: platforms that launch it or wait, a gradebook, courses to be set up."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from itertools import count
from pathlib import Path

from flask.testing import FlaskClient

from lms_scoring.course_rules import shipped_schemes, written_scheme
from lms_scoring.course_sources import ACTIVITY_KINDS
from lms_scoring.domain import evidence as ev
from lms_scoring.domain.errors import UnknownScheme
from lms_scoring.domain.instants import SECOND
from lms_scoring.domain.registration import Approval, Registration
from lms_scoring.lti.refusal import LaunchRefused, Refusal
from lms_scoring.ports import KeptCourse, RunState, SendState, SoFar, SyncRequest
from lms_scoring.services.access.registrations import Registrar
from lms_scoring.services.deciding.close import close, reopen
from lms_scoring.services.following_up.troubles import platform_itself
from lms_scoring.services.scoring.assess import assess
from lms_scoring.services.scoring.rules import CourseRules
from lms_scoring.services.scoring.scheme_shelf import SchemeShelf
from lms_scoring.services.signing import Signature
from lms_scoring.services.unattended.first_sources import course_id
from lms_scoring.services.unattended.pulling import pull_next
from lms_scoring.store import SqlStore
from lms_scoring.web.launch.launching import Launching
from tests.fakes.sources import NamedSources
from tests.fixtures.courses.claimed import Supplying, unreachable
from tests.fixtures.courses.scripted import LRS
from tests.fixtures.pages import pages
from tests.given import AFTER, DAY, DUE, main_scheme
from tests.integration.launches.school import KnownKeys
from tests.integration.web.desk.presses import recommends
from tests.integration.web.doubtful import make_contested, make_doubtful
from tests.integration.web.forms import pressed, sent
from tests.integration.web.going_on import goes_on, trouble
from tests.integration.web.graded import make_graded, turned
from tests.integration.web.html_page import HtmlPage
from tests.integration.web.incomplete import make_incomplete
from tests.integration.web.registering import MOODLES, WAITING, own_keys
from tests.integration.web.school import (
    COORDINATOR,
    COURSE,
    FIRST,
    LEARNERS,
    RULES,
    SECOND_CLASS,
    SOURCE,
    TUTORS,
    Cast,
    Learner,
    School,
    StoppedClock,
    fill_school,
    home,
    open_school,
)
from tests.integration.web.setting_up.claiming import RULES_OF_NEW
from tests.integration.web.strays import make_strays
from tests.launches.course_page import CoursePage
from tests.launches.platform import CLIENT

BOTH = TUTORS[SECOND_CLASS]
"""A tutor who learns in another class."""
RARE = "moodle-12"
"""Somebody whose name no font has."""
DECIDED, UNDONE = "moodle-5", "moodle-7"
"""About whom a tutor decided, and about whom no more."""
READING = "lti1-reading"
"""A course that is being read for the first time."""
SPOILT, FAILING = "spoilt", "failing"
"""Courses whose rules cannot be read: for a reason that is told, and for one that nobody foresaw."""
KNOWN = "https://lms.continuing-education.normal-university.example.edu"
ANOTHER = "https://former.example.edu"
"""Platforms: one that waits to be approved, with a deployment that waits too, and one that was disabled."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CompleteSchool(School):
    """`course_page` is that of the platform that launches it."""

    course_page: CoursePage
    supplying: Supplying
    numbers: Iterator[int] = field(default_factory=lambda: count(1))

    def new_context(self) -> str:
        """What the platform calls a course that nobody was launched from yet."""
        return f"new-{next(self.numbers)}"

    def ask(self, context: str) -> None:
        """The platform's course is to be read, and nobody reads it."""
        asked = SyncRequest(course=course_id(1, context), source=SOURCE, asked_at=self.clock.now())
        with self.store.writing() as transaction:
            transaction.ask_for_sync(asked)

    def read(self) -> None:
        """Reads what is asked for of the platform's courses."""
        pull_next(self.supplying.shop(self.store, self.clock), SOURCE)

    @contextmanager
    def lasting(self) -> Iterator[None]:
        """Its programme is not over yet, for a while."""
        now, store = self.clock.time, self._silently()
        self.go_back(DUE - DAY)
        assess(RULES, store, clock=self.clock, everyone=True)
        try:
            yield
        finally:
            self.clock.time = now
            assess(RULES, store, clock=self.clock, everyone=True)
            store.close()

    @contextmanager
    def closed(self) -> Iterator[None]:
        """Its programme is closed for a while."""
        store = self._silently()
        signed = Signature(by=COORDINATOR, reason="培训已结束，成绩已核对")
        close(RULES, signed, store, clock=self.clock)
        try:
            yield
        finally:
            self.clock.go_on(SECOND)
            reopen(RULES, signed, store, clock=self.clock)
            store.close()

    def _silently(self) -> SqlStore:
        """Its store, without whoever is called by what changes there."""
        return SqlStore(self.store.engine.url.render_as_string())

    def set_up(self, context: str) -> None:
        """Somebody else sets the platform's course up."""
        with self.store.writing() as transaction:
            place = transaction.platform_course(1, context)
            assert place is not None
            transaction.keep_platform_course(replace(place, course=COURSE))


class _Courses(Mapping[str, CourseRules]):
    """The course of the school, those that were set up in the browser, and those that cannot be read."""

    def __getitem__(self, course: str) -> CourseRules:
        if course == SPOILT:
            raise UnknownScheme("no such scheme")
        if course == FAILING:
            raise ZeroDivisionError
        if course.startswith("lti1-"):
            return replace(RULES_OF_NEW, course=course)
        return {COURSE: RULES}[course]

    def __iter__(self) -> Iterator[str]:
        return iter([COURSE])

    def __len__(self) -> int:
        return 1


def fill_complete_school(file: Path) -> None:
    """Makes its database."""
    rare = Learner(id=RARE, name="王\ue000宇", class_=SECOND_CLASS, minutes=640)
    fill_school(file, Cast(learners=[*LEARNERS, rare]))
    school = open_school(file)
    make_doubtful(school)
    make_strays(school)
    make_contested(school)
    make_incomplete(school)
    make_graded(school)
    turned(school, SendState.OVERRIDDEN, "the gradebook has 95.00")
    recommends(school.signed_in(TUTORS[FIRST]))
    _decide(school)
    school.clock.go_on(SECOND)
    _learn_too(school)
    with school.store.writing() as transaction:
        scheme = main_scheme().fingerprint
        transaction.keep_course(KeptCourse(id=SPOILT, title="另一门课程", scheme=scheme, settings=""))
        transaction.keep_course(KeptCourse(id=FAILING, title="第三门课程", scheme=scheme, settings=""))
        pending = replace(
            WAITING,
            issuer=KNOWN,
            auth_url=f"{KNOWN}/mod/lti/auth.php",
            deployments={"7": Approval.PENDING, "8": Approval.ACTIVE},
        )
        transaction.keep_registration(pending, at=school.clock.now())
        reading = KeptCourse(id=READING, title="正在读取的课程", scheme=scheme, settings="")
        transaction.keep_course(reading)
        run = transaction.begin_run(READING, SOURCE, at=school.clock.now())
        transaction.keep_so_far(run, SoFar(done=12, expected=40))
        asked = SyncRequest(course=READING, source=LRS, asked_at=school.clock.now())
        transaction.ask_for_sync(asked)
        former = replace(WAITING, issuer=ANOTHER, token_audience=f"{ANOTHER}/token")
        transaction.keep_registration(replace(former, standing=Approval.DISABLED), at=school.clock.now())
    goes_on(school)
    trouble(school, concern=platform_itself(LRS), course=READING, reason="lrs: HTTP 503")
    school.close()


def open_complete_school(
    file: Path, *, ours: str = "http://localhost", platform: str = "https://moodle.example"
) -> CompleteSchool:
    """The pages over its database at the address `ours`, launched from another."""
    store, clock = SqlStore(f"sqlite:///{file}"), StoppedClock(AFTER + SECOND)
    with store.writing() as transaction:
        kept = transaction.registration(1)
        moved = replace(kept, issuer=platform, client_id=CLIENT, auth_url=f"{platform}/auth")
        transaction.keep_registration(moved, at=clock.now())
    registrar = Registrar(store=store, clock=clock, platforms=MOODLES)
    supplying = Supplying(lrs=unreachable(LRS))
    app = pages(
        store=store,
        courses=_Courses,
        clock=clock,
        public_url=ours,
        shelf=SchemeShelf(shipped=shipped_schemes(), read=written_scheme),
        sources=NamedSources(SOURCE, "lrs"),
        activity_kinds=ACTIVITY_KINDS,
        metrics_token="of-the-complete-school",
        launching=Launching(
            key_sets=KnownKeys(),
            own_keys=own_keys,
            registrar=registrar,
            register=_register,
            set_up=supplying.set_up(store, clock),
        ),
    )
    course_page = CoursePage(base=platform, ours=ours, now=clock.now)
    return CompleteSchool(store=store, app=app, clock=clock, course_page=course_page, supplying=supplying)


def _register(configuration_url: str, *, token: str | None) -> Registration:
    """Each address is that of another platform; one of them makes nothing of us."""
    if "refuses" in configuration_url:
        raise LaunchRefused(Refusal.CONFIGURATION, "as the test wants it")
    return replace(WAITING, client_id=configuration_url.rpartition("/")[2])


def _decide(school: School) -> None:
    """A tutor decided about a criterion of two, and undid one of them."""
    tutor = school.signed_in(TUTORS[FIRST])
    for person, reason in ((DECIDED, "核对了两遍，应得十五分"), (UNDONE, "看错了人")):
        path = f"/courses/{COURSE}/people/{person}/decisions"
        _confirmed(tutor, path, criterion="homework", action="override", points="15", reason=reason)
    school.clock.go_on(SECOND)
    path = f"/courses/{COURSE}/people/{UNDONE}/decisions"
    _confirmed(tutor, path, criterion="homework", action="restore", reason="恢复原来的结果")


def _confirmed(client: FlaskClient, path: str, **fields: str) -> None:
    """Shown the effect, somebody goes on."""
    shown = HtmlPage(sent(client, path, **fields).text)
    assert sent(client, path, **fields, seen=pressed(shown, "seen")).status_code == 303


def _learn_too(school: School) -> None:
    """A tutor learns in the other class."""
    learns = ev.Membership(
        id=f"m-{BOTH}-too",
        person=home(BOTH),
        role=ev.Role.LEARNER,
        class_=FIRST,
        status=ev.MembershipStatus.ACTIVE,
    )
    now = school.clock.now()
    with school.store.writing() as transaction:
        run = transaction.begin_run(COURSE, SOURCE, at=now)
        stored = transaction.keep_records(COURSE, SOURCE, [learns], run=run)
        transaction.end_run(run, at=now, state=RunState.DONE, kept=stored.kept)
    assess(RULES, school.store, clock=school.clock)
