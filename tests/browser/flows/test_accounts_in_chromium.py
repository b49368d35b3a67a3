"""An account of nobody in a real browser: somebody says whose it is, the learner passes, and it is undone."""

from __future__ import annotations

from collections.abc import Callable

from lms_scoring.domain.instants import SECOND
from tests.browser.conftest import PHONE, Visit
from tests.integration.web.school import COORDINATOR, COURSE, School

Visits = Callable[..., Visit]
LEARNER, NAME = "moodle-6", "马欣怡"
"""A point short of passing; the account of nobody has one more topic."""
PAGE = f"/courses/{COURSE}/people/{LEARNER}"


def test_an_account_is_joined_seen_on_the_card_and_parted(visit: Visits, served: tuple[School, str]) -> None:
    school, _ = served
    school.clock.go_on(SECOND)
    coordinator = visit(COORDINATOR, f"/courses/{COURSE}/sync", window=PHONE)
    page = coordinator.page
    coordinator.press(page.locator("main").get_by_role("link", name="账号归属"))
    coordinator.press(page.get_by_role("link", name="指定归属… nobody"))
    page.get_by_label("人员", exact=True).fill(NAME[:1])
    page.get_by_label("理由").fill("电话核实过")
    coordinator.press(page.get_by_role("button", name="归属并重新计分"))
    assert page.locator(".wrong[role=alert]").inner_text().startswith("请在下面选择您指的是哪一位")
    assert coordinator.overflow() <= 0
    coordinator.complaints.clear()  # of the 400 that asks whom
    page.get_by_label(NAME).check()
    coordinator.press(page.get_by_role("button", name="归属并重新计分"))
    assert NAME in page.locator("section[aria-labelledby=by-hand]").inner_text()
    assert coordinator.overflow() <= 0
    learner = visit(LEARNER, PAGE)
    assert learner.page.locator(".verdict-sentence").first.inner_text().startswith("合格")
    assert "电话核实过" in learner.page.locator("table.history").inner_text()
    school.clock.go_on(SECOND)
    coordinator.press(page.get_by_role("link", name="撤销 nobody"))
    page.get_by_label("理由").fill("认错人了")
    coordinator.press(page.get_by_role("button", name="撤销归属并重新计分"))
    assert page.get_by_role("link", name="指定归属… nobody").count() == 1
    learner.go(PAGE)
    assert learner.page.locator(".verdict-sentence").first.inner_text().startswith("不合格")
    assert [*coordinator.complaints, *learner.complaints] == []
