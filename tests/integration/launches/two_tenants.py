"""Two institutions in one database, each with two courses of two classes; every text in them is marked.

A mark says whose it is: `zqT1C1AP3qz` is the name of learner 3 in class A of course 1 of tenant 1. Both
institutions use the same ids for everything, so that nothing but the tenant keeps their rows apart.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path

from lms_scoring.domain import evidence as ev
from lms_scoring.domain.doubts.doubt import Doubt, Family, Ground, GroundKind
from lms_scoring.domain.identity import KnownPerson
from lms_scoring.domain.proceedings.case import opened
from lms_scoring.domain.proceedings.dispute import Contested, raised
from lms_scoring.domain.quarantine import set_aside
from lms_scoring.domain.registration import Approval, Registration
from lms_scoring.ports import (
    Activity,
    CaseText,
    CaseTexts,
    Grant,
    Kept,
    KeptCourse,
    KeptScheme,
    Passback,
    PlatformCourse,
    Problem,
    ProblemKind,
    RunState,
    Scope,
    Store,
    Transaction,
)
from lms_scoring.services.scoring.assess import assess
from lms_scoring.services.scoring.rules import CourseRules
from lms_scoring.store import SqlStore
from tests.fixtures.databases import empty_database
from tests.given import DAY, DUE, START, main_scheme, shipped
from tests.integration.web.school import BINDINGS, SOURCE, StoppedClock, home
from tests.launches.platform import CLIENT, DEPLOYMENT, ISSUER

ONE, TWO, THEIRS = "c1", "c2", "c9"
"""Our courses; the last is only the other institution's."""
CONTEXTS = {"2": ONE, "3": TWO, "42": None, "9": THEIRS}
"""The platform's courses, and which of ours they are; nobody set up the third."""
TRAINING = CourseRules(
    course=ONE, scheme=main_scheme(), bindings=BINDINGS, sources=frozenset({SOURCE, "lrs"})
)


def mark(place: str) -> str:
    """A text that is nowhere else; the place is tenant, course, class and person as far as they go."""
    return f"zq{place}qz"


def marks_in(text: str) -> set[str]:
    """The places whose marks are in the text."""
    return set(re.findall(r"zq([A-Z0-9]+)qz", text))


@dataclass(frozen=True, slots=True, kw_only=True)
class Someone:
    """A person of the rosters. `class_` is the letter of the class; learners' ids are below 30."""

    id: int
    course: str
    class_: str

    @property
    def key(self) -> str:
        return f"moodle-{self.id}"

    @property
    def guides(self) -> bool:
        return self.id > 30

    @property
    def role(self) -> ev.Role:
        return ev.Role.TUTOR if self.guides else ev.Role.LEARNER

    def place(self, tenant: int) -> str:
        return f"T{tenant}{self.course.upper()}{self.class_}P{self.id}"


ROSTER = (
    Someone(id=3, course=ONE, class_="A"),
    Someone(id=4, course=ONE, class_="A"),
    Someone(id=31, course=ONE, class_="A"),
    Someone(id=8, course=ONE, class_="B"),
    Someone(id=32, course=ONE, class_="B"),
    Someone(id=13, course=TWO, class_="D"),
    Someone(id=33, course=TWO, class_="D"),
    Someone(id=23, course=THEIRS, class_="E"),
    Someone(id=34, course=THEIRS, class_="E"),
)
GUIDES = {one.class_: one.id for one in ROSTER if one.guides}
"""By class, whose it is."""
OF_ALL = "moodle-50"
"""Administrator of each institution."""
COORDINATORS = {ONE: "moodle-40", TWO: "moodle-41", THEIRS: "moodle-42"}


def stray_of(tenant: int, course: str) -> str:
    """An account of the course that no roster names."""
    return home(mark(f"T{tenant}{course.upper()}S1"))


def roster_of(tenant: int) -> list[Someone]:
    """The second institution has a course more."""
    return [one for one in ROSTER if tenant == 2 or one.course != THEIRS]


