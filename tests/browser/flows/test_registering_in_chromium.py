"""Registering in a real browser: the page of registrations on a phone, and the way back to the platform."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from lms_scoring.domain.registration import Registration
from lms_scoring.lti.keys import rotated
from lms_scoring.services.access.registrations import Registrar
from lms_scoring.store import SqlStore
from lms_scoring.web.application import create_app
from lms_scoring.web.launch.launching import Launching
from tests.browser.conftest import PATIENCE, PHONE, listening
from tests.integration.web.registering import PAGE, WAITING, NoKeys
from tests.integration.web.school import ADMINISTRATOR, School, StoppedClock, fill_school
from tests.serving import serving

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page


@pytest.fixture(scope="module")
def platform() -> Iterator[tuple[str, list[str]]]:
    """A page of another site with ours in a frame, as a Moodle shows it; its address is put in later."""
    frames: list[str] = []

    def page(_environment: Any, start: Callable[..., Any]) -> list[bytes]:
        start("200 OK", [("Content-Type", "text/html")])
        told = "var told = []; addEventListener('message', (event) => told.push(event.data.subject));"
        frame = frames[0] if frames else "about:blank"
        return [f"<script>{told}</script><iframe src='{frame}' width=600 height=600></iframe>".encode()]

    door, port = listening()
    with serving(page, door):
        yield f"http://localhost:{port}", frames


@pytest.fixture(scope="module")
def office(
    tmp_path_factory: pytest.TempPathFactory, platform: tuple[str, list[str]]
) -> Iterator[tuple[School, str]]:
    """The pages, which that platform registers at; and their address."""
    file = tmp_path_factory.mktemp("office") / "school.sqlite"
    fill_school(file)
    store, clock = SqlStore(f"sqlite:///{file}"), StoppedClock()
    ring = rotated([], at=1)

    def register(configuration_url: str, *, token: str | None) -> Registration:
        return replace(WAITING, issuer=platform[0])

    registrar = Registrar(store=store, clock=clock, private_hosts=frozenset({"localhost"}))
    launching = Launching(key_sets=NoKeys(), own_keys=lambda: ring, registrar=registrar, register=register)
    app = create_app(
        store=store, courses=dict, clock=clock, public_url="http://127.0.0.1:8000", launching=launching
    )
    door, port = listening()
    with serving(app, door):
        yield School(store=store, app=app, clock=clock), f"http://127.0.0.1:{port}"
    store.close()


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    """An administrator's page, on a phone."""
    context = chromium.new_context(viewport={"width": PHONE[0], "height": PHONE[1]}, locale="zh-CN")
    context.set_default_timeout(PATIENCE)
    yield context.new_page()
    context.close()


def test_whoever_registered_reads_what_comes_next_and_goes_back(
    page: Page, office: tuple[School, str], platform: tuple[str, list[str]]
) -> None:
    address, frames = platform
    frames.append(f"{office[1]}/lti/register?openid_configuration={address}/conf")
    page.goto(address)
    frame = page.frame_locator("iframe")
    frame.get_by_role("button", name="返回平台").wait_for()
    assert "编号为 1" in frame.locator("main").inner_text()
    assert page.evaluate("told") == []
    frame.get_by_role("button", name="返回平台").click()
    page.wait_for_function("told.length")
    assert page.evaluate("told") == ["org.imsglobal.lti.close"]


def test_on_a_phone_the_form_fits_and_leads_to_its_mistakes(page: Page, office: tuple[School, str]) -> None:
    school, base = office
    page.goto(base + school.link(ADMINISTRATOR))
    with page.expect_navigation():
        page.click("main button")
    for language in ("zh", "en"):
        page.goto(f"{base}{PAGE}?lang={language}")
        page.fill("#issuer", "http://moodle.example.edu")
        with page.expect_navigation():
            page.click("form.fields button.main")
        page.locator("#issuer-wrong").wait_for()
        assert page.locator("#add").evaluate("heading => heading.getBoundingClientRect().top") < PHONE[1]
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE[0]
