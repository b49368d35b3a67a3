"""As of when a platform's roster is known, on the sync page."""

from __future__ import annotations

import pytest

from lms_scoring.domain.registration import Approval, Registration
from lms_scoring.ports import Kept, PlatformCourse, RunState
from tests.integration.web.school import COORDINATOR, COURSE, School

ISSUER = "https://moodle.example"


def keep(school: School, *, platform: str | None, read: bool, roster_url: str | None = "roster") -> None:
    """The course is launched from a platform, whose roster was read at noon."""
    ours = Registration(
        issuer=ISSUER,
        client_id="c",
        auth_url=f"{ISSUER}/auth",
        token_url=f"{ISSUER}/token",
        jwks_url=f"{ISSUER}/keys",
        standing=Approval.ACTIVE,
        platform=platform,
        deployments={"1": Approval.ACTIVE},
    )
    with school.store.writing() as transaction:
        number = transaction.keep_registration(ours, at=1)
        place = PlatformCourse(
            registration=number,
            context="2",
            title=None,
            course=COURSE,
            deployment="1",
            roster_url=roster_url,
            seen_at=1,
        )
        transaction.keep_platform_course(place)
        if read:
            run = transaction.begin_run(COURSE, f"lti-{number}", at=NOON - 1_000, full=True)
            transaction.end_run(run, at=NOON, state=RunState.DONE, kept=Kept())


NOON = 1_734_667_200_000
"""2024-12-20, 12:00 in Shanghai."""


def said(school: School, language: str = "zh") -> str | None:
    page = school.page(school.signed_in(COORDINATOR), f"/courses/{COURSE}/sync?lang={language}")
    found = [one.text for one in page.all("section") if one.attributes.get("aria-labelledby") == "rosters"]
    return found[0] if found else None


@pytest.mark.parametrize(
    ("language", "when", "joined"),
    [
        ("zh", "截至 2024年12月20日 12:00", "只用来核对"),
        ("en", "as of ", "Held against the course's own Moodle"),
    ],
)
def test_a_roster_beside_its_moodle_has_its_time_and_what_it_is_for(
    own_school: School, language: str, when: str, joined: str
) -> None:
    keep(own_school, platform="moodle", read=True)
    text = said(own_school, language) or ""
    assert text.count(ISSUER) == 1
    assert when in text
    assert joined in text


def test_a_roster_that_stands_alone_says_who_learns(own_school: School) -> None:
    keep(own_school, platform=None, read=True)
    text = said(own_school) or ""
    assert ("不再列出的视为退出" in text, "只用来核对" in text) == (True, False)


def test_a_roster_that_was_never_read_has_no_time(own_school: School) -> None:
    keep(own_school, platform="moodle", read=False)
    text = said(own_school) or ""
    assert ("还没有完整读到过" in text, "截至" in text) == (True, False)


def test_without_a_roster_nothing_is_said_of_one(own_school: School) -> None:
    assert said(own_school) is None
    keep(own_school, platform="moodle", read=False, roster_url=None)
    assert said(own_school) is None
