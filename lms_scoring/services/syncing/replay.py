"""Replaying what is in quarantine: each text goes through the reader of today, and who it concerns is scored.

Where a text alone does not say enough (a hand-in wants its task, the dates, the scale of its mark), its
source is asked for it again: the same reader then reads it with all that belongs to it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from lms_scoring.domain.errors import OutOfQuarantine
from lms_scoring.domain.quarantine import QuarantineState
from lms_scoring.ports import Batch, Clock, ProblemKind, Quarantined, Store, TextReader, Transaction
from lms_scoring.services.collecting.left_out import without_erased
from lms_scoring.services.unattended.calls import wake_scorers
from lms_scoring.services.unattended.due import ask_now

ReaderOf = Callable[[str, str], TextReader | None]
"""Given a course and a source of it, what reads a text of it; None: its texts alone do not say enough."""

OPEN = (QuarantineState.WAITING, QuarantineState.GONE)
"""What may be replayed or dropped."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Replayed:
    """What became of the records: by number."""

    resolved: Sequence[int] = ()
    refused: Sequence[int] = ()
    """They cannot be used today either."""
    cut: Sequence[int] = ()
    """Longer than what is kept of a text: only their source has them whole."""
    asked: Sequence[str] = ()
    """Sources that are asked for them again."""


def replay(
    course: str, records: Iterable[Quarantined], reader_of: ReaderOf, store: Store, *, clock: Clock
) -> Replayed:
    """Replays records of the course, or of a shared source that it reads.

    Raises OutOfQuarantine for one that was dropped or is resolved.
    """
    resolved: list[int] = []
    again: list[int] = []
    cut: list[int] = []
    ask: set[str] = set()
    readers: dict[str, TextReader | None] = {}
    for one in records:
        check_open_record(one)
        reader = readers.setdefault(one.source, reader_of(course, one.source))
        if reader is None:
            ask.add(one.source)
        elif not one.aside.is_whole:
            cut.append(one.number)
        else:
            with store.writing() as transaction:
                told, _ = without_erased(transaction, reader.read(one.aside.text), source=one.source)
                good = _reread(transaction, one, told, at=clock.now())
                wake_scorers(transaction)
            (resolved if good else again).append(one.number)
    if ask:
        with store.writing() as transaction:
            ask_now(transaction, course, sorted(ask), now=clock.now())
    return Replayed(resolved=resolved, refused=again, cut=cut, asked=sorted(ask))


def check_open_record(one: Quarantined) -> None:
    """Raises OutOfQuarantine for what was dropped or resolved."""
    if one.state not in OPEN:
        raise OutOfQuarantine(f"record {one.number} is {one.state.value} and waits for nothing any more")


def _reread(transaction: Transaction, one: Quarantined, batch: Batch, *, at: int) -> bool:
    """Keeps what the text says now; whether it could be used."""
    stored = transaction.keep_events(one.source, batch.events)
    stored += transaction.keep_statements(one.source, batch.statements)
    problems = [p for p in (*batch.problems, *stored.problems) if p.kind is ProblemKind.REFUSED]
    if problems:
        told = replace(one.aside, code=problems[0].code, reason=problems[0].text)
        if one.state is QuarantineState.WAITING:
            transaction.quarantine(one.course, one.source, [told], run=one.last_run, at=one.last_at)
        return False
    transaction.keep_texts(one.course, one.source, batch.texts)
    transaction.keep_voided(one.source, batch.voided)
    transaction.end_quarantine(one.number, QuarantineState.RESOLVED, at=at)
    return True
