"""A small course in a real store: two classes, their tutors, learners of every kind, a coordinator."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from pathlib import Path

from flask import Flask
from flask.testing import FlaskClient

from lms_scoring.course_rules import shipped_schemes, written_scheme
from lms_scoring.course_sources import ACTIVITY_KINDS
from lms_scoring.domain import evidence as ev
from lms_scoring.domain.binding import Binding, Bindings
from lms_scoring.domain.identity import KnownPerson, account
from lms_scoring.domain.instants import HOUR, MINUTE, SECOND
from lms_scoring.ports import (
    Activity,
    Grant,
    Kept,
    KeptCourse,
    KeptScheme,
    Problem,
    ProblemKind,
    RunState,
    Transaction,
    Visitor,
)
from lms_scoring.services.scoring.assess import assess
from lms_scoring.services.scoring.rules import CourseRules
from lms_scoring.services.scoring.scheme_shelf import SchemeShelf
from lms_scoring.store import SqlStore
from lms_scoring.web.access.credentials import digest_of, new_secret
from tests.fakes.sources import NamedSources
from tests.fixtures.databases import empty_database
from tests.fixtures.pages import pages
from tests.given import AFTER, DAY, DUE, START, main_scheme, shipped
from tests.integration.web.html_page import HtmlPage

COURSE, SOURCE, PUBLIC = "lc2024", "moodle", "http://127.0.0.1:8000"
METRICS_TOKEN = "monitoring-of-the-school"
FIRST, SECOND_CLASS = "一班", "二班"
HOSTILE = '<script>alert("x")</script>'

BINDINGS = Bindings(
    bindings=tuple(
        Binding(purpose=purpose, source=SOURCE, activities=(activity,))
        for purpose, activity in (
            (ev.Purpose.STUDY_TIME, "video*"),
            (ev.Purpose.HOMEWORK, "17"),
            (ev.Purpose.JOURNAL, "19"),
            (ev.Purpose.POSTS, "25"),
            (ev.Purpose.BULLETINS, "27"),
        )
    )
)
ACTIVITIES = (
    Activity(id="video-1", name="班级管理：建立常规", kind="video"),
    Activity(id="video-2", name="师德修养", kind="video"),
    Activity(id="17", name="课程作业", kind="assign"),
    Activity(id="19", name="研修日志", kind="assign"),
    Activity(id="25", name="研讨交流", kind="forum"),
    Activity(id="27", name="班级简报", kind="forum"),
    Activity(id="26", name="答疑", kind="forum"),
)


RULES = CourseRules(
    course=COURSE,
    scheme=main_scheme(),
    bindings=BINDINGS,
    sources=frozenset({SOURCE, "lrs"}),
    source_kinds={SOURCE: "moodle", "lrs": "xapi"},
    examples=tuple(example for _, example in shipped("longcheng-2024").examples),
)


SHELF = SchemeShelf(shipped=shipped_schemes(), read=written_scheme)


class StoppedClock:
    """A clock that is set by hand; it goes on by itself by `step` each time that somebody looks."""

    def __init__(self, now: int = AFTER) -> None:
        self.time = now
        self.step = 0

    def now(self) -> int:
        self.time += self.step
        return self.time

    def go_on(self, duration: int) -> None:
        self.time += duration


@dataclass(frozen=True, slots=True, kw_only=True)
class Learner:
    """What one learner did."""

    id: str
    name: str
    class_: str | None = FIRST
    minutes: int = 750
    grade: ev.Grade | None = ev.Grade.GOOD
    handed_in: int | None = DUE - DAY
    journal: bool = True
    topics: int = 8
    replies: int = 6
    status: ev.MembershipStatus = ev.MembershipStatus.ACTIVE
    unreadable: bool = False


LEARNERS = (
    Learner(id="moodle-3", name="刘磊", minutes=812, grade=ev.Grade.EXCELLENT, topics=14, replies=14),
    Learner(id="moodle-4", name="黄涛", minutes=318, grade=None, topics=9, replies=12),
    Learner(id="moodle-5", name="周桂英", minutes=497, handed_in=DUE + DAY, topics=1),
    Learner(id="moodle-6", name="马欣怡", minutes=749, grade=ev.Grade.PASS, topics=4, replies=0),
    Learner(id="moodle-7", name="", minutes=90, handed_in=None, journal=False, topics=0, unreadable=True),
    Learner(id="moodle-8", name="Aygül Memet", class_=SECOND_CLASS, minutes=700, topics=10, replies=10),
    Learner(id="moodle-9", name="欧阳修远", class_=SECOND_CLASS, minutes=380, grade=ev.Grade.FAIL),
    Learner(
        id="moodle-10",
        name="林杰",
        class_=SECOND_CLASS,
        minutes=120,
        grade=None,
        status=ev.MembershipStatus.WITHDRAWN,
    ),
    Learner(id="moodle-11", name=HOSTILE, class_=SECOND_CLASS, minutes=600, grade=ev.Grade.EXCELLENT),
)
TUTORS = {FIRST: "moodle-31", SECOND_CLASS: "moodle-32"}
NAMES = {"moodle-31": "王敏", "moodle-32": "赵国强", "moodle-40": "陈主任"}
COORDINATOR = "moodle-40"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cast:
    """Who and what there is at the school."""

    title: str = "龙城区2024年骨干教师远程培训"
    learners: Sequence[Learner] = LEARNERS
    names: Mapping[str, str] = field(default_factory=lambda: NAMES)
    activities: Sequence[Activity] = ACTIVITIES
    problem: str = f"{HOSTILE} may be checked."
    reason: str = "lrs: GET /statements: no answer within 120 s; check that the LRS is up, then sync again"


@dataclass(frozen=True, slots=True, kw_only=True)
class School:
    """The store, the pages over it, and the time."""

    store: SqlStore
    app: Flask
    clock: StoppedClock

    @property
    def rules(self) -> CourseRules:
        """What its course is scored by now."""
        return rules_of(self.store)

    def close(self) -> None:
        self.store.close()

    def go_back(self, time: int) -> None:
        """Sets the clock back to when the course was synced too: else the clock is not believed."""
        self.clock.time = time
        with self.store.writing() as transaction:
            for _ in transaction.runs(COURSE):
                run = transaction.begin_run(COURSE, SOURCE, at=time)
                transaction.end_run(run, at=time, state=RunState.DONE, kept=Kept())

    def link(self, visitor: Visitor, *, code: str | None = None, seconds: int = 60) -> str:
        """A one-time link's path."""
        code = new_secret() if code is None else code
        with self.store.writing() as transaction:
            transaction.keep_link(digest_of(code), visitor, expires_at=self.clock.now() + seconds * SECOND)
        return f"/sign-in/{code}"

    def page(self, client: FlaskClient, path: str) -> HtmlPage:
        """A page that is there, without a fault in its markup."""
        answer = client.get(path)
        assert answer.status_code == 200, f"{path}: {answer.status_code}"
        page = HtmlPage(answer.text)
        assert page.faults == []
        return page

    def signed_in(self, visitor: Visitor | str | None) -> FlaskClient:
        """The browser of somebody who signed in (a person's id; None: nobody)."""
        client = self.app.test_client()
        if visitor is not None:
            who = Visitor(person=visitor) if isinstance(visitor, str) else visitor
            answer = client.post(self.link(who))
            assert answer.status_code == 303
        return client


