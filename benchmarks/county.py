"""A county's course for measuring boards: learners in classes, with names, places, cards and disputes."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.datastructures import Headers
from werkzeug.test import EnvironBuilder

from lms_scoring.domain import evidence as ev
from lms_scoring.domain.binding import Bindings
from lms_scoring.domain.identity import KnownPerson, account
from lms_scoring.domain.instants import HOUR
from lms_scoring.domain.outlook import Outlook, Standing
from lms_scoring.domain.packed_card import packed
from lms_scoring.domain.proceedings.dispute import Contested, raised
from lms_scoring.domain.scheme import RoleScheme, Scheme
from lms_scoring.domain.scorecard import CardState, CriterionResult, CriterionState, Scorecard
from lms_scoring.files.course_scheme import shipped_scheme_files
from lms_scoring.ports import Grant, Kept, KeptCourse, KeptScheme, RunState, Transaction, Visitor
from lms_scoring.services.scoring.rules import CourseRules
from lms_scoring.store import SqlStore
from lms_scoring.store.migrations import upgrade
from lms_scoring.web.access.credentials import digest_of, form_token, new_secret
from lms_scoring.web.application import create_app

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

CLASSES = 23
"""One county's real year has 2,100 learners in so many, each with a tutor."""
WITHDRAWN = 50
"""Of so many learners one withdrew."""
CONTESTED = 20
"""Of so many one contests the own card: more than a page, and of every standing."""
RARE, OF_RARE = "欧阳", 90
"""The family name of so many, however large the course is."""
COURSE, SOURCE, BOARD = "county", "moodle", "/courses/county/"
TUTOR = "moodle-tutor"
NOW = 1_734_400_000_000
"""A day after the window: all was read, and who is short of the pass mark has failed."""


class _Now:
    """A clock that stands still."""

    def now(self) -> int:
        return NOW


@dataclass(frozen=True, slots=True)
class Seen:
    """The course as somebody sees it: who that is, and the session of the browser."""

    store: SqlStore
    rules: CourseRules
    app: Flask
    visitor: Visitor
    secret: str

    def asked(self, view: dict[str, str], **headers: str) -> WSGIEnvironment:
        """The request for a view: a form where a name is searched for."""
        brought = Headers({"Cookie": f"session={self.secret}", **headers})
        if "search" not in view:
            return EnvironBuilder(BOARD, query_string=dict[Any, Any](view), headers=brought).get_environ()
        form = {**view, "token": form_token(self.secret)}
        return EnvironBuilder(BOARD, method="POST", data=form, headers=brought).get_environ()


@dataclass(frozen=True, slots=True)
class County:
    """The course, whole and as the tutor of two of its classes."""

    whole: Seen
    tutor: Seen

    def close(self) -> None:
        """Closes its store."""
        self.whole.store.close()


def county(file: Path, size: int) -> County:
    """So many learners, in a database in that file."""
    url = f"sqlite:///{file}"
    upgrade(url)
    store, clock = SqlStore(url), _Now()
    shipped = shipped_scheme_files()["longcheng-2024"]
    rules = CourseRules(
        course=COURSE, scheme=shipped.scheme, bindings=Bindings(bindings=()), sources=frozenset({SOURCE})
    )
    with store.writing() as transaction:
        fingerprint = shipped.scheme.fingerprint
        transaction.keep_scheme(KeptScheme(fingerprint=fingerprint, name="longcheng", text=shipped.text))
        transaction.keep_course(KeptCourse(id=COURSE, title="County", scheme=fingerprint, settings=""))
        _fill(transaction, shipped.scheme, size)
    with store.writing() as transaction:
        transaction.settle_boards(COURSE)
    app = create_app(store=store, courses=lambda: {COURSE: rules}, clock=clock, public_url="http://127.0.0.1")
    everything = Visitor(person=None, roles=(Grant(person="", role="administrator", course=None),))
    return County(
        *(
            Seen(store, rules, app, visitor, _session(store, app, visitor))
            for visitor in (everything, Visitor(person=TUTOR))
        )
    )


def _session(store: SqlStore, app: Flask, visitor: Visitor) -> str:
    code = new_secret()
    with store.writing() as transaction:
        transaction.keep_link(digest_of(code), visitor, expires_at=NOW + HOUR)
    client: FlaskClient = app.test_client()
    assert client.post(f"/sign-in/{code}").status_code == 303
    session = client.get_cookie("session")
    assert session is not None
    return session.value


