"""A tutor's working day in a real browser: what to do, recommending, a bulletin to copy."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from lms_scoring.domain.instants import SECOND
from lms_scoring.ports import Visitor
from tests.browser.conftest import DESKTOP, LANGUAGES, PATIENCE, PHONE, Visit, again
from tests.integration.web.school import COORDINATOR, COURSE, FIRST, SECOND_CLASS, TUTORS, School

if TYPE_CHECKING:
    from playwright.sync_api import Browser

Visits = Callable[..., Visit]
DESK = f"/courses/{COURSE}/desk"
PAGES = (DESK, f"{DESK}/marking", f"{DESK}/recommending", f"{DESK}/bulletins")
TUTOR = TUTORS[SECOND_CLASS]


@pytest.mark.parametrize(
    ("who", "learner", "window"),
    [
        pytest.param(TUTOR, "欧阳修远", DESKTOP, id="desktop"),
        pytest.param(TUTORS[FIRST], "马欣怡", PHONE, id="phone", marks=again),
    ],
)
def test_a_tutor_recommends_a_work_and_takes_that_back(
    visit: Visits, served: tuple[School, str], who: str, learner: str, window: tuple[int, int]
) -> None:
    school, _ = served
    school.clock.go_on(SECOND)
    tutor = visit(who, window=window)
    page = tutor.page
    assert page.url.endswith(DESK)
    tutor.press(page.get_by_role("link", name="去推优"))
    assert "您已推优 0 件" in page.locator("main").inner_text()
    tutor.press(page.locator("table.works tr", has_text=learner).get_by_role("button").first)
    assert "20.00" in page.locator("table.effect").inner_text()
    assert tutor.overflow() <= 0
    tutor.press(page.get_by_role("button", name="推优"))
    assert "您已推优 1 件" in page.locator("main").inner_text()
    school.clock.go_on(SECOND)
    tutor.press(page.get_by_role("button", name="撤回推优"))
    page.get_by_label("理由").fill("换一件")
    tutor.press(page.get_by_role("button", name="下一步"))
    tutor.press(page.get_by_role("button", name="撤回推优"))
    assert "您已推优 0 件" in page.locator("main").inner_text()
    assert tutor.complaints == []


def test_that_a_bulletin_counted_stands_beside_its_day(visit: Visits) -> None:
    counted = visit(TUTORS[FIRST], f"{DESK}/bulletins").page.locator("ul.topics .verdict.counted").first
    assert counted.evaluate("e => getComputedStyle(e).display") == "inline"


def test_a_draft_is_copied_with_a_tutors_own_words(visit: Visits) -> None:
    tutor = visit(TUTOR, f"{DESK}/bulletins")
    page = tutor.page
    page.locator("textarea").fill("本周提醒")
    button = page.get_by_role("button", name="复制草稿")
    button.click()
    page.get_by_role("button", name="已复制").wait_for()
    page.locator("textarea").fill("")
    page.locator("textarea").press("Control+V")
    assert page.locator("textarea").input_value() == "本周提醒"
    assert tutor.complaints == []


def test_without_script_the_draft_is_there_and_no_button_that_does_nothing(
    chromium: Browser, served: tuple[School, str]
) -> None:
    school, base = served
    context = chromium.new_context(locale="zh-CN", java_script_enabled=False)
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    page.goto(base + school.link(Visitor(person=TUTOR)))
    page.locator("main button").click()
    page.goto(f"{base}{DESK}/bulletins")
    assert page.locator("textarea").input_value().startswith("二班研修简报")
    assert page.locator("[data-copy]").count() == 1
    assert not page.locator("[data-copy]").is_visible()
    context.close()


@pytest.mark.parametrize("who", [TUTOR, pytest.param(COORDINATOR, marks=again)])
@pytest.mark.parametrize("language", LANGUAGES)
def test_no_page_of_the_desk_stands_out_of_a_narrow_window(visit: Visits, who: str, language: str) -> None:
    phone = visit(who, window=PHONE, language=language)
    for path in PAGES:
        phone.go(path)
        assert phone.overflow() <= 0, path
    assert phone.complaints == []
