"""Our pages inside the demonstration's Moodle: right for axe, in every width, and with keys alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest

from tests.browser.conftest import DESKTOP, PHONE
from tests.browser.looks.conftest import faults
from tests.browser.looks.keys import STOPS
from tests.browser.looks.test_every_page import OPEN_ALL
from tests.browser.moodle import Seat
from tests.browser.test_launches_in_chromium import BOARD, COORDINATOR, LEARNER, TUTOR, Sit, every_window

PARTS = pytest.mark.parametrize(
    "part", [LEARNER, TUTOR, COORDINATOR], ids=["learner", "tutor", "coordinator"]
)
SHORT = 2_000
"""Pixels: less than three screens."""
FAR = 400
"""So often a key is pressed at most: no page has as many stops."""

STOP = """() => {
    const one = document.activeElement;
    if (!document.hasFocus() || one === document.body) return null;
    const style = getComputedStyle(one), box = one.getClientRects()[0];
    const left = Math.max(box.left, 0), right = Math.min(box.right, innerWidth);
    const top = Math.max(box.top, 0), bottom = Math.min(box.bottom, innerHeight);
    const there = document.elementFromPoint((left + right) / 2, (top + bottom) / 2);
    const outlined = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0;
    return {
        place: "stop" in one.dataset ? Number(one.dataset.stop) : null,
        ringed: outlined || style.boxShadow !== "none",
        seen: Boolean(there) && (one.contains(there) || there.contains(one)),
        what: one.outerHTML.slice(0, 160),
    };
}"""
"""Where the focus is in the frame: the number, whether a ring shows it, and whether anything lies over it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """Something that the focus came to; `place` None: a box that scrolls, which is no control."""

    place: int | None
    ringed: bool
    seen: bool
    what: str


def tabs(somebody: Seat) -> list[str]:
    """The addresses of all places that somebody is offered."""
    found: list[str] = somebody.frame.evaluate(
        "[...document.querySelectorAll('nav.site a')].map(one => one.getAttribute('href'))"
    )
    return found


def stop_of(somebody: Seat) -> Stop | None:
    """Where the focus is; None: not in the frame, or on nothing of it."""
    found: dict[str, Any] | None = somebody.frame.evaluate(STOP)
    return None if found is None else Stop(**found)


def tabulate_into(somebody: Seat) -> Stop:
    """From the top of the course page with the tabulator alone, until the focus is in the frame."""
    somebody.page.bring_to_front()
    for _ in range(FAR):
        somebody.page.keyboard.press("Tab")
        stop = stop_of(somebody)
        if stop is not None:
            return stop
    raise AssertionError("the tabulator never came into the frame")


def walk(somebody: Seat) -> list[Stop]:
    """Everything that the tabulator stops at in the frame, until it leaves it again."""
    stops = [tabulate_into(somebody)]
    for _ in range(FAR):
        somebody.page.keyboard.press("Tab")
        stop = stop_of(somebody)
        if stop is None:
            return stops
        stops.append(stop)
    raise AssertionError(f"the tabulator never leaves the frame: {stops[-1].what}")


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


@PARTS
@every_window
def test_the_tabulator_comes_to_everything_in_order_and_leaves_again(
    seat: Sit, part: str, window: tuple[int, int]
) -> None:
    somebody = seat(part, window)
    for address in (None, *tabs(somebody)[:2]):
        if address is not None:
            somebody.goes(f"nav.site a[href='{address}']")
        wanted = somebody.frame.evaluate(STOPS)
        stops = [stop for stop in walk(somebody) if stop.place is not None]
        assert [stop.place for stop in stops] == list(range(len(wanted))), address
        assert [stop.what for stop in stops if not stop.ringed] == [], "no ring shows where the focus is"
        assert [stop.what for stop in stops if not stop.seen] == [], "something lies over the focus"


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
    press_when_at(coordinator, f'href="{BOARD}"')
    assert coordinator.path == BOARD
    press_when_at(coordinator, "data-person", key="Enter", stays=True)
    coordinator.wait_for(".drawer h2")
    press_when_at(coordinator, f'href="{BOARD}people/')
    assert coordinator.path.startswith(f"{BOARD}people/")
    assert coordinator.complaints == []


def press_when_at(somebody: Seat, mark: str, *, key: str = "Enter", stays: bool = False) -> None:
    """Tabulates to what has the mark and presses; waits for the next page, unless this one stays."""
    stop = stop_of(somebody) or tabulate_into(somebody)
    for _ in range(FAR):
        if mark in stop.what.partition(">")[0]:
            break
        somebody.page.keyboard.press("Tab")
        stop = stop_of(somebody) or tabulate_into(somebody)
    if not stays:
        somebody.frame.evaluate("document.body.dataset.before = 'here'")
    somebody.page.keyboard.press(key)
    if not stays:
        somebody.arrives()
