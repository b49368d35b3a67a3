"""Every page, as everybody sees it: axe finds nothing, nothing stands out or is blocked, in any width."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from tests.browser.conftest import Visit
from tests.browser.looks.conftest import but, faults
from tests.browser.looks.table import LOOKS, NO_PAGES, Look
from tests.integration.web.school import School

if TYPE_CHECKING:
    from playwright.sync_api import Page

DESKTOP, ENLARGED_TWICE, PHONE, ENLARGED_FOUR_TIMES = (1280, 800), (640, 400), (360, 740), (320, 256)
"""A window of 1,280 by 1,024 that is enlarged to 400 % has room for 320 by 256 (WCAG 2.2, 1.4.10)."""
OPEN_ALL = "document.querySelectorAll('details').forEach(one => { one.open = true; })"
COLOUR_ALONE = """() => [...document.querySelectorAll("main .state, main .chip")]
    .filter(one => !["chip", "link chip"].includes(one.className))
    .filter(one => !one.querySelector("svg") || !one.textContent.trim())
    .map(one => one.outerHTML.slice(0, 200))"""
"""Statuses that lack an icon or a word."""


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("page", LOOKS, ids=str)
def test_a_page_is_right_in_every_width(
    page: Look,
    language: str,
    look: Callable[..., Visit],
    picture: Callable[[Page, str], None],
) -> None:
    seen = look(page.who, page.path, language)
    for window in (DESKTOP, ENLARGED_TWICE, PHONE, ENLARGED_FOUR_TIMES):
        width, height = window
        seen.page.set_viewport_size({"width": width, "height": height})
        if window in (DESKTOP, PHONE):
            picture(seen.page, f"{page.name}-{language}-{width}")
            assert faults(seen.page) == [], window
        seen.page.evaluate(OPEN_ALL)
        assert seen.overflow() <= 0, window
    assert faults(seen.page) == [], "with everything unfolded"
    assert seen.page.evaluate(COLOUR_ALONE) == []
    wanted = {"not-found": 404, "not-allowed": 403, "sign-in-refused": 200}.get(page.name, 200)
    assert but(seen.complaints, status=wanted) == []


def test_every_page_that_there_is_is_looked_at(served: tuple[School, str]) -> None:
    rules = served[0].app.url_map.iter_rules()
    shown = {rule.endpoint for rule in rules if "GET" in (rule.methods or ())}
    looked_at = {one.endpoint for one in LOOKS if one.endpoint}
    assert shown - looked_at - NO_PAGES.keys() == set(), "not looked at, and not among NO_PAGES"
    assert (looked_at | NO_PAGES.keys()) - shown == set(), "named, and not there any more"
