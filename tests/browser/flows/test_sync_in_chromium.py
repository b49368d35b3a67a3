"""The sync page in a real browser: it follows a sync by itself, and shows what came of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from lms_scoring.ports import Kept, RunState, SoFar
from tests.browser.conftest import Visit
from tests.integration.web.school import COORDINATOR, COURSE, School

if TYPE_CHECKING:
    from playwright.sync_api import Page, Route

Visits = Callable[..., Visit]
SYNC = f"/courses/{COURSE}/sync"
PROGRESS = f"{SYNC}/progress"
OVER = "读取已结束，下面是最新的结果。"
SAID, LATEST = "main [role=status]", "#runs ~ details .line"


def begun(school: School) -> int:
    """The run of a sync that goes on."""
    with school.store.writing() as transaction:
        run = transaction.begin_run(COURSE, "moodle", at=school.clock.now())
        transaction.keep_so_far(run, SoFar(done=12, expected=40))
    return run


def ended(school: School, run: int) -> None:
    with school.store.writing() as transaction:
        transaction.end_run(run, at=school.clock.now(), state=RunState.DONE, kept=Kept())


def opened(visit: Visits) -> tuple[Visit, list[str]]:
    """A visit at the page, whose clock the test moves on; and the paths that are asked for from then on."""
    coordinator = visit(COORDINATOR)
    coordinator.page.clock.install()
    coordinator.go(SYNC)
    asked: list[str] = []
    coordinator.page.on("request", lambda request: asked.append(urlsplit(request.url).path))
    return coordinator, asked


def unanswered(page: Page) -> list[Route]:
    """The looks that wait for an answer until the test gives it."""
    waiting: list[Route] = []

    def wait(route: Route) -> None:
        waiting.append(route)

    page.route(f"**{PROGRESS}", wait)
    return waiting


def test_a_sync_is_followed_until_it_is_over(visit: Visits, served: tuple[School, str]) -> None:
    from playwright.sync_api import expect

    school, _ = served
    run = begun(school)
    coordinator, asked = opened(visit)
    page = coordinator.page
    expect(page.locator("[data-again]")).to_contain_text("12 / 40")
    said = page.locator(SAID)
    expect(said).to_have_text("正在读取 1 个来源。")
    with school.store.writing() as transaction:
        transaction.keep_so_far(run, SoFar(done=30, expected=40))
    link = page.locator("[data-again] a")
    link.focus()
    page.clock.run_for(5_000)
    expect(page.locator("[data-again]")).to_contain_text("30 / 40")
    expect(link).to_be_focused()
    ended(school, run)
    page.clock.run_for(5_000)
    expect(said).to_have_text(OVER)
    expect(page.locator(LATEST).first).to_contain_text("完成")
    expect(page.locator("[data-again]")).to_have_count(0)
    asked.clear()
    page.clock.run_for(60_000)
    assert asked == [], "nobody looks any more once it is over"
    assert coordinator.complaints == []


def test_while_a_look_is_not_answered_there_is_no_other(visit: Visits, served: tuple[School, str]) -> None:
    """The late answer of the first would say again that something is read."""
    from playwright.sync_api import expect

    school, _ = served
    run = begun(school)
    coordinator, _ = opened(visit)
    page = coordinator.page
    waiting = unanswered(page)
    with page.expect_request(f"**{PROGRESS}"):
        page.clock.run_for(20_000)
    page.clock.run_for(20_000)
    assert page.locator("[data-again]").count() == 1
    assert len(waiting) == 1
    ended(school, run)
    waiting[0].continue_()
    expect(page.locator(SAID)).to_have_text(OVER)
    page.unroute(f"**{PROGRESS}")


def test_an_answer_of_a_page_that_was_left_changes_nothing_in_the_next(
    visit: Visits, served: tuple[School, str]
) -> None:
    """Where the browser keeps no cookie, the next page comes into the same document."""
    school, _ = served
    run = begun(school)
    coordinator, asked = opened(visit)
    page = coordinator.page
    waiting = unanswered(page)
    with page.expect_request(f"**{PROGRESS}"):
        page.clock.run_for(5_000)
    page.evaluate(
        """() => {
            const next = document.body.cloneNode(true);
            delete next.querySelector("#progress").dataset.again;
            next.querySelector("#results").textContent = "another course";
            document.body.replaceWith(next);
        }"""
    )
    ended(school, run)
    asked.clear()
    with page.expect_response(f"**{PROGRESS}"):
        waiting[0].continue_()
    page.evaluate("fetch('/health').then(answer => answer.text())")  # takes longer than to read the other
    assert asked == ["/health"]
    assert page.locator("#results").inner_text() == "another course"
    page.unroute(f"**{PROGRESS}")


def test_what_one_is_in_is_renewed_and_said_once_one_leaves_it(
    visit: Visits, served: tuple[School, str]
) -> None:
    from playwright.sync_api import expect

    school, _ = served
    run = begun(school)
    coordinator, asked = opened(visit)
    page = coordinator.page
    inside = page.locator("#results summary").first
    inside.focus()
    ended(school, run)
    page.clock.run_for(5_000)
    expect(page.locator(SAID)).to_have_text("读取已结束；离开下面的列表后，那里会换成最新的结果。")
    asked.clear()
    page.clock.run_for(10_000)
    expect(page.locator(LATEST).first).not_to_contain_text("完成")
    assert asked == [], "nothing more is asked for until there is nobody in what it would renew"
    inside.blur()
    page.clock.run_for(5_000)
    expect(page.locator(SAID)).to_have_text(OVER)
    expect(page.locator(LATEST).first).to_contain_text("完成")
