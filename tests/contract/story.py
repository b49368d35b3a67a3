"""Words in which the contract is told: one course, one Moodle, one LRS, a class of two with a tutor."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from hashlib import sha512
from typing import Any

from lms_scoring.domain import evidence as ev
from lms_scoring.domain.identity import KnownPerson, account, mbox
from lms_scoring.domain.outlook import Ceiling, DeedKind, Goal, Outlook, Standing, Step, Way, Why
from lms_scoring.domain.registration import Registration
from lms_scoring.domain.scorecard import (
    CardState,
    CriterionResult,
    CriterionState,
    Figure,
    Finding,
    Scorecard,
    Verdict,
)
from lms_scoring.domain.statements import LmsStatement, LmsVerb, VideoVerb, WatchEvent
from lms_scoring.ports import Kept, PersonEvidence, RunState, Scope, Store, Transaction

COURSE, MOODLE, LRS = "course-1", "moodle", "lrs"
HOMEWORK, FORUM, VIDEO = "17", "25", "http://video.example/1"
POSTS = Scope(kind="post", activity=FORUM)
MEMBERSHIPS = Scope(kind="membership", activity=None)

REGISTRATION = Registration(
    issuer="https://moodle.example",
    client_id="client",
    auth_url="https://moodle.example/auth",
    token_url="https://moodle.example/token",
    jwks_url="https://moodle.example/certs",
)
"""A platform that may launch us once somebody confirms it."""


def user(number: int) -> str:
    """The account of a user of the Moodle."""
    return account("http://moodle.example", str(number))


def known(number: int, name: str = "", *others: str) -> KnownPerson:
    """The person behind a user, with an e-mail address beside the account."""
    accounts = (user(number), mbox(f"user{number}@example.org"), *others)
    return KnownPerson(id=f"moodle-{number}", name=name or f"Person {number}", accounts=accounts)


LI, WANG, CHEN = known(1, "Li"), known(2, "Wang"), known(3, "Chen")
"""Two learners, and their tutor."""


def no_name() -> str:
    """A text of 3.5 kB that nothing makes shorter: a database has no room for it in a key."""
    return b64encode(b"".join(sha512(b"%d" % one).digest() for one in range(40))).decode()


def member(number: int, role: ev.Role = ev.Role.LEARNER, **changes: Any) -> ev.Membership:
    """An active membership of class A."""
    plain = ev.Membership(
        id=f"{role}-{number}",
        person=user(number),
        role=role,
        class_="A",
        status=ev.MembershipStatus.ACTIVE,
    )
    return replace(plain, **changes)


CLASS_A = (member(1), member(2), member(3, ev.Role.TUTOR))


def post(id_: str, number: int = 1, **changes: Any) -> ev.Post:
    """A topic in the forum."""
    plain = ev.Post(
        id=id_,
        person=user(number),
        forum=FORUM,
        parent=None,
        created_at=1_000,
        state=ev.PostState.LIVE,
        bulletin=False,
    )
    return replace(plain, **changes)


def homework(id_: str, number: int = 1, **changes: Any) -> ev.Submission:
    """A hand-in that nobody has marked."""
    plain = ev.Submission(
        id=id_,
        person=user(number),
        task=None,
        activity=HOMEWORK,
        attempt=0,
        state=ev.SubmissionState.SUBMITTED,
        submitted_at=2_000,
        opens_at=None,
        due_at=9_000,
        grade=None,
    )
    return replace(plain, **changes)


def event(id_: str, number: int = 1, **changes: Any) -> WatchEvent:
    """A video event."""
    plain = WatchEvent(
        stored=5_000,
        id=id_,
        account=user(number),
        activity=VIDEO,
        session="s",
        at=4_000,
        verb=VideoVerb.PLAYED,
        position=0,
        target=None,
        rate=125,
        length=60_000,
    )
    return plain._replace(**changes)


def statement(id_: str, number: int = 1, **changes: Any) -> LmsStatement:
    """A statement that somebody scored."""
    plain = LmsStatement(
        stored=5_000,
        id=id_,
        account=user(number),
        verb=LmsVerb.SCORED,
        object="http://moodle.example/mod/assign/view.php?id=17",
        activity="http://moodle.example/mod/assign/view.php?id=17",
        at=4_500,
        raw=Fraction(7, 3),
        maximum=Fraction(10),
        by=user(3),
        characters=12,
    )
    return plain._replace(**changes)


def card(person: KnownPerson = LI, **changes: Any) -> Scorecard:
    """A learner's card with one criterion, one figure and one finding."""
    finding = Finding(
        kind="watch", id="w1", verdict=Verdict.PARTLY, points=Fraction(1199, 30), amount=Fraction(5, 3), of=2
    )
    criterion = CriterionResult(
        id="study_time",
        max=Fraction(40),
        points=Fraction(1199, 30),
        could_become=Fraction(1199, 30),
        state=CriterionState.FINAL,
        figures=(Figure(name="study_time", value=Fraction(44_940_000), asked=45_000_000),),
        findings=(finding,),
    )
    plain = Scorecard(
        person=person.id,
        role=ev.Role.LEARNER,
        class_="A",
        total=Fraction(1199, 30),
        could_become=Fraction(1199, 30),
        out_of=Fraction(100),
        pass_mark=Fraction(80),
        state=CardState.FAIL,
        band=None,
        scheme="f" * 64,
        evidence="e" * 64,
        as_of=10_000,
        valid_until=20_000,
        criteria=(criterion,),
    )
    return replace(plain, **changes)


