"""What is answered to forms, launches and mistakes: axe finds nothing, nothing stands out in any width."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from tests.browser.looks.acts import ACTS, OF_THE_CLOSED, OF_THE_LASTING, Act
from tests.browser.looks.browser_hands import BrowserHands
from tests.browser.looks.conftest import but, faults
from tests.browser.looks.table import BOARD, LEARNER
from tests.browser.looks.test_every_page import (
    COLOUR_ALONE,
    DESKTOP,
    ENLARGED_FOUR_TIMES,
    ENLARGED_TWICE,
    OPEN_ALL,
    PHONE,
)
from tests.integration.web.complete import CompleteSchool
from tests.integration.web.school import COORDINATOR

if TYPE_CHECKING:
    from playwright.sync_api import Page

Hands = Callable[..., BrowserHands]
Keep = Callable[["Page", str], None]
NEVER_ARRIVED = "net::ERR_FAILED"
FRAME_AS_HIGH = "height => document.querySelectorAll('iframe').forEach(one => { one.style.height = height; })"


def resized(somebody: BrowserHands, window: tuple[int, int]) -> None:
    somebody.page.set_viewport_size({"width": window[0], "height": window[1]})


@contextmanager
def unrolled(somebody: BrowserHands) -> Iterator[Page]:
    """The window with a frame as high as what is in it."""
    somebody.page.evaluate(FRAME_AS_HIGH, f"{somebody.whole_height()}px")
    yield somebody.page
    somebody.page.evaluate(FRAME_AS_HIGH, "100vh")


def assert_right_in_every_width(somebody: BrowserHands, name: str, keep: Keep) -> None:
    for window in (DESKTOP, PHONE):
        resized(somebody, window)
        with unrolled(somebody) as page:
            keep(page, f"{name}-{somebody.language}-{window[0]}")
    somebody.shown.evaluate(OPEN_ALL)
    for window in (ENLARGED_FOUR_TIMES, ENLARGED_TWICE, PHONE, DESKTOP):
        resized(somebody, window)
        assert somebody.standing_out() == [], window
        if window == PHONE or (window == DESKTOP and somebody.language == "zh"):
            assert faults(somebody.shown) == [], window
    assert somebody.shown.evaluate(COLOUR_ALONE) == []


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("act", [act for act in ACTS if not act.is_part], ids=str)
def test_an_answer_is_right_in_every_width(act: Act, language: str, hands: Hands, picture: Keep) -> None:
    somebody = hands(act.who, language, without=act.without)
    act.does(somebody)
    assert somebody.status == act.status
    assert str(somebody.shown.evaluate("document.documentElement.lang")).startswith(language)
    assert_right_in_every_width(somebody, act.name, picture)
    heard = [one for one in but(somebody.complaints, status=act.status) if NEVER_ARRIVED not in one]
    assert but(heard, status=act.in_vain or act.status) == []


@pytest.mark.parametrize("language", ["zh", "en"])
def test_pages_of_a_programme_that_lasts_are_right_in_every_width(
    language: str, hands: Hands, complete: CompleteSchool, picture: Keep
) -> None:
    people = [hands(act.who, language) for act in OF_THE_LASTING]  # who signs in then is out again afterwards
    with complete.lasting():
        for act, somebody in zip(OF_THE_LASTING, people, strict=True):
            act.does(somebody)
            assert_right_in_every_width(somebody, act.name, picture)
            assert somebody.complaints == []


@pytest.mark.parametrize("language", ["zh", "en"])
def test_pages_of_a_closed_programme_are_right_in_every_width(
    language: str, hands: Hands, complete: CompleteSchool, picture: Keep
) -> None:
    with complete.closed():
        for act in OF_THE_CLOSED:
            somebody = hands(act.who, language)
            act.does(somebody)
            assert somebody.shown.locator(".closed[role=note]").count() == 1
            assert_right_in_every_width(somebody, act.name, picture)
            assert somebody.complaints == []


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_drawer_beside_the_board_is_right_in_every_width(
    language: str, hands: Hands, picture: Keep
) -> None:
    somebody = hands(COORDINATOR, language)
    somebody.go(BOARD)
    somebody.page.locator(f"[data-person][href$='{LEARNER}']").click()
    somebody.page.locator(".drawer h2").wait_for()
    assert_right_in_every_width(somebody, "board-drawer", picture)
    assert somebody.complaints == []
