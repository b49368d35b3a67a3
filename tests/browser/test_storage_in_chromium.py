"""The tool in a frame, in a browser that keeps no cookies at all: the platform's storage and the header."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING

import pytest

from lms_scoring.domain.registration import Approval, Registration
from lms_scoring.exports.pdf.setter import PLACES, setter
from lms_scoring.ports import PlatformCourse
from lms_scoring.store import SqlStore
from lms_scoring.web.application import create_app
from lms_scoring.web.launch.launching import Launching
from tests.browser.conftest import CHROMIUM, DESKTOP, FLAGS, PHONE, again, listening
from tests.browser.moodle import Desk, Seat
from tests.browser.storage_platform import FRAME, StoragePlatform
from tests.integration.launches.school import COORDINATOR, LEARNER, OWN_KEYS, TUTOR, KnownKeys
from tests.integration.web.school import COURSE, FIRST, RULES, SOURCE, StoppedClock, fill_school
from tests.launches.platform import CLIENT, DEPLOYMENT, NOW
from tests.serving import serving
from tests.waiting import LONG

if TYPE_CHECKING:
    from playwright.sync_api import Playwright

BOARD = f"/courses/{COURSE}/"
ROLES = {LEARNER: "learner", TUTOR: "staff", COORDINATOR: "staff"}


@pytest.fixture(scope="module")
def platform(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StoragePlatform]:
    """A platform on 127.0.0.1, and the school's pages on localhost, which it launches."""
    file = tmp_path_factory.mktemp("school") / "school.sqlite"
    fill_school(file)
    (door, port), (their_door, their_port) = listening(), listening()
    made = StoragePlatform(f"http://127.0.0.1:{their_port}", f"http://localhost:{port}", NOW)
    store, clock = SqlStore(f"sqlite:///{file}"), StoppedClock(NOW * 1_000)
    register(store, made.url)
    app = create_app(
        store=store,
        courses=lambda: {COURSE: RULES},
        clock=clock,
        public_url=made.ours,
        launching=Launching(key_sets=KnownKeys(), own_keys=lambda: OWN_KEYS),
    )
    with serving(app, door), serving(made, their_door):
        yield made
    store.close()


def register(store: SqlStore, url: str) -> None:
    with store.writing() as transaction:
        registration = Registration(
            issuer=url,
            client_id=CLIENT,
            auth_url=f"{url}/auth",
            token_url=f"{url}/token",
            jwks_url=f"{url}/keys",
            standing=Approval.ACTIVE,
            platform=SOURCE,
            deployments={DEPLOYMENT: Approval.ACTIVE},
        )
        id_ = transaction.keep_registration(registration, at=NOW)
        transaction.keep_platform_course(
            PlatformCourse(
                registration=id_, context="2", title=None, course=COURSE, deployment=DEPLOYMENT, seen_at=NOW
            )
        )


@pytest.fixture(scope="module")
def desk(
    driver: Playwright, platform: StoragePlatform, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Desk]:
    """A browser whose owner forbids all cookies; only a profile can say that."""
    profile = tmp_path_factory.mktemp("profile")
    forbidden = {"profile": {"default_content_setting_values": {"cookies": 2}}}
    (profile / "Default").mkdir()
    (profile / "Default" / "Preferences").write_text(json.dumps(forbidden), encoding="utf-8")
    context = driver.chromium.launch_persistent_context(
        profile, executable_path=str(CHROMIUM), args=list(FLAGS), locale="zh-CN"
    )
    yield Desk(context, platform.ours)
    context.close()


@pytest.fixture
def seat(desk: Desk, platform: StoragePlatform) -> Iterator[Callable[..., Seat]]:
    """Sits somebody down before the platform's page, and sees that no cookie was kept."""

    def sit(user: str, *, where: str = "_parent", window: tuple[int, int] = DESKTOP) -> Seat:
        made = desk.seat(window)
        made.page.goto(f"{platform.url}/{user}/{ROLES[user]}/{where}")
        made.arrives()
        return made

    yield sit
    assert desk.context.cookies() == []
    desk.clear()


Sit = Callable[..., Seat]


@pytest.mark.parametrize("where", ["_parent", FRAME])
def test_a_learner_moves_about_by_the_header_alone(seat: Sit, where: str) -> None:
    learner = seat(LEARNER, where=where, window=PHONE)
    assert learner.path == f"{BOARD}people/moodle-{LEARNER}"
    name = learner.heading()
    learner.goes("a[hreflang=en]")
    learner.goes(".brand")
    assert learner.frame.evaluate("document.documentElement.lang") == "en"
    assert learner.heading() == name
    assert int(learner.frame.evaluate("document.documentElement.scrollWidth - window.innerWidth")) <= 0
    assert learner.complaints == []


@again
def test_why_there_is_no_file_stands_in_the_frame(seat: Sit) -> None:
    learner = seat(LEARNER)
    name, done = learner.heading(), Event()

    def slow() -> bytes:
        done.wait(LONG)
        return b""

    with ThreadPoolExecutor(PLACES + 1) as others:
        try:
            asked = [others.submit(setter().do, slow) for _ in range(PLACES + 1)]
            next(as_completed(asked, timeout=LONG))  # the one that found no place
            learner.goes("a[data-file]")
            assert learner.heading() == "请稍后再下载"
        finally:
            done.set()
    learner.frame.evaluate("history.back()")
    learner.inside.locator("h1", has_text=name).wait_for()
    assert [one for one in learner.complaints if "503" not in one] == []


