"""Dynamic registration: what becomes of a browser that a platform sends, and what an outsider gains by it."""

from __future__ import annotations

import logging
import shutil
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest
from flask.testing import FlaskClient

from lms_scoring.bootstrap import Installation, installation
from lms_scoring.demonstration.running import Options, RunningMoodle, running_moodle
from lms_scoring.domain.errors import LmsScoringError, PlatformRefused, PlatformUnreachable
from lms_scoring.domain.registration import Approval, Registration
from lms_scoring.lti.keys import rotated
from lms_scoring.lti.refusal import LaunchRefused, Refusal
from lms_scoring.ports import Launched, Visitor
from lms_scoring.services.access.registrations import MOST_PENDING, Registrar
from lms_scoring.store import SqlStore
from lms_scoring.web.access.credentials import digest_of
from lms_scoring.web.launch.launching import Launching
from lms_scoring.web.launch.registering import AT_A_TIME
from tests.fixtures.pages import pages
from tests.integration.demonstration.lti_peer import Browser
from tests.integration.web.html_page import HtmlPage
from tests.integration.web.registering import WAITING, NoKeys
from tests.integration.web.school import COURSE, StoppedClock

TOKEN = "the-registration-token"
PATH = "/lti/register?" + urlencode(
    {"openid_configuration": "https://moodle.example.edu/conf", "registration_token": TOKEN}
)


class Platform:
    """A platform that registers us as the test wants it; `asked` is how often it was asked."""

    def __init__(self) -> None:
        self.answer: Registration | LmsScoringError = WAITING
        self.asked: list[tuple[str, str | None]] = []
        self.entered = threading.Semaphore(0)
        self.go_on = threading.Event()
        self.go_on.set()

    def register(self, configuration_url: str, *, token: str | None) -> Registration:
        self.asked.append((configuration_url, token))
        self.entered.release()
        self.go_on.wait(20)
        if isinstance(self.answer, LmsScoringError):
            raise self.answer
        return self.answer


@pytest.fixture
def platform() -> Platform:
    return Platform()


@pytest.fixture
def registrar(filled: Path, tmp_path: Path) -> Iterator[Registrar]:
    file = tmp_path / "registering.sqlite"
    shutil.copy(filled, file)
    store = SqlStore(f"sqlite:///{file}")
    yield Registrar(store=store, clock=StoppedClock())
    store.close()


@pytest.fixture
def client(registrar: Registrar, platform: Platform) -> FlaskClient:
    """A browser of nobody we know."""
    app = pages(
        store=registrar.store,
        courses=dict,
        clock=registrar.clock,
        public_url="http://127.0.0.1:8000",
        launching=Launching(
            key_sets=NoKeys(),
            own_keys=lambda: rotated([], at=1),
            registrar=registrar,
            register=platform.register,
        ),
    )
    return app.test_client()


def sound(answer: Any) -> HtmlPage:
    """The page; the script that tells the platform is the only fault the reader knows."""
    page = HtmlPage(answer.text)
    assert set(page.faults) <= {"<script> is forbidden by our own policy"}
    assert TOKEN not in answer.text
    return page


def test_a_platform_is_registered_and_waits(
    client: FlaskClient, registrar: Registrar, platform: Platform
) -> None:
    answer = client.get(PATH)
    assert answer.status_code == 200
    page = sound(answer)
    assert platform.asked == [("https://moodle.example.edu/conf", TOKEN)]
    (kept,) = registrar.all()
    assert kept == replace(WAITING, id=1, standing=Approval.PENDING)
    assert "编号为 1" in page.text
    assert "lms-scoring registration approve 1" in page.texts("code")


def test_its_page_may_tell_the_platform_that_it_is_done(client: FlaskClient) -> None:
    answer = client.get(PATH)
    (script,) = sound(answer).all("script")
    assert script.attributes["data-job"] == "close"
    assert "frame-ancestors https://moodle.example.edu" in answer.headers["Content-Security-Policy"]
    assert answer.headers["Cross-Origin-Opener-Policy"] == "unsafe-none"
    assert answer.headers["Cache-Control"] == "no-store"
    assert client.get("/").headers["Cross-Origin-Opener-Policy"] == "same-origin"


