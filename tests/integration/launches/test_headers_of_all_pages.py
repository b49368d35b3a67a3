"""What every answer tells the browser, whoever asks: run only our script, keep nothing, who may frame it."""

from __future__ import annotations

import re

import pytest
from werkzeug.test import TestResponse

from tests.integration.launches.right_forms import NEW
from tests.integration.launches.school import PUBLIC
from tests.integration.launches.test_every_route import Asked, ask, houses, requests
from tests.integration.launches.visiting import VISITORS, House, Who
from tests.launches.platform import ISSUER

__all__ = ["houses", "requests"]  # the fixtures of the matrix: the same institutions, the same addresses

ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Strict-Transport-Security": "max-age=31536000",
}
FOR_EVERYBODY = {"static", "launches.jwks"}
"""What is the same for all, and may be kept by caches."""
# A board may lie in its reader's browser, which asks each time whether it still holds; signing out clears it.
FROM_PLATFORMS = {"launches.login", "launches.launch", "launches.confirm", "registering.register"}
"""The platform that is answered may show the answer in its frame; a refusal, which says nothing of anybody,
any platform may."""


def policy_of(answer: TestResponse) -> dict[str, str]:
    (policy,) = answer.headers.getlist("Content-Security-Policy")
    return dict(part.partition(" ")[::2] for part in policy.split("; "))


def check(asked: Asked, answer: TestResponse, who: Who) -> None:
    for name, value in ALWAYS.items():
        assert answer.headers.getlist(name) == [value]
    if asked.endpoint not in FOR_EVERYBODY:
        kept = asked.endpoint == "boards.board" and answer.status_code == 200
        assert answer.headers["Cache-Control"] == ("private, no-cache" if kept else "no-store")
    assert "X-Frame-Options" not in answer.headers
    assert "Access-Control-Allow-Origin" not in answer.headers
    policy = policy_of(answer)
    assert policy["default-src"] == "'none'"
    assert policy["base-uri"] == "'none'"
    assert "unsafe" not in str(policy)
    allowed = {"'none'"} | ({"*", ISSUER, NEW.issuer} if asked.endpoint in FROM_PLATFORMS else set())
    assert policy["frame-ancestors"] in allowed | ({ISSUER} if who.launched_from else set())
    if answer.mimetype == "text/html":
        check_scripts(answer.text, policy["script-src"])


def check_scripts(page: str, allowed: str) -> None:
    """Each script carries the answer's nonce; nothing stands in the markup that a browser would run."""
    nonces = set(re.findall(r'<script[^>]* nonce="([^"]+)"', page))
    assert page.count("<script") == len(re.findall(r'<script[^>]* nonce="', page))
    assert allowed in ({f"'nonce-{nonce}'" for nonce in nonces} or {"'none'"})
    assert not re.search(r"<[^>]+\son[a-z]+=|<[^>]+\sstyle=|javascript:|<style", page)


@pytest.mark.parametrize(
    "name",
    [
        "nobody",
        "a learner, launched",
        pytest.param("a tutor, launched", marks=pytest.mark.variation),
        pytest.param("an administrator", marks=pytest.mark.variation),
    ],
)
def test_every_answer_has_the_headers_that_protect_its_reader(
    houses: dict[int, House], requests: list[Asked], name: str
) -> None:
    who = VISITORS[name]
    browser, house = who.comes(houses[who.of]), houses[who.at]
    house.rows.remember()
    for asked in requests:
        check(asked, ask(house, browser, asked), who)
        house.rows.bring_back()
    client = browser.at(house)
    unknown = client.get("/no-such-page", base_url=PUBLIC)
    check(Asked("nothing", "GET", "/no-such-page", {}), unknown, who)


def test_no_two_answers_have_the_same_nonce(houses: dict[int, House]) -> None:
    client = VISITORS["a learner, launched"].comes(houses[1]).at(houses[1])
    pages = [client.get("/courses/c1/start", base_url=PUBLIC, follow_redirects=True) for _ in range(5)]
    assert len({policy_of(page)["script-src"] for page in pages}) == 5
