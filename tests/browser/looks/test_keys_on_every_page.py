"""Every control of every page is come to by the tabulator, in order and in sight, and pressed by keys."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.browser.looks.acts import ACTS, Act, goes
from tests.browser.looks.browser_hands import BrowserHands
from tests.browser.looks.keys import assert_all_is_reached, walk
from tests.browser.looks.table import LOOKS
from tests.browser.looks.test_every_page import DESKTOP, OPEN_ALL, PHONE

PAGES = (*(Act(name=look.name, who=look.who, does=goes(look.path)) for look in LOOKS), *ACTS)


@pytest.mark.parametrize("act", [act for act in PAGES if not act.is_part], ids=str)
def test_a_page_is_walked_and_pressed_by_keys_alone(act: Act, hands: Callable[..., BrowserHands]) -> None:
    somebody = hands(act.who, "zh", without=act.without)
    act.does(somebody)
    for window in (DESKTOP, PHONE):
        somebody.page.set_viewport_size({"width": window[0], "height": window[1]})
        somebody.shown.evaluate(OPEN_ALL)
        walked = walk(somebody.page, somebody.shown, presses=window == DESKTOP)
        assert_all_is_reached(walked)
        if window == DESKTOP:
            assert list(walked.pressed) == list(walked.to_press)
        else:
            assert walked.jumps == [], "the focus goes up the page"
