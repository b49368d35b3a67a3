"""All that comes of one launch, windows and codes for them, ends with it; and nobody goes on as another."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from flask.testing import FlaskClient

from lms_scoring.domain.instants import HOUR
from lms_scoring.domain.registration import Approval
from lms_scoring.lti.refusal import LaunchRefused, Refusal
from lms_scoring.ports import PlatformCourse
from lms_scoring.services.access.registrations import Registrar
from lms_scoring.web.access.sessions import Session
from lms_scoring.web.launch.launcher import Believed, Launcher
from tests.integration.launches.launched import (
    BOARD,
    OWN_CARD,
    launched,
    linking,
    page,
    start,
    token_on,
)
from tests.integration.launches.school import LEARNER, OTHER_CLASS, PUBLIC, TUTOR, LaunchSchool
from tests.integration.web.school import COURSE
from tests.launches.platform import DEPLOYMENT, INSTRUCTOR, claims, token


def code_from(client: FlaskClient, *, of: str = OWN_CARD) -> str:
    """A code for a new window, asked for by the page that the browser shows."""
    headers = {"X-Token": token_on(page(client, of).text)}
    return str(client.post("/lti/code", base_url=PUBLIC, headers=headers).get_json()["code"])


def opened(window: FlaskClient, code: str, **headers: str) -> Any:
    """The answer to a browser that opens the code."""
    return window.get(f"/lti/open/{code}", base_url=PUBLIC, headers=headers)


def test_no_window_goes_on_longer_than_the_launch_it_came_of(school: LaunchSchool) -> None:
    client = launched(school)
    for _ in range(15):
        school.clock.go_on(HOUR // 2)
        window = school.client()
        assert opened(window, code_from(client)).status_code == 303
        client = window
    assert page(client, OWN_CARD).status_code == 200
    last = code_from(client)
    school.clock.go_on(HOUR // 2)
    assert page(client, OWN_CARD).status_code == 401
    assert opened(school.client(), last).status_code == 410


def test_signing_out_ends_windows_and_unused_codes_too(school: LaunchSchool) -> None:
    client, window, another = launched(school), school.client(), launched(school)
    opened(window, code_from(client))
    unused = code_from(window)
    client.post("/sign-out", base_url=PUBLIC, data={"token": token_on(page(client, OWN_CARD).text)})
    assert page(window, OWN_CARD).status_code == 401
    assert opened(school.client(), unused).status_code == 410
    assert page(another, OWN_CARD).status_code == 200


def test_signing_out_in_a_window_ends_the_frame_too(school: LaunchSchool) -> None:
    client, window = launched(school), school.client()
    opened(window, code_from(client))
    window.post("/sign-out", base_url=PUBLIC, data={"token": token_on(page(window, OWN_CARD).text)})
    assert page(client, OWN_CARD).status_code == 401


def second_course(school: LaunchSchool) -> None:
    """Another course of the platform, with people of its own."""
    with school.store.writing() as transaction:
        transaction.keep_platform_course(
            PlatformCourse(
                registration=school.registration,
                context="3",
                title="另一门课",
                course=None,
                deployment=DEPLOYMENT,
                seen_at=school.clock.time,
            )
        )


def in_second_course(school: LaunchSchool, sub: str) -> FlaskClient:
    """A browser's frame after a launch from the other course."""
    client = school.client()
    text = token(claims(sub=sub, CONTEXT={"id": "3"}))
    assert school.post(client, text).status_code == 303
    return client


@pytest.mark.parametrize("next_", [LEARNER, TUTOR])
def test_who_opens_a_window_after_somebody_else_finds_nothing_of_theirs(
    school: LaunchSchool, next_: str
) -> None:
    second_course(school)
    shared, frame = school.client(), launched(school, sub=TUTOR, roles=(INSTRUCTOR,))
    opened(shared, code_from(frame, of=BOARD))
    assert page(shared, BOARD).status_code == 200
    theirs = in_second_course(school, next_)
    headers = {"X-Token": token_on(page(theirs, f"/lti/courses/{school.registration}/3/set-up").text)}
    code = theirs.post("/lti/code", base_url=PUBLIC, headers=headers).get_json()["code"]
    assert opened(shared, str(code)).status_code == 303
    stays = next_ == TUTOR
    assert page(shared, BOARD).status_code == (200 if stays else 401)
    assert page(frame, BOARD).status_code == (200 if stays else 401)