ADMINISTRATOR = Visitor(person=None, roles=(Grant(person="", role="administrator", course=None),))


def visitor_of(person: str) -> Visitor:
    """Whoever a test calls by that id; "administrator" is nobody's learner or tutor."""
    return ADMINISTRATOR if person == "administrator" else Visitor(person=person)


def fill_school(file: Path, cast: Cast | None = None, *, on: str = "sqlite") -> str:
    """Makes the database of the school, everything collected and scored; its address."""
    url = empty_database(file, on=on)
    store, clock = SqlStore(url), StoppedClock()
    with store.writing() as transaction:
        _fill(transaction, clock.now(), cast or Cast())
    assess(RULES, store, clock=clock)
    store.close()
    return url


def open_school(
    file: Path,
    *,
    public_url: str = PUBLIC,
    language: str = "zh",
    rules: Callable[[SqlStore], CourseRules] | None = None,
) -> School:
    """The pages over the school's database; `rules` tells what the course is scored by, if not the store."""
    store, clock = SqlStore(_url(file)), StoppedClock()
    app = pages(
        store=store,
        courses=lambda: {COURSE: (rules or rules_of)(store)},
        clock=clock,
        public_url=public_url,
        language=language,
        shelf=SHELF,
        sources=NamedSources(SOURCE, "lrs"),
        activity_kinds=ACTIVITY_KINDS,
        metrics_token=METRICS_TOKEN,
    )
    app.testing = True
    return School(store=store, app=app, clock=clock)


