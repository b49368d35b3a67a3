"""A platform's administrator sets a course up with keys alone, on a phone, in the platform's frame."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlencode

from tests.browser.conftest import PHONE
from tests.browser.looks.acts import LAUNCHED, sets_up
from tests.browser.looks.browser_hands import BrowserHands
from tests.browser.looks.keys import tabulate_to
from tests.integration.web.setting_up.claiming import TYPED

Hands = Callable[..., BrowserHands]


def before_a_new_course(hands: Hands) -> BrowserHands:
    administrator = hands(LAUNCHED, "zh")
    administrator.page.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
    sets_up()(administrator)
    return administrator


def enters(somebody: BrowserHands, selector: str) -> None:
    """Goes to a button and presses it; waits for the next page."""
    tabulate_to(somebody.page, somebody.shown, selector)
    with somebody.shown.expect_navigation():
        somebody.page.keyboard.press("Enter")
    assert somebody.standing_out() == []


def test_a_course_is_set_up_with_keys_alone(hands: Hands) -> None:
    administrator = before_a_new_course(hands)
    tabulate_to(administrator.page, administrator.shown, "input[name=scheme]")
    administrator.page.keyboard.press("Space")
    enters(administrator, "main button")
    enters(administrator, "button[value=preview]")
    enters(administrator, "button[value=adopt]")
    assert administrator.path.endswith("/overview")
    assert administrator.shown.locator("nav.site a[aria-current]").inner_text() == "总览"
    assert administrator.complaints == []


def test_while_a_course_is_read_nobody_loses_the_focus_and_then_the_page_goes_on(hands: Hands) -> None:
    administrator = before_a_new_course(hands)
    context = administrator.path.split("/")[-2]
    administrator.school.ask(context)
    administrator.go(f"{administrator.path}/activities?{urlencode(TYPED)}")
    shown = administrator.shown
    tabulate_to(administrator.page, shown, "#reading a")
    shown.evaluate("document.querySelector('#reading a').dataset.old = ''")
    shown.locator("#reading a:not([data-old])").wait_for()
    assert shown.evaluate("document.activeElement.matches('#reading a')")
    administrator.school.read()
    shown.locator("form select").first.wait_for()
    assert administrator.complaints == []
