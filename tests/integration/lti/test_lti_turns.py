"""What an LTI platform is asked in turn with syncs, and what it is asked beside, since a person waits."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from fractions import Fraction
from pathlib import Path

import msgspec
import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from adapters.lti.grades import CourseGradebook
from adapters.turns import AT_A_TIME
from lms_scoring.bootstrap import Installation, installation
from lms_scoring.domain.gradebook import Grade
from lms_scoring.domain.launch import GradeService
from tests.integration.lti.asking import GRADES, registration, root
from tests.integration.lti.test_lti_registering import CONFIGURATION, moodle
from tests.launches.platform import key, key_set


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Installation]:
    settings = {
        "LMS_SCORING_DATABASE_URL": f"sqlite:///{tmp_path / 'scores.db'}",
        "LMS_SCORING_PUBLIC_URL": "https://tool.example",
        "LMS_SCORING_ALLOWED_PRIVATE_HOSTS": "127.0.0.1,localhost",
    }
    ours = installation(settings, working_folder=tmp_path)
    yield ours
    ours.close()


def places(server: HTTPServer) -> list[str]:
    """The names of the turns at the platform."""
    return [f"{root(server)} {number}" for number in range(AT_A_TIME)]


def test_grades_and_their_tokens_take_turns_with_syncs(httpserver: HTTPServer, here: Installation) -> None:
    taken: dict[str, int] = {}

    def noting(answer: object) -> Callable[[Request], Response]:
        def note(request: Request) -> Response:
            with ExitStack() as stack:
                free = [stack.enter_context(here.locks.held(name)) for name in places(httpserver)]
            taken[f"{request.method} {request.path}"] = AT_A_TIME - sum(free)
            return Response(msgspec.json.encode(answer))

        return note

    httpserver.expect_request("/token").respond_with_handler(noting({"access_token": "t", "expires_in": 60}))
    column = {"id": f"{root(httpserver)}/column", "label": "x", "scoreMaximum": 100}
    httpserver.expect_request("/columns", method="GET").respond_with_handler(noting([]))
    httpserver.expect_request("/columns", method="POST").respond_with_handler(noting(column))
    httpserver.expect_request("/column/scores").respond_with_handler(noting({}))
    granted = GradeService(scopes=GRADES, line_items=f"{root(httpserver)}/columns", line_item=None)
    book = CourseGradebook(here.lti.service, registration(root(httpserver)), granted)
    book.send(book.line_item(label="x").url, Grade(subject="3", given=Fraction(80), at=1, comment=""))
    assert taken == {"POST /token": 1, "GET /columns": 1, "POST /columns": 1, "POST /column/scores": 1}


def test_the_keys_of_a_launch_and_a_registration_wait_for_no_sync(
    httpserver: HTTPServer, here: Installation
) -> None:
    """A person waits for them."""
    httpserver.expect_request("/keys").respond_with_json(key_set("a"))
    moodle(httpserver)
    launching = here.launching()
    assert launching.register is not None
    with ExitStack() as stack:
        for name in places(httpserver):
            assert stack.enter_context(here.locks.held(name))
        found = launching.key_sets.key(registration(root(httpserver)), "a")
        assert found.as_dict(private=False)["n"] == key("a").as_dict(private=False)["n"]
        made = launching.register(httpserver.url_for(CONFIGURATION), token=None)
    assert made.issuer == root(httpserver)
