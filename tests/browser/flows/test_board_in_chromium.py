"""The scoreboard in a real browser: what stays in sight, what works without script, what a browser keeps."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

from lms_scoring.ports import Visitor
from tests.browser.conftest import PATIENCE, PHONE, WINDOWS, Visit
from tests.integration.web.school import COORDINATOR, COURSE, School

if TYPE_CHECKING:
    from playwright.sync_api import Browser

Visits = Callable[..., Visit]
BOARD = f"/courses/{COURSE}/"
SIZES = """() => {
    const [page] = performance.getEntriesByType("navigation");
    return [page.transferSize, page.decodedBodySize];
}"""
"""How much of this page came over the wire, and how much it is."""
SMALL = (760, 420)
"""A window with room for neither all rows nor all columns, as a frame in a course page has."""


def test_head_names_and_medians_stay_in_sight_however_far_one_scrolls(visit: Visits) -> None:
    page = visit(COORDINATOR, BOARD, window=SMALL).page
    sheet = page.locator(".sheet")
    sheet.scroll_into_view_if_needed()
    sheet.evaluate("sheet => sheet.scrollTo(sheet.scrollWidth, sheet.scrollHeight / 2)")
    moved = sheet.evaluate("sheet => [sheet.scrollLeft > 0, sheet.scrollTop > 0]")
    assert moved == [True, True]
    box = sheet.bounding_box()
    head, name, foot = (
        page.locator(f".board {part}").bounding_box()
        for part in ("thead th:nth-child(3)", "tbody tr:nth-child(5) th", "tfoot th")
    )
    assert box and head and name and foot
    assert abs(head["y"] - box["y"]) <= 2
    assert abs(name["x"] - box["x"]) <= 2
    assert abs(foot["x"] - box["x"]) <= 2
    end = sheet.evaluate("sheet => sheet.getBoundingClientRect().top + sheet.clientHeight")
    assert abs(foot["y"] + foot["height"] - end) <= 3


def test_rows_out_of_sight_leave_no_empty_space_below_the_page(visit: Visits) -> None:
    page = visit(COORDINATOR, BOARD, window=SMALL).page
    page.locator(".board tbody tr").last.evaluate(
        """row => {
            row.lastElementChild.insertAdjacentHTML("beforeend", "<span class='unseen'>waiting</span>");
            for (let n = 0; n < 30; n++) row.parentNode.append(row.cloneNode(true));
        }"""
    )
    height, end = page.evaluate(
        "[document.documentElement.scrollHeight, document.body.getBoundingClientRect().bottom]"
    )
    assert height <= end + 1


def test_a_focused_row_is_not_hidden_by_what_stays_in_sight(visit: Visits) -> None:
    page = visit(COORDINATOR, BOARD, window=SMALL).page
    page.bring_to_front()
    rows = page.locator("[data-person]")
    rows.first.focus()
    for _ in range(rows.count() - 1):
        page.keyboard.press("ArrowDown")
        covered = page.evaluate(
            """() => {
                const box = document.activeElement.getBoundingClientRect();
                const there = document.elementFromPoint(box.left + 5, box.top + box.height / 2);
                return !document.activeElement.contains(there);
            }"""
        )
        assert not covered, page.evaluate("document.activeElement.textContent")


@pytest.mark.parametrize("window", WINDOWS)
def test_without_script_a_row_leads_to_its_page_and_columns_are_chosen_by_the_form(
    chromium: Browser, served: tuple[School, str], window: tuple[int, int]
) -> None:
    school, base = served
    context = chromium.new_context(
        locale="zh-CN", java_script_enabled=False, viewport={"width": window[0], "height": window[1]}
    )
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    page.goto(base + school.link(Visitor(person=COORDINATOR)))
    page.locator("main button").click()
    page.goto(base + BOARD)
    page.locator(".columns summary").click()
    page.locator("input[value=journal]").uncheck()
    page.get_by_role("button", name="显示").click()
    page.locator(".board").wait_for()
    assert page.get_by_text("研修日志", exact=True).locator("visible=true").count() == 0
    page.goto(base + BOARD)
    assert page.locator("td[data-label=研修日志]").count() == 0
    assert page.locator("td[data-label=课程作业]").count() > 0
    page.get_by_label("查找").fill("liulei")
    page.get_by_role("button", name="显示").click()
    with page.expect_download() as begun:
        page.get_by_role("button", name="CSV").click()
    assert begun.value.path().read_text(encoding="utf-8-sig").count("\n") == 2
    assert urlsplit(page.url).query == ""
    page.get_by_role("link", name="刘磊").click()
    page.get_by_role("heading", level=1, name="刘磊").wait_for()
    assert urlsplit(page.url).path == f"{BOARD}people/moodle-3"
    context.close()


def test_in_a_search_chips_pick_and_whatever_else_is_pressed_keeps_them(visit: Visits) -> None:
    coordinator = visit(COORDINATOR, BOARD)
    page = coordinator.page
    chips, found = page.locator(".chips .chip"), page.locator("[data-person]")
    wanted = [int(count) for count in page.locator(".chips .count").all_inner_texts()]

    def picked() -> tuple[int, int]:
        current = chips.evaluate_all("chips => chips.findIndex(one => one.hasAttribute('aria-current'))")
        return current, found.count()

    coordinator.press(chips.nth(1))
    page.get_by_label("查找").fill("moodle")  # is in everybody's id
    for _ in ("begins a search", "searches again"):
        with page.expect_navigation():
            page.get_by_label("查找").press("Enter")
        assert picked() == (1, wanted[1])
    for place in (2, 0, 1):
        coordinator.press(chips.nth(place))
        assert picked() == (place, wanted[place])
    coordinator.press(page.locator(".board thead button").first)
    assert picked() == (1, wanted[1])
    assert page.get_by_label("查找").input_value() == "moodle"
    assert coordinator.complaints == []


def test_after_signing_out_nobody_goes_back_to_the_board(
    chromium: Browser, served: tuple[School, str]
) -> None:
    school, base = served
    context = chromium.new_context(locale="zh-CN")
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    page.goto(base + school.link(Visitor(person=COORDINATOR)))
    page.locator("main button").click()
    page.goto(base + BOARD)
    page.locator(".board").wait_for()
    page.get_by_role("button", name="退出登录").click()
    page.get_by_role("heading", name="您已退出登录").wait_for()
    page.go_back()
    assert page.locator(".board").count() == 0
    assert "刘磊" not in page.content()
    context.close()


def test_a_browser_asks_and_shows_the_page_that_it_kept_with_its_scripts(visit: Visits) -> None:
    coordinator = visit(COORDINATOR, f"{BOARD}?sort=-journal&rows=200")
    page = coordinator.page
    sent, shown = page.evaluate(SIZES)
    coordinator.go(f"{BOARD}?sort=-journal&rows=200")
    again, kept = page.evaluate(SIZES)
    assert kept == shown
    assert again < sent / 10, "the answer said only that the kept page still holds"
    page.locator("[data-person]").first.click()
    page.locator(".drawer h2").wait_for()
    assert coordinator.complaints == []


def test_the_drawer_fits_a_phone_and_ends_by_its_button(visit: Visits) -> None:
    phone = visit(COORDINATOR, BOARD, window=PHONE)
    page = phone.page
    page.locator("[data-person]").nth(3).click()
    drawer = page.locator("dialog.drawer")
    drawer.locator("h2").wait_for()
    box = drawer.bounding_box()
    assert box and box["width"] <= PHONE[0]
    assert phone.overflow() <= 0
    assert drawer.evaluate("drawer => drawer.scrollWidth - drawer.clientWidth") <= 0
    drawer.get_by_role("button", name="关闭").click()
    assert page.evaluate("document.activeElement.hasAttribute('data-person')")
