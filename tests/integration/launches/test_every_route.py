"""Every route of the application, asked by everybody there is: nothing of anybody else's is told or changed.

The table of who gets in is compared with the URL map, so that a new route without an entry fails; whoever
does not get in is refused, whatever object they ask for, though what they send is right in everything, and
not one row of any table is another afterwards.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from itertools import product
from zipfile import ZipFile

import pytest
from pypdf import PdfReader
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from lms_scoring.web.access.credentials import digest_of
from tests.fixtures.rows import Rows
from tests.integration.launches.right_forms import RIGHT, Arguments, right, variants
from tests.integration.launches.school import PUBLIC
from tests.integration.launches.two_tenants import (
    CONTEXTS,
    ONE,
    ROSTER,
    THEIRS,
    TWO,
    fill_two_tenants,
    marks_in,
)
from tests.integration.launches.visiting import LINKS, VISITORS, WINDOWS, Browser, House, Who
from tests.integration.launches.who_gets_in import DOES, OBJECTS, STRANGE, TABLE

REFUSED = frozenset({400, 401, 403, 404, 405, 409, 410})
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
OF_NO_PERSON = frozenset(
    {"static", "health.health", "sign_in.offer", "launches.jwks", "api-document.openapi"}
)
WITHOUT_TOKEN = frozenset({"sign_in.use", "launches.login", "launches.launch", "launches.confirm"})
"""Forms that prove themselves by what they carry."""
USED_UP = {"sign_in.use": {"sign_in_link"}, "launches.open_code": {"sign_in_link"}}
"""A code is used up where it is shown at the wrong door, too."""
STANDS_ON = {
    "cases.act": "cases.case",
    "closings.act": "closings.offer",
    "decisions.decide": "decisions.offer",
    "disputes.act": "disputes.dispute",
    "identities.act": "identities.listed",
    "quarantines.act": "quarantines.record",
    "quarantines.say": "quarantines.loss",
}
"""The page of a form that is shown again where a step of it is refused, to whoever may see that page."""
AGAIN = frozenset(
    {
        "a browser with made-up cookies",
        "a stranger",
        "a tutor",
        "a tutor, launched to review a learner",
        "a coordinator, launched",
        "a coordinator, launched from no course",
        "a coordinator, launched from a course that nobody set up",
        "a platform's administrator in a course that nobody set up",
        "a test user",
        "a learner of another institution",
        "an administrator of another institution",
        "a coordinator at the other institution",
        "an administrator, launched",
        "a program with a key of all courses",
        "a program with a key that is too old",
        "a program with a made-up key",
        "a program with the secret of a session",
    }
)
"""They differ from others in how they came alone."""
ALL_VISITORS = [
    pytest.param(name, marks=pytest.mark.variation) if name in AGAIN else name for name in VISITORS
]


@dataclass(frozen=True, slots=True)
class Asked:
    """One request; the arguments are those of its address, and what its form names."""

    endpoint: str
    method: str
    path: str
    arguments: Arguments

    def may(self, who: Who) -> bool:
        entry = TABLE.get((self.endpoint, self.method))
        return entry is not None and entry(who, self.arguments)

    def is_shown_again(self, who: Who) -> bool:
        """Whether a refusal may be the page that the form stands on."""
        page = TABLE.get((STANDS_ON.get(self.endpoint, ""), "GET"))
        return self.method == "POST" and page is not None and page(who, self.arguments)

    @property
    def place(self) -> str:
        """For who reads a failure."""
        return f"{self.method} {self.path} {dict(self.arguments)}"


@pytest.fixture(scope="session")
def houses(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[int, House]]:
    file = tmp_path_factory.mktemp("tenants") / "tenants.sqlite"
    fill_two_tenants(file)
    rows = Rows(file)
    found = {tenant: House(file, tenant, rows) for tenant in (1, 2)}
    yield found
    for house in found.values():
        house.store.close()
    rows.close()


@pytest.fixture(scope="session")
def requests(houses: dict[int, House]) -> list[Asked]:
    """Every route with every object, by every method."""
    return [asked for rule in rules(houses[1]) for asked in of_rule(houses[1], rule)]


def rules(house: House) -> list[Rule]:
    return [rule for rule in house.app.url_map.iter_rules() if rule.endpoint != "sign_in.leave"]


def of_rule(house: House, rule: Rule) -> Iterator[Asked]:
    """What it answers, and what nobody answers at its address."""
    adapter = house.app.url_map.bind("tool.example")
    own = (rule.methods or set()) & {*METHODS}
    beside = [other.methods or set() for other in house.app.url_map.iter_rules() if other.rule == rule.rule]
    unanswered = {*METHODS} - set[str]().union(*beside)
    names = sorted(rule.arguments)
    for values in product(*(OBJECTS[name] for name in names)):
        arguments = dict(zip(names, values, strict=True))
        if arguments.get("course") in (THEIRS, "absent") and arguments.get("person", "absent") not in STRANGE:
            continue
        path = adapter.build(rule.endpoint, arguments, method=min(own))
        for method in sorted(unanswered):
            yield Asked(rule.endpoint, method, path, arguments)
        unanswered = set()  # whatever the object, nobody answers that
        for variant in variants(rule.endpoint, arguments):
            for method in sorted(own):
                yield Asked(rule.endpoint, method, path, {**arguments, **variant})


def ask(house: House, browser: Browser, asked: Asked, form_token: str | None = None) -> TestResponse:
    """Sends what is right there; `form_token` in place of that of the browser's session."""
    client, sent = browser.at(house), right(house, asked.endpoint, asked.method, asked.arguments)
    for name, value in sent.cookies.items():
        client.set_cookie(name, value, domain="tool.example", secure=True)
    data = {"token": browser.token if form_token is None else form_token, **sent.form}
    answer = client.open(
        asked.path,
        method=asked.method,
        base_url=PUBLIC,
        query_string=dict(sent.query),
        data=None if asked.method == "GET" else data,
    )
    answer.get_data()
    answer.close()  # a file of ours is open until then
    return answer


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


