"""What people handed in, read without all else that is known of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from lms_scoring.domain import evidence as ev
from lms_scoring.domain.lms_statements import told_by
from lms_scoring.ports import Transaction
from lms_scoring.services.scoring.rules import CourseRules
from lms_scoring.services.scoring.scorable import named_by_source, scorable

_TYPES = (ev.Submission, ev.Recommendation, ev.Decision, ev.Unknown)
_KINDS = tuple(ev.KIND_OF[kind] for kind in _TYPES)
_TASKS = frozenset({ev.Purpose.HOMEWORK, ev.Purpose.JOURNAL})


def hand_ins_of(transaction: Transaction, rules: CourseRules, persons: Sequence[str]) -> Iterator[ev.Record]:
    """What these persons handed in and recommended, what was decided about it, and what could not be read.

    As `scorable` gives it, without reading an event: whole evidence is asked for only where a task is told
    by statements, which no platform's list of activities names. Of a closed course what was frozen, with
    what was entered since.
    """
    if transaction.closing(rules.course) is not None:
        yield from _frozen(transaction, rules, persons)
        return
    found = transaction.records_of(rules.course, persons, kinds=_KINDS)
    yield from map(named_by_source, rules.bindings.bound(found))
    listed = {source for source, _ in transaction.activities(rules.course)}
    if all(one.source in listed for one in rules.bindings.bindings if one.purpose in _TASKS):
        return
    for evidence in transaction.evidence_of(rules.course, persons):
        for source, statements in evidence.statements.items():
            told = rules.bindings.bound(told_by(evidence.person.id, statements, source=source))
            yield from (named_by_source(one) for one in told if isinstance(one, ev.Submission | ev.Unknown))


def _frozen(transaction: Transaction, rules: CourseRules, persons: Sequence[str]) -> Iterator[ev.Record]:
    for evidence in transaction.evidence_of(rules.course, persons):
        yield from (one for one in scorable(evidence, rules.bindings) if isinstance(one, _TYPES))
