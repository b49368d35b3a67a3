"""Everybody who may ask for a page of two institutions: how they came, and what they may see."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from lms_scoring.course_rules import shipped_schemes, written_scheme
from lms_scoring.domain.instants import HOUR
from lms_scoring.domain.registration import LaunchState
from lms_scoring.lti.claims import Claim
from lms_scoring.ports import Launched, Transaction, Visitor
from lms_scoring.services.access.api_keys import issue
from lms_scoring.services.access.registrations import Registrar
from lms_scoring.services.scoring.scheme_shelf import SchemeShelf
from lms_scoring.store import SqlStore
from lms_scoring.web.access.credentials import digest_of, form_token
from lms_scoring.web.access.launch_cookies import state_cookie
from lms_scoring.web.api.keys import digest_of_key, new_key
from lms_scoring.web.launch.launching import Launching
from tests.fakes.sources import NamedSources
from tests.fixtures.courses.claimed import Supplying
from tests.fixtures.pages import pages
from tests.fixtures.rows import Rows
from tests.integration.launches.right_forms import BOUND, BROWSER, HELD, NEW, SET_UP, STATE, mark_seen
from tests.integration.launches.school import OWN_KEYS, PUBLIC, KnownKeys
from tests.integration.launches.two_tenants import (
    COORDINATORS,
    GUIDES,
    ONE,
    ROSTER,
    THEIRS,
    TWO,
    courses_in,
)
from tests.integration.web.school import ADMINISTRATOR, StoppedClock
from tests.launches.platform import (
    DEPLOYMENT,
    INSTRUCTOR,
    LEARNER,
    NONCE,
    NOW,
    TARGET,
    claims,
    token,
    without,
)

LINKS = {1: "link-of-ours", 2: "link-of-the-other-institution"}
WINDOWS = {1: "window-of-ours", 2: "window-of-the-other-institution"}
"""By institution, a code to sign in with, and one that opens a window beside a launch."""
METRICS = "shown-by-who-reads-the-figures"
PLATFORMS_ADMINISTRATOR = "http://purl.imsglobal.org/vocab/lis/v2/system/person#Administrator"
TEST_USER = "http://purl.imsglobal.org/vocab/lti/system/person#TestUser"


class House:
    """The pages of one of the institutions; `rows` are those of the file that they share."""

    def __init__(self, file: Path, tenant: int, rows: Rows) -> None:
        self.store = SqlStore(f"sqlite:///{file}", tenant=tenant)
        self.clock = StoppedClock(NOW * 1_000)
        self.tenant: int = tenant
        self.rows = rows
        self._logins = 0
        self._seen: dict[object, str] = {}
        bell = self.store.bell
        self.app = self._pages()
        self._set_out()
        self._clerks: dict[str | None, Browser] = {None: self.signs_in(ADMINISTRATOR)}
        self._clerks |= {
            f"moodle-{one}": self.signs_in(Visitor(person=f"moodle-{one}")) for one in GUIDES.values()
        }
        self.first_scores_seen = self._reads_for_the_first_time()
        self.store.bell = bell  # from now on nobody does what is asked for

    def _pages(self) -> Flask:
        registrar = Registrar(store=self.store, clock=self.clock, platforms={}, private_hosts=frozenset())
        return pages(
            store=self.store,
            courses=lambda: courses_in(self.store),
            clock=self.clock,
            public_url=PUBLIC,
            shelf=SchemeShelf(shipped=shipped_schemes(), read=written_scheme),
            sources=NamedSources("moodle", "lrs"),
            metrics_token=METRICS,
            launching=Launching(
                key_sets=KnownKeys(),
                own_keys=lambda: OWN_KEYS,
                registrar=registrar,
                register=lambda configuration_url, *, token: NEW,
                set_up=Supplying().set_up(self.store, self.clock),
            ),
        )

    def _set_out(self) -> None:
        """Links that are good once, a login under way, and somebody who was held."""
        visitor = Visitor(person=COORDINATORS[ONE])
        launched = Launched(
            registration=1,
            context="2",
            subject="40",
            course=ONE,
            staff=True,
            deployment=DEPLOYMENT,
            ends_at=self.clock.time + HOUR,
        )
        window, soon = replace(visitor, launched=launched), self.clock.time + HOUR
        with self.store.writing() as transaction:
            transaction.keep_link(digest_of(LINKS[self.tenant]), visitor, expires_at=soon)
            transaction.keep_link(digest_of(WINDOWS[self.tenant]), window, expires_at=soon)
            transaction.keep_link(digest_of(HELD + digest_of(BROWSER)), window, expires_at=soon)
            self._keep_state(transaction, STATE)

    def _keep_state(self, transaction: Transaction, state: str) -> None:
        kept = LaunchState(
            registration=1,
            nonce=NONCE,
            target=TARGET,
            browser=digest_of(BROWSER),
            expires_at=self.clock.time + 600_000,
        )
        transaction.keep_state(digest_of(state), kept)

    def _reads_for_the_first_time(self) -> str:
        """The course that nobody set up, so that it can be adopted; the mark of its first scores."""
        client, path = self.claims(self), "/lti/courses/1/42/set-up"
        form = {**SET_UP, "token": client.token}
        assert client.at(self).post(path, base_url=PUBLIC, data=form).status_code == 303
        form = {**BOUND, "do": "preview", "token": client.token}
        answer = client.at(self).post(
            f"{path}/activities", base_url=PUBLIC, data=form, query_string=dict(SET_UP)
        )
        return mark_seen(answer.text)

    @staticmethod
    def claims(house: House) -> Browser:
        """The platform's administrator, in the course that nobody set up."""
        return _launches("2", PLATFORMS_ADMINISTRATOR, INSTRUCTOR, context="42")(house)

    def seen(self, path: str, form: Mapping[str, str] | None = None, *, by: str | None = None) -> str:
        """The mark of what a page shows to an administrator, or to a tutor; of the answer to a form if there
        is one. All is always as it was, so it is asked for once."""
        asked = (path, tuple((form or {}).items()), by)
        if asked not in self._seen:
            clerk = self._clerks[by]
            client = clerk.at(self)
            if form is None:
                answer = client.get(path, base_url=PUBLIC)
            else:
                answer = client.post(path, base_url=PUBLIC, data={**form, "token": clerk.token})
            self._seen[asked] = mark_seen(answer.text)
        return self._seen[asked]

    def sign_in_code(self, visitor: Visitor) -> str:
        """A one-time link's code, for a minute."""
        self._logins += 1
        code = f"code-{self._logins}"
        with self.store.writing() as transaction:
            transaction.keep_link(digest_of(code), visitor, expires_at=self.clock.time + 60_000)
        return code

    def signs_in(self, visitor: Visitor) -> Browser:
        """A browser that used a one-time link."""
        return self._kept(
            self.app.test_client().post(f"/sign-in/{self.sign_in_code(visitor)}", base_url=PUBLIC)
        )

    def launches(self, payload: Mapping[str, Any]) -> Browser:
        """A browser after a launch with these claims."""
        self._logins += 1
        state = f"state-{self._logins}"
        with self.store.writing() as transaction:
            self._keep_state(transaction, state)
        client = self.app.test_client()
        client.set_cookie(state_cookie(state), BROWSER, domain="tool.example", secure=True)
        form = {"state": state, "id_token": token(payload)}
        return self._kept(client.post("/lti/launch", base_url=PUBLIC, data=form))

    def has_a_key(
        self, *, course: str | None = None, days: int | None = None, revoked: bool = False
    ) -> Browser:
        """A program with a key of the API that was used before."""
        key = new_key()
        issued = issue(
            self.store, digest_of_key(key), clock=self.clock, name="a program", course=course, days=days
        )
        with self.store.writing() as transaction:
            transaction.use_api_key(issued.id, at=self.clock.time)
            if revoked:
                transaction.revoke_api_key(issued.id, at=self.clock.time)
        return Browser(bearer=key)

    def _kept(self, answer: TestResponse) -> Browser:
        assert answer.status_code == 303, answer.text
        cookies = {}
        for line in answer.headers.getlist("Set-Cookie"):
            name, _, rest = line.partition("=")
            value = rest.partition(";")[0]
            if value and "Max-Age=0" not in line:
                cookies[name] = value
        (secret,) = cookies.values()
        return Browser(cookies, form_token(secret))


