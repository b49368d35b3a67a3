"""Which of the places that sources told of somebody are places."""

from __future__ import annotations

from dataclasses import replace

from lms_scoring.domain.evidence import MembershipStatus
from lms_scoring.domain.places import without_unnamed
from tests.given import AFTER, LI, WANG, membership, tutor

LEFT = membership(LI, class_=None, status=MembershipStatus.WITHDRAWN)
OF_A = membership(LI)


def test_that_somebody_left_is_no_place_beside_a_class() -> None:
    gone = replace(LEFT, status=MembershipStatus.ACTIVE, gone_at=AFTER)
    for left in (LEFT, gone):
        assert without_unnamed([left, OF_A]) == without_unnamed([OF_A, left]) == [OF_A]
    former = membership(LI, class_="class 2", status=MembershipStatus.WITHDRAWN)
    assert without_unnamed([OF_A, former, LEFT]) == [OF_A, former]


def test_it_is_one_where_nothing_else_is_known_of_them() -> None:
    others = [membership(WANG), replace(OF_A, source="another"), tutor(LI)]
    assert without_unnamed([LEFT, *others]) == [LEFT, *others]
    twice = [LEFT, replace(LEFT, id="of the same course under another number")]
    assert without_unnamed(twice) == twice


def test_who_takes_part_in_no_class_has_left_none() -> None:
    active = membership(LI, class_=None)
    assert without_unnamed([active, OF_A]) == [active, OF_A]


def test_a_tutor_of_no_class_guides_whoever_is_in_none() -> None:
    former = replace(tutor(WANG, class_=None), status=MembershipStatus.WITHDRAWN)
    assert without_unnamed([former, tutor(WANG)]) == [former, tutor(WANG)]
