"""Quarantine as a sync fills and empties it: what it could not use waits, what comes well-formed is over."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from lms_scoring.domain.quarantine import MOST_SET_ASIDE, SetAside, set_aside
from lms_scoring.ports import Batch, Problem, ProblemKind, Quarantine


def set_aside_of(
    transaction: Quarantine,
    whose: str | None,
    source: str,
    batch: Batch,
    problems: Iterable[Problem],
    *,
    run: int,
    at: int,
) -> int:
    """Keeps what a batch could not use, once the rest of it is stored; `whose` is the course, or None of a
    shared source. How many of these were not kept, because enough of the source are.

    What waited and came well-formed is resolved. What waited where the batch says that everything was listed
    is gone there: nothing malformed was met.
    """
    came_well(transaction, whose, source, batch, at=at)
    beyond = transaction.quarantine(whose, source, _refused(problems), run=run, at=at)
    places = {scope.activity for scope in batch.whole if scope.activity is not None}
    if places:
        transaction.not_met_again(whose, source, run=run, at=at, places=places)
    return beyond


def beyond_the_limit(source: str, count: int) -> Iterator[Problem]:
    """What is to be told of a run whose records found no place in quarantine."""
    if count > 0:
        yield Problem(
            kind=ProblemKind.NOTICE,
            code="quarantine_full",
            text=(
                f"{source} gave {count} records that could not be used and were not set aside either: "
                f"{MOST_SET_ASIDE:,} of it are, which is the most that is kept. Mend what gives them, then "
                "sync with --full"
            ),
            subject="",
        )


def came_well(transaction: Quarantine, whose: str | None, source: str, batch: Batch, *, at: int) -> None:
    """Nearly always nothing waits, and then nothing more is asked or looked at."""
    waiting = transaction.names_in_quarantine(whose, source)
    if waiting and (well := waiting.intersection(_ids(batch))):
        transaction.came_well_formed(whose, source, well, at=at)


def _ids(batch: Batch) -> Iterator[str]:
    """What a batch's records, people and statements are kept by."""
    for given in (batch.records, batch.people, batch.events, batch.statements):
        yield from (one.id for one in given)


def _refused(problems: Iterable[Problem]) -> Iterator[SetAside]:
    for one in problems:
        if one.kind is ProblemKind.REFUSED:
            yield set_aside(
                one.raw,
                code=one.code,
                reason=one.text,
                subject=one.subject,
                place=one.place,
                record=one.record,
            )
