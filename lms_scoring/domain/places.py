"""Places: where somebody belongs in a course, as sources tell it over time."""

from __future__ import annotations

from collections.abc import Iterable

from lms_scoring.domain.evidence import Membership, MembershipStatus, Role


def without_unnamed(memberships: Iterable[Membership]) -> list[Membership]:
    """Without places of no class that say nothing but that a learner left, where the same source has told of
    a class of theirs: whoever no longer lists somebody cannot say which class it was, and it is no other one.

    Of each person either all memberships are given or none. The others stay as they are, in their order.
    """
    given = list(memberships)
    told = {(one.person, one.source) for one in given if _is_learner(one) and one.class_ is not None}
    return [one for one in given if not (_is_unnamed(one) and (one.person, one.source) in told)]


def _is_learner(membership: Membership) -> bool:
    return membership.role is Role.LEARNER


def _is_unnamed(membership: Membership) -> bool:
    left = membership.status is MembershipStatus.WITHDRAWN or membership.gone_at is not None
    return _is_learner(membership) and membership.class_ is None and left
