"""Our pages inside the demonstration's Moodle: right for axe, in every width, and with keys alone."""

from __future__ import annotations

import pytest

from tests.browser.conftest import DESKTOP, PHONE
from tests.browser.looks.conftest import faults
from tests.browser.looks.keys import assert_all_is_reached, tabulate_to, walk
from tests.browser.looks.test_every_page import OPEN_ALL
from tests.browser.moodle import Seat
from tests.browser.test_launches_in_chromium import BOARD, COORDINATOR, LEARNER, TUTOR, Sit, every_window

PARTS = pytest.mark.parametrize(
    "part", [LEARNER, TUTOR, COORDINATOR], ids=["learner", "tutor", "coordinator"]
)
STANDS_OUT = """() => [...document.querySelectorAll("main .entry")].flatMap(card => {
    const edge = card.getBoundingClientRect().right;
    const all = [...card.querySelectorAll("*")].filter(one => !one.closest(".unseen, thead"));
    const beyond = all.filter(one => one.getBoundingClientRect().right > edge);
    return beyond.map(one => one.outerHTML.slice(0, 200));
})"""
"""What of a card is drawn to the right of it."""
SHORT = 2_000
"""Pixels: less than three screens."""


def tabs(somebody: Seat) -> list[str]:
    """The addresses of all places that somebody is offered."""
    found: list[str] = somebody.frame.evaluate(
        "[...document.querySelectorAll('nav.site a')].map(one => one.getAttribute('href'))"
    )
    return found


@PARTS
@pytest.mark.parametrize("language", ["zh", "en"])
@every_window
def test_every_place_is_right_in_the_frame(
    seat: Sit, part: str, language: str, window: tuple[int, int]
) -> None:
    somebody = seat(part, window)
    if language == "en":
        somebody.goes("a[hreflang=en]")
    places = tabs(somebody)
    assert len(places) >= 2
    for address in places:
        somebody.goes(f"nav.site a[href='{address}']")
        assert somebody.frame.evaluate("document.documentElement.lang").startswith(language)
        assert faults(somebody.frame) == [], address
        somebody.frame.evaluate(OPEN_ALL)
        assert somebody.overflow() <= 0, address
        assert faults(somebody.frame) == [], f"{address}, unfolded"
    assert somebody.complaints == []


@pytest.mark.parametrize("language", ["zh", "en"])
@every_window
def test_nothing_of_a_tutors_desk_stands_out_of_its_card(
    seat: Sit, language: str, window: tuple[int, int]
) -> None:
    tutor = seat(TUTOR, window)
    if language == "en":
        tutor.goes("a[hreflang=en]")
    for page in ("", "/marking", "/recommending", "/bulletins"):
        tutor.goes_to(f"{tutor.ours}{BOARD}desk{page}")
        assert tutor.frame.evaluate(STANDS_OUT) == [], page
        assert tutor.overflow() <= 0, page


@PARTS
@every_window
def test_the_tabulator_comes_to_everything_in_order_and_leaves_again(
    seat: Sit, part: str, window: tuple[int, int]
) -> None:
    somebody = seat(part, window)
    for address in (None, *tabs(somebody)[:2]):
        if address is not None:
            somebody.goes(f"nav.site a[href='{address}']")
        assert_all_is_reached(walk(somebody.page, somebody.frame))


@pytest.mark.parametrize("language", ["zh", "en"])
def test_on_a_phone_the_syncs_of_a_course_without_a_fault_are_seen_at_a_glance(
    seat: Sit, language: str
) -> None:
    somebody = seat(COORDINATOR, PHONE)
    if language == "en":
        somebody.goes("a[hreflang=en]")
    somebody.goes(f"nav.site a[href='{BOARD}sync']")
    with somebody.new_window() as page:
        height = page.evaluate("document.documentElement.scrollHeight")
    assert height <= SHORT


def test_a_coordinator_opens_a_card_with_keys_alone(seat: Sit) -> None:
    coordinator = seat(COORDINATOR, DESKTOP)
    enters(coordinator, f"a[href='{BOARD}']")
    assert coordinator.path == BOARD
    tabulate_to(coordinator.page, coordinator.frame, "[data-person]")
    coordinator.page.keyboard.press("Enter")
    coordinator.wait_for(".drawer h2")
    enters(coordinator, f"a[href^='{BOARD}people/']")
    assert coordinator.path.startswith(f"{BOARD}people/")
    assert coordinator.complaints == []


def enters(somebody: Seat, selector: str) -> None:
    """Goes to a link by the tabulator and presses it; waits for the next page."""
    tabulate_to(somebody.page, somebody.frame, selector)
    somebody.frame.evaluate("document.body.dataset.before = 'here'")
    somebody.page.keyboard.press("Enter")
    somebody.arrives()
