"""Places: which of those that sources told of somebody are any, and where people are now."""

from __future__ import annotations

from dataclasses import replace

import pytest

from lms_scoring.domain.evidence import Membership, MembershipStatus, Role
from lms_scoring.domain.places import places_now, without_unnamed
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


# -- now -----------------------------------------------------------------------------------------------

A, B, NONE = (membership(LI, class_=class_) for class_ in ("A", "B", None))
GUIDING = tutor(LI, class_="B")
OTHER = membership(WANG, class_="A")


def left(place: Membership, at: int | None = None) -> Membership:
    """No longer active; with an instant, its source does not list it any more either."""
    return replace(place, status=MembershipStatus.WITHDRAWN, gone_at=at)


NOW: dict[str, tuple[list[Membership], list[Membership]]] = {
    "where one is active": ([A, B], [A, B]),
    "not where one was before": ([left(A, 5), B], [B]),
    "not where one was before, listed there or not": ([left(A), B], [B]),
    "not where one learnt before guiding": ([left(A, 5), GUIDING], [GUIDING]),
    "not where one learnt before being in no class": ([left(A, 5), NONE], [NONE]),
    "where one was last": ([left(A, 5), left(B, 6)], [left(B, 6)]),
    "where one was last, though one is listed": ([left(A, 5), left(B)], [left(B)]),
    "in all that one left at once": ([left(A, 5), left(B, 5)], [left(A, 5), left(B, 5)]),
    "in the last class and not in none": ([left(A, 5), left(NONE, 6)], [left(A, 5)]),
    "in none where there was no class": ([left(NONE, 6)], [left(NONE, 6)]),
    "nobody": ([], []),
}


@pytest.mark.parametrize(("places", "now"), NOW.values(), ids=NOW)
def test_people_are_where_they_are_active_else_where_they_were_last(
    places: list[Membership], now: list[Membership]
) -> None:
    assert places_now(places) == now
    assert places_now([OTHER, *places]) == [OTHER, *now]


def test_a_class_that_was_made_again_is_one_place() -> None:
    again = replace(A, id="again")
    assert places_now([left(A, 5), again, left(B, 6)]) == [left(A, 5), again]
    twice = [left(A, 5), left(again, 7), left(B, 6)]
    assert places_now(twice) == twice[:2]


def test_who_guides_is_not_thereby_a_learner() -> None:
    assert [one.role for one in places_now([A, GUIDING])] == [Role.LEARNER, Role.TUTOR]
