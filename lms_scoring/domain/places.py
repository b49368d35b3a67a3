"""Places: where somebody belongs in a course, as sources tell it over time."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from lms_scoring.domain.evidence import Membership, Role


def without_unnamed(memberships: Iterable[Membership]) -> list[Membership]:
    """Without places of no class that say nothing but that a learner left, where the same source has told of
    a class of theirs: whoever no longer lists somebody cannot say which class it was, and it is no other one.

    Of each person either all memberships are given or none. The others stay as they are, in their order.
    """
    given = list(memberships)
    if not any(map(_is_unnamed, given)):
        return given
    told = {(one.person, one.source) for one in given if _is_learner(one) and one.class_ is not None}
    return [one for one in given if not (_is_unnamed(one) and (one.person, one.source) in told)]


def places_now(places: Iterable[Membership]) -> list[Membership]:
    """Those of them where their people are: the active ones. Who has none any more in the course is where
    they were last, in a class if ever they were in one.

    `places` are all of whose they are; they stay in their order.
    """
    theirs: dict[str, list[Membership]] = {}
    every = list(places)
    for place in every:
        theirs.setdefault(place.person, []).append(place)
    now = {(person, *one) for person, of in theirs.items() for one in _now(of)}
    return [place for place in every if (place.person, *_place(place)) in now]


def _is_learner(membership: Membership) -> bool:
    return membership.role is Role.LEARNER


def _is_unnamed(membership: Membership) -> bool:
    return _is_learner(membership) and membership.class_ is None and not membership.is_active


def _now(theirs: Sequence[Membership]) -> set[tuple[Role, str | None]]:
    active = {_place(one) for one in theirs if one.is_active}
    if active:
        return active
    in_class = [one for one in theirs if one.class_ is not None] or theirs
    last = max(map(_left, in_class))
    return {_place(one) for one in in_class if _left(one) == last}


def _left(place: Membership) -> tuple[bool, int]:
    """In the order of leaving; who is listed still, as suspended for instance, left after who is not."""
    return (True, 0) if place.gone_at is None else (False, place.gone_at)


def _place(place: Membership) -> tuple[Role, str | None]:
    return (place.role, place.class_)