def test_no_link_of_the_page_registers_again(client: FlaskClient) -> None:
    links = {e.attributes["href"] for e in sound(client.get(PATH)).all("a")}
    assert not any("registration" in link or link.startswith("?") for link in links)


def test_no_link_of_any_page_holds_the_token_where_the_browser_has_a_session(
    client: FlaskClient, registrar: Registrar
) -> None:
    launched = Launched(registration=1, context="2", subject="3", course=COURSE)
    with registrar.store.writing() as transaction:
        visitor = Visitor(person="moodle-3", launched=launched)
        transaction.keep_session(digest_of("secret"), visitor, at=0, expires_at=10**15)
    client.environ_base["HTTP_AUTHORIZATION"] = "Bearer secret"
    for status in (200, 400):
        answer = client.get(PATH)
        assert answer.status_code == status
        page = sound(answer)
        assert "在新窗口打开" not in page.text
        assert len(page.all("script")) == (status == 200)


@pytest.mark.parametrize(
    ("accepted", "title"),
    [("zh-CN,zh;q=0.9,en;q=0.8", "登记成功，等待批准"), ("en-US,en", "Registered, waiting for approval")],
)
def test_the_page_speaks_as_the_browser_asks_and_has_the_other_language_beside(
    client: FlaskClient, accepted: str, title: str
) -> None:
    page = sound(client.get(PATH, headers={"Accept-Language": accepted}))
    assert page.texts("h1") == [title]
    both = {"登记成功，等待批准", "Registered, waiting for approval"}
    assert {*page.texts("h1"), *page.texts("h2")} == both
    failed = sound(client.get(PATH, headers={"Accept-Language": accepted}))
    both = {"登记没有成功", "The platform could not be registered"}
    assert {*failed.texts("h1"), *failed.texts("h2")} == both


def test_without_a_platform_the_page_says_where_the_address_belongs(
    client: FlaskClient, platform: Platform, caplog: pytest.LogCaptureFixture
) -> None:
    answer = client.get("/lti/register")
    assert answer.status_code == 400
    (number,) = (text.removeprefix("编号：") for text in sound(answer).texts("p", "faint"))
    assert f"{number}: the address has no openid_configuration" in caplog.text
    assert "管理工具" in sound(answer).text
    assert platform.asked == []


@pytest.mark.parametrize(
    ("went_wrong", "status", "title"),
    [
        (LaunchRefused(Refusal.CONFIGURATION, "another host's"), 400, "登记没有成功"),
        (PlatformRefused("moodle", "registration", "HTTP 401"), 502, "登记没有成功"),
        (PlatformUnreachable("moodle", "configuration", "no answer"), 502, "没有得到平台的回答"),
        (replace(WAITING, auth_url="https://a.example;sandbox/"), 400, "登记没有成功"),
        (replace(WAITING, client_id=""), 400, "登记没有成功"),
    ],
)
def test_a_registration_that_fails_keeps_nothing_and_gives_a_number(
    client: FlaskClient,
    registrar: Registrar,
    platform: Platform,
    caplog: pytest.LogCaptureFixture,
    went_wrong: Registration | LmsScoringError,
    status: int,
    title: str,
) -> None:
    platform.answer = went_wrong
    with caplog.at_level(logging.DEBUG):
        answer = client.get(PATH)
    assert answer.status_code == status
    page = sound(answer)
    assert page.texts("h1") == [title]
    (number,) = (text.removeprefix("编号：") for text in page.texts("p", "faint"))
    assert number in caplog.text
    assert TOKEN not in caplog.text
    assert registrar.all() == []


def test_a_client_is_not_registered_twice(client: FlaskClient, registrar: Registrar) -> None:
    assert client.get(PATH).status_code == 200
    assert client.get(PATH).status_code == 400
    assert len(registrar.all()) == 1


def test_when_many_wait_no_platform_is_asked_any_more(
    client: FlaskClient, registrar: Registrar, platform: Platform
) -> None:
    for number in range(MOST_PENDING):
        registrar.add_pending(replace(WAITING, client_id=str(number)))
    answer = client.get(PATH)
    assert answer.status_code == 503
    assert sound(answer).texts("h1") == ["等待批准的登记太多"]
    assert platform.asked == []


