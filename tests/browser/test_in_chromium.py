"""What only a browser can tell: people get in, find their way, and can read it on a phone and on paper."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlsplit

import pytest

from tests.browser.conftest import LANGUAGES, PHONE, Visit, again
from tests.browser.looks.keys import assert_all_is_reached, walk
from tests.integration.web.school import COORDINATOR, COURSE, HOSTILE

Visits = Callable[..., Visit]
BOARD = f"/courses/{COURSE}/"
PATHS = (
    BOARD,
    f"{BOARD}?role=tutor",
    f"{BOARD}?withdrawn=1&sort=name",
    f"{BOARD}people/moodle-3",
    f"{BOARD}people/moodle-3?open=all",
    f"{BOARD}people/moodle-6",
    f"{BOARD}people/moodle-7",
    f"{BOARD}people/moodle-11",
    f"{BOARD}people/moodle-31",
    f"{BOARD}sync",
    f"{BOARD}scheme",
    f"{BOARD}overview",
    f"{BOARD}closing",
    "/sign-in/x",
)


def test_a_learner_gets_in_by_the_link_and_opens_a_point_to_its_evidence(visit: Visits) -> None:
    learner = visit("moodle-3")
    page = learner.page
    assert urlsplit(page.url).path == f"{BOARD}people/moodle-3"
    span = page.locator("small.record", has_text="w-moodle-3-early")
    learner.press(page.get_by_text("证据（20 条）"))
    assert "open=" in urlsplit(page.url).query
    assert not span.is_visible()
    page.locator(".day > summary").first.click()
    span.wait_for()
    row = page.locator("tr", has=span)
    assert "不在考核时间内" in row.inner_text()


def test_a_coordinator_finds_a_person_and_the_address_does_not_tell_whom(visit: Visits) -> None:
    coordinator = visit(COORDINATOR, BOARD)
    page = coordinator.page
    page.get_by_label("查找").fill("moodle")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert page.locator("tbody tr").count() == 8
    coordinator.press(page.get_by_role("button", name="姓名", exact=True))
    assert page.get_by_label("查找").input_value() == "moodle"
    assert page.locator("th[aria-sort=ascending]").inner_text().startswith("姓名")
    assert urlsplit(page.url).query == ""
    page.get_by_role("link", name="Aygül Memet").click()
    coordinator.press(page.locator(".drawer a").first)
    assert coordinator.heading() == "Aygül Memet"


def test_a_class_and_a_result_are_chosen_by_clicks(visit: Visits) -> None:
    coordinator = visit(COORDINATOR, BOARD)
    page = coordinator.page
    page.locator("select[name=class]").select_option("二班")
    coordinator.press(page.get_by_role("button", name="显示"))
    coordinator.press(page.locator(".chip.unreachable"))
    assert set(page.locator("td.class").all_inner_texts()) == {"二班"}
    assert {text.strip() for text in page.locator("td.result").all_inner_texts()} == {"不合格"}


def test_signing_out_leaves_nothing_behind(visit: Visits) -> None:
    learner = visit("moodle-4")
    learner.press(learner.page.get_by_role("button", name="退出登录"))
    assert learner.heading() == "您已退出登录"
    learner.page.go_back()
    learner.page.reload()
    assert learner.heading() == "请先登录"


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_page_stands_out_of_a_narrow_window_or_has_something_blocked(visit: Visits, language: str) -> None:
    phone = visit(COORDINATOR, window=PHONE, language=language)
    for path in PATHS:
        phone.go(path)
        assert phone.page.evaluate("document.styleSheets.length") >= 7
        phone.page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true; })")
        assert phone.overflow() <= 0, path
    assert phone.complaints == []


def test_on_a_phone_each_person_is_a_card_that_names_its_numbers(visit: Visits) -> None:
    page = visit(COORDINATOR, BOARD, window=PHONE).page
    card = page.locator("tbody tr").first.bounding_box()
    assert card is not None
    assert card["width"] <= PHONE[0]
    cell = page.locator("tbody tr").first.locator("td[data-label]").first
    shown = cell.evaluate("cell => getComputedStyle(cell, '::before').content")
    assert shown == '"课程学习时间"'


def test_on_a_phone_a_card_says_its_result_once_and_how_many_points_are_missing(visit: Visits) -> None:
    page = visit(COORDINATOR, BOARD, window=PHONE).page
    cell = page.locator(".board td.standing.same").first
    assert not cell.is_visible()
    cell.evaluate("cell => cell.insertAdjacentHTML('beforeend', '<small class=missing>9</small>')")
    assert cell.locator(".missing").is_visible()
    assert not cell.locator(".state").is_visible()


SPOILT = """values => values.filter(value => {
    const cell = value.closest("td").getBoundingClientRect(), box = value.getBoundingClientRect();
    const lines = new Set();
    for (const node of value.childNodes) {
        if (node.nodeType !== Node.TEXT_NODE) continue;
        const range = document.createRange();
        range.selectNodeContents(node);
        for (const line of range.getClientRects()) if (line.width > 0) lines.add(line.top);
    }
    return lines.size > 1 || box.left < cell.left - 1 || box.right > cell.right + 1;
}).map(value => value.textContent)"""
"""The numbers that stand on more than one line, or reach out of their cells."""


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("role", ["learner", "tutor"])
def test_on_a_phone_no_number_is_broken_or_leaves_its_cell(visit: Visits, language: str, role: str) -> None:
    phone = visit(COORDINATOR, f"{BOARD}?role={role}", window=PHONE, language=language)
    values = phone.page.locator(".board .value")
    assert values.count() >= 10
    assert values.evaluate_all(SPOILT) == []


@again
def test_on_a_phone_a_rule_has_the_width_of_its_card(visit: Visits) -> None:
    """Beside its label it stood in a column of a few letters, over ten lines."""
    page = visit(COORDINATOR, f"{BOARD}scheme", window=PHONE).page
    rule = page.locator(".rules td:not(.number)", has_text="主题帖").first
    shares = "cell => { const text = document.createRange(); text.selectNodeContents(cell); "
    shares += "return text.getBoundingClientRect().width / cell.getBoundingClientRect().width; }"
    assert rule.evaluate(shares) > 0.85


def test_a_hostile_name_runs_nothing(visit: Visits) -> None:
    coordinator = visit(COORDINATOR, BOARD)
    coordinator.page.on("dialog", lambda dialog: coordinator.complaints.append(dialog.message))
    coordinator.go(f"{BOARD}people/moodle-11")
    assert coordinator.heading() == HOSTILE
    assert coordinator.complaints == []


def test_paper_has_the_folded_evidence_and_no_buttons(visit: Visits) -> None:
    learner = visit("moodle-3")
    page = learner.page
    learner.press(page.get_by_text("展开全部证据"))
    folded = page.locator("small.record", has_text="w-moodle-3-0a")
    assert not folded.is_visible()
    page.emulate_media(media="print")
    assert folded.is_visible()
    assert not page.get_by_role("button").first.is_visible()


def test_the_keyboard_reaches_the_content_at_once(visit: Visits) -> None:
    from playwright.sync_api import expect

    page = visit(COORDINATOR, BOARD).page
    page.bring_to_front()
    page.keyboard.press("Tab")
    skip = page.locator(".skip")
    expect(skip).to_be_focused()
    expect(skip).to_have_attribute("href", "#content")
    expect(skip).to_be_in_viewport(ratio=1)


def test_the_board_is_walked_by_keys_and_a_row_opens_in_a_drawer(visit: Visits) -> None:
    from playwright.sync_api import expect

    coordinator = visit(COORDINATOR, f"{BOARD}?sort=name")
    page = coordinator.page
    page.bring_to_front()
    page.keyboard.press("/")
    expect(page.locator("[data-search]")).to_be_focused()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    rows = page.locator("[data-board] [data-person]")
    expect(rows.nth(1)).to_be_focused()
    page.keyboard.press("Enter")
    drawer = page.locator("dialog.drawer")
    expect(drawer.locator("h2")).to_be_focused()
    assert drawer.locator("h2").inner_text() == rows.nth(1).inner_text()
    drawer.get_by_role("button", name="下一人").click()
    expect(drawer.locator("h2")).to_have_text(rows.nth(2).inner_text())
    page.keyboard.press("Escape")
    expect(drawer).not_to_be_visible()
    expect(rows.nth(2)).to_be_focused()
    assert coordinator.complaints == []


@pytest.mark.parametrize(
    ("who", "path"),
    [(COORDINATOR, BOARD), pytest.param("moodle-3", f"{BOARD}people/moodle-3?open=all", marks=again)],
)
def test_the_tabulator_comes_to_everything_and_keys_press_it(visit: Visits, who: str, path: str) -> None:
    page = visit(who, path, window=PHONE).page
    walked = walk(page, page, presses=True)
    assert_all_is_reached(walked)
    assert list(walked.pressed) == list(walked.to_press)
