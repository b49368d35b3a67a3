"""What a source could only guess gives way to what it told of the same records before (decision 0039)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from lms_scoring.domain.evidence import KIND_OF, SUREST_FIRST, DueBasis, Membership, Record, Submission
from lms_scoring.ports import Batch, EvidenceOut, Guess


def known_instead(transaction: EvidenceOut, course: str, source: str, batch: Batch) -> Sequence[Record]:
    """The batch's records, with what is stored of them where they are guessed."""
    if not batch.guesses:
        return batch.records
    stored = transaction.latest_records(course, source, list(batch.guesses))
    before = {_name_of(record): record for record in stored}
    return [
        _known(record, before.get(_name_of(record)), batch.guesses.get(_name_of(record), Guess()))
        for record in batch.records
    ]


def _name_of(record: Record) -> tuple[str, str]:
    return (KIND_OF[type(record)], record.id)


def _known(told: Record, before: Record | None, guess: Guess) -> Record:
    if guess.status and isinstance(told, Membership) and isinstance(before, Membership):
        return replace(told, status=before.status)
    if isinstance(told, Submission) and isinstance(before, Submission):
        return _with_mark(_with_dates(told, before, guess), before, guess)
    return told


def _with_dates(told: Submission, before: Submission, guess: Guess) -> Submission:
    """The dates as they were known better: an extension that is known all the same moves them later."""
    if not guess.dates or not _is_better(before.due_basis, told.due_basis):
        return told
    due = before.due_at
    if due is not None and guess.due_at_least is not None:
        due = max(due, guess.due_at_least)
    return replace(told, opens_at=before.opens_at, due_at=due, due_basis=before.due_basis)


def _is_better(known: DueBasis, guessed: DueBasis) -> bool:
    """Of two guesses that are made alike the newer one is better."""
    return known is DueBasis.OWN or SUREST_FIRST.index(known) < SUREST_FIRST.index(guessed)


def _with_mark(told: Submission, before: Submission, guess: Guess) -> Submission:
    """The mark as it was understood last: one that nobody understands is no reason to forget it."""
    if not guess.mark or (before.grade is None and before.points is None):
        return told
    return replace(
        told,
        grade=before.grade,
        points=before.points,
        max_points=before.max_points,
        graded_at=before.graded_at,
        graded_by=before.graded_by,
    )
