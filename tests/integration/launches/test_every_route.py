"""Every route of the application, asked by everybody there is: nothing of anybody else's is told or changed.

The table of who gets in is compared with the URL map, so that a new route without an entry fails; whoever
does not get in is refused, whatever object they ask for.
"""

from __future__ import annotations

import logging
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from io import BytesIO
from itertools import product
from zipfile import ZipFile

import pytest
from flask.testing import FlaskClient
from pypdf import PdfReader
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from lms_scoring.ports import Launched, Visitor
from lms_scoring.web.access.credentials import digest_of
from tests.integration.launches.school import PUBLIC
from tests.integration.launches.two_tenants import (
    CONTEXTS,
    COORDINATORS,
    ONE,
    ROSTER,
    THEIRS,
    TWO,
    fill_two_tenants,
    mark,
    marks_in,
)
from tests.integration.launches.visiting import VISITORS, Browser, House, Who
from tests.integration.launches.who_gets_in import (
    OBJECTS,
    OTHER,
    OURS,
    STRANGE,
    TABLE,
    THEIR_LINK,
    THEIR_WINDOW,
    Arguments,
    sees_all,
)

REFUSED = frozenset({400, 401, 403, 404, 405, 409, 410})
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
OF_NO_PERSON = frozenset(
    {"static", "health.health", "sign_in.offer", "launches.jwks", "api-document.openapi"}
)
CHANGES = ("registrations.approve", "registrations.disable", "registrations.deployment")
REMOVES = "registrations.remove"
REPEATED = ("registrations.add", "registrations.change")
"""Forms that come back with what they concern, where something is wrong with them."""
REPEATED_TO_ALL_OF = ("closings.act", "course_settings.change", "identities.act", "quarantines.act")
"""The same, for whoever sees the whole course."""
FLEETING = ("session", "sign_in_link", "launch_state")
AGAIN = frozenset(
    {
        "a browser with made-up cookies",
        "a stranger",
        "a tutor",
        "a coordinator, launched",
        "a coordinator, launched from no course",
        "a coordinator, launched from a course that nobody set up",
        "a platform's administrator in a course that nobody set up",
        "a test user",
        "a learner of another institution",
        "an administrator of another institution",
        "a coordinator at the other institution",
        "an administrator, launched",
    }
)
"""They differ from others in how they came alone."""
ALL_VISITORS = [
    pytest.param(name, marks=pytest.mark.variation) if name in AGAIN else name for name in VISITORS
]


@dataclass(frozen=True, slots=True)
class Asked:
    """One request."""

    endpoint: str
    method: str
    path: str
    arguments: Arguments

    def may(self, who: Who) -> bool:
        entry = TABLE.get((self.endpoint, self.method))
        if self.endpoint in CHANGES and self.arguments["registration"] == 99:
            return False
        return entry is not None and entry(who, self.arguments)


@pytest.fixture(scope="session")
def houses(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[int, House]]:
    file = tmp_path_factory.mktemp("tenants") / "tenants.sqlite"
    fill_two_tenants(file)
    found = {tenant: House(file, tenant) for tenant in (1, 2)}
    launched = Launched(registration=OURS, context="2", subject="40", course=ONE, staff=True)
    with found[2].store.writing() as transaction:
        for code, visitor in (
            (THEIR_LINK, Visitor(person=COORDINATORS[ONE])),
            (THEIR_WINDOW, Visitor(person=COORDINATORS[ONE], launched=launched)),
        ):
            transaction.keep_link(digest_of(code), visitor, expires_at=10**15)
    yield found
    for house in found.values():
        house.store.close()


@pytest.fixture(scope="session")
def requests(houses: dict[int, House]) -> list[Asked]:
    """Every route with every object, by GET and by POST."""
    return [asked for rule in rules(houses[1]) for asked in of_rule(houses[1], rule)]


def rules(house: House) -> list[Rule]:
    return [rule for rule in house.app.url_map.iter_rules() if rule.endpoint != "sign_in.leave"]