def _fill(transaction: Transaction, scheme: Scheme, size: int) -> None:
    """People with names, places and cards; what a card was made of is no business of a board's."""
    drawn = random.Random(1)  # noqa: S311 # not for secrets
    run = transaction.begin_run(COURSE, SOURCE, at=NOW)
    rare = frozenset(range(0, size, size // OF_RARE)[:OF_RARE])
    people = [
        KnownPerson(id=f"moodle-{n}", name=_name(drawn, rare=n in rare), accounts=(_home(str(n)),))
        for n in range(size)
    ]
    transaction.keep_people([*people, KnownPerson(id=TUTOR, name="辅导教师", accounts=(_home("tutor"),))])
    transaction.keep_records(
        COURSE, SOURCE, [*(_member(n, size) for n in range(size)), *map(_guides, (1, 2))], run=run
    )
    transaction.end_run(run, at=NOW, state=RunState.DONE, kept=Kept())
    transaction.untouch(COURSE, [TUTOR, *(person.id for person in people)])  # as whoever scores them does
    for number, person in enumerate(people):
        card, standing = _card(person.id, _class(number, size), scheme, drawn)
        transaction.keep_scorecard(COURSE, packed(card), at=NOW)
        transaction.keep_outlook(COURSE, card, _outlook(card, standing))
        if number % CONTESTED == 0:
            about = Contested(role=card.role, class_=card.class_, criterion=card.criteria[0].id)
            transaction.keep_dispute(
                COURSE, raised(about, person=person.id, words="?", at=NOW, until=NOW + HOUR)
            )


def _card(person: str, class_: str, scheme: Scheme, drawn: random.Random) -> tuple[Scorecard, Standing]:
    rules = scheme.roles[ev.Role.LEARNER]
    criteria = tuple(_results(rules, drawn))
    total = sum((one.points for one in criteria), Fraction(0))
    passed = total >= rules.pass_mark
    others = [one for one in Standing if one is not Standing.PASSED]
    standing = Standing.PASSED if passed else drawn.choice(others)
    card = Scorecard(
        person=person,
        role=ev.Role.LEARNER,
        class_=class_,
        total=total,
        could_become=total,
        out_of=rules.out_of,
        pass_mark=rules.pass_mark,
        state=CardState.PASS if passed else CardState.FAIL,
        band=None,
        scheme=scheme.fingerprint,
        evidence="e" * 64,
        as_of=NOW,
        valid_until=None,
        criteria=criteria,
    )
    return card, standing


def _results(rules: RoleScheme, drawn: random.Random) -> Iterator[CriterionResult]:
    for criterion in rules.criteria:
        points = criterion.max * Fraction(drawn.randint(300, 750), 750)
        yield CriterionResult(
            id=criterion.id,
            max=criterion.max,
            points=points,
            could_become=points,
            state=drawn.choice((CriterionState.FINAL, CriterionState.FINAL, CriterionState.PENDING)),
        )


def _outlook(card: Scorecard, standing: Standing) -> Outlook:
    known: dict[str, Any] = {
        "so_far": card.total,
        "if_nothing_more": card.total,
        "with_marking": card.total,
        "at_best": card.total,
    }
    return Outlook(
        **known,
        pass_mark=card.pass_mark,
        standing=standing,
        goals=(),
        ceilings=(),
        doubts=0,
        valid_until=None,
    )


def _name(drawn: random.Random, *, rare: bool) -> str:
    family = drawn.choice("王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗")
    return (RARE if rare else family) + "".join(
        drawn.choices("伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英", k=drawn.randint(1, 2))
    )


def _class(number: int, size: int) -> str:
    return f"{number * CLASSES // size + 1}班"


def _member(number: int, size: int) -> ev.Membership:
    withdrew = number % WITHDRAWN == 1
    return ev.Membership(
        id=f"learner-{number}-1",
        person=_home(str(number)),
        role=ev.Role.LEARNER,
        class_=_class(number, size),
        status=ev.MembershipStatus.WITHDRAWN if withdrew else ev.MembershipStatus.ACTIVE,
    )


def _guides(class_: int) -> ev.Membership:
    return ev.Membership(
        id=f"tutor-{class_}",
        person=_home("tutor"),
        role=ev.Role.TUTOR,
        class_=f"{class_}班",
        status=ev.MembershipStatus.ACTIVE,
    )


def _home(user: str) -> str:
    return account("https://moodle.example", user)
