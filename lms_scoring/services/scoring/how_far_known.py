"""How far a course is known, and as of when: what pages and exports say of the evidence that they show."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from lms_scoring.domain.board import Line, before_reading
from lms_scoring.ports import CardRow, LastEnds, Transaction
from lms_scoring.services.scoring.rules import CourseRules


@dataclass(frozen=True, slots=True, kw_only=True)
class HowFarKnown:
    """How far a course is known. `is_read`: to the end of its window, for each source that tells what people
    did was read since, or the programme is closed; who has not passed then has failed, once what that brought
    is in the cards too. Of whom it is not as yet is `uncounted`."""

    synced_at: int | None
    is_read: bool
    uncounted: frozenset[str] = frozenset()

    @property
    def is_settled(self) -> bool:
        """Whether it is so of everybody."""
        return self.is_read and not self.uncounted

    def is_read_of(self, person: str) -> bool:
        """Whether that was read, and is in the person's cards."""
        return self.is_read and person not in self.uncounted


def known_of(transaction: Transaction, rules: CourseRules) -> HowFarKnown:
    """When the oldest of the sources' latest good syncs ended: the evidence is as of then.

    None where one of the sources never had a good one: nothing of it is known. Of a closed course it is what
    it was then, for later syncs change nothing that is shown.
    """
    closing = transaction.closing(rules.course)
    if closing is not None:
        return HowFarKnown(synced_at=int(closing.subject) if closing.subject else None, is_read=True)
    ends = transaction.last_ends(rules.course)
    reading = rules.window_reading
    is_read = reading.is_whole_by(ends)
    return HowFarKnown(
        synced_at=_synced_at(ends, rules),
        is_read=is_read,
        uncounted=reading.uncounted(transaction, rules.course) if is_read else frozenset(),
    )


def as_read(rows: Sequence[CardRow], known: HowFarKnown) -> Sequence[CardRow]:
    """The rows as they are told where the course is known so far."""
    if known.is_settled:
        return rows
    return [row if known.is_read_of(row.card.person) else replace(row, is_read=False) for row in rows]


def told_lines(lines: Sequence[Line], known: HowFarKnown) -> Sequence[Line]:
    """The same of lines."""
    if known.is_settled:
        return lines
    return [line if known.is_read_of(line.person) else before_reading(line) for line in lines]


def _synced_at(ends: Mapping[str, LastEnds], rules: CourseRules) -> int | None:
    known = [ends[source].good_at if source in ends else None for source in rules.sources]
    good = [at for at in known if at is not None]
    return min(good) if good and len(good) == len(known) else None