def score_by(school: School, rules: CourseRules, *, clock: StoppedClock | None = None) -> None:
    """Scores everybody by other rules, as if the course had gone by them for a while."""
    with school.store.reading() as transaction:
        kept = transaction.course(COURSE)
    scheme = rules.scheme
    with school.store.writing() as transaction:
        transaction.keep_scheme(KeptScheme(fingerprint=scheme.fingerprint, name=scheme.id, text=""))
        transaction.keep_course(replace(kept, scheme=scheme.fingerprint))
    assess(rules, school.store, clock=clock or school.clock, everyone=True)
    with school.store.writing() as transaction:
        transaction.keep_course(kept)


def rules_of(store: SqlStore) -> CourseRules:
    """What the course is scored by, as it was adopted last; another source belongs to it once it was read."""
    with store.reading() as transaction:
        kept = transaction.scheme(transaction.course(COURSE).scheme)
        rules = replace(RULES, sources=RULES.sources.union(transaction.last_ends(COURSE)))
    if kept.fingerprint == RULES.scheme.fingerprint:
        return rules
    return replace(rules, scheme=written_scheme(kept.text).scheme)


def _url(file: Path) -> str:
    return f"sqlite:///{file}"


def home(person: str) -> str:
    """The account by which the platform knows a person."""
    return account("https://moodle.example", person)


def _fill(transaction: Transaction, now: int, cast: Cast) -> None:
    scheme = main_scheme()
    transaction.keep_scheme(
        KeptScheme(fingerprint=scheme.fingerprint, name=scheme.id, text=shipped("longcheng-2024").text)
    )
    transaction.keep_course(KeptCourse(id=COURSE, title=cast.title, scheme=scheme.fingerprint, settings=""))
    good = transaction.begin_run(COURSE, "lrs", at=now - 95 * SECOND)
    transaction.end_run(good, at=now - 20 * SECOND, state=RunState.DONE, kept=Kept())
    run = transaction.begin_run(COURSE, SOURCE, at=now - 90 * SECOND)
    transaction.keep_people(_people(cast))
    transaction.keep_activities(COURSE, SOURCE, cast.activities)
    records = list(_records(cast))
    stored = transaction.keep_records(COURSE, SOURCE, records, run=run)
    transaction.keep_problems(run, _problems(cast), at=now)
    transaction.end_run(run, at=now - 20 * SECOND, state=RunState.DONE, kept=stored.kept)
    failed = transaction.begin_run(COURSE, "lrs", at=now - 10 * SECOND)
    transaction.end_run(failed, at=now, state=RunState.FAILED, kept=Kept(), reason=cast.reason)
    transaction.keep_grant(Grant(person=COORDINATOR, role="coordinator", course=COURSE))


def _people(cast: Cast) -> Iterator[KnownPerson]:
    for id_, name in [*((learner.id, learner.name) for learner in cast.learners), *cast.names.items()]:
        yield KnownPerson(id=id_, name=name, accounts=(home(id_),))


def _problems(cast: Cast) -> Sequence[Problem]:
    return (
        Problem(
            kind=ProblemKind.UNKNOWN,
            code="no_permission",
            text="SCORM tracks of an attempt cannot be read. Grant mod/scorm:viewreport.",
            subject="scorm 4",
        ),
        Problem(kind=ProblemKind.NOTICE, code="note", text=cast.problem, subject="record 9"),
    )


def _records(cast: Cast) -> Iterator[ev.Record]:
    for class_, tutor in TUTORS.items():
        yield _member(tutor, ev.Role.TUTOR, class_)
        yield from _posts(tutor, topics=7, replies=5)
        yield replace(_post(tutor, "bulletin", None, START + 5 * DAY), forum="27")
    for learner in cast.learners:
        yield from _evidence(learner)
    stray = _post("stray", "stray", None, START + DAY)
    yield replace(stray, person=home("nobody"))


