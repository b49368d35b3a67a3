"""Deciding from the ledger in a real browser: seen before, kept, read by the person, and undone."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from lms_scoring.domain.instants import SECOND
from tests.browser.conftest import DESKTOP, PHONE, Visit, again
from tests.integration.web.school import COORDINATOR, COURSE, FIRST, TUTORS, School

Visits = Callable[..., Visit]
PERSON = "moodle-3"
PAGE = f"/courses/{COURSE}/people/{PERSON}"


@pytest.mark.parametrize(
    ("who", "window", "criterion"),
    [
        (TUTORS[FIRST], PHONE, "研讨发帖"),
        pytest.param(COORDINATOR, DESKTOP, "研修日志", marks=again),
    ],
)
def test_a_decision_is_seen_kept_read_and_undone(
    visit: Visits, served: tuple[School, str], who: str, window: tuple[int, int], criterion: str
) -> None:
    school, _ = served
    school.clock.go_on(SECOND)
    decider = visit(who, PAGE, window=window)
    page = decider.page
    total = page.locator(".totals dd").first.inner_text()
    decider.press(page.locator(f'.criterion:has(h4:text-is("{criterion}")) .standing .decide'))
    page.get_by_label("直接给出这一项的分数").check()
    page.get_by_label("分数（0 至 20").fill("7.5")
    page.get_by_label("理由").fill("人工核对后评定")
    assert decider.overflow() <= 0
    decider.press(page.get_by_role("button", name="下一步"))
    assert decider.overflow() <= 0
    effect = page.locator("table.effect").first.inner_text()
    assert "7.50" in effect
    assert total in effect
    decider.press(page.get_by_role("button", name="确认", exact=True))
    assert page.url.endswith(f"{PAGE}#decided")
    learner = visit(PERSON, PAGE)
    assert f"{criterion}：评定为 7.5 分" in learner.page.locator(".decided li").first.inner_text()
    assert learner.page.locator(".decide").count() == 0
    decider.press(page.locator(".decided a").first)
    page.get_by_label("撤销人工评定").check()
    page.get_by_label("理由").fill("核对有误")
    decider.press(page.get_by_role("button", name="下一步"))
    decider.press(page.get_by_role("button", name="确认", exact=True))
    assert page.locator(".totals dd").first.inner_text() == total
    assert decider.complaints == []