def test_slow_platforms_do_not_hold_up_everybody(client: FlaskClient, platform: Platform) -> None:
    platform.go_on.clear()
    platform.answer = PlatformUnreachable("moodle", "configuration", "no answer")
    app = client.application
    threads = [threading.Thread(target=lambda: app.test_client().get(PATH)) for _ in range(AT_A_TIME)]
    for thread in threads:
        thread.start()
    for _ in threads:
        assert platform.entered.acquire(timeout=20)
    answer = client.get(PATH)
    platform.go_on.set()
    for thread in threads:
        thread.join()
    assert answer.status_code == 503
    assert sound(answer).texts("h1") == ["正在登记其他平台"]
    assert client.get(PATH).status_code == 502, "afterwards there is room again"


# -- with a Moodle -----------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def moodle() -> Iterator[RunningMoodle]:
    with running_moodle(Options(learners=2)) as running:
        yield running


def installed(moodle: RunningMoodle, folder: Path, *, allowed: str = "127.0.0.1") -> Installation:
    settings = {
        "LMS_SCORING_DATABASE_URL": f"sqlite:///{folder / 'db.sqlite'}",
        "LMS_SCORING_ALLOWED_PRIVATE_HOSTS": allowed,
        "LMS_SCORING_PLATFORM_SCHOOL_KIND": "moodle",
        "LMS_SCORING_PLATFORM_SCHOOL_URL": moodle.url,
        "LMS_SCORING_PLATFORM_SCHOOL_TOKEN": moodle.token,
    }
    return installation(settings, working_folder=folder)


def pages_of(ours: Installation) -> FlaskClient:
    return pages(
        store=ours.store,
        courses=ours.adopted,
        clock=ours.clock,
        public_url=ours.settings.public_url,
        launching=ours.launching(),
    ).test_client()


def sent_by(moodle: RunningMoodle) -> str:
    """Where a Moodle sends its administrator's browser, who pasted our address."""
    admin = Browser(moodle.url).sign_in(2)
    answer = admin.get(
        "/mod/lti/startltiadvregistration.php",
        url="http://127.0.0.1:8000/lti/register",
        sesskey=admin.sesskey("/mod/lti/toolconfigure.php"),
        type="0",
    )
    parts = urlsplit(answer.headers["Location"])
    assert (parts.netloc, parts.path) == ("127.0.0.1:8000", "/lti/register")
    return f"{parts.path}?{parts.query}"


def test_a_moodle_registers_us_and_launches_once_approved(moodle: RunningMoodle, tmp_path: Path) -> None:
    ours = installed(moodle, tmp_path)
    client = pages_of(ours)
    address = sent_by(moodle)
    assert client.get(address).status_code == 200
    (kept,) = ours.lti.registrar().all()
    assert (kept.issuer, kept.platform, kept.standing) == (moodle.url, "school", Approval.PENDING)
    assert list(kept.deployments.values()) == [Approval.ACTIVE]
    login = {
        "iss": moodle.url,
        "login_hint": "2",
        "client_id": kept.client_id,
        "target_link_uri": "http://127.0.0.1:8000/lti/launch",
    }
    assert client.post("/lti/login", data=login).status_code == 403
    ours.lti.registrar().approve(kept.id, platform=kept.platform)
    answer = client.post("/lti/login", data=login)
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith(f"{moodle.url}/mod/lti/auth.php?")
    assert client.get(address).status_code == 502, "its token is good once"
    assert len(ours.lti.registrar().all()) == 1


def test_an_address_of_our_own_network_is_not_asked_unless_it_is_listed(
    moodle: RunningMoodle, tmp_path: Path
) -> None:
    ours = installed(moodle, tmp_path)
    closed = installed(moodle, tmp_path, allowed="")
    address = sent_by(moodle)
    assert pages_of(closed).get(address).status_code == 502
    assert closed.lti.registrar().all() == []
    assert pages_of(ours).get(address).status_code == 200, "the token was not used up"
