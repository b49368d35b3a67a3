"""Works of people who were erased: their tutors' cards rest on them, and no card is made of them.

What nobody marked nobody can mark any more: it is no part of a tutor's duty, as the work of somebody who
left is none.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import replace

from lms_scoring.domain import evidence as ev
from lms_scoring.domain.identity import KnownPerson
from lms_scoring.domain.rules.complete_ratio import is_marked
from lms_scoring.ports import EvidenceOut, PersonEvidence, StandIn
from lms_scoring.services.scoring.rules import CourseRules
from lms_scoring.services.scoring.scorable import scorable

_LEFT = "-left"
"""What the place ends by in which works are that nobody can mark any more."""


def nameless_works(
    transaction: EvidenceOut, rules: CourseRules, classes: Collection[str | None]
) -> Iterator[ev.Record]:
    """The places in these classes of people who were erased, and what is left of their works there."""
    for one in transaction.stand_ins(rules.course):
        places = [m for m in one.memberships if m.class_ in classes]
        if places:
            yield from _placed(places)
            yield from _sorted_out(places[0].person, one, rules)


def _placed(places: Collection[ev.Membership]) -> Iterator[ev.Membership]:
    for one in places:
        yield one
        yield replace(one, id=one.id + _LEFT, person=one.person + _LEFT, status=ev.MembershipStatus.WITHDRAWN)


def _sorted_out(nobody: str, one: StandIn, rules: CourseRules) -> Iterator[ev.Record]:
    evidence = PersonEvidence(
        person=KnownPerson(id=nobody, name="", accounts=()), records=one.records, is_frozen=one.is_frozen
    )
    records = [*scorable(evidence, rules.bindings)]
    left = {r.id for r in records if isinstance(r, ev.Submission) and _is_unmarked(r)}
    for record in records:
        match record:
            case ev.Submission(id=about) | ev.Decision(target=ev.RecordTarget(id=about)) if about in left:
                yield replace(record, person=nobody + _LEFT)
            case _:
                yield record


def _is_unmarked(one: ev.Submission) -> bool:
    return one.task is ev.Task.HOMEWORK and not is_marked(one)