@again
def test_a_second_click_on_a_file_that_is_coming_asks_for_nothing(seat: Sit) -> None:
    learner = seat(LEARNER)
    name, done, asked = learner.heading(), Event(), list[str]()
    learner.page.on("request", lambda request: asked.append(request.url))

    def slow() -> bytes:
        done.wait(LONG)
        return b""

    link = learner.inside.locator("a[data-file]")
    with ThreadPoolExecutor(1) as others:
        try:
            others.submit(setter().do, slow)
            with learner.page.expect_download() as file:
                link.click()
                link.click()
                done.set()
        finally:
            done.set()
    assert file.value.suggested_filename.endswith(".pdf")
    assert (len(asked), learner.heading()) == (1, name)
    with learner.page.expect_download():
        link.click()
    assert learner.complaints == []


@again
def test_behind_the_page_that_refuses_a_form_the_way_back_leads_to_pages(seat: Sit) -> None:
    """What only forms are sent to answers nobody who comes back there."""
    staff = seat(COORDINATOR)
    staff.goes(f"nav.site a[href='{BOARD}']")
    staff.inside.get_by_label("查找").fill("刘磊")
    staff.goes("form.filter button.main")
    staff.inside.locator("form[data-file]").evaluate(
        "form => form.insertAdjacentHTML('beforeend', '<input type=hidden name=class value=none>')"
    )
    staff.goes("form[data-file] button[value=csv]")
    assert staff.heading() == "这里没有您可以查看的内容"
    assert staff.path == BOARD
    staff.goes(".brand")
    staff.frame.evaluate("history.back()")
    staff.wait_for("table.board")
    assert [one for one in staff.complaints if "403" not in one] == []


@pytest.mark.parametrize("user", [TUTOR, pytest.param(COORDINATOR, marks=again)])
def test_staff_open_cards_windows_and_files_by_the_header_alone(seat: Sit, user: str, tmp_path: Path) -> None:
    staff = seat(user)
    assert staff.path == (f"{BOARD}desk" if user == TUTOR else f"{BOARD}overview")
    staff.goes(f"nav.site a[href='{BOARD}']")
    rows = staff.downloaded(tmp_path)
    assert len(rows) == staff.inside.locator("tbody tr").count()
    assert ({row["class"] for row in rows} == {FIRST}) is (user == TUTOR)
    assert list(tmp_path.glob(f"{COURSE}-learner-*.csv"))
    staff.inside.locator("tbody th a").first.click()
    staff.goes(".drawer a")
    name = staff.heading()
    with staff.new_window() as page:
        assert page.locator("h1").inner_text() == name
        page.locator(".brand").click()
        page.locator("main h1", has_text="我的工作" if user == TUTOR else "总览").wait_for()
    staff.frame.evaluate("history.back()")
    staff.wait_for("table.board")
    assert staff.path == BOARD
    staff.inside.get_by_label("查找").fill("刘磊")
    staff.goes("form.filter button")
    assert staff.inside.locator("tbody tr").count() == 1
    assert [row["name"] for row in staff.downloaded(tmp_path)] == ["刘磊"]
    assert staff.path == BOARD
    unsettled = [one for one in staff.complaints if "401" not in one]
    assert unsettled == [], "a new window first asks whether it keeps the cookie: that alone is refused"


@again
def test_a_tutor_recommends_and_copies_by_the_header_alone(seat: Sit) -> None:
    tutor = seat(TUTOR)
    tutor.goes(".tabs a[href$='/recommending']")
    tutor.goes("table.works button[value=recommend]")
    assert "20.00" in tutor.inside.locator("table.effect").inner_text()
    tutor.goes("button[name=seen]")
    assert tutor.path == f"{BOARD}desk/recommending"
    assert "您已推优 1 件" in tutor.inside.locator("main").inner_text()
    tutor.goes(".tabs a[href$='/bulletins']")
    tutor.inside.get_by_role("button", name="复制草稿").click()
    tutor.inside.get_by_role("button", name="已复制").wait_for()
    assert tutor.complaints == []


def test_signing_out_and_reloading_end_at_a_page_that_says_what_to_do(seat: Sit) -> None:
    learner = seat(LEARNER)
    learner.reload()
    assert learner.heading() == "请从课程重新打开"
    other = seat(LEARNER)
    other.goes("header form button")
    assert other.heading() == "您已退出登录"


def test_where_nothing_keeps_the_sign_in_there_is_a_way_out_and_no_loop(
    seat: Sit, platform: StoragePlatform
) -> None:
    platform.asked.clear()
    nobody = seat(LEARNER, where="nowhere")
    assert nobody.heading() == "浏览器没有保留登录信息"
    assert nobody.inside.get_by_role("link", name="在新窗口打开").is_visible()
    assert platform.asked.count("/auth") == 1


def test_where_the_platform_forgot_who_began_the_login_nobody_gets_in(seat: Sit) -> None:
    nobody = seat(LEARNER, where="forgetful")
    assert nobody.heading() == "浏览器没有保留登录信息"
    assert nobody.inside.locator(".visitor form").count() == 0
