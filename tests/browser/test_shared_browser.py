"""A browser that several people use: nobody goes back to what another left, neither out of its cache nor to a
page that it left standing as it was (the back/forward cache)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest

from lms_scoring.ports import Visitor
from lms_scoring.store import SqlStore
from lms_scoring.web.access.credentials import digest_of, new_secret
from lms_scoring.web.application import create_app
from lms_scoring.web.launch.launching import Launching
from tests.browser.conftest import CHROMIUM, DESKTOP, FLAGS, listening
from tests.browser.moodle import Desk, Seat
from tests.browser.storage_platform import StoragePlatform
from tests.browser.test_storage_in_chromium import register
from tests.integration.launches.school import COORDINATOR, LEARNER, OWN_KEYS, KnownKeys
from tests.integration.web.school import COURSE, RULES, StoppedClock, fill_school
from tests.launches.platform import NOW
from tests.serving import serving
from tests.waiting import until

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page, Playwright

BOARD = f"/courses/{COURSE}/"
TO_BOARD = f"nav.site a[href='{BOARD}']"
STAFF = (COORDINATOR, "staff")
SOMEBODY = "欧阳修远"
"""Of the other class than the learner's: on the board, and on no page of the learner's."""
LEFT_STANDING = "pages left standing"
READABLE = "document.readyState == 'complete' && !!document.body && !document.documentElement.hidden"


@dataclass
class Counted:
    """An application, and how often each of its pages was asked for."""

    app: Callable[..., Iterable[bytes]]
    asked: list[str] = field(default_factory=list)

    def __call__(self, environment: Mapping[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        self.asked.append(environment["PATH_INFO"])
        return self.app(environment, start)


@dataclass(frozen=True)
class Room:
    """A platform, the pages that it launches, and the store behind them."""

    platform: StoragePlatform
    pages: Counted
    store: SqlStore

    def boards_asked(self) -> int:
        return self.pages.asked.count(BOARD)

    def link(self, user: str) -> str:
        """A one-time link for somebody, good once."""
        code, visitor = new_secret(), Visitor(person=f"moodle-{user}")
        with self.store.writing() as transaction:
            transaction.keep_link(digest_of(code), visitor, expires_at=NOW * 1_000 + 60_000)
        return f"{self.platform.ours}/sign-in/{code}"


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Room]:
    """A platform on 127.0.0.1, and the school's pages on localhost: two sites to a browser."""
    file = tmp_path_factory.mktemp("room") / "school.sqlite"
    fill_school(file)
    (door, port), (their_door, their_port) = listening(), listening()
    platform = StoragePlatform(f"http://127.0.0.1:{their_port}", f"http://localhost:{port}", NOW)
    store, clock = SqlStore(f"sqlite:///{file}"), StoppedClock(NOW * 1_000)
    register(store, platform.url)
    app = create_app(
        store=store,
        courses=lambda: {COURSE: RULES},
        clock=clock,
        public_url=platform.ours,
        launching=Launching(key_sets=KnownKeys(), own_keys=lambda: OWN_KEYS),
    )
    pages = Counted(app)
    with serving(pages, door), serving(platform, their_door):
        yield Room(platform, pages, store)
    store.close()


@pytest.fixture(scope="module")
def remembering(driver: Playwright) -> Iterator[Browser]:
    """A browser as people have it: Playwright's own forgets a page that is left."""
    browser = driver.chromium.launch(
        executable_path=str(CHROMIUM),
        args=[*FLAGS, "--test-third-party-cookie-phaseout"],
        ignore_default_args=["--disable-back-forward-cache"],
    )
    yield browser
    browser.close()


@pytest.fixture(params=["cache", LEFT_STANDING])
def desk(request: pytest.FixtureRequest, room: Room) -> Iterator[Desk]:
    """Where people sit down one after the other; what comes back, comes out of this."""
    browser: Browser = request.getfixturevalue(
        "remembering" if request.param == LEFT_STANDING else "chromium"
    )
    context = browser.new_context(locale="zh-CN", viewport={"width": DESKTOP[0], "height": DESKTOP[1]})
    yield Desk(context, room.platform.ours)
    context.close()


