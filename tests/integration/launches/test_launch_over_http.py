"""Launches by a platform of another make over HTTP: from its course page to our pages."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from pathlib import Path
from shutil import copy

import pytest
from pytest_httpserver import HTTPServer

from tests.integration.launches.school import LEARNER, TUTOR, number_on
from tests.integration.launches.served import ROLE, Browser, Served, serving
from tests.integration.web.school import COURSE

OWN_CARD = f"/courses/{COURSE}/people/moodle-{LEARNER}"
BOARD = f"/courses/{COURSE}/"


@pytest.fixture
def served(filled_school: Path, tmp_path: Path, httpserver: HTTPServer) -> Iterator[Served]:
    with serving(Path(copy(filled_school, tmp_path / "school.sqlite")), httpserver) as running:
        yield running


def test_a_learner_comes_from_the_platforms_page_to_the_own_card(served: Served) -> None:
    browser = Browser()
    shown = served.arrive(browser)
    assert shown.url == f"{served.url}{OWN_CARD}"
    assert "刘磊" in shown.text
    assert browser.get(f"{served.url}{OWN_CARD}").status == 200
    assert browser.get(f"{served.url}{BOARD}").status == 403
    assert Browser().get(f"{served.url}{OWN_CARD}").status == 401
    assert served.platform.key_sets_fetched == 1


def test_a_tutor_comes_to_the_own_class(served: Served) -> None:
    served.platform.sub, served.platform.roles = TUTOR, [ROLE.format("Instructor")]
    browser = Browser()
    assert served.arrive(browser).status == 200
    board = browser.get(f"{served.url}{BOARD}").text
    assert "刘磊" in board
    assert "欧阳修远" not in board


def test_the_same_form_gets_nobody_in_again(served: Served) -> None:
    browser = Browser()
    form = served.begin(browser)
    assert browser.post(f"{served.url}/lti/launch", form).status == 200
    for other in (browser, Browser()):
        again = other.post(f"{served.url}/lti/launch", form)
        assert again.status == 409
        assert number_on(again.text) is not None


def test_another_browser_cannot_bring_somebodys_form(served: Served) -> None:
    form, other = served.begin(Browser()), Browser()
    assert other.post(f"{served.url}/lti/launch", form).status == 400
    assert not list(other.cookies)


def test_a_key_that_was_turned_between_two_launches_is_fetched(served: Served) -> None:
    assert served.arrive(Browser()).status == 200
    served.platform.key = "second"
    assert served.arrive(Browser()).status == 200
    assert served.platform.key_sets_fetched == 2


def test_the_platform_believes_the_links_we_place_and_gets_its_data_back(served: Served) -> None:
    served.platform.sub, served.platform.roles = TUTOR, [ROLE.format("Instructor")]
    served.platform.deep_linking = True
    answer = served.arrive(Browser())
    assert answer.status == 200, answer.text
    (signed,) = re.findall(r'name="JWT" value="([^"]+)"', answer.text)
    conf = served.platform.conf()
    (link,) = conf.validate_deeplinking_resp({"JWT": signed})
    assert link["url"] == f"{served.url}/lti/launch"
    said = conf.tool_validate_and_decode(signed)
    assert said["https://purl.imsglobal.org/spec/lti-dl/claim/data"] == {"echo": "this"}


def test_no_line_of_the_log_tells_who_came_or_how(served: Served, caplog: pytest.LogCaptureFixture) -> None:
    browser = Browser()
    form = served.begin(browser)
    with caplog.at_level(logging.DEBUG):
        browser.post(f"{served.url}/lti/launch", form)
        browser.get(f"{served.url}{OWN_CARD}")
        browser.get(f"{served.url}{BOARD}")
        Browser().post(f"{served.url}/lti/launch", form)
    of_the_platform = "werkzeug"
    lines = [record for record in caplog.records if record.name != of_the_platform]
    text = "\n".join(logging.Formatter().format(record) for record in lines)
    assert "launch refused" in text
    secrets = [*form.values(), *(cookie.value or "" for cookie in browser.cookies)]
    assert len(secrets) == 3
    for secret in (*secrets, "刘", "磊", "liu@"):
        assert secret not in text