def test_a_launch_ends_the_windows_of_who_sat_there_before(school: LaunchSchool) -> None:
    shared, window = launched(school, sub=TUTOR, roles=(INSTRUCTOR,)), school.client()
    opened(window, code_from(shared, of=BOARD))
    assert school.post(shared, token(claims(sub=OTHER_CLASS))).status_code == 303
    assert page(window, BOARD).status_code == 401


def test_a_browser_that_proves_itself_by_storage_ends_them_too(school: LaunchSchool) -> None:
    second_course(school)
    shared = launched(school, sub=TUTOR, roles=(INSTRUCTOR,))
    text = token(claims(sub=LEARNER, CONTEXT={"id": "3"}))
    held = school.post(shared, text, state=school.state(storage="_parent"), browser=None)
    code = held.text.split('data-code="')[1].split('"')[0]
    right = shared.post("/lti/confirm", base_url=PUBLIC, data={"code": code, "browser": "browser"})
    assert right.status_code == 200
    assert page(shared, BOARD).status_code == 401


def forgets(answer: Any) -> bool:
    """Whether the answer has the browser throw away what it keeps of us."""
    told = answer.headers.get("Clear-Site-Data")
    assert told in (None, '"cache"')
    return told is not None


def test_a_browser_forgets_what_it_kept_once_somebody_else_launches_in_it(school: LaunchSchool) -> None:
    shared, first = school.client(), token(claims(sub=TUTOR, ROLES=[INSTRUCTOR]))
    assert not forgets(school.post(shared, first))
    assert not forgets(school.post(shared, first))
    assert forgets(school.post(shared, token(claims(sub=LEARNER))))
    assert not forgets(school.post(shared, token(claims(sub=LEARNER))))


def test_so_it_does_where_nobody_can_tell_any_more_who_launched_before(school: LaunchSchool) -> None:
    shared = launched(school)
    school.clock.go_on(HOUR + 1)
    now = school.clock.time // 1_000
    again = token(claims(sub=LEARNER, iat=now, exp=now + 60))
    assert forgets(school.post(shared, again))
    assert not forgets(school.post(shared, again))


def test_so_it_does_where_somebody_else_opens_a_window_in_it(school: LaunchSchool) -> None:
    second_course(school)
    shared, frame = school.client(), launched(school, sub=TUTOR, roles=(INSTRUCTOR,))
    assert not forgets(opened(shared, code_from(frame, of=BOARD)))
    assert not forgets(opened(shared, code_from(frame, of=BOARD)))
    theirs = in_second_course(school, LEARNER)
    code = code_from(theirs, of=f"/lti/courses/{school.registration}/3/set-up")
    assert forgets(opened(shared, code))


def test_so_it_does_where_somebody_else_proves_it_by_storage(school: LaunchSchool) -> None:
    second_course(school)
    shared = launched(school, sub=TUTOR, roles=(INSTRUCTOR,))
    text = token(claims(sub=LEARNER, CONTEXT={"id": "3"}))
    held = school.post(shared, text, state=school.state(storage="_parent"), browser=None)
    assert not forgets(held)
    code = held.text.split('data-code="')[1].split('"')[0]
    assert forgets(shared.post("/lti/confirm", base_url=PUBLIC, data={"code": code, "browser": "browser"}))