@dataclass(frozen=True, slots=True)
class Browser:
    """What a browser keeps, its cookies and the token of its session's forms; or the bearer of a program."""

    cookies: Mapping[str, str] = field(default_factory=dict)
    token: str = ""
    bearer: str = ""

    def at(self, house: House) -> FlaskClient:
        """The same, shown at an institution (not always the one that gave them)."""
        client = house.app.test_client()
        for name, value in self.cookies.items():
            client.set_cookie(name, value, domain="tool.example", secure=True)
        if self.bearer:
            client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {self.bearer}"
        return client

    @property
    def secrets(self) -> set[str]:
        return {one for one in (*self.cookies.values(), self.bearer) if len(one) > 2}


@dataclass(frozen=True, slots=True, kw_only=True)
class Who:
    """Somebody who asks.

    `comes` makes their browser, at tenant `of`; they then ask the institution `at`. `courses` are those of
    which they may see anything, `boards` those whose board, `all_of` those they see whole; `people` whose
    cards. `own` is their own person in the first course, `guides` the class that they guide there; `reads`
    are the courses that a program's key opens. `marks` are the beginnings of the places whose marks they may
    read (a `$` ends a place).
    """

    comes: Callable[[House], Browser]
    of: int = 1
    at: int = 1
    signed_in: bool = True
    courses: frozenset[str] = frozenset()
    boards: frozenset[str] = frozenset()
    all_of: frozenset[str] = frozenset()
    people: frozenset[tuple[str, str]] = frozenset()
    own: str | None = None
    guides: str | None = None
    launched_from: str | None = None
    reviews: bool = False
    claims: bool = False
    administers: bool = False
    reads: frozenset[str] | None = None
    watches: bool = False
    marks: tuple[str, ...] = ()

    def may_read(self, place: str) -> bool:
        """Whether the mark of that place may be shown to them."""
        return any(
            place == beginning[:-1] if beginning.endswith("$") else place.startswith(beginning)
            for beginning in self.marks
        )


