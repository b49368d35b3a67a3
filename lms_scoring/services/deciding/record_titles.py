"""What the records that cases and disputes are about are called: the title of the activity each is of."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from lms_scoring.domain.evidence import RecordTarget
from lms_scoring.domain.proceedings.dispute import Dispute
from lms_scoring.ports import Transaction
from lms_scoring.services.titles import titles_of


def record_titles(
    transaction: Transaction, course: str, records: Collection[RecordTarget]
) -> Mapping[RecordTarget, str]:
    """Of records as cards name them, by source and id; of those alone whose activity has a title."""
    if not records:
        return {}
    by_source: dict[str, set[str]] = {}
    for record in records:
        source, _, id_ = record.id.partition("/")
        by_source.setdefault(source, set()).add(id_)
    titles = titles_of(transaction, course)
    return {
        RecordTarget(kind=one.kind, id=f"{source}/{one.id}"): title
        for source, ids in by_source.items()
        for one in transaction.records_named(course, source, ids)
        if (title := titles.get((source, one.activity or "")))
    }


def dispute_titles(transaction: Transaction, course: str, disputes: Sequence[Dispute]) -> Mapping[int, str]:
    """Of what disputes are about, by their numbers. Watching is no record by itself: what was watched stands
    on the card, as its id where it has no title."""
    about = {one.number: one.record for one in disputes if one.record is not None}
    of_records = record_titles(transaction, course, set(about.values()))
    found = {number: of_records[record] for number, record in about.items() if record in of_records}
    left = [one for one in disputes if one.number in about and one.number not in found]
    on_cards = {one.number: _activity_on_card(transaction, course, one) for one in left}
    named = {number: activity for number, activity in on_cards.items() if activity is not None}
    if named:
        titles = {one.id: one.name for _, one in transaction.activities(course)}
        titles |= transaction.titles(set(named.values()))
        found |= {number: titles.get(activity) or activity for number, activity in named.items()}
    return found


def _activity_on_card(transaction: Transaction, course: str, dispute: Dispute) -> str | None:
    card = transaction.scorecard(course, dispute.person, role=dispute.role, class_=dispute.class_)
    findings = () if card is None else (one for criterion in card.criteria for one in criterion.findings)
    named = (one.activity for one in findings if RecordTarget(kind=one.kind, id=one.id) == dispute.record)
    return next(named, None)
