"""A course set up in the browser by its Moodle's administrator scores as its course file would."""

from __future__ import annotations

from dataclasses import dataclass
from html.parser import HTMLParser
from urllib.parse import urlsplit

import pytest
import requests
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from lms_scoring.demonstration.running import RunningPlatform
from lms_scoring.domain.evidence import Purpose, Role
from lms_scoring.domain.registration import Approval, Registration
from lms_scoring.domain.scorecard import Scorecard
from lms_scoring.engines import workshop_of
from lms_scoring.lti.tool import CUSTOM
from lms_scoring.ports import Launched, Visitor
from lms_scoring.services.setting_up.new_course import Choice
from lms_scoring.web.application import create_app
from tests.fixtures.courses.installed import Site, site
from tests.fixtures.workshop import AtOnce

pytestmark = [
    pytest.mark.slow(reason="the whole recorded course is read again as a course of its own"),
    pytest.mark.variation,
]

PUBLIC = "https://tool.example"
ADMINISTRATOR, TUTOR = 2, 63
"""User ids at the stand-in Moodle."""
NEW = "lti1-2"


class Forms(HTMLParser):
    """The forms of a page as a browser would send them untouched: (action, fields)."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str]]] = []
        self._select = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.found.append((told.get("action", ""), {}))
            return
        if not self.found:
            return
        fields = self.found[-1][1]
        if tag == "input" and "name" in told and (told.get("type") != "radio" or "checked" in told):
            fields[told["name"]] = told.get("value", "")
        elif tag == "select":
            self._select = told["name"]
        elif tag == "option" and ("selected" in told or self._select not in fields):
            fields[self._select] = told["value"]


@dataclass
class Frame:
    """Our pages in a frame of the Moodle: a browser that goes back and forth between both."""

    client: FlaskClient
    moodle: str

    def launched(self, user: int) -> TestResponse:
        """A genuine launch from the course's page."""
        browser = requests.Session()
        with browser:
            switch = {"user": str(user), "course": "2"}
            browser.post(f"{self.moodle}/login/switch", data=switch, timeout=20, allow_redirects=False)
            page = browser.get(f"{self.moodle}/mod/lti/launch.php?id=28", timeout=20)
            ((_, login),) = Forms(page.text).found
            sent = self.client.post("/lti/login", base_url=PUBLIC, data=login)
            answer = browser.get(sent.headers["Location"], timeout=20)
        ((_, launch),) = Forms(answer.text).found
        return self.followed(self.client.post("/lti/launch", base_url=PUBLIC, data=launch))

    def send(self, page: TestResponse, **changed: str) -> TestResponse:
        """Sends the form of the page's main part."""
        ((action, fields),) = Forms(page.text.partition("<main")[2]).found
        return self.followed(self.client.post(action, base_url=PUBLIC, data=fields | changed))

    def followed(self, answer: TestResponse) -> TestResponse:
        while answer.status_code == 303:
            address = urlsplit(answer.headers["Location"])
            answer = self.client.get(f"{address.path}?{address.query}", base_url=PUBLIC)
        return answer


@pytest.fixture(scope="module")
def platform(whole_platform: RunningPlatform) -> RunningPlatform:
    return whole_platform


@pytest.fixture(scope="module")
def installed(scored: Site, platform: RunningPlatform, tmp_path_factory: pytest.TempPathFactory) -> Site:
    """The course file's course, synced; and the same Moodle registered as an LTI platform."""
    folder = scored.copied(tmp_path_factory.mktemp("claimed")).folder
    made = site(platform, folder, changes={"LMS_SCORING_PUBLIC_URL": PUBLIC})
    told = platform.moodle.change(
        "register_tool",
        login_url=f"{PUBLIC}/lti/login",
        redirect_uris=[f"{PUBLIC}/lti/launch"],
        jwks_url=f"{PUBLIC}/lti/jwks",
        target=f"{PUBLIC}/lti/launch",
        custom=CUSTOM,
    )
    with made.installation.store.writing() as transaction:
        transaction.keep_registration(
            Registration(
                issuer=told["issuer"],
                client_id=told["client_id"],
                auth_url=told["auth_url"],
                token_url=told["token_url"],
                jwks_url=told["jwks_url"],
                standing=Approval.ACTIVE,
                platform="moodle",
                deployments={told["deployment_id"]: Approval.ACTIVE},
            ),
            at=made.installation.clock.now(),
        )
    return made


