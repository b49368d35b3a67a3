"""Which language a page speaks, chosen or not, and that no browser shows it in the one before."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.integration.web.html_page import HtmlPage
from tests.integration.web.school import COORDINATOR, COURSE, School

BOARD = f"/courses/{COURSE}/"
PATHS = (BOARD, f"{BOARD}?role=tutor", f"{BOARD}people/moodle-7", f"{BOARD}sync")
ZH, EN = "zh-Hans", "en"


def spoken(text: str) -> str:
    (html,) = HtmlPage(text).all("html")
    return html.attributes["lang"]


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
    assert school.page(client, f"{BOARD}?lang=en").texts("h1") == ["Learners' scoreboard"]
    assert school.page(client, BOARD).texts("h1") == ["Learners' scoreboard"]
    client.get(f"{BOARD}?lang=xx")
    assert school.page(client, BOARD).texts("h1") == ["Learners' scoreboard"]
    assert school.page(client, f"{BOARD}?lang=zh").texts("h1") == ["学员成绩榜"]


def test_the_other_language_is_one_click_away_on_the_same_view(school: School) -> None:
    page = school.page(school.signed_in(COORDINATOR), f"{BOARD}?state=pass&sort=name")
    (link,) = (e.attributes["href"] for e in page.all("a") if e.text == "English")
    assert link == "?state=pass&sort=name&lang=en"


def test_an_english_house_speaks_english_first(opened: Callable[..., School]) -> None:
    answer = opened(language="en").app.test_client().get("/")
    assert HtmlPage(answer.text).texts("h1") == ["Please sign in"]


@pytest.mark.parametrize(
    ("accepted", "language"),
    [
        ("en-US,en;q=0.9", EN),
        ("EN", EN),
        ("en-GB;q=0.9,zh-CN;q=0.8", EN),
        ("en-US,zh;q=0.5", EN),
        ("zh-CN,zh;q=0.9,en;q=0.8", ZH),
        ("zh-TW", ZH),
        ("en;q=0.3,zh;q=0.7", ZH),
        ("en,zh", ZH),
        ("zh,en", ZH),
        ("zh;q=0,en;q=0.1", EN),
        ("en;q=0", ZH),
        ("fr,*;q=0.5", ZH),
        ("fr-FR,fr;q=0.9,en;q=0.1", EN),
        ("english", ZH),
        ("", ZH),
    ],
)
def test_a_page_speaks_as_the_browser_asks_where_nobody_chose(
    school: School, accepted: str, language: str
) -> None:
    """Chinese is the house's: what asks for both as much, or for neither, is answered in it."""
    asked = {"Accept-Language": accepted}
    assert spoken(school.app.test_client().get("/", headers=asked).text) == language
    assert spoken(school.signed_in(COORDINATOR).get(BOARD, headers=asked).text) == language


def test_a_choice_counts_over_what_the_browser_asks_for(school: School) -> None:
    client, asked = school.signed_in(COORDINATOR), {"Accept-Language": "en"}
    assert spoken(client.get(f"{BOARD}?lang=zh", headers=asked).text) == ZH
    assert spoken(client.get(BOARD, headers=asked).text) == ZH, "it is remembered"
    assert spoken(client.get(BOARD, headers={**asked, "X-Language": "en"}).text) == EN


def test_a_kept_page_is_not_shown_to_a_browser_that_asks_for_another_language(school: School) -> None:
    client = school.signed_in(COORDINATOR)
    english = client.get(BOARD, headers={"Accept-Language": "en"})
    assert "Accept-Language" in english.headers["Vary"]
    known = {"If-None-Match": english.headers["ETag"]}
    assert client.get(BOARD, headers={**known, "Accept-Language": "en-US"}).status_code == 304
    assert spoken(client.get(BOARD, headers={**known, "Accept-Language": "zh-CN"}).text) == ZH
