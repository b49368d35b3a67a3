"""Adopting by sets: other rules hold at once, a few statements foretell all results, and the cards follow.

For more cards than can be made while everybody who writes waits. The next assessments make them.
"""

from __future__ import annotations

from collections.abc import Sequence

from lms_scoring.domain.errors import CannotBeDecided
from lms_scoring.domain.evidence import Membership, Role
from lms_scoring.domain.foretold import may_be_foretold
from lms_scoring.domain.measures import BulkRules, bulk_rules
from lms_scoring.domain.obstacle import Obstacle
from lms_scoring.ports import BoardPart, KeptCourse, KeptScheme, Transaction
from lms_scoring.services.scoring.assess import Assessed
from lms_scoring.services.scoring.card_records import tutors_of
from lms_scoring.services.scoring.course_time import course_time
from lms_scoring.services.scoring.rules import CourseRules
from lms_scoring.services.scoring.to_be_scored import out_of_date

AT_ONCE = 2_000
"""Cards that are made within the adoption, at most: who else writes waits that long."""


def may_follow(transaction: Transaction, before: CourseRules, rules: CourseRules, *, more_than: int) -> bool:
    """Whether the course has more cards than that, all of them measured, goes by the rules before, and is to
    go by others that make other points of the same measures."""
    pinned = [one.scheme for one in transaction.courses() if one.id == rules.course]
    scheme = before.scheme
    return (
        pinned == [scheme.fingerprint]
        and rules.scheme.fingerprint != scheme.fingerprint
        and rules.scheme.roles.keys() == scheme.roles.keys()
        and all(may_be_foretold(one, other) for one, other in _changes(before, rules))
        and transaction.measured_cards(rules.course) > more_than
    )


def check_all_made(transaction: Transaction, course: str, *, at_once: int) -> None:
    """Raises CannotBeDecided while cards by the rules adopted last are awaited, in a course of more cards
    than are made `at_once`: nothing was measured for these rules yet, so everybody's evidence would be read.
    Who has none because it cannot be made keeps nobody from mending that by other rules.
    """
    unmade = transaction.unmade(course)
    if not transaction.is_awaited(course, but=unmade) or 0 < transaction.measured_cards(course) <= at_once:
        return
    left = awaited_cards(transaction, course)
    raise CannotBeDecided(
        Obstacle.AWAITED,
        f"{course} took on other rules, and {left} cards are still to be made by them; serve or a worker "
        "does that, or the next sync: come again once they are made, and look at other rules then",
        left=left,
    )


def awaited_cards(
    transaction: Transaction, course: str, *, classes: frozenset[str | None] | None = None
) -> int:
    """How many cards are still to be made by the rules adopted last: of the course, or of these classes."""
    if not transaction.is_awaited(course):
        return 0
    parts = [BoardPart(course=course, role=role, classes=classes) for role in Role]
    return sum(sum(transaction.foretold_counts(part).values()) for part in parts)


def adopt_by_sets(
    transaction: Transaction,
    course: KeptCourse,
    scheme: KeptScheme,
    before: CourseRules,
    rules: CourseRules,
    *,
    now: int,
) -> Assessed:
    """Pins the course, and foretells what the next assessments will make."""
    now = course_time(transaction, course.id, now=now)
    due = due_anyway(transaction, before, transaction.memberships(course.id), now=now)
    transaction.keep_scheme(scheme)
    transaction.keep_course(course)
    is_open = now < rules.scheme.window.end
    transaction.foretell(course.id, _changes(before, rules), due=sorted(due), is_open=is_open)
    return Assessed(scored=0, changed=0, awaited=transaction.measured_cards(course.id))


def due_anyway(
    transaction: Transaction, rules: CourseRules, memberships: Sequence[Membership], *, now: int
) -> set[str]:
    """Whose measures are not those of today: they are to be scored by the rules anyway, and so are their
    tutors."""
    due = out_of_date(transaction, rules, now=now)
    return due | tutors_of(due, memberships)


def _changes(before: CourseRules, rules: CourseRules) -> list[tuple[BulkRules, BulkRules]]:
    """The rules of each role, before and after."""
    return [
        (bulk_rules(before.scheme, before.bindings, role), bulk_rules(rules.scheme, rules.bindings, role))
        for role in sorted(rules.scheme.roles)
    ]