def frame(installed: Site, platform: RunningPlatform) -> Frame:
    """A browser of its own; sources are read at once, so that no test waits."""
    installation = installed.installation
    installation.store.bell = AtOnce(workshop_of(installation))
    app = create_app(
        store=installation.store,
        courses=installation.adopted,
        clock=installation.clock,
        public_url=PUBLIC,
        launching=installation.launching(),
    )
    return Frame(app.test_client(), platform.moodle.url)


def same(card: Scorecard) -> object:
    """What must be equal, whatever the moment and the course."""
    criteria = [(one.id, one.points, one.state, one.figures) for one in card.criteria]
    return (card.total, card.state, card.class_, card.scheme, criteria)


def test_an_administrator_sets_up_the_recorded_course_and_everybody_has_the_same_score(
    installed: Site, platform: RunningPlatform
) -> None:
    here = frame(installed, platform)
    offered = here.launched(ADMINISTRATOR)
    assert offered.request.path == "/lti/courses/1/2/set-up"
    bound = here.send(offered, scheme=scheme_key(offered.text), record_store="lrs")
    assert "https://video.example.edu/v/*" in bound.text
    ((_, fields),) = Forms(bound.text.partition("<main")[2]).found
    assert {name: value for name, value in fields.items() if value and " " in name} == {
        "lrs https://video.example.edu/v/*": "study_time",
        "moodle 17": "homework",
        "moodle 19": "journal",
        "moodle 25": "posts",
        "moodle 27": "bulletins",
    }
    preview = here.send(bound, do="preview")
    assert "启用这门课程" in preview.text
    assert NEW not in installed.installation.adopted().kept()
    theirs = {key: same(card) for key, card in installed.cards("lc2024").items()}
    assert previewed(installed, fields) == theirs
    board = here.send(preview, do="adopt")
    assert (board.status_code, board.request.path) == (200, f"/courses/{NEW}/overview")
    assert len(theirs) > 60
    assert {key: same(card) for key, card in installed.cards(NEW).items()} == theirs
    synced = installed.sync(NEW)
    assert "lti1-2 moodle: done" in synced.said
    assert "lti1-2 lrs: done" in synced.said
    assert "lti1-2: scored" in synced.said, "whoever cannot be asked for the roster stops nothing"
    assert {key: same(card) for key, card in installed.cards(NEW).items()} == theirs
    tutor = frame(installed, platform).launched(TUTOR)
    assert (tutor.status_code, tutor.request.path.startswith(f"/courses/{NEW}/")) == (200, True)
    again = frame(installed, platform).launched(ADMINISTRATOR)
    assert again.request.path == f"/courses/{NEW}/overview"


def previewed(installed: Site, fields: dict[str, str]) -> dict[tuple[str, Role], object]:
    """The first scores with what a form says, whole."""
    set_up = installed.installation.set_up()
    launched = Launched(registration=1, context="2", subject="2", course=None, administrator=True)
    visitor = Visitor(person="moodle-2", launched=launched)
    scheme = next(one for one in set_up.offered(visitor).schemes if one.name == "longcheng-2024")
    choice = Choice(scheme=scheme, title="x", record_store="lrs")
    lines = set_up.listed(visitor, choice).lines
    chosen = {line.key: Purpose(fields[name]) for line in lines if fields.get(name := " ".join(line.key))}
    cards = [one.card for one in set_up.preview(visitor, choice, chosen).cards]
    return {(card.person, card.role): same(card) for card in cards}


def scheme_key(text: str) -> str:
    """What the form calls the district's scheme."""
    before = text.partition("龙城区2024年中小学骨干教师远程培训</label>")[0]
    return before.rpartition('value="')[2].partition('"')[0]