def of_rule(house: House, rule: Rule) -> Iterator[Asked]:
    """What it answers, and what nobody answers at its address."""
    adapter = house.app.url_map.bind("tool.example")
    own = (rule.methods or set()) & {"GET", "POST"}
    beside = [other.methods or set() for other in house.app.url_map.iter_rules() if other.rule == rule.rule]
    unanswered = {"GET", "POST"} - set[str]().union(*beside)
    names = sorted(rule.arguments)
    for values in product(*(OBJECTS[name] for name in names)):
        arguments = dict(zip(names, values, strict=True))
        if arguments.get("course") in (THEIRS, "absent") and arguments.get("person", "absent") not in STRANGE:
            continue
        path = adapter.build(rule.endpoint, arguments, method=min(own))
        for method in sorted(own | unanswered):
            yield Asked(rule.endpoint, method, path, arguments)
        unanswered = set()  # whatever the object, nobody answers that


def strange_to(who: Who, requests: list[Asked]) -> list[Asked]:
    """Without codes of the other institution where they are good, and what would end everybody's visit or
    take the registration away that the others are asked about."""
    theirs = (THEIR_LINK, THEIR_WINDOW) if who.at == 2 else ()
    return [
        asked
        for asked in requests
        if asked.arguments.get("code") not in theirs
        and not (who.administers and asked.endpoint in CHANGES and asked.arguments["registration"] == OURS)
        and not (who.administers and asked.endpoint == REMOVES and asked.arguments["registration"] == OTHER)
    ]


def ask(client: FlaskClient, asked: Asked, form_token: str) -> TestResponse:
    if asked.method == "GET":
        answer = client.get(asked.path, base_url=PUBLIC)
        answer.get_data()
        answer.close()  # a file of ours is open until then
        return answer
    data = {"token": form_token, "search": "P", "deployment": mark("T1"), "do": "adopt"}
    return client.post(asked.path, base_url=PUBLIC, data=data)


