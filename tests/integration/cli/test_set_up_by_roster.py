"""A course of a platform that is no Moodle of the settings, set up by its administrator over HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from pytest_httpserver import HTTPServer

from lms_scoring.demonstration.running import Options, RunningPlatform, running_platform
from lms_scoring.domain.evidence import MembershipStatus
from lms_scoring.domain.registration import Approval, Registration
from lms_scoring.domain.scorecard import CardState
from lms_scoring.engines import workshop_of
from lms_scoring.files.course_file import parse_course
from lms_scoring.lti.keys import public_key_set
from lms_scoring.lti.tool import CUSTOM
from lms_scoring.web.application import create_app
from tests.fixtures.courses.installed import Site, site
from tests.fixtures.workshop import AtOnce
from tests.integration.whole.test_set_up_whole import PUBLIC, Forms, Frame, scheme_key

NEW = "lti1-2"
ADMINISTRATOR = 2


@pytest.fixture
def platform() -> Iterator[RunningPlatform]:
    with running_platform(Options(learners=10)) as running:
        yield running


@pytest.fixture
def installed(platform: RunningPlatform, tmp_path: Path, httpserver: HTTPServer) -> Site:
    """The stand-in launches us, and its Moodle is not one that we may ask."""
    made = site(platform, tmp_path, changes={"LMS_SCORING_PUBLIC_URL": PUBLIC})
    keys = public_key_set(made.installation.lti.key_ring.own_keys())
    httpserver.expect_request("/lti/jwks").respond_with_json(keys)
    told = platform.moodle.change(
        "register_tool",
        login_url=f"{PUBLIC}/lti/login",
        redirect_uris=[f"{PUBLIC}/lti/launch"],
        jwks_url=httpserver.url_for("/lti/jwks"),
        target=f"{PUBLIC}/lti/launch",
        custom=CUSTOM,
    )
    ours = Registration(
        issuer=told["issuer"],
        client_id=told["client_id"],
        auth_url=told["auth_url"],
        token_url=told["token_url"],
        jwks_url=told["jwks_url"],
        standing=Approval.ACTIVE,
        deployments={told["deployment_id"]: Approval.ACTIVE},
    )
    with made.installation.store.writing() as transaction:
        transaction.keep_registration(ours, at=1)
    return made


@pytest.fixture
def frame(installed: Site, platform: RunningPlatform) -> Frame:
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


def test_whoever_claims_it_sees_the_roster_and_first_scores_and_the_course_goes_on_with_both(
    installed: Site, platform: RunningPlatform, frame: Frame
) -> None:
    offered = frame.launched(ADMINISTRATOR)
    assert "由平台的课程名单（Names and Roles）决定" in offered.text
    bound = frame.send(offered, scheme=scheme_key(offered.text), record_store="lrs")
    assert "<dt>学员</dt><dd>12</dd>" in bound.text, "ten, and the two tutors whom a Moodle calls learners"
    ((_, fields),) = Forms(bound.text.partition("<main")[2]).found
    assert {name: what for name, what in fields.items() if what and " " in name} == {
        "lrs https://video.example.edu/v/*": "study_time"
    }
    preview = frame.send(bound, do="preview")
    assert "人数" in preview.text
    board = frame.send(preview, do="adopt")
    assert (board.status_code, board.request.path) == (200, f"/courses/{NEW}/overview")
    kept = installed.installation.adopted().kept()[NEW]
    file = parse_course(kept.settings, name=NEW, folder=Path())
    assert [(one.name, one.kind, one.course) for one in file.sources] == [
        ("lti-1", "lti", "2"),
        ("lrs", "xapi", None),
    ]
    assert [one.name for one in installed.installation.sources.of(NEW)] == ["lti-1", "lrs"]
    assert installed.installation.rules(NEW).sources == frozenset({"lti-1", "lrs"})
    cards = installed.cards(NEW)
    studied = [one for one in cards.values() if one.criteria[0].points > 0]
    assert (len(cards), len(studied)) == (12, 10), "their accounts at the record store are theirs"
    assert all(one.state is not CardState.PASS for one in cards.values())


def test_a_sync_withdraws_whom_the_named_roster_no_longer_has(
    installed: Site, platform: RunningPlatform, frame: Frame
) -> None:
    offered = frame.launched(ADMINISTRATOR)
    bound = frame.send(offered, scheme=scheme_key(offered.text), record_store="lrs")
    frame.send(frame.send(bound, do="preview"), do="adopt")
    before = installed.status(NEW)
    gone = min(before, key=lambda person: int(person.removeprefix("lti1-")))
    platform.moodle.change("unenrol", user=int(gone.removeprefix("lti1-")))
    assert installed.sync(NEW).good
    assert installed.status(NEW) == before | {gone: MembershipStatus.WITHDRAWN}


def test_a_roster_that_is_granted_no_more_is_said_by_the_sync(installed: Site, frame: Frame) -> None:
    offered = frame.launched(ADMINISTRATOR)
    bound = frame.send(offered, scheme=scheme_key(offered.text), record_store="lrs")
    frame.send(frame.send(bound, do="preview"), do="adopt")
    before = installed.status(NEW)
    with installed.installation.store.writing() as transaction:
        found = transaction.registration(1)
        transaction.keep_registration(replace(found, standing=Approval.DISABLED), at=2)
    done = installed.sync(NEW)
    assert (done.good, installed.status(NEW)) == (False, before)
    assert "the platform does not let us read who is in the course" in done.complained
    assert f"{NEW} lrs: done" in done.said