@pytest.mark.parametrize(("place", "kept"), [("document", False), ("iframe", True), ("empty", True)])
def test_a_board_is_kept_in_the_platforms_frame_and_not_in_a_window_beside_it(
    school: LaunchSchool, place: str, kept: bool
) -> None:
    """The window's cookies stay as they are when somebody else launches in the frame."""
    tutor = launched(school, sub=TUTOR, roles=(INSTRUCTOR,))
    answer = page(tutor, BOARD, **{"Sec-Fetch-Dest": place})
    assert answer.headers["Cache-Control"] == ("private, no-cache" if kept else "no-store")
    assert ("ETag" in answer.headers) == kept


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_a_link_on_another_site_opens_no_code(school: LaunchSchool, site: str) -> None:
    client, window = launched(school), school.client()
    code = code_from(client)
    assert opened(window, code, **{"Sec-Fetch-Site": site}).status_code == 400
    assert school.rows()["session"] == 1
    assert opened(window, code, **{"Sec-Fetch-Site": "same-origin"}).status_code == 303


def launcher(school: LaunchSchool) -> Launcher:
    return Launcher(store=school.store, clock=school.clock, key_sets=school.keys, public_url=PUBLIC)


def believed(school: LaunchSchool) -> Believed:
    form = {"state": school.state(), "id_token": token(claims())}
    return launcher(school).believe(form, lambda _: "browser")


def disable(school: LaunchSchool) -> None:
    Registrar(store=school.store, clock=school.clock).disable(school.registration)


def disable_deployment(school: LaunchSchool) -> None:
    Registrar(store=school.store, clock=school.clock).disable_deployment(school.registration, DEPLOYMENT)


@pytest.mark.parametrize("ending", [disable, disable_deployment])
def test_what_is_disabled_while_a_launch_is_looked_at_lets_nobody_in(
    school: LaunchSchool, ending: Any
) -> None:
    first, second = believed(school), believed(school)
    ending(school)
    with pytest.raises(LaunchRefused) as refused:
        launcher(school).begin(first)
    assert refused.value.refusal is Refusal.REGISTRATION_DISABLED
    with pytest.raises(LaunchRefused):
        launcher(school).hold(second)
    rows = school.rows()
    assert (rows["session"], rows["sign_in_link"], rows["platform_subject"]) == (0, 0, 0)


@pytest.mark.parametrize("ending", [disable, disable_deployment])
def test_disabling_ends_windows_and_codes(school: LaunchSchool, ending: Any) -> None:
    client = launched(school)
    code = code_from(client)
    ending(school)
    assert page(client, OWN_CARD).status_code == 401
    assert opened(school.client(), code).status_code == 410


def test_a_code_of_what_was_disabled_since_opens_nothing(school: LaunchSchool) -> None:
    """As if it had been made at the same moment, after the others were ended."""
    code = code_from(launched(school))
    with school.store.writing() as transaction:
        ours = transaction.registration(school.registration)
        transaction.keep_registration(replace(ours, standing=Approval.DISABLED), at=1)
    assert opened(school.client(), code).status_code == 410


def test_a_session_that_just_ended_makes_no_code(school: LaunchSchool) -> None:
    begun = launcher(school).begin(believed(school))
    session = Session(visitor=begun.visitor, secret="", digest="ended since")
    assert launcher(school).code_for(session) is None
    assert school.rows()["sign_in_link"] == 0


def test_a_revoked_deployment_may_launch_again_once_it_is_approved(school: LaunchSchool) -> None:
    disable_deployment(school)
    assert school.post(school.client(), token(claims())).status_code == 403
    registrar = Registrar(store=school.store, clock=school.clock)
    assert registrar.one(school.registration).deployments[DEPLOYMENT] is Approval.DISABLED
    registrar.approve_deployment(school.registration, DEPLOYMENT)
    assert start(launched(school)).status_code == 200


def test_links_are_placed_by_a_browser_that_proved_itself_only(school: LaunchSchool) -> None:
    state = school.state(storage="_parent", again="https://moodle.example/again")
    answer = school.post(school.client(), linking(), state=state, browser=None)
    assert answer.status_code == 400
    assert 'name="JWT"' not in answer.text
    assert 'href="https://moodle.example/again" target="_blank"' in answer.text


def test_a_wrong_cookie_is_refused_though_a_storage_is_offered(school: LaunchSchool) -> None:
    answer = school.post(
        school.client(), token(claims()), state=school.state(storage="_parent"), browser="another"
    )
    assert answer.status_code == 400
    assert school.rows()["sign_in_link"] == 0
    assert COURSE not in answer.text
