"""Works of people who were erased: their tutors' cards rest on them, and no card is made of them.

What such a work was marked with, and that it was recommended, stays true of its tutor. What nobody marked
nobody can mark any more: it is no part of a tutor's duty, as the work of somebody who left is none.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import replace

from lms_scoring.domain import evidence as ev
from lms_scoring.domain.identity import KnownPerson
from lms_scoring.domain.lms_statements import told_by
from lms_scoring.domain.rules.complete_ratio import is_marked
from lms_scoring.ports import EvidenceOut, PersonEvidence, StandIn
from lms_scoring.services.scoring.rules import CourseRules
from lms_scoring.services.scoring.scorable import scorable

_LEFT = "-left"
"""What the place ends by in which works are that nobody can mark any more."""
_WORK, _UNREAD = ev.KIND_OF[ev.Submission], ev.KIND_OF[ev.Unknown]
_NO_WORDS = "erased"


def nameless_works(
    transaction: EvidenceOut, rules: CourseRules, classes: Collection[str | None]
) -> Iterator[ev.Record]:
    """The places in these classes of people who were erased, and what is left of their works there."""
    for one in transaction.stand_ins(rules.course):
        places = [m for m in one.memberships if m.class_ in classes]
        if places:
            yield from _placed(places)
            yield from _sorted_out(places[0].person, one, rules)


class WorkNames:
    """What somebody's works are called once they are `nobody`'s: by what cards call them now."""

    def __init__(self, nobody: str) -> None:
        self.nobody = nobody
        self.names: dict[tuple[str, str], str] = {}

    def of(self, kind: str, name: str) -> str:
        """The same for the same record, whatever tells of it."""
        source = name.partition("/")[0]
        return self.names.setdefault((kind, name), f"{source}/{self.nobody}-{len(self.names) + 1}")


def stand_in_of(
    transaction: EvidenceOut,
    course: str,
    evidence: PersonEvidence,
    places: Collection[ev.Membership],
    names: WorkNames,
) -> StandIn | None:
    """What tutors' cards read of somebody's works, as nobody's; None where they read nothing."""
    records = [*evidence.records, *_told(evidence)]
    works = {_name(one, evidence): one for one in records if isinstance(one, ev.Submission)}
    called = {name: names.of(_WORK, name) for name in sorted(works)}
    for unread in sorted(_name(one, evidence) for one in records if isinstance(one, ev.Unknown)):
        names.of(_UNREAD, unread)
    chosen = _recommended(transaction, course)
    kept = {name: one for name, one in sorted(works.items()) if _is_handed_in(one) or name in chosen}
    learning = [one for one in places if one.role is ev.Role.LEARNER]
    if not kept or not learning:
        return None
    nobody = names.nobody
    return StandIn(
        memberships=[
            replace(one, id=f"{nobody}-{number}", person=nobody)
            for number, one in enumerate(learning, start=1)
        ],
        records=[
            *(_nobodys(one, called[name], evidence, nobody) for name, one in kept.items()),
            *_decided(records, called, nobody),
        ],
        is_frozen=evidence.is_frozen,
    )


def _name(one: ev.Submission | ev.Unknown, evidence: PersonEvidence) -> str:
    """As cards name it."""
    return one.id if evidence.is_frozen else f"{one.source}/{one.id}"


def _nobodys(one: ev.Submission, name: str, evidence: PersonEvidence, nobody: str) -> ev.Submission:
    id_ = name if evidence.is_frozen else name.partition("/")[2]
    return replace(one, id=id_, person=nobody, graded_by=None, characters=None)


def _told(evidence: PersonEvidence) -> Iterator[ev.Record]:
    for source, statements in evidence.statements.items():
        yield from told_by(evidence.person.id, statements, source=source)


def _recommended(transaction: EvidenceOut, course: str) -> set[str]:
    tutors = {m.person for m in transaction.memberships(course, today=True) if m.role is ev.Role.TUTOR}
    found = transaction.records_of(course, tutors, kinds=[ev.KIND_OF[ev.Recommendation]])
    return {one.submission for one in found if isinstance(one, ev.Recommendation)}


def _is_handed_in(one: ev.Submission) -> bool:
    return one.state is ev.SubmissionState.SUBMITTED and one.gone_at is None


def _decided(records: Collection[ev.Record], names: dict[str, str], nobody: str) -> Iterator[ev.Decision]:
    """What was decided about the works, in nobody's words."""
    about = [
        (one, one.target)
        for one in records
        if isinstance(one, ev.Decision) and isinstance(one.target, ev.RecordTarget)
    ]
    for number, (one, target) in enumerate(about, start=1):
        if target.kind == _WORK and target.id in names:
            yield replace(
                one,
                id=f"here/{nobody}-{number}",
                person=nobody,
                target=replace(target, id=names[target.id]),
                reason=_NO_WORDS,
            )


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