def fill_two_tenants(file: Path) -> None:
    """Makes the database with both institutions in it, everything scored."""
    empty_database(file)
    clock = StoppedClock()
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute("INSERT INTO tenant (id, name) VALUES (2, 'the other one')")
    for tenant in (1, 2):
        store = SqlStore(f"sqlite:///{file}", tenant=tenant)
        courses = [course for course in (ONE, TWO, THEIRS) if tenant == 2 or course != THEIRS]
        with store.writing() as transaction:
            _fill_institution(transaction, tenant, clock.now())
            for course in courses:
                _fill_course(transaction, tenant, course, clock.now())
            _fill_places(transaction, tenant, clock.now())
        for course in courses:
            assess(replace(TRAINING, course=course), store, clock=clock)
        with store.writing() as transaction:
            for course in courses:
                _fill_proceedings(transaction, tenant, course, clock.now())
                _lose_posts(transaction, course, clock.now())
                _delay_grades(transaction, course, clock.now())
        store.close()


def courses_in(store: Store) -> Mapping[str, CourseRules]:
    """The rules of every course that the store has, as an installation would read them."""
    with store.reading() as transaction:
        return {course.id: replace(TRAINING, course=course.id) for course in transaction.courses()}


def _fill_institution(transaction: Transaction, tenant: int, now: int) -> None:
    scheme = main_scheme()
    text = shipped("longcheng-2024").text
    transaction.keep_scheme(KeptScheme(fingerprint=scheme.fingerprint, name=scheme.id, text=text))
    transaction.keep_grant(Grant(person=OF_ALL, role="administrator", course=None))
    people = {one.key: one.place(tenant) for one in roster_of(tenant)}
    people |= {key: f"T{tenant}{course.upper()}K" for course, key in COORDINATORS.items()}
    transaction.keep_people(
        [KnownPerson(id=key, name=mark(place), accounts=(home(key),)) for key, place in people.items()]
    )
    for client, standing in ((CLIENT, Approval.ACTIVE), (f"other {mark(f'T{tenant}')}", Approval.PENDING)):
        transaction.keep_registration(
            Registration(
                issuer=ISSUER,
                client_id=client,
                auth_url=f"{ISSUER}/mod/lti/auth.php",
                token_url=f"{ISSUER}/mod/lti/token.php",
                jwks_url=f"{ISSUER}/mod/lti/certs.php",
                standing=standing,
                platform=SOURCE if standing is Approval.ACTIVE else None,
                deployments={DEPLOYMENT: Approval.ACTIVE, mark(f"T{tenant}"): Approval.PENDING},
            ),
            at=now,
        )


def _fill_course(transaction: Transaction, tenant: int, course: str, now: int) -> None:
    place = f"T{tenant}{course.upper()}"
    title = mark(place)
    scheme = main_scheme().fingerprint
    transaction.keep_course(KeptCourse(id=course, title=title, scheme=scheme, settings=""))
    run = transaction.begin_run(course, SOURCE, at=now)
    names = {"video-1": "video", "17": "assign", "19": "assign", "25": "forum", "27": "forum"}
    activities = [Activity(id=id_, name=f"{title} {id_}", kind=kind) for id_, kind in names.items()]
    transaction.keep_activities(course, SOURCE, activities)
    records = [one for someone in roster_of(tenant) for one in _records(someone, tenant, course)]
    stray = replace(_post("stray", stray_of(tenant, course)), forum="26")
    stored = transaction.keep_records(course, SOURCE, [*records, stray], run=run)
    reason = Problem(kind=ProblemKind.UNKNOWN, code="no_permission", text=f"{title} is closed", subject=title)
    transaction.keep_problems(run, [reason], at=now)
    row = set_aside(
        title.encode(), code="row_unreadable", reason=f"a row of {title}", subject=title, place=title
    )
    transaction.quarantine(course, SOURCE, [row], run=run, at=now)
    transaction.end_run(run, at=now, state=RunState.DONE, kept=stored.kept)
    failed = transaction.begin_run(course, "lrs", at=now)
    transaction.end_run(failed, at=now, state=RunState.FAILED, kept=Kept(), reason=f"lrs: {title}")
    grant = Grant(person=COORDINATORS[course], role="coordinator", course=course)
    transaction.keep_grant(grant)
    transaction.keep_passback(course, Passback.SCORE)