def outlook(standing: Standing = Standing.ONE_ITEM_SHORT, *, valid_until: int | None = 30_000) -> Outlook:
    """One that lacks 4/75 of a point, which is a minute."""
    step = Step(criterion="study_time", kind=DeedKind.STUDY, amount=1, points=Fraction(4, 75), deadline=9)
    way = Way(steps=(step,), reaches=Fraction(80), effort=1)
    mark = Fraction(80)
    goal = Goal(mark=mark, is_pass=True, band=None, missing=Fraction(4, 75), reachable=True, ways=(way,))
    closed = Ceiling(criterion="homework", why=Why.DEADLINE_PASSED, at_best=Fraction(16), max=Fraction(20))
    return Outlook(
        so_far=mark - Fraction(4, 75),
        if_nothing_more=mark - Fraction(4, 75),
        with_marking=mark,
        at_best=Fraction(96),
        pass_mark=mark,
        standing=standing,
        goals=(goal,),
        ceilings=(closed,),
        doubts=0,
        valid_until=valid_until,
    )


def class_a(transaction: Transaction) -> int:
    """The class in the store, with nothing left to be scored; returns the running run of the Moodle."""
    run = transaction.begin_run(COURSE, MOODLE, at=1)
    transaction.keep_people([LI, WANG, CHEN])
    transaction.keep_records(COURSE, MOODLE, CLASS_A, run=run)
    transaction.end_run(transaction.begin_run(COURSE, LRS, at=1), at=1, state=RunState.DONE, kept=Kept())
    transaction.untouch(COURSE, [LI.id, WANG.id, CHEN.id])
    return run


def records_of(store: Store, person: KnownPerson = LI, *, at_run: int | None = None) -> list[ev.Record]:
    """What the store has of a person, without the memberships."""
    return [r for r in evidence_of(store, person, at_run=at_run).records if not isinstance(r, ev.Membership)]


def evidence_of(store: Store, person: KnownPerson = LI, *, at_run: int | None = None) -> PersonEvidence:
    """All that the store has of a person."""
    with store.reading() as transaction:
        (found,) = transaction.evidence_of(COURSE, [person.id], at_run=at_run)
    return found


def touched(store: Store) -> Sequence[str]:
    """Who is to be scored again."""
    with store.reading() as transaction:
        return transaction.touched(COURSE)
