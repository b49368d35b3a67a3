"""What an LRS may know of somebody whom it cannot be joined to is unknown, and not nothing."""

from __future__ import annotations

from dataclasses import replace

import pytest

from lms_scoring.domain import evidence as ev
from lms_scoring.domain.binding import Binding, Bindings
from lms_scoring.domain.evidence import Role
from lms_scoring.domain.identity import KnownPerson, account
from lms_scoring.domain.unread import Unread
from lms_scoring.ports import PersonEvidence
from lms_scoring.services.scoring.scorable import not_joinable

HOME = "https://moodle.example"
ELSEWHERE = Bindings(
    bindings=(Binding(purpose=ev.Purpose.STUDY_TIME, source="lrs", activities=("https://video.example/*",)),)
)


def left(*accounts: str, status: ev.MembershipStatus = ev.MembershipStatus.WITHDRAWN) -> PersonEvidence:
    """Somebody who left, with the accounts that are known."""
    membership = ev.Membership(
        id="2-learner-60-0", person="moodle-60", role=Role.LEARNER, class_=None, status=status
    )
    person = KnownPerson(id="moodle-60", name="胡超", accounts=accounts)
    return PersonEvidence(person=person, records=[membership])


def test_what_an_lrs_knows_of_who_is_a_number_alone_is_unknown() -> None:
    (unknown,) = not_joinable(left(account(HOME, "60")), ELSEWHERE)
    assert (unknown.about, unknown.source) == (ev.Purpose.STUDY_TIME, "lrs")
    assert unknown.reason == Unread.NOT_JOINABLE


@pytest.mark.parametrize(
    "evidence",
    [
        left(account(HOME, "60"), account(HOME, "tea058")),
        left(account(HOME, "tea058")),
        left(account(HOME, "60"), status=ev.MembershipStatus.ACTIVE),
        replace(left(account(HOME, "60")), events={"lrs": []}),
    ],
    ids=["a user name", "only a user name", "still enrolled", "joined"],
)
def test_what_is_joined_or_can_be_is_not_unknown(evidence: PersonEvidence) -> None:
    assert list(not_joinable(evidence, ELSEWHERE)) == []


def test_what_the_platform_itself_tells_needs_no_joining() -> None:
    own = Bindings(bindings=(replace(ELSEWHERE.bindings[0], source="moodle"),))
    assert list(not_joinable(left(account(HOME, "60")), own)) == []