def _fill_proceedings(transaction: Transaction, tenant: int, course: str, now: int) -> None:
    """Dispute 1 and case 1 of each course, about its first learner; what they say is that learner's note."""
    learner = next(one for one in roster_of(tenant) if one.course == course)
    person, place = learner.key, learner.place(tenant)
    note = mark(place.replace("P", "N"))
    about = Contested(
        role=ev.Role.LEARNER, class_=mark(place.partition("P")[0]), criterion="posts", record=None
    )
    dispute = raised(about, person=person, words=f"{note}: why?", at=now, until=now + 7 * DAY)
    transaction.keep_dispute(course, dispute)
    ground = Ground(kind=GroundKind.TOO_SHORT, amount=1, limit=10)
    post = f"{SOURCE}/p-{learner.id}"
    doubt = Doubt(family=Family.FLOODING, kind="post", name=post, grounds=(ground,), digest=b"1")
    case = transaction.keep_case(course, opened(doubt, person=person, at=now))
    own = CaseText(course=course, name=post, person=person, text=f"{note} is what the post says")
    transaction.keep_case_texts(course, {case.number: CaseTexts(own=own)})


def _lose_posts(transaction: Transaction, course: str, now: int) -> None:
    """Loss 1 is of the first course: a later run found none of the forum's posts."""
    run = transaction.begin_run(course, SOURCE, at=now)
    transaction.hold_loss(course, SOURCE, Scope(kind="post", activity="25"), run=run, at=now)
    transaction.end_run(run, at=now, state=RunState.DONE, kept=Kept())


def _delay_grades(transaction: Transaction, course: str, now: int) -> None:
    """Each was tried once and waits for the next day."""
    for grade in transaction.outgoing(course):
        transaction.keep_outgoing(replace(grade, held=None, tries=1, try_at=now + DAY))


def _fill_places(transaction: Transaction, tenant: int, now: int) -> None:
    for context, course in CONTEXTS.items():
        if tenant == 2 or course != THEIRS:
            title = mark(f"T{tenant}{(course or 'NEW').upper()}")
            transaction.keep_platform_course(
                PlatformCourse(
                    registration=1,
                    context=context,
                    title=title,
                    course=course,
                    deployment=DEPLOYMENT,
                    seen_at=now,
                )
            )


def _records(someone: Someone, tenant: int, course: str) -> Iterator[ev.Record]:
    if someone.course != course:
        return
    account, note = home(someone.key), mark(someone.place(tenant).replace("P", "N"))
    class_ = mark(f"T{tenant}{course.upper()}{someone.class_}")
    yield ev.Membership(
        id=f"m-{someone.id}",
        person=account,
        role=someone.role,
        class_=class_,
        status=ev.MembershipStatus.ACTIVE,
    )
    post = _post(f"p-{someone.id}", account)
    yield post
    yield ev.Decision(
        id=f"d-{someone.id}",
        person=someone.key,
        target=ev.RecordTarget(kind="post", id=post.id),
        action=ev.Action.VOID,
        by="operator:office",
        at=START + 2 * DAY,
        reason=note,
    )
    if someone.guides:
        return
    yield ev.Unknown(id=f"u-{someone.id}", person=account, activity="video-1", reason=f"{note} is closed")
    yield ev.Submission(
        id=f"s-{someone.id}",
        person=account,
        task=None,
        activity="17",
        attempt=0,
        state=ev.SubmissionState.SUBMITTED,
        submitted_at=DUE - DAY,
        opens_at=START,
        due_at=DUE,
        grade=ev.Grade.GOOD,
        max_points=Fraction(100),
        graded_at=DUE,
        graded_by=home(f"moodle-{GUIDES[someone.class_]}"),
    )


def _post(id_: str, account: str) -> ev.Post:
    return ev.Post(
        id=id_,
        person=account,
        forum="25",
        parent=None,
        created_at=START + DAY,
        state=ev.PostState.LIVE,
        bulletin=False,
    )
