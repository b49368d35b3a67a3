"""Scorecards as they are kept, and whose must be scored again."""

from __future__ import annotations

from collections.abc import Collection, Sequence
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


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingCards:
    """How many people of a course wait to be scored again, and since when the first of them does (ms).
    `unmade`: those of them of whom no card can be made."""

    course: str
    count: int
    since: int
    unmade: Sequence[str] = ()


class Cards(Protocol):
    """Keeps and shows cards; knows which of them may be out of date."""

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

    def touched(self, course: str, *, persons: Collection[str] | None = None) -> Sequence[str]:
        """Persons of the course, or those of some, whose evidence changed since `untouch`."""

    def uncounted(self, course: str, *, since: int, persons: Collection[str] | None = None) -> Sequence[str]:
        """Of those who are touched, and of the tutors of their classes, whoever failed by a card and has none
        that says how things stood at that instant or later, all or of some persons; by id. It costs what
        there is of them: pages of a course whose window is over ask this."""

    def is_anybody_touched(self, course: str) -> bool:
        """Whether anybody is, of whom a card can be made or not; in one question, for each page of a course
        whose window is over asks this. Otherwise as `is_touched`."""

    def is_touched(self, course: str) -> bool:
        """Whether anybody is, or was taken up and not scored, besides those of whom no card could be made.
        Who has no place in the course counts as well, until `forget_strangers`, and so may what was voided
        and is nobody's."""

    def forget_strangers(self, course: str) -> None:
        """Whoever is touched and never had a place in the course is touched no more: what a shared source
        tells of them is theirs in other courses, and who gets a place is touched by that."""

    def touch_persons(self, course: str, persons: Sequence[str]) -> None:
        """These persons are to be scored again, for something else than evidence changed."""

    def mark_voided(self, course: str) -> None:
        """Whose statements were voided is `touched`, marked or not; once marked, whoever asks again and again
        need not look through all that was ever told to find them."""

    def take_up(self, course: str, persons: Sequence[str], *, assessment: str) -> None:
        """These are being scored by the assessment of that name; whatever touches them from now on ends that.

        They stay touched until they are scored.
        """

    def taken_up(self, course: str, persons: Sequence[str], *, assessment: str) -> Sequence[str]:
        """Those of them whom it took up, nothing touched since, and nobody else took up or scored."""

    def is_taken_up(self, course: str) -> bool:
        """Whether an assessment took up anybody of the course, and neither scored them nor left them as
        `unmade`: it is under way, or was cut short. Whom nobody took up is not asked about: a sync that goes
        on touches people before their evidence is whole."""

    def leave_unmade(self, course: str, persons: Sequence[str]) -> None:
        """Of these no card can be made. They stay touched, or are from now on."""

    def unmade(self, course: str) -> Sequence[str]:
        """Of whom none could be made, and whom nothing touched since and nobody took up."""

    def is_unmade(self, course: str) -> bool:
        """Whether of anybody none could be made, though something touched them since."""

    def untouch(self, course: str, persons: Sequence[str]) -> None:
        """These are scored. To be called in the transaction that read their evidence, or that has asked who
        is still `taken_up`: what came in between would be forgotten."""

    def expired(self, course: str, *, at: int) -> Sequence[str]:
        """Persons with a card of a place they have now whose `valid_until` is not after `at`.

        A card of a former place (its class was renamed) is never scored again, and so never renewed.
        """

    def oldest_expiry(self, course: str, *, at: int) -> int | None:
        """The earliest `valid_until` of those that have `expired`; None: none has."""

    def ahead(self, course: str, *, of: int) -> Sequence[str]:
        """Persons with a card of a place they have now that says how things stood after that instant."""

    def is_behind(
        self, course: str, *, scheme: str, roles: Collection[Role], but: Collection[str] = ()
    ) -> bool:
        """Whether a card in one of these roles, of a place that somebody has now, is by another scheme; cards
        of some persons (`but`) are not asked about.

        Cards of former places stay what they were.
        """
