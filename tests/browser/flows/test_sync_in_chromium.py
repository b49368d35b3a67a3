"""The sync page in a real browser: it follows a sync by itself, and shows what came of it."""

from __future__ import annotations

from collections.abc import Callable

from lms_scoring.ports import Kept, RunState, SoFar
from tests.browser.conftest import Visit
from tests.integration.web.school import COORDINATOR, COURSE, School

Visits = Callable[..., Visit]
SYNC = f"/courses/{COURSE}/sync"


def test_a_sync_is_followed_until_it_is_over(visit: Visits, served: tuple[School, str]) -> None:
    from playwright.sync_api import expect

    school, _ = served
    with school.store.writing() as transaction:
        run = transaction.begin_run(COURSE, "moodle", at=school.clock.now())
        transaction.keep_so_far(run, SoFar(done=12, expected=40))
    coordinator = visit(COORDINATOR)
    page = coordinator.page
    page.clock.install()
    coordinator.go(SYNC)
    expect(page.locator("[data-again]")).to_contain_text("12 / 40")
    said = page.locator("main [role=status]")
    expect(said).to_have_text("正在读取 1 个来源，0 个等待读取。")
    with school.store.writing() as transaction:
        transaction.keep_so_far(run, SoFar(done=30, expected=40))
    page.clock.run_for(5_000)
    expect(page.locator("[data-again]")).to_contain_text("30 / 40")
    with school.store.writing() as transaction:
        transaction.end_run(run, at=school.clock.now(), state=RunState.DONE, kept=Kept())
    page.clock.run_for(5_000)
    expect(said).to_have_text("读取已结束，下面是最新的结果。")
    expect(page.locator("#runs ~ table tbody tr").first).to_contain_text("完成")
    expect(page.locator("[data-again]")).to_have_count(0)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.clock.run_for(60_000)
    assert asked == [], "nobody looks any more once it is over"
    assert coordinator.complaints == []