def _evidence(learner: Learner) -> Iterator[ev.Record]:
    yield _member(learner.id, ev.Role.LEARNER, learner.class_, learner.status)
    yield from _watching(learner)
    yield from _posts(learner.id, topics=learner.topics, replies=learner.replies)
    if learner.handed_in is not None:
        yield _hand_in(learner.id, "17", learner.handed_in, learner.grade)
    if learner.journal:
        yield _hand_in(learner.id, "19", START + 20 * DAY, None)
    if learner.unreadable:
        yield ev.Unknown(
            id=f"u-{learner.id}",
            person=home(learner.id),
            activity="video-2",
            reason="no access to the tracks",
        )


def _watching(learner: Learner) -> Iterator[ev.Record]:
    """An hour a day at most, in two videos that overlap by five minutes; the first begins too early."""
    left, day = learner.minutes, 0
    while left > 0:
        minutes = min(left, 60)
        start = START + day * DAY + 20 * HOUR
        yield _watch(learner.id, f"{day}a", "video-1", start, minutes)
        if day % 3 == 0:
            yield _watch(learner.id, f"{day}b", "video-2", start + (minutes - 5) * MINUTE, 5)
        left, day = left - minutes, day + 1
    yield _watch(learner.id, "early", "video-1", START - HOUR, 30)


def _watch(person: str, id_: str, activity: str, start: int, minutes: int) -> ev.Watch:
    length = minutes * MINUTE
    return ev.Watch(
        id=f"w-{person}-{id_}",
        person=home(person),
        activity=activity,
        start=start,
        end=start + length,
        segments=((0, length),),
    )


def _posts(person: str, *, topics: int, replies: int) -> Iterator[ev.Post]:
    for number in range(topics):
        yield _post(person, f"t{number}", None, START + number * DAY + 10 * HOUR)
    for number in range(replies):
        yield _post(person, f"r{number}", "elsewhere", START + number * DAY + 11 * HOUR)
    flood = _post(person, "flood", "elsewhere", START + 2 * DAY)
    yield replace(flood, state=ev.PostState.FLOODING)
    yield replace(_post(person, "question", None, START + 3 * DAY), forum="26")


def _post(person: str, id_: str, parent: str | None, at: int) -> ev.Post:
    return ev.Post(
        id=f"{person}-{id_}",
        person=home(person),
        forum="25",
        parent=parent,
        created_at=at,
        state=ev.PostState.LIVE,
        bulletin=False,
    )


def _hand_in(person: str, activity: str, at: int, grade: ev.Grade | None) -> ev.Submission:
    return ev.Submission(
        id=f"s-{person}-{activity}",
        person=home(person),
        task=None,
        activity=activity,
        attempt=0,
        state=ev.SubmissionState.SUBMITTED,
        submitted_at=at,
        opens_at=START,
        due_at=DUE if activity == "17" else None,
        grade=grade,
        points=None,
        max_points=Fraction(100),
        graded_at=None if grade is None else at + DAY,
    )


def _member(
    person: str,
    role: ev.Role,
    class_: str | None,
    status: ev.MembershipStatus = ev.MembershipStatus.ACTIVE,
) -> ev.Membership:
    return ev.Membership(
        id=f"m-{person}-{role.value}", person=home(person), role=role, class_=class_, status=status
    )


def late_mark(person: str) -> ev.Submission:
    """The person's homework, marked excellent after all."""
    return _hand_in(person, "17", DUE - DAY, ev.Grade.EXCELLENT)


def works_enough(person: str) -> list[ev.Record]:
    """What makes a pass of nearly anything: that mark, and posts."""
    return [late_mark(person), *_posts(person, topics=14, replies=14)]


def mark_the_last(school: School) -> None:
    """The last unmarked work of the first class gets its mark."""
    with school.store.writing() as transaction:
        run = transaction.begin_run(COURSE, SOURCE, at=school.clock.now() + SECOND)
        transaction.keep_records(COURSE, SOURCE, [late_mark("moodle-4")], run=run)
    assess(RULES, school.store, clock=school.clock)


def learns_too(school: School, person: str, class_: str) -> None:
    """Somebody who guides the class learns in it too, and hands homework in on the first day."""
    own: list[ev.Record] = [
        _member(person, ev.Role.LEARNER, class_),
        _hand_in(person, "17", START, None),
    ]
    with school.store.writing() as transaction:
        run = transaction.begin_run(COURSE, SOURCE, at=school.clock.now() + SECOND)
        transaction.keep_records(COURSE, SOURCE, own, run=run)
    assess(RULES, school.store, clock=school.clock)
