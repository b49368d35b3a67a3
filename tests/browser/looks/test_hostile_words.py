"""What people write is shown as they wrote it: sixty ways to smuggle a script in, and rare names."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from tests.browser.conftest import PATIENCE, PHONE, Visit, listening
from tests.browser.looks.table import BOARD, LOOKS
from tests.fixtures.scripts import SCRIPTS
from tests.fixtures.texts import RARE_NAMES
from tests.integration.web.doubtful import make_contested, make_doubtful
from tests.integration.web.incomplete import make_incomplete
from tests.integration.web.school import (
    ACTIVITIES,
    COORDINATOR,
    FIRST,
    LEARNERS,
    NAMES,
    SECOND_CLASS,
    Cast,
    Learner,
    fill_school,
    open_school,
    visitor_of,
)
from tests.integration.web.strays import make_strays
from tests.serving import serving

if TYPE_CHECKING:
    from playwright.sync_api import Browser

RAN = "window.ran || []"
STRANGE = "document.querySelectorAll('main :is(script, iframe, object, embed, base, link, meta, img)').length"
"""Elements that none of our pages has where people's words stand."""
HOSTILE_WORDS = tuple("\n".join(SCRIPTS[first::3]) for first in range(3))
"""All payloads, in what is said in three steps of disputes."""
REFUSED = {"not-found": 404, "not-allowed": 403}
"""Looks of what somebody asks for in vain; all others are there."""
RARE = tuple(name for name in RARE_NAMES if name.strip())


def hostile() -> Cast:
    """A school in which every word is one of the payloads, or a name that is hard to set."""
    given = {learner.id: learner for learner in LEARNERS}
    names = [*SCRIPTS, *RARE]
    learners = [
        replace(
            given.get(f"moodle-{number}", Learner(id=f"moodle-{number}", name="")),
            name=name,
            class_=(FIRST, SECOND_CLASS, SCRIPTS[11])[number % 3] if number > 11 else FIRST,
        )
        for number, name in enumerate(names, start=3)
        if f"moodle-{number}" not in NAMES
    ]
    return Cast(
        title=SCRIPTS[4],
        learners=learners,
        names={id_: SCRIPTS[number] for number, id_ in enumerate(NAMES, start=17)},
        activities=[replace(one, name=SCRIPTS[number]) for number, one in enumerate(ACTIVITIES, start=20)],
        problem=SCRIPTS[26],
        reason=SCRIPTS[13],
    )


@pytest.fixture(scope="module")
def visitor(chromium: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], Visit]]:
    """Signs people in at the hostile school."""
    file = tmp_path_factory.mktemp("hostile") / "school.sqlite"
    fill_school(file, hostile())
    school = open_school(file)
    make_doubtful(school, "\n".join(SCRIPTS))
    make_contested(school, HOSTILE_WORDS)
    make_strays(school)
    make_incomplete(school, "\n".join(SCRIPTS))
    door, port = listening()
    windows: dict[str, Visit] = {}
    with serving(school.app, door):

        def enter(person: str) -> Visit:
            if person not in windows:
                context = chromium.new_context(locale="zh-CN")
                context.set_default_timeout(PATIENCE)
                seen = Visit(context.new_page(), f"http://127.0.0.1:{port}")
                seen.page.on("console", lambda message: seen.complaints.append(message.text))
                seen.page.on("pageerror", lambda error: seen.complaints.append(str(error)))
                seen.page.on("dialog", lambda dialog: seen.complaints.append(dialog.message))
                seen.go(school.link(visitor_of(person)))
                seen.press(seen.page.locator("main button"))
                windows[person] = seen
            return windows[person]

        yield enter
    for seen in windows.values():
        seen.page.context.close()
    school.close()


def assert_nothing_ran(seen: Visit, where: str) -> None:
    assert seen.page.evaluate(RAN) == [], where
    assert seen.page.evaluate(STRANGE) == 0, where


def test_no_payload_runs_on_any_page(visitor: Callable[[str], Visit]) -> None:
    assert len(set(SCRIPTS)) >= 60
    for look in LOOKS:
        seen = visitor(look.who)
        seen.complaints.clear()
        assert seen.go(look.path) == REFUSED.get(look.name, 200), look.name
        assert_nothing_ran(seen, look.name)
        assert [one for one in seen.complaints if "status of 40" not in one] == [], look.name


def test_what_is_said_of_disputes_is_shown_as_it_was_said(visitor: Callable[[str], Visit]) -> None:
    seen = visitor(COORDINATOR)
    seen.complaints.clear()
    shown = ""
    for number in (1, 2):
        seen.go(f"{BOARD}disputes/{number}")
        shown += "".join(seen.page.locator(".said").all_text_contents())
        assert_nothing_ran(seen, f"dispute {number}")
    for payload in SCRIPTS:
        assert payload in shown
    assert seen.complaints == []


@pytest.mark.parametrize(
    "number", [number for number in range(len(SCRIPTS)) if f"moodle-{number + 3}" not in NAMES]
)
def test_a_payload_in_a_name_is_only_a_name(visitor: Callable[[str], Visit], number: int) -> None:
    person = f"moodle-{number + 3}"
    seen = visitor(COORDINATOR)
    seen.complaints.clear()
    seen.go(f"{BOARD}people/{person}")
    assert seen.page.locator("h1").text_content() == SCRIPTS[number]
    assert_nothing_ran(seen, SCRIPTS[number])
    assert seen.complaints == []


@pytest.mark.parametrize("number", range(len(RARE)))
def test_a_rare_name_is_whole_and_fits_a_phone(visitor: Callable[[str], Visit], number: int) -> None:
    seen = visitor(COORDINATOR)
    seen.page.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
    seen.go(f"{BOARD}people/moodle-{len(SCRIPTS) + number + 3}")
    assert seen.page.locator("h1").text_content() == RARE[number]
    assert seen.overflow() <= 0


def test_the_board_has_every_name_as_it_is(visitor: Callable[[str], Visit]) -> None:
    seen = visitor(COORDINATOR)
    names: set[str] = set()
    address: str | None = f"{BOARD}?withdrawn=1&sort=name"
    while address is not None:
        seen.go(address)
        names |= set(seen.page.locator("tbody th a").all_text_contents())
        following = seen.page.locator("a[rel=next]")
        address = following.get_attribute("href") if following.count() else None
        assert seen.overflow() <= 0
    assert {learner.name for learner in hostile().learners} - names == set()
