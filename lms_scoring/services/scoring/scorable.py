"""What of one person's evidence can count: bound to something, and called as cards and exports call it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from lms_scoring.domain import evidence as ev
from lms_scoring.domain.binding import Bindings
from lms_scoring.domain.identity import KnownPerson
from lms_scoring.domain.lms_statements import told_by
from lms_scoring.domain.unread import Unread
from lms_scoring.domain.watch_time import watch_time
from lms_scoring.ports import PersonEvidence


def scorable(evidence: PersonEvidence, bindings: Bindings) -> Iterator[ev.Record]:
    """One person's records that count as something: bound records, spans folded from events, told ones.

    A record's id begins with its source here and in exports: two platforms may use the same number.
    """
    if evidence.is_frozen:
        yield from evidence.records
        return
    own = (r for r in evidence.records if not isinstance(r, ev.Membership | ev.Person))
    person = evidence.person.id
    yield from map(named_by_source, bindings.bound(own))
    for source, events in evidence.events.items():
        spans = watch_time(person, events, source=source).spans
        yield from map(named_by_source, bindings.bound(spans))
    for source, statements in evidence.statements.items():
        yield from map(named_by_source, bindings.bound(told_by(person, statements, source=source)))
    yield from map(named_by_source, not_joinable(evidence, bindings))


def not_joinable(evidence: PersonEvidence, bindings: Bindings) -> Iterator[ev.Unknown]:
    """What other sources may know of somebody who left and of whom the platform tells a number alone.

    They know people by user name or address, so what is theirs lies with the accounts of nobody: that it
    exists cannot be said, and still less that it does not.
    """
    active = any(
        isinstance(record, ev.Membership) and record.status is ev.MembershipStatus.ACTIVE
        for record in evidence.records
    )
    if active or not _is_a_number_alone(evidence.person):
        return
    home = evidence.person.id.rpartition("-")[0]
    told = {*evidence.events, *evidence.statements}
    for binding in bindings.bindings:
        if binding.source != home and binding.source not in told:
            yield ev.Unknown(
                id=f"{binding.purpose}-{evidence.person.id}",
                person=evidence.person.id,
                activity=binding.activities[0],
                reason=Unread.NOT_JOINABLE.value,
                about=binding.purpose,
                source=binding.source,
            )


def _is_a_number_alone(person: KnownPerson) -> bool:
    accounts = {account.rpartition("|")[2] for account in person.accounts}
    return len(person.accounts) == 1 and all(name.isascii() and name.isdigit() for name in accounts)


def named_by_source(record: ev.Record) -> ev.Record:
    """Decisions and recommendations were made here and name records by these ids already."""
    if record.source is None or isinstance(record, ev.Decision | ev.Recommendation):
        return record
    return replace(record, id=f"{record.source}/{record.id}")
