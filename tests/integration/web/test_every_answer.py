"""What every answer tells a browser, and how requests are answered that are wrong."""

from __future__ import annotations

import pytest

from tests.integration.web.html_page import HtmlPage
from tests.integration.web.school import COORDINATOR, COURSE, School

SHEET = "/static/style/base.css"
BOARD = f"/courses/{COURSE}/"
PATHS = (BOARD, f"{BOARD}?role=tutor", f"{BOARD}people/moodle-7", f"{BOARD}sync")


@pytest.mark.parametrize("path", [*PATHS, "/", "/health", "/no-such-page", "/sign-in/x", SHEET])
def test_every_answer_forbids_scripts_frames_and_leaks(school: School, path: str) -> None:
    with school.signed_in(COORDINATOR).get(path) as answer:
        headers, body = answer.headers, answer.get_data().decode("utf-8", "replace")
    policy = dict(part.split(" ", 1) for part in headers["Content-Security-Policy"].split("; "))
    assert policy["default-src"] == "'none'"
    nonces = {e.attributes["nonce"] for e in HtmlPage(body).elements if e.tag == "script"}
    assert policy["script-src"] == (" ".join(f"'nonce-{one}'" for one in nonces) or "'none'")
    assert policy["frame-ancestors"] == "'none'"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"


@pytest.mark.parametrize("path", [*PATHS, "/", "/sign-in/x"])
def test_nothing_personal_is_kept_by_a_browser(school: School, path: str) -> None:
    """A board may lie there, for its owner, who must ask each time; signing out clears it away."""
    kept = "private, no-cache" if path.split("?", maxsplit=1)[0] == BOARD else "no-store"
    client = school.signed_in(COORDINATOR)
    assert client.get(path).headers["Cache-Control"] == kept


def test_no_page_fetches_anything_from_elsewhere(school: School) -> None:
    client = school.signed_in(COORDINATOR)
    for path in PATHS:
        page = school.page(client, path)
        names = ("href", "src", "action")
        addresses = [e.attributes[name] for e in page.elements for name in names if name in e.attributes]
        assert all(address.startswith(("/", "?", "#")) for address in addresses)
        assert not any(address.startswith("//") for address in addresses)


@pytest.mark.parametrize(
    ("path", "method", "status"),
    [("/no-such-page", "GET", 404), ("/sign-out", "GET", 405), (f"/courses/{COURSE}/board.csv", "POST", 405)],
)
def test_a_wrong_address_is_answered_in_plain_words(
    school: School, path: str, method: str, status: int
) -> None:
    answer = school.signed_in(COORDINATOR).open(path, method=method)
    assert answer.status_code == status
    page = HtmlPage(answer.text)
    assert page.faults == []
    assert any(e.attributes.get("href") == "/" for e in page.all("a"))


def test_a_name_that_is_not_ours_is_not_answered(school: School) -> None:
    assert school.app.test_client().get("/", base_url="http://elsewhere.example").status_code == 400


def test_a_form_that_is_too_large_is_refused(school: School) -> None:
    answer = school.app.test_client().post("/sign-in/x", data={"x": "y" * 100_000})
    assert answer.status_code in (410, 413)
    form = {"token": "x" * 100_000}
    refused = school.signed_in(COORDINATOR).post("/sign-out", data=form)
    assert refused.status_code == 413
    assert HtmlPage(refused.text).texts("h1")
