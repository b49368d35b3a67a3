"""Scorecards as they are kept, each with its former versions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from lms_scoring.domain.evidence import MembershipStatus, Role
from lms_scoring.domain.outlook import Outlook, Standing, ToldState, told_state
from lms_scoring.domain.packed_card import PackedCard
from lms_scoring.domain.scorecard import Scorecard


@dataclass(frozen=True, slots=True, kw_only=True)
class CardRow:
    """One line of a scoreboard: the card without its findings, and the person's name."""

    name: str
    status: MembershipStatus
    card: Scorecard
    version: int
    scored_at: int
    standing: Standing | None = None
    """The chip of a latest card, as far as one was kept with it; on a board the one that is told."""
    missing: int | None = None
    """Hundredths of a point to the pass mark, as they are shown, as far as they were kept with it."""
    is_read: bool = True
    """Whether what was done to the end of the window was read; a row is kept as if it were."""

    @property
    def told(self) -> ToldState:
        """The result by that chip."""
        return told_state(self.card.state, self.standing, is_read=self.is_read)


class Cards(Protocol):
    """Keeps and shows cards. Which of them may be out of date: `ToBeScored`."""

    def keep_scorecard(self, course: str, packed: PackedCard, *, at: int) -> bool:
        """Stores a new version where anything but `as_of` differs from the latest; True if it did.

        Otherwise the latest version holds at the later `as_of` too; one after `at` is of a clock that was
        wrong.
        """

    def keep_outlook(self, course: str, card: Scorecard, outlook: Outlook) -> None:
        """Keeps beside the latest version of that card what it still needs; never a new version.

        The card expires when either of the two does. A new version of the card has none until it is kept.
        """

    def keep_cards(self, course: str, cards: Sequence[tuple[PackedCard, Outlook]], *, at: int) -> int:
        """Both of several cards at once; how many new versions there are. Whoever else writes waits for as
        long as it takes, so new versions and cards that hold on are kept together; an outlook that alone
        changed is kept for each card by itself."""

    def outlook(self, course: str, person: str, *, role: Role, class_: str | None) -> Outlook | None:
        """What was kept beside the latest card; None: nothing."""

    def board(self, course: str, *, class_: str | None = None, role: Role | None = None) -> Sequence[CardRow]:
        """Latest cards without findings, ordered by role, class, person."""

    def scorecard(self, course: str, person: str, *, role: Role, class_: str | None) -> Scorecard | None:
        """The latest card with its findings."""

    def history(
        self, course: str, person: str, *, role: Role, class_: str | None, latest: int | None = None
    ) -> Sequence[CardRow]:
        """Every version without findings, the first one first; or the `latest` so many."""