class Heard(logging.Handler):
    """Every line of the log."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(self.format(record))


@pytest.fixture
def heard() -> Iterator[Heard]:
    handler, root = Heard(), logging.getLogger()
    before = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield handler
    root.removeHandler(handler)
    root.setLevel(before)


def contents(house: House) -> dict[str, list[str]]:
    """What is kept, by table; without what visits leave behind."""
    with closing(sqlite3.connect(house.store.engine.url.database or "")) as connection:
        names = [
            name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        ]
        return {
            name: sorted(repr(row) for row in connection.execute(f'SELECT * FROM "{name}"'))  # noqa: S608
            for name in names
            if name not in FLEETING
        }


def told(answer: TestResponse) -> str:
    """All that an answer says: its page or file, and its headers."""
    if answer.mimetype == "application/pdf":
        return "\n".join(
            [str(answer.headers), *(page.extract_text() for page in PdfReader(BytesIO(answer.data)).pages)]
        )
    if answer.mimetype == XLSX:
        with ZipFile(BytesIO(answer.data)) as file:
            parts = [file.read(name).decode(errors="replace") for name in file.namelist()]
        return "\n".join([str(answer.headers), *parts])
    return f"{answer.headers}\n{answer.text}"


def test_every_route_is_in_the_table(houses: dict[int, House]) -> None:
    routes = {
        (rule.endpoint, method)
        for rule in houses[1].app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    assert routes == set(TABLE)


def test_the_matrix_is_large(requests: list[Asked]) -> None:
    assert len(requests) * len(VISITORS) >= 2_000


@pytest.mark.parametrize("name", ALL_VISITORS)
def test_everybody_gets_in_where_the_table_says_and_reads_only_what_is_theirs(
    houses: dict[int, House], requests: list[Asked], heard: Heard, name: str
) -> None:
    who = VISITORS[name]
    browser, house = who.comes(houses[who.of]), houses[who.at]
    client, before, read = browser.at(house), contents(house), set[str]()
    for asked in strange_to(who, requests):
        answer = ask(client, asked, browser.token)
        place = f"{asked.method} {asked.path}"
        if asked.may(who):
            assert answer.status_code < 400, f"{place}: {answer.status_code}"
        else:
            assert answer.status_code in REFUSED, f"{place}: {answer.status_code}"
        found = marks_in(told(answer))
        leaked = {mark for mark in found if not who.may_read(mark)}
        assert not leaked, f"{place} tells {sorted(leaked)}"
        repeats = asked.endpoint in REPEATED_TO_ALL_OF and sees_all(who, asked.arguments)
        shown = asked.may(who) or repeats or (asked.endpoint in REPEATED and who.administers)
        assert not found or shown, f"{place} is refused and tells {sorted(found)}"
        assert not found or asked.endpoint not in OF_NO_PERSON
        read |= found
    after = contents(house)
    changed = {table for table, rows in before.items() if after[table] != rows}
    allowed = {"registration", "deployment"} if who.administers else set()
    allowed |= {"sync_request"} if who.all_of else set()
    assert changed <= allowed | ({"outgoing_grade"} if who.boards else set())
    assert bool(read) == bool(who.marks)
    assert not marks_in("\n".join(heard.lines))
    assert not any(
        value in line for line in heard.lines for value in browser.cookies.values() if len(value) > 2
    )


@pytest.mark.parametrize("name", [name for name, who in VISITORS.items() if who.boards or who.claims])
def test_no_form_without_its_token_does_anything(
    houses: dict[int, House], requests: list[Asked], name: str
) -> None:
    who = VISITORS[name]
    browser, house = who.comes(houses[who.of]), houses[who.at]
    client, before = browser.at(house), contents(house)
    posts = [asked for asked in strange_to(who, requests) if asked.method == "POST"]
    answers = [ask(client, asked, "forged") for asked in posts]
    assert {answer.status_code for answer in answers} <= REFUSED
    assert not marks_in("".join(told(answer) for answer in answers))
    assert contents(house) == before


@pytest.mark.parametrize("name", ALL_VISITORS)
def test_signing_out_is_for_those_who_are_in(houses: dict[int, House], name: str) -> None:
    who = VISITORS[name]
    browser, house = who.comes(houses[who.of]), houses[who.at]
    client = browser.at(house)
    asked = Asked("sign_in.leave", "POST", "/sign-out", {})
    assert ask(client, asked, "forged").status_code in REFUSED
    answer = ask(client, asked, browser.token)
    assert (answer.status_code == 200) == who.signed_in
    assert not marks_in(told(answer))
    assert browser.at(house).get("/", base_url=PUBLIC).status_code == 401


@pytest.mark.parametrize("name", ALL_VISITORS)
def test_what_one_may_not_see_looks_like_what_does_not_exist(houses: dict[int, House], name: str) -> None:
    who = VISITORS[name]
    client = who.comes(houses[who.of]).at(houses[who.at])

    def page(path: str, asked_for: str) -> tuple[int, str]:
        """Without what was asked for, which its own address repeats."""
        answer = client.get(path, base_url=PUBLIC)
        text = re.sub(r'nonce="[^"]*"', "", answer.text)
        return answer.status_code, text.replace(f"/{asked_for}", "/")

    own = CONTEXTS.get(who.launched_from or "")
    hidden = [course for course in (ONE, TWO, THEIRS) if course not in {*who.courses, own}]
    for rest in ("", "start", "sync", "board.csv", "people/moodle-3"):
        assert {page(f"/courses/{course}/{rest}", course) for course in (*hidden, "absent")} == {
            page(f"/courses/absent/{rest}", "absent")
        }
    for course in who.courses:
        unseen = {one.key for one in ROSTER if (course, one.key) not in who.people}
        pages = {page(f"/courses/{course}/people/{key}", key) for key in (*unseen, "absent")}
        assert len(pages) == 1


def test_a_session_of_one_institution_is_none_at_the_other(houses: dict[int, House]) -> None:
    browser: Browser = VISITORS["a coordinator"].comes(houses[1])
    assert browser.at(houses[1]).get(f"/courses/{ONE}/", base_url=PUBLIC).status_code == 200
    assert browser.at(houses[2]).get(f"/courses/{ONE}/", base_url=PUBLIC).status_code == 401


def test_codes_of_the_other_institution_are_still_good_there(
    houses: dict[int, House], requests: list[Asked]
) -> None:
    for asked in requests:
        if "code" in asked.arguments:
            ask(Browser().at(houses[1]), asked, "")
    with houses[2].store.writing() as transaction:
        assert transaction.take_link(digest_of(THEIR_LINK), at=1) is not None
        assert transaction.take_link(digest_of(THEIR_WINDOW), at=1) is not None
