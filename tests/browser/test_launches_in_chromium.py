"""The tool in a frame of another site, in a browser that blocks third-party cookies."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest

from lms_scoring.cli.demo_launches import join_moodle
from lms_scoring.cli.publishing import publish_course
from lms_scoring.demonstration.running import Options, RunningPlatform, running_platform
from lms_scoring.domain.figures import cut
from lms_scoring.ports import Passback
from lms_scoring.services.gradebook.switch_passback import switch_passback
from lms_scoring.web.application import create_app
from tests.browser.conftest import DESKTOP, PHONE, WINDOWS, again, listening
from tests.browser.moodle import Desk, Seat
from tests.fixtures.courses.installed import Site, site
from tests.fixtures.courses.scripted import NOTHING_TO_WAIT_FOR
from tests.serving import serving

if TYPE_CHECKING:
    from playwright.sync_api import Browser

COURSE = "lc2024"
BOARD = f"/courses/{COURSE}/"
DESK = f"{BOARD}desk"
TO_BOARD = f"nav.site a[href='{BOARD}']"
LEARNER, TUTOR, COORDINATOR, BOTH, ADMINISTRATOR = (
    "学员",
    "辅导教师",
    "管理员",
    "学员兼辅导教师",
    "系统管理员",
)
every_window = pytest.mark.parametrize("window", WINDOWS)


@dataclass(frozen=True, slots=True)
class Classroom:
    """A synced course whose Moodle shows our pages."""

    platform: RunningPlatform
    site: Site
    course_page: str
    ours: str


@pytest.fixture(scope="module")
def classroom(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Classroom]:
    """As `demo` makes it, of the first weeks."""
    door, port = listening()
    ours = f"http://localhost:{port}"
    with running_platform(Options(statements=8_000)) as platform:
        made = site(platform, tmp_path_factory.mktemp("classroom"), changes={"LMS_SCORING_PUBLIC_URL": ours})
        made.adopt(COURSE)
        assert made.sync(COURSE).good
        installation = made.installation
        course_page = join_moodle(installation, platform.moodle.url, course=COURSE)
        app = create_app(
            store=installation.store,
            courses=installation.adopted,
            clock=installation.clock,
            public_url=ours,
            launching=installation.launching(),
        )
        with serving(app, door):
            yield Classroom(platform, made, course_page, ours)


@pytest.fixture(scope="module")
def desk(chromium: Browser, classroom: Classroom) -> Iterator[Desk]:
    """Where everybody sits down, one after the other."""
    context = chromium.new_context(locale="zh-CN")
    yield Desk(context, classroom.ours)
    context.close()


@pytest.fixture
def seat(desk: Desk, classroom: Classroom) -> Iterator[Callable[..., Seat]]:
    """Sits somebody down before the course page."""

    def sit(part: str, window: tuple[int, int] = DESKTOP) -> Seat:
        made = desk.seat(window)
        made.sit_down(part, classroom.course_page)
        return made

    yield sit
    desk.clear()


Sit = Callable[..., Seat]


def test_this_browser_really_keeps_no_third_party_cookies(chromium: Browser) -> None:
    def theirs(environment: dict[str, Any], start: Callable[..., Any]) -> list[bytes]:
        kept = "SameSite=None; Secure; Path=/"
        cookies = [("Set-Cookie", f"plain=1; {kept}"), ("Set-Cookie", f"own=1; {kept}; Partitioned")]
        if environment["PATH_INFO"] == "/around":
            start("200 OK", [("Content-Type", "text/html")])
            return [f"<iframe src='http://localhost:{port}/'></iframe>".encode()]
        start("200 OK", [("Content-Type", "text/html"), *cookies])
        return [environment.get("HTTP_COOKIE", "none").encode()]

    door, port = listening()
    with serving(theirs, door):
        context = chromium.new_context(locale="zh-CN")
        page = context.new_page()
        for _ in range(2):
            page.goto(f"http://127.0.0.1:{port}/around")
            told = page.frame_locator("iframe").locator("body").inner_text()
        context.close()
    assert told == "own=1"


@pytest.mark.parametrize(
    "window", [pytest.param(PHONE, id="phone"), pytest.param(DESKTOP, id="desktop", marks=again)]
)
def test_a_learner_sees_the_own_card_and_moves_about_in_it(seat: Sit, window: tuple[int, int]) -> None:
    learner = seat(LEARNER, window)
    name, address = learner.heading(), learner.url
    assert name
    assert learner.path.startswith(f"{BOARD}people/moodle-")
    assert learner.overflow() <= 0
    learner.goes("a[hreflang=en]")
    learner.reload()
    learner.goes(".brand")
    assert learner.frame.evaluate("document.documentElement.lang") == "en"
    assert learner.heading() == name
    with learner.new_window() as page:
        assert page.locator("h1").inner_text() == name
        assert page.evaluate("location.href") == address
        page.reload()
        assert page.locator("h1").inner_text() == name
    assert learner.inside.get_by_role("link", name="CSV").count() == 0
    assert learner.complaints == []
    sign_out(learner, "You have signed out", "Please open this from your course again")


@every_window
@pytest.mark.parametrize(
    ("part", "classes"), [(TUTOR, {"一班"}), (COORDINATOR, {"一班", "二班"})], ids=["tutor", "coordinator"]
)
def test_staff_open_cards_and_take_the_board_home(
    seat: Sit, part: str, classes: set[str], window: tuple[int, int], tmp_path: Path
) -> None:
    staff = seat(part, window)
    start = DESK if part == TUTOR else f"{BOARD}overview"
    assert staff.path == start
    assert staff.overflow() <= 0
    staff.goes(TO_BOARD)
    assert staff.overflow() <= 0
    rows = staff.downloaded(tmp_path)
    assert {row["class"] for row in rows} == classes
    assert len(rows) == staff.inside.locator("tbody tr").count()
    (file,) = tmp_path.iterdir()
    assert file.name.startswith(f"{COURSE}-learner-20")
    staff.inside.locator("tbody th a").first.click()
    staff.goes(".drawer a")
    assert staff.path.startswith(f"{BOARD}people/")
    assert staff.overflow() <= 0
    name = staff.heading()
    staff.reload()
    assert staff.heading() == name
    with staff.new_window() as page:
        assert page.locator("h1").inner_text() == name
    staff.goes(".brand")
    assert staff.path == start
    assert staff.complaints == []
    sign_out(staff, "您已退出登录", "请从课程重新打开")


@again
@every_window
def test_columns_chosen_in_a_frame_are_remembered_there(seat: Sit, window: tuple[int, int]) -> None:
    staff = seat(COORDINATOR, window)
    staff.goes(TO_BOARD)
    journals = staff.inside.locator("td[data-label=研修日志]")
    assert journals.count() > 0
    staff.inside.locator(".columns summary").click()
    staff.inside.locator("input[value=journal]").uncheck()
    staff.goes("form.filter button")
    assert journals.count() == 0
    staff.goes(".brand")
    staff.goes(TO_BOARD)
    assert journals.count() == 0
    assert staff.overflow() <= 0
    assert staff.complaints == []


@again
@every_window
def test_a_tutor_finds_the_way_between_all_that_is_to_do(seat: Sit, window: tuple[int, int]) -> None:
    tutor = seat(TUTOR, window)
    for page in ("marking", "recommending", "bulletins"):
        tutor.goes(f".tabs a[href$='/{page}']")
        assert tutor.path == f"{DESK}/{page}"
        assert tutor.overflow() <= 0
    assert tutor.inside.locator("textarea").first.input_value().startswith("一班研修简报")
    tutor.goes(f".tabs a[href$='{DESK}']")
    tutor.goes("nav.site a[href*='/people/']")
    assert tutor.path.endswith("-63")
    assert tutor.complaints == []


def sign_out(somebody: Seat, gone: str, again: str) -> None:
    """Signs out in the frame: nothing opens there any more until the course page launches again."""
    before = somebody.url
    somebody.goes("header form button")
    assert somebody.heading() == gone
    somebody.goes_to(before)
    assert somebody.heading() == again
    assert somebody.overflow() <= 0
    somebody.page.reload()
    somebody.arrives()
    assert somebody.path == urlsplit(before).path


@again
def test_a_board_is_filtered_in_the_frame(seat: Sit) -> None:
    coordinator = seat(COORDINATOR)
    coordinator.goes(TO_BOARD)
    coordinator.inside.locator("select[name=class]").select_option("二班")
    coordinator.goes("form.filter button")
    assert set(coordinator.inside.locator("td.class").all_inner_texts()) == {"二班"}


def test_whoever_sits_down_next_is_seen_and_nobody_else(seat: Sit, classroom: Classroom) -> None:
    one = seat(LEARNER)
    learner = one.url
    one.sit_down(TUTOR, classroom.course_page)
    assert one.path == DESK
    one.sit_down(BOTH, classroom.course_page)
    assert one.path == f"{BOARD}start"
    assert one.inside.locator("main a").count() >= 2
    one.page.locator("select[name=user]").select_option(index=1)
    with one.page.expect_navigation():
        one.page.get_by_role("button", name="切换").click()
    one.arrives()
    assert one.url != learner
    assert one.path.startswith(f"{BOARD}people/")
    one.goes_to(learner)
    assert one.heading() == "这里没有您可以查看的内容"


def test_the_administrator_was_granted_the_course(seat: Sit) -> None:
    assert seat(ADMINISTRATOR).path == f"{BOARD}overview"


def test_a_learner_s_score_stands_in_the_gradebook_of_the_course(seat: Sit, classroom: Classroom) -> None:
    installation = classroom.site.installation
    switch_passback(
        COURSE, Passback.SCORE, installation.store, clock=installation.clock, reading=NOTHING_TO_WAIT_FOR
    )
    assert publish_course(installation, COURSE)
    learner = seat(LEARNER)
    name, person = learner.heading(), learner.path.rpartition("/")[2]
    score = cut(classroom.site.card(COURSE, person).total)
    learner.sit_down(TUTOR, classroom.course_page)
    with learner.page.expect_navigation():
        learner.page.get_by_role("link", name="成绩簿").click()
    assert score in learner.page.locator("tr", has_text=name).first.inner_text()


def test_two_tabs_of_a_browser_are_two_launches(seat: Sit, desk: Desk, classroom: Classroom) -> None:
    first, second = seat(LEARNER), desk.tab()
    second.page.goto(classroom.course_page)
    second.arrives()
    assert second.heading() == first.heading()
    first.reload()
    second.reload()
    assert second.heading() == first.heading()
