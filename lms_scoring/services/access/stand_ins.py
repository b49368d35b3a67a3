"""What stays of the works of somebody who is erased: nobody's works, for the cards of their tutors.

What such a work was marked with, and that it was recommended, stays true of its tutor.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import replace

from lms_scoring.domain import evidence as ev
from lms_scoring.domain.lms_statements import told_by
from lms_scoring.ports import EvidenceOut, PersonEvidence, StandIn

_WORK, _UNREAD = ev.KIND_OF[ev.Submission], ev.KIND_OF[ev.Unknown]
_NO_WORDS = "erased"


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
    called = {one.id: f"here/{nobody}-{number}" for number, (one, _) in enumerate(about, start=1)}
    for one, target in about:
        if target.kind == _WORK and target.id in names:
            yield replace(
                one,
                id=called[one.id],
                person=nobody,
                instead_of=tuple(called[id_] for id_ in one.instead_of if id_ in called),
                target=replace(target, id=names[target.id]),
                reason=_NO_WORDS,
            )
