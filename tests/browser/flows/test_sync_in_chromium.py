"""The sync page in a real browser: it looks by itself how far a sync is, and says when that is over."""

from __future__ import annotations

from collections.abc import Callable

from lms_scoring.ports import Kept, RunState, SoFar
from tests.browser.conftest import Visit
from tests.integration.web.school import COORDINATOR, COURSE, School

Visits = Callable[..., Visit]
SYNC = f"/courses/{COURSE}/sync"


def test_how_far_a_sync_is_comes_up_by_itself(visit: Visits, served: tuple[School, str]) -> None:
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
    with school.store.writing() as transaction:
        transaction.keep_so_far(run, SoFar(done=30, expected=40))
    page.clock.run_for(5_000)
    expect(page.locator("[data-again]")).to_contain_text("30 / 40")
    with school.store.writing() as transaction:
        transaction.end_run(run, at=school.clock.now(), state=RunState.DONE, kept=Kept())
    page.clock.run_for(5_000)
    coordinator.press(page.get_by_role("link", name="读取结束，查看结果"))
    assert page.locator("[data-again]").count() == 0
    assert "完成" in page.locator("#runs ~ table tbody tr").first.inner_text()
    assert coordinator.complaints == []
