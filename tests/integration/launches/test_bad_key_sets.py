"""Launches while something is wrong with the platform's keys, over HTTP on both sides: nobody gets in whose
signature cannot be checked, no row is another, and what was known before goes on."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
from joserfc.jwk import ECKey, OctKey
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from adapters.lti.key_sets import COOL_DOWN, FRESH, PlatformKeySets
from tests.integration.launches.door import Answer, Door, opened
from tests.integration.launches.school import LaunchSchool, launch_school
from tests.integration.lti.asking import connecting, root
from tests.launches.platform import KID, Signing, claims, key, key_set, token

UNREACHABLE = range(503, 504)


@dataclass
class Published:
    """What the platform answers to who asks for its keys; `asked` tells for what."""

    keys: list[Any] = field(default_factory=lambda: list(key_set()["keys"]))
    status: int = 200
    body: bytes | None = None
    headers: dict[str, str] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def answer(self, request: Request) -> Response:
        self.asked.append(request.path)
        body = json.dumps({"keys": self.keys}).encode() if self.body is None else self.body
        return Response(body, status=self.status, headers=self.headers)


@pytest.fixture
def published(httpserver: HTTPServer) -> Published:
    made = Published()
    httpserver.expect_request("/keys").respond_with_handler(made.answer)
    return made


@pytest.fixture
def school(filled_school: Path, tmp_path: Path, httpserver: HTTPServer) -> Iterator[LaunchSchool]:
    """Of a platform that publishes its keys at a server."""
    file = Path(shutil.copy(filled_school, tmp_path / "school.sqlite"))
    with launch_school(file) as school:
        with school.store.writing() as transaction:
            ours = transaction.registration(school.registration)
            transaction.keep_registration(replace(ours, jwks_url=f"{root(httpserver)}/keys"), at=1)
        school.key_sets = PlatformKeySets(connecting(deadline=60.0), clock=school.clock)
        yield school


@pytest.fixture
def door(school: LaunchSchool) -> Iterator[Door]:
    with opened(school) as served:
        yield served


def later(door: Door, by: int) -> dict[str, int]:
    """The clock goes on by so many milliseconds; the times of a token that is made then."""
    door.school.clock.go_on(by)
    now = door.school.clock.time // 1_000
    return {"iat": now, "exp": now + 60}


def of(name: str, **times: int) -> str:
    """A launch that is signed by that key of the platform."""
    return token(claims(**times), Signing(key=key(name), header={"kid": name}))


def let_in(answer: Answer) -> bool:
    return answer.status == 303


def test_keys_that_cannot_be_fetched_are_no_fault_of_the_visitor(door: Door, published: Published) -> None:
    published.status = 500
    page = door.refuses(token(claims()), status=UNREACHABLE)
    assert "公钥" in page


def test_while_the_platform_is_down_a_key_that_was_known_is_believed(
    door: Door, published: Published
) -> None:
    assert let_in(door.launch(token(claims())))
    published.status = 503
    times = later(door, 2 * FRESH)
    assert let_in(door.launch(token(claims(**times))))
    assert len(published.asked) == 2


def test_while_the_platform_is_down_a_key_that_nobody_knew_opens_nothing(
    door: Door, published: Published
) -> None:
    assert let_in(door.launch(token(claims())))
    published.status = 503
    times = later(door, COOL_DOWN)
    page = door.refuses(of("key-2", **times), status=UNREACHABLE)
    assert "公钥" in page


def test_a_key_that_was_turned_between_two_launches_is_found_and_the_former_is_none(
    door: Door, published: Published
) -> None:
    assert let_in(door.launch(token(claims())))
    published.keys = key_set("key-2")["keys"]
    assert let_in(door.launch(of("key-2")))
    door.refuses(token(claims()))


def test_a_key_that_the_platform_never_had_opens_nothing(door: Door, published: Published) -> None:
    assert let_in(door.launch(token(claims())))
    door.refuses(of("key-2"))


SECRET = b"known to both of us, and long enough"
UNFIT: dict[str, dict[str, Any]] = {
    "for encryption": {**key("key-2").as_dict(private=False), "kid": "key-2", "use": "enc"},
    "a shared secret": {**OctKey.import_key(SECRET).as_dict(), "kid": "key-2", "use": "sig"},
    "on a curve": {
        **ECKey.generate_key("P-256").as_dict(private=False),
        "kid": "key-2",
        "use": "sig",
    },
    "half a key": {"kty": "RSA", "kid": "key-2", "n": "AQAB", "e": "!"},
    "no key": {"kid": "key-2"},
}


@pytest.mark.parametrize("unfit", UNFIT.values(), ids=UNFIT)
def test_what_signs_nothing_stands_in_nobodys_way_and_opens_nothing(
    door: Door, published: Published, unfit: dict[str, Any]
) -> None:
    published.keys = [unfit, *published.keys]
    assert let_in(door.launch(token(claims())))
    door.refuses(of("key-2"))
    door.refuses(
        token(claims(), Signing(algorithm="HS256", key=OctKey.import_key(SECRET), header={"kid": "key-2"}))
    )


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_keys_are_not_looked_for_where_a_key_set_leads_on_to(
    door: Door, published: Published, httpserver: HTTPServer, status: int
) -> None:
    elsewhere = Published()
    httpserver.expect_request("/elsewhere").respond_with_handler(elsewhere.answer)
    published.status, published.headers = status, {"Location": f"{root(httpserver)}/elsewhere"}
    door.refuses(token(claims()), status=UNREACHABLE)
    assert (published.asked, elsewhere.asked) == (["/keys"], [])


LONG = b'{"keys": [], "x": "' + b"x" * 10_000_000 + b'"}'
NO_SETS = {
    "ten megabytes": (LONG, UNREACHABLE),
    "a page to log in": (b"<html>Log in</html>", range(400, 401)),
    "nothing": (b"", range(400, 401)),
    "a list": (b"[]", range(400, 401)),
    "no list of keys": (b'{"keys": {}}', range(400, 401)),
    "an empty list": (b'{"keys": []}', range(400, 401)),
}


@pytest.mark.parametrize(("body", "status"), NO_SETS.values(), ids=NO_SETS)
def test_what_is_no_key_set_opens_nothing(
    door: Door, published: Published, body: bytes, status: range
) -> None:
    published.body = body
    door.refuses(token(claims()), status=status)


def test_the_platform_is_asked_no_more_by_many_bad_launches_than_by_a_few(
    door: Door, published: Published
) -> None:
    for number in range(20):
        door.refuses(token(claims(), Signing(header={"kid": f"made up {number}"})))
    assert len(published.asked) <= 2
    assert let_in(door.launch(token(claims(), Signing(header={"kid": KID}))))