class Window:
    """A window whose browser may bring a page back as it was, which Playwright does not follow by itself."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self._browser = page.context.new_cdp_session(page)

    def says(self, expression: str) -> Any:
        """What the page that is shown says to that; None while there is none."""
        from playwright.sync_api import Error

        try:
            told = self._browser.send("Runtime.evaluate", {"expression": expression, "returnByValue": True})
        except Error:
            return None  # between two pages
        return told["result"].get("value")

    def leaves_and_comes_back(self, meanwhile: Callable[[], None], *, to: str) -> None:
        """Another site is opened, something happens, then somebody presses Back."""
        self.page.goto(to)
        meanwhile()
        history = self._browser.send("Page.getNavigationHistory")
        before = history["entries"][history["currentIndex"] - 1]
        self._browser.send("Page.navigateToHistoryEntry", {"entryId": before["id"]})
        until(lambda: self.says("location.href") == before["url"] and bool(self.says(READABLE)))

    def shown(self) -> str:
        """All that can be read."""
        until(lambda: bool(self.says(READABLE)) and bool(self.says("!!document.querySelector('h1')")))
        return str(self.says("document.body.innerText"))


def seated(desk: Desk, room: Room, user: str, role: str) -> Seat:
    """Somebody before the platform's page, launched."""
    seat = desk.seat(DESKTOP)
    seat.page.goto(f"{room.platform.url}/{user}/{role}/nowhere")
    seat.arrives()
    return seat


def board_in_a_window(seat: Seat) -> Window:
    """The board, in a window that a coordinator opened out of the platform's frame."""
    seat.goes(TO_BOARD)
    with seat.page.expect_popup() as opened:
        seat.inside.locator("a[data-window]").click()
    window: Page = opened.value
    window.locator("table.board").wait_for()
    window.wait_for_load_state()
    assert SOMEBODY in window.locator("main").inner_text()
    return Window(window)


def board_signed_in(desk: Desk, room: Room) -> Window:
    """The same, in a window whose coordinator signed in by a link."""
    page = desk.tab().page
    page.goto(room.link(COORDINATOR))
    with page.expect_navigation():
        page.locator("main button").click()
    page.goto(f"{room.platform.ours}{BOARD}")
    assert SOMEBODY in page.locator("main").inner_text()
    return Window(page)


def test_this_browser_brings_back_a_page_as_it_was_left(room: Room, remembering: Browser) -> None:
    """Or the other tests would prove nothing of pages that are left standing."""
    context = remembering.new_context()
    window = Window(context.new_page())
    window.page.goto(f"{room.platform.url}/a/page")
    assert window.says("window.left = 'as it was'") == "as it was"
    window.leaves_and_comes_back(lambda: None, to=f"{room.platform.ours}/health")
    assert window.says("window.left") == "as it was"
    context.close()


@pytest.mark.parametrize("desk", ["cache"], indirect=True)
def test_this_browser_brings_back_a_kept_board_and_asks_nobody(desk: Desk, room: Room) -> None:
    """Or the other tests would prove nothing of its cache."""
    window = board_signed_in(desk, room)
    asked = room.boards_asked()
    window.leaves_and_comes_back(lambda: None, to=f"{room.platform.url}/a/page")
    assert SOMEBODY in window.shown()
    assert room.boards_asked() == asked


@pytest.mark.parametrize("signs_in", [False, True], ids=["launched", "signed in"])
def test_whose_board_it_is_goes_back_to_it(desk: Desk, room: Room, signs_in: bool) -> None:
    window = board_signed_in(desk, room) if signs_in else board_in_a_window(seated(desk, room, *STAFF))
    window.leaves_and_comes_back(lambda: None, to=f"{room.platform.url}/a/page")
    assert SOMEBODY in window.shown()


def test_nobody_goes_back_to_a_board_once_somebody_else_has_launched(desk: Desk, room: Room) -> None:
    window = board_in_a_window(seated(desk, room, *STAFF))

    def somebody_else_launches() -> None:
        seat = Seat(desk.context.new_page(), room.platform.ours)
        seat.page.goto(f"{room.platform.url}/{LEARNER}/learner/nowhere")
        seat.arrives()
        assert SOMEBODY not in seat.inside.locator("body").inner_text()

    window.leaves_and_comes_back(somebody_else_launches, to=f"{room.platform.url}/a/page")
    shown = window.shown()
    assert SOMEBODY not in shown
    assert "请从课程重新打开" in shown


def test_nobody_goes_back_to_a_board_once_it_was_signed_out_of(desk: Desk, room: Room) -> None:
    seat = seated(desk, room, *STAFF)
    window = board_in_a_window(seat)
    window.leaves_and_comes_back(lambda: seat.goes("header form button"), to=f"{room.platform.url}/a/page")
    assert SOMEBODY not in window.shown()


def test_nobody_goes_back_to_a_board_once_somebody_else_has_signed_in(desk: Desk, room: Room) -> None:
    window = board_signed_in(desk, room)

    def somebody_else_signs_in() -> None:
        other = desk.tab().page
        other.goto(room.link(LEARNER))
        with other.expect_navigation():
            other.locator("main button").click()

    window.leaves_and_comes_back(somebody_else_signs_in, to=f"{room.platform.url}/a/page")
    assert SOMEBODY not in window.shown()