def test_what_is_sent_is_sent_to_routes_that_there_are() -> None:
    assert set(RIGHT) <= set(TABLE)
    assert set(DOES) <= {endpoint for endpoint, _ in TABLE}


def wrong_in(
    answer: TestResponse, asked: Asked, who: Who, found: set[str], changed: set[str]
) -> Iterator[str]:
    """What should not be in an answer with these marks, which changed these tables."""
    if leaked := {mark for mark in found if not who.may_read(mark)}:
        yield f"tells {sorted(leaked)}"
    if found and asked.endpoint in OF_NO_PERSON:
        yield f"is of no person and tells {sorted(found)}"
    if not asked.may(who):
        if answer.status_code not in REFUSED:
            yield f"is not refused: {answer.status_code}"
        if found and not asked.is_shown_again(who):
            yield f"is refused and tells {sorted(found)}"
        if unforeseen := changed - USED_UP.get(asked.endpoint, set()):
            yield f"is refused and changes {sorted(unforeseen)}"
        return
    wanted = DOES.get(asked.endpoint, frozenset())
    if answer.status_code >= 400:
        yield f"is refused: {answer.status_code}"
    if undone := wanted - changed:
        yield f"changes nothing in {sorted(undone)}, only {sorted(changed)}"
    if changed and not wanted:
        yield f"changes {sorted(changed)}"


@pytest.mark.parametrize("name", ALL_VISITORS)
def test_everybody_does_what_the_table_says_and_reads_and_changes_only_what_is_theirs(
    houses: dict[int, House], requests: list[Asked], heard: Heard, name: str
) -> None:
    who = VISITORS[name]
    browser, house, read = who.comes(houses[who.of]), houses[who.at], set[str]()
    complaints: list[str] = []
    house.rows.remember()
    for asked in requests:
        answer = ask(house, browser, asked)
        changed = set(house.rows.changed())
        house.rows.bring_back()
        found = marks_in(told(answer)) - marks_in(str(answer.request.args))  # an address is repeated
        complaints += [f"{asked.place} {what}" for what in wrong_in(answer, asked, who, found, changed)]
        read |= found
    assert not complaints, "\n".join(complaints)
    assert bool(read) == bool(who.marks)
    assert not marks_in("\n".join(heard.lines))
    assert not any(secret in line for line in heard.lines for secret in browser.secrets)


@pytest.mark.parametrize("name", [name for name, who in VISITORS.items() if who.boards or who.claims])
def test_no_form_without_its_token_does_anything(
    houses: dict[int, House], requests: list[Asked], name: str
) -> None:
    who = VISITORS[name]
    browser, house = who.comes(houses[who.of]), houses[who.at]
    house.rows.remember()
    for asked in requests:
        if asked.method == "POST" and asked.endpoint not in WITHOUT_TOKEN:
            answer = ask(house, browser, asked, "forged")
            assert answer.status_code in REFUSED, asked.place
            assert not marks_in(told(answer))
    assert house.rows.changed() == {}


@pytest.mark.parametrize("name", ALL_VISITORS)
def test_signing_out_is_for_those_who_are_in(houses: dict[int, House], name: str) -> None:
    who = VISITORS[name]
    browser, house = who.comes(houses[who.of]), houses[who.at]
    asked = Asked("sign_in.leave", "POST", "/sign-out", {})
    assert ask(house, browser, asked, "forged").status_code in REFUSED
    answer = ask(house, browser, asked)
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
    ours, theirs = houses[1], houses[2]
    ours.rows.remember()
    for asked in requests:
        if "code" in asked.arguments:
            ask(ours, Browser(), asked)
    with theirs.store.writing() as transaction:
        for code in (LINKS[2], WINDOWS[2]):
            assert transaction.take_link(digest_of(code), at=theirs.clock.time) is not None
    ours.rows.bring_back()
