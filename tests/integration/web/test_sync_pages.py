"""The sync report, headers and languages of the pages."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

from lms_scoring.domain.failure import Failure, Instead, Remedy
from lms_scoring.ports import Kept, RunState
from tests.given import AFTER
from tests.integration.web.html_page import HtmlPage
from tests.integration.web.school import COORDINATOR, COURSE, School

SHEET = "/static/style/base.css"
FAILED = (
    (Instead.LOGIN_PAGE, Remedy.PERSON, None, ["收到的是登录页面", "需要有人处理"]),
    (Instead.HALF, Remedy.TRY_AGAIN, None, ["回答只收到一半", "下次同步会再试"]),
    (Instead.MAINTENANCE, Remedy.TRY_AGAIN, AFTER, ["平台正在维护", "2024年12月17日 00:00 之前不要再试"]),
    (Instead.REFUSED, Remedy.RECORD, None, ["平台拒绝了一条记录", "其余不受影响"]),
)
PATHS = (
    f"/courses/{COURSE}/",
    f"/courses/{COURSE}/?role=tutor",
    f"/courses/{COURSE}/people/moodle-7",
    f"/courses/{COURSE}/sync",
)


def test_the_report_names_runs_problems_strays_and_what_is_not_bound(school: School) -> None:
    page = school.page(school.signed_in(COORDINATOR), f"/courses/{COURSE}/sync")
    tables = {table.text: table for table in page.all("table")}
    (unbound,) = (text for text in tables if text.startswith("未绑定，不计分"))
    assert "答疑 26" in unbound
    assert any("account:https://moodle.example|nobody 1" in text for text in tables)
    assert any("Grant mod/scorm:viewreport." in text for text in tables)
    (runs,) = (text for text in tables if text.startswith("各来源最近一次"))
    assert "失败 lrs: GET /statements" in runs
    assert "完成" in runs


@pytest.mark.parametrize(("instead", "remedy", "try_at", "words"), FAILED)
def test_the_report_says_of_a_failed_run_what_came_and_what_can_be_done(
    own_school: School, instead: Instead, remedy: Remedy, try_at: int | None, words: Sequence[str]
) -> None:
    failure = Failure(remedy=remedy, instead=instead, try_at=try_at)
    now = own_school.clock.now()
    with own_school.store.writing() as transaction:
        run = transaction.begin_run(COURSE, "lrs", at=now)
        transaction.end_run(run, at=now, state=RunState.FAILED, kept=Kept(), reason="r", failure=failure)
    page = own_school.page(own_school.signed_in(COORDINATOR), f"/courses/{COURSE}/sync")
    (latest, *_) = (row.text for row in page.all("tr") if "失败" in row.text)
    assert all(word in latest for word in words)


def test_platforms_own_words_are_marked_as_english(school: School) -> None:
    page = school.page(school.signed_in(COORDINATOR), f"/courses/{COURSE}/sync")
    (reason,) = page.all("span", "reason")
    assert reason.attributes["lang"] == "en"


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize(("language", "tag"), [("zh", "zh-Hans"), ("en", "en")])
def test_every_page_is_sound_and_says_its_language(
    school: School, path: str, language: str, tag: str
) -> None:
    client = school.signed_in(COORDINATOR)
    client.set_cookie("language", language)
    (html,) = school.page(client, path).all("html")
    assert html.attributes["lang"] == tag


def test_a_chosen_language_is_remembered(school: School) -> None:
    client = school.signed_in(COORDINATOR)
    assert school.page(client, f"{PATHS[0]}?lang=en").texts("h1") == ["Learners' scoreboard"]
    assert school.page(client, PATHS[0]).texts("h1") == ["Learners' scoreboard"]
    client.get(f"{PATHS[0]}?lang=xx")
    assert school.page(client, PATHS[0]).texts("h1") == ["Learners' scoreboard"]
    assert school.page(client, f"{PATHS[0]}?lang=zh").texts("h1") == ["学员成绩榜"]


def test_the_other_language_is_one_click_away_on_the_same_view(school: School) -> None:
    page = school.page(school.signed_in(COORDINATOR), f"{PATHS[0]}?state=pass&sort=name")
    (link,) = (e.attributes["href"] for e in page.all("a") if e.text == "English")
    assert link == "?state=pass&sort=name&lang=en"


def test_an_english_house_speaks_english_first(opened: Callable[..., School]) -> None:
    answer = opened(language="en").app.test_client().get("/")
    assert HtmlPage(answer.text).texts("h1") == ["Please sign in"]


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
    kept = "private, no-cache" if path.split("?", maxsplit=1)[0] == PATHS[0] else "no-store"
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
    assert school.signed_in(COORDINATOR).post("/sign-out", data=form).status_code == 413
