"""The launches that a platform may make by 1EdTech's certification list, each over the pages: all render."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from lms_scoring.lti.claims import Claim
from tests.integration.launches.school import LEARNER, TUTOR, LaunchSchool
from tests.integration.web.html_page import HtmlPage
from tests.launches.platform import INSTRUCTOR, claims, token, without
from tests.launches.platform import LEARNER as LEARNS

NAMES = ("name", "given_name", "family_name")
KEPT_PRIVATE = (*NAMES, "email")
OPTIONAL = (*KEPT_PRIVATE, Claim.CUSTOM, Claim.GRADES, Claim.NAMES_AND_ROLES, Claim.PRESENTATION)


def of(role: str, *missing: str, **changed: Any) -> dict[str, Any]:
    sub, given = (LEARNER, LEARNS) if role == "student" else (TUTOR, INSTRUCTOR)
    return without(claims(**{"sub": sub, "ROLES": [given], **changed}), *missing)


def several(role: str) -> list[str]:
    given = LEARNS if role == "student" else INSTRUCTOR
    institution = "http://purl.imsglobal.org/vocab/lis/v2/institution/person#"
    return [f"{institution}{role.title()}", f"{institution}Other", given]


def valid(role: str) -> dict[str, dict[str, Any]]:
    """The list's own names."""
    short = "Learner" if role == "student" else "Instructor"
    return {
        "plain": of(role),
        "multiple roles": of(role, ROLES=several(role)),
        "short role": of(role, ROLES=[short]),
        "unknown role": of(role, ROLES=["http://purl.imsglobal.org/vocab/lis/v2/uknownrole/unknown#Helper"]),
        "no role": of(role, ROLES=[""]),
        "only email": of(role, *NAMES),
        "only names": of(role, "email"),
        "no personal data": of(role, *KEPT_PRIVATE),
        "email without context": of(role, *NAMES, Claim.CONTEXT),
        "only resource link": of(role, *OPTIONAL, Claim.CONTEXT),
    }


CASES = [
    pytest.param(payload, id=f"{role}: {name}")
    for role in ("student", "instructor")
    for name, payload in valid(role).items()
]


@pytest.mark.parametrize("payload", CASES)
def test_a_valid_launch_shows_a_page(school: LaunchSchool, payload: dict[str, Any]) -> None:
    client = school.client()
    answer = school.launch(client)  # a launch before, by somebody else, stands in nobody's way
    assert answer.status_code == 200
    answer = school.post(client, token(payload))
    while answer.status_code == 303:
        answer = school.get(client, answer.headers["Location"])
    staff_of_no_role = payload["sub"] == TUTOR and not set(payload[Claim.ROLES]) & {INSTRUCTOR, "Instructor"}
    in_a_course = Claim.CONTEXT in payload
    # Who is no learner here, and staff by no role that we know, is told whom to ask.
    assert answer.status_code == (403 if in_a_course and staff_of_no_role else 200), answer.text
    page = HtmlPage(answer.text)
    assert {fault for fault in page.faults if not fault.startswith("<script>")} == set()
    assert ("请从课程里打开" in page.text) == (not in_a_course)
    if in_a_course and not staff_of_no_role:
        assert ("我的工作" if payload["sub"] == TUTOR else "刘磊") in page.text


AWKWARD = {
    "of four bytes a letter": "𠮷野家 👩‍🏫",
    "from right to left": "\u202eنمسخر\u202c محمد",
    "with combining marks": "Ze\u0301\u0301\u0301 a\u0300",
    "of a thousand letters": "长" * 1_000,
    "with tags": '<img src=x onerror="alert(1)">',
    "of blanks": "   ",
    "with line breaks": "刘\r\n磊",
}


@pytest.mark.parametrize("name", AWKWARD.values(), ids=AWKWARD)
@pytest.mark.parametrize("where", NAMES)
def test_whoever_has_an_odd_name_is_let_in_and_it_is_only_text(
    school: LaunchSchool, name: str, where: str
) -> None:
    with school.store.writing() as transaction:
        ours = transaction.registration(school.registration)
        transaction.keep_registration(replace(ours, platform=None), at=1)  # then the launch's name is kept
    client = school.client()
    answer = school.post(client, token({**claims(sub="990"), where: name}))
    assert answer.status_code == 303
    shown = school.get(client, answer.headers["Location"])
    assert shown.status_code == 403  # nobody of that name is in the course
    assert "<img src=x" not in shown.text


@pytest.mark.parametrize("length", [1, 255])
def test_a_subject_may_be_as_long_as_the_specification_allows(school: LaunchSchool, length: int) -> None:
    with school.store.writing() as transaction:  # of a platform that is joined to no Moodle
        ours = transaction.registration(school.registration)
        transaction.keep_registration(replace(ours, platform=None), at=school.clock.time)
    client = school.client()
    answer = school.post(client, token(claims(sub="s" * length)))
    assert answer.status_code == 303
    assert school.get(client, answer.headers["Location"]).status_code == 403
    assert school.post(school.client(), token(claims(sub="s" * 256))).status_code == 400
