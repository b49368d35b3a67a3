"""Closing, reopening and other rules in a real browser: seen before, signed, read on the learner's page."""

from __future__ import annotations

from collections.abc import Callable

from lms_scoring.domain.instants import SECOND
from tests.browser.conftest import PHONE, Visit
from tests.browser.looks.conftest import faults
from tests.given import main_scheme, shipped
from tests.integration.web.school import COORDINATOR, COURSE, School

Visits = Callable[..., Visit]
CLOSING, RESCORE, SCHEME, SETTINGS = (
    f"/courses/{COURSE}/{page}" for page in ("closing", "rescore", "scheme", "settings")
)
WAITING = f"/courses/{COURSE}/people/moodle-4"
"""Homework that nobody has marked."""
SHORT = f"/courses/{COURSE}/people/moodle-6"
"""79.95 points."""
EASY = shipped("longcheng-2024").text.partition("[[learner.example]]")[0].replace("pass = 80", "pass = 60")

CUT_WORDS = """heads => heads.filter(head => {
    const range = document.createRange(), text = head.firstChild;
    return [...text.data.matchAll(/\\S+/g)].some(word => {
        range.setStart(text, word.index), range.setEnd(text, word.index + word[0].length);
        return range.getClientRects().length > 1;
    });
}).map(head => head.innerText)"""
"""Heads of rows with a word that goes on in the next line."""


def verdict(learner: Visit, page: str) -> str:
    learner.go(page)
    return learner.page.locator(".verdict-sentence").first.inner_text()


def test_a_programme_is_closed_after_what_is_pending_was_seen_and_reopened(
    visit: Visits, served: tuple[School, str]
) -> None:
    school, _ = served
    coordinator, learner = visit(COORDINATOR, CLOSING), visit("moodle-4")
    page, before = coordinator.page, verdict(learner, WAITING)
    school.clock.go_on(SECOND)
    assert "黄涛" in page.locator("section[aria-labelledby=pending]").inner_text()
    page.get_by_label("理由").fill("培训已结束")
    assert coordinator.overflow() <= 0
    coordinator.press(page.get_by_role("button", name="结项并锁定成绩"))
    assert "培训已结束" in page.locator(".closed[role=note]").inner_text()
    assert coordinator.overflow() <= 0
    assert verdict(learner, WAITING).startswith("暂定不合格"), "a dispute is open"
    assert "培训已结束" in learner.page.locator(".closed[role=note]").inner_text()
    assert "培训项目结项，成绩锁定" in learner.page.locator("table.history").inner_text()
    school.clock.go_on(SECOND)
    page.get_by_label("理由").fill("还要补交")
    coordinator.press(page.get_by_role("button", name="重新开放"))
    assert page.locator(".closed[role=note]").count() == 0
    assert page.locator("section[aria-labelledby=acts] tbody tr").first.inner_text().count("还要补交") == 1
    assert verdict(learner, WAITING) == before
    assert learner.page.locator(".closed[role=note]").count() == 0
    assert [*coordinator.complaints, *learner.complaints] == []


def test_worked_examples_are_whole_on_a_desk(visit: Visits) -> None:
    page = visit(COORDINATOR, f"{SCHEME}?lang=en").page
    assert page.locator("tbody th").evaluate_all(CUT_WORDS) == []
    for scroller in page.locator(".scroller").all():
        assert scroller.evaluate("e => e.scrollWidth - e.clientWidth") <= 0
    page.goto(page.url.replace("lang=en", "lang=zh"))


def test_a_change_of_what_counts_is_previewed_on_a_phone(visit: Visits) -> None:
    coordinator = visit(COORDINATOR, f"/courses/{COURSE}/overview", window=PHONE)
    page = coordinator.page
    coordinator.press(page.locator(f"a[href='{SETTINGS}']"))
    page.locator("select[name='moodle 17']").select_option("")
    for _ in range(2):  # the second time a reason is asked for, and a preview wants none
        coordinator.press(page.get_by_role("button", name="看看谁的结果会变"))
        assert "人的结果会改变" in page.locator(".verdict-sentence").inner_text()
        assert coordinator.overflow() <= 0
        assert faults(page) == []
    page.get_by_label("结论：").check()
    coordinator.press(page.get_by_role("button", name="看看会发送多少"))
    assert "项成绩会自动发送" in page.locator("section[aria-labelledby=gradebook]").inner_text()
    assert coordinator.overflow() <= 0
    assert faults(page) == []
    assert coordinator.complaints == []


def test_other_rules_are_previewed_taken_on_and_read_by_who_passes(
    visit: Visits, served: tuple[School, str]
) -> None:
    school, _ = served
    coordinator, learner = visit(COORDINATOR, SCHEME, window=PHONE), visit("moodle-6")
    page, before = coordinator.page, verdict(learner, SHORT)
    assert before.startswith("不合格")
    school.clock.go_on(SECOND)
    coordinator.press(page.locator(f"a[href='{RESCORE}']"))
    page.get_by_label("自己的方案文件").check()
    page.get_by_label("或粘贴方案文件的内容").fill(EASY)
    coordinator.press(page.get_by_role("button", name="预览"))
    assert "3 人的结果会改变" in page.locator(".verdict-sentence").inner_text()
    assert "马欣怡" in page.locator("section[aria-labelledby=flipping]").inner_text()
    assert coordinator.overflow() <= 0
    assert verdict(learner, SHORT) == before, "nothing is applied before it is confirmed"
    page.get_by_label("理由").fill("县里的新方案")
    coordinator.press(page.locator("button[value=adopt]"))
    assert page.url.endswith(SCHEME)
    assert verdict(learner, SHORT).startswith("合格")
    assert "县里的新方案" in learner.page.locator("table.history").inner_text()
    school.clock.go_on(SECOND)
    coordinator.press(page.locator(f"a[href='{RESCORE}']"))
    page.locator(f"input[name=choice][value='{main_scheme().fingerprint[:16]}']").check()
    coordinator.press(page.get_by_role("button", name="预览"))
    page.get_by_label("理由").fill("仍用原方案")
    coordinator.press(page.locator("button[value=adopt]"))
    assert verdict(learner, SHORT) == before
    assert [*coordinator.complaints, *learner.complaints] == []
