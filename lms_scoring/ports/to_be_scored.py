"""Who is to be scored, and why: marks that say so, and cards that are out of date."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Protocol

from lms_scoring.domain.evidence import Role


class ToBeScored(Protocol):
    """The part of a transaction about who waits for a card. Its words:

    =========  ==========================================================  ==================================
    word       meaning                                                     until
    =========  ==========================================================  ==================================
    touched    of a person: something that the card reads changed          scored (`untouch`)
    taken up   touched, and being scored by an assessment that goes on or  touched again, taken up by
               was cut short; whoever it scores is touched by that         another, unmade, or scored
    unmade     touched, and no card could be made when last tried          touched again, taken up, or scored
    awaited    of a card: other rules were adopted, and none by these is   made, or given up
               made yet                                                    (`await_no_more`)
    expired    of a card: its `valid_until` has come                       made, or found to hold on
    ahead      of a card: it is of an instant so late that our clock was   made
               wrong then
    behind     of a card: it is by another scheme than the course's        made
    =========  ==========================================================  ==================================

    The first four are written down. The others are read off the cards that are kept, and mean those of places
    that somebody has now. In a closed course nobody is scored before it is reopened, whichever it is.

    Who is due by them is told in `services/scoring/to_be_scored.py`.
    """

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

    def awaited(self, course: str, *, persons: Collection[str] | None = None) -> Sequence[str]:
        """Of whom a card is still to be made; all, or of these persons."""

    def is_awaited(self, course: str, *, but: Collection[str] = ()) -> bool:
        """Whether any card of the course is, besides those of some persons."""

    def await_cards(self, course: str, persons: Collection[str]) -> None:
        """Cards of these are awaited from now on instead of those that there are, without anything being
        foretold; their grades are held back."""

    def await_no_more(self, course: str, persons: Collection[str] | None = None) -> None:
        """The cards of these persons (None: of all) are made, or never will be."""

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