def _signs_in(person: str) -> Callable[[House], Browser]:
    return lambda house: house.signs_in(Visitor(person=person))


def _launches(sub: str, *roles: str, context: str | None = "2", **changed: Any) -> Callable[[House], Browser]:
    said = claims(sub=sub, ROLES=list(roles), **changed)
    said = without(said, Claim.CONTEXT) if context is None else {**said, Claim.CONTEXT: {"id": context}}
    return lambda house: house.launches(said)


def _cards(course: str, *, class_: str = "", guides: bool = True, only: int | None = None) -> Any:
    return frozenset(
        (course, one.key)
        for one in ROSTER
        if one.course == course
        and one.class_.startswith(class_)
        and (guides or not one.guides)
        and only in (None, one.id)
    )


def _learner(tenant: int = 1, **changed: Any) -> dict[str, Any]:
    """Learner 3: the own card, which names the tutor who marked and nobody else."""
    place = f"T{tenant}C1"
    return {
        "courses": frozenset({ONE}),
        "own": "moodle-3",
        "people": _cards(ONE, only=3),
        "marks": (f"{place}$", f"{place}A$", f"{place}AP3$", f"{place}AN3$", f"{place}AP31$"),
        **changed,
    }


def _tutor(class_: str, number: int, **changed: Any) -> dict[str, Any]:
    return {
        "courses": frozenset({ONE}),
        "boards": frozenset({ONE}),
        "own": f"moodle-{number}",
        "guides": class_,
        "people": _cards(ONE, class_=class_, guides=False) | _cards(ONE, only=number),
        "marks": ("T1C1$", f"T1C1{class_}"),
        **changed,
    }


def _coordinator(course: str, tenant: int = 1, **changed: Any) -> dict[str, Any]:
    one = frozenset({course})
    return {
        "courses": one,
        "boards": one,
        "all_of": one,
        "people": _cards(course),
        "marks": (f"T{tenant}{course.upper()}",),
        **changed,
    }


def _program(*courses: str, **changed: Any) -> dict[str, Any]:
    return {
        "signed_in": False,
        "reads": frozenset(courses),
        "marks": tuple(f"T1{course.upper()}" for course in courses),
        **changed,
    }


def _administrator(tenant: int = 1) -> dict[str, Any]:
    ours = frozenset({ONE, TWO} if tenant == 1 else {ONE, TWO, THEIRS})
    return {
        "courses": ours,
        "boards": ours,
        "all_of": ours,
        "people": frozenset().union(*(_cards(course) for course in ours)),
        "administers": True,
        "marks": (f"T{tenant}",),
    }


