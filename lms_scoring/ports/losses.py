"""Losses that are held: what a source no longer lists and still counts, until somebody says what is true."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Protocol

from lms_scoring.domain.evidence import Record
from lms_scoring.domain.losses import LossState
from lms_scoring.ports.sources import Scope


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldLoss:
    """`missing` of `live` records of a scope, of so many `people`; one of a course, source and scope.

    `run` noticed it last. `act` numbers the signed act that confirmed or refused it.
    """

    number: int
    course: str
    source: str
    scope: Scope
    missing: int
    live: int
    people: int
    state: LossState
    run: int
    first_at: int
    last_at: int
    act: int | None = None

    @property
    def mark(self) -> str:
        """The same for what looks the same, so that nobody confirms what was never shown."""
        return f"{self.number}-{self.missing}-{self.people}-{self.last_at}"


class Losses(Protocol):
    """The part of a transaction about losses that are held."""

    def hold_loss(self, course: str, source: str, scope: Scope, *, run: int, at: int) -> HeldLoss:
        """Notes which live records of the scope the run did not see, in place of what was noted before.

        One that was refused stays refused as long as nothing else is missing; any other waits.
        """

    def release_losses(self, course: str, source: str, scopes: Collection[Scope]) -> None:
        """Nothing of these scopes is held any more."""

    def seen_again(self, course: str, source: str, records: Sequence[Record]) -> None:
        """These are there, so no loss that is held has them."""

    def held_losses(
        self, *, course: str | None = None, states: Collection[LossState] = ()
    ) -> Sequence[HeldLoss]:
        """Of one course or of all, by number."""

    def held_loss(self, number: int) -> HeldLoss:
        """Raises NoSuchLoss."""

    def end_loss(self, number: int, state: LossState, *, act: int) -> None:
        """Somebody signed what is true of it."""

    def mark_held_gone(self, number: int, *, at: int) -> int:
        """Marks as gone what the loss has and is still live; how many."""