VISITORS: dict[str, Who] = {
    "nobody": Who(comes=lambda _: Browser(), signed_in=False),
    "a browser with made-up cookies": Who(
        comes=lambda _: Browser({"__Host-session": "x", "__Host-course-x": "y"}, form_token("x")),
        signed_in=False,
    ),
    "a stranger": Who(comes=_signs_in("moodle-999")),
    "a learner": Who(comes=_signs_in("moodle-3"), **_learner()),
    "a learner, launched": Who(comes=_launches("3", LEARNER), launched_from="2", **_learner()),
    "a tutor": Who(comes=_signs_in("moodle-31"), **_tutor("A", 31)),
    "a tutor, launched": Who(comes=_launches("31", INSTRUCTOR), launched_from="2", **_tutor("A", 31)),
    "a tutor of another class": Who(comes=_launches("32", INSTRUCTOR), launched_from="2", **_tutor("B", 32)),
    "a tutor, launched to review a learner": Who(
        comes=_launches(
            "31", INSTRUCTOR, MESSAGE_TYPE="LtiSubmissionReviewRequest", FOR_USER={"user_id": "3"}
        ),
        launched_from="2",
        reviews=True,
        **_tutor("A", 31),
    ),
    "staff of no class": Who(comes=_launches("77", INSTRUCTOR), launched_from="2"),
    "a coordinator": Who(comes=_signs_in(COORDINATORS[ONE]), **_coordinator(ONE)),
    "a coordinator, launched": Who(comes=_launches("40", INSTRUCTOR), launched_from="2", **_coordinator(ONE)),
    "an administrator, launched": Who(
        comes=_launches("50", INSTRUCTOR), launched_from="2", **_coordinator(ONE)
    ),
    "a coordinator of another course": Who(comes=_signs_in(COORDINATORS[TWO]), **_coordinator(TWO)),
    "a coordinator, launched from another course": Who(
        comes=_launches("40", INSTRUCTOR, context="3"), launched_from="3"
    ),
    "a learner, launched from another course": Who(
        comes=_launches("3", LEARNER, context="3"), launched_from="3"
    ),
    "a coordinator, launched from no course": Who(comes=_launches("40", INSTRUCTOR, context=None)),
    "a coordinator, launched from a course that nobody set up": Who(
        comes=_launches("40", INSTRUCTOR, context="42"), launched_from="42"
    ),
    "a platform's administrator": Who(
        comes=_launches("2", PLATFORMS_ADMINISTRATOR, INSTRUCTOR), launched_from="2"
    ),
    "a platform's administrator in a course that nobody set up": Who(
        comes=House.claims, launched_from="42", claims=True, marks=("T1NEW$",)
    ),
    "a test user": Who(comes=_launches("3", LEARNER, TEST_USER), launched_from="2"),
    "a learner of another institution": Who(comes=_signs_in("moodle-3"), of=2, signed_in=False),
    "a coordinator of another institution, launched": Who(
        comes=_launches("40", INSTRUCTOR), of=2, signed_in=False
    ),
    "an administrator of another institution": Who(
        comes=lambda house: house.signs_in(ADMINISTRATOR), of=2, signed_in=False
    ),
    "a coordinator at the other institution": Who(
        comes=_signs_in(COORDINATORS[ONE]), of=2, at=2, **_coordinator(ONE, 2)
    ),
    "a learner, launched at the other institution": Who(
        comes=_launches("3", LEARNER), of=2, at=2, launched_from="2", **_learner(2)
    ),
    "an administrator": Who(comes=lambda house: house.signs_in(ADMINISTRATOR), **_administrator()),
    "a program with a key of all courses": Who(comes=lambda house: house.has_a_key(), **_program(ONE, TWO)),
    "a program with a key of one course": Who(
        comes=lambda house: house.has_a_key(course=ONE), **_program(ONE)
    ),
    "a program with a key of another course": Who(
        comes=lambda house: house.has_a_key(course=TWO), **_program(TWO)
    ),
    "a program with a revoked key": Who(comes=lambda house: house.has_a_key(revoked=True), signed_in=False),
    "a program with a key that is too old": Who(comes=lambda house: house.has_a_key(days=0), signed_in=False),
    "a program with a key of another institution": Who(
        comes=lambda house: house.has_a_key(), of=2, signed_in=False
    ),
    "a program with a made-up key": Who(comes=lambda _: Browser(bearer=new_key()), signed_in=False),
    "a program with the secret of a session": Who(
        comes=lambda house: Browser(bearer=next(iter(house.signs_in(ADMINISTRATOR).cookies.values()))),
        of=2,
        signed_in=False,
    ),
    "who reads the figures": Who(comes=lambda _: Browser(bearer=METRICS), signed_in=False, watches=True),
}
