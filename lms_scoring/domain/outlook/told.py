"""What is told of a card while somebody's word can still change it: its result, its chip, its criteria.

A card says what the evidence makes of it. A case or a dispute that is open says nothing about points, so
neither is a part of the card; but as long as one can change the result, that is told as provisional, and no
criterion that one is about is told as final. Pages, files and the gradebook all tell what is decided here.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from lms_scoring.domain.kept_findings import of_others_among, own_among
from lms_scoring.domain.outlook.doubts import Cases, is_decided, unsettled
from lms_scoring.domain.outlook.outlook import Outlook, Standing
from lms_scoring.domain.scorecard import CardState, CriterionResult, CriterionState, Scorecard


class ToldState(StrEnum):
    """A card's state as it is told."""

    PASS = "pass"
    PASS_PROVISIONALLY = "pass_provisionally"
    IN_PROGRESS = "in_progress"
    PENDING = "pending"
    FAIL = "fail"
    FAIL_PROVISIONALLY = "fail_provisionally"
    TO_BE_READ = "to_be_read"
    """Short of the pass mark after the window, of which the end was not read as yet."""

    @property
    def is_provisional(self) -> bool:
        """Whether something is still open that it hangs on: somebody's look, or the next reading."""
        return self in (ToldState.PASS_PROVISIONALLY, ToldState.FAIL_PROVISIONALLY, ToldState.TO_BE_READ)

    @property
    def is_final(self) -> bool:
        """Whether nothing but new evidence, or a decision nobody waits for, makes another of it."""
        return self in (ToldState.PASS, ToldState.FAIL)


class Stand(StrEnum):
    """How a criterion's points stand, the first that fits."""

    PENDING = "pending"
    """Unmarked work could raise them."""
    OPEN = "open"
    """More can still be done for them."""
    TO_CHECK = "to_check"
    """Nothing of the kind; but a case or a dispute about them is open, or what could not be read could change
    them, or a work that counts again."""
    FULL = "full"
    TO_BE_READ = "to_be_read"
    """Nothing of all that; but the window is over, and what was done to its end is still to be read."""
    FINAL = "final"


@dataclass(frozen=True, slots=True, kw_only=True)
class Questions:
    """What is open about a card: the records (kind and id) of its person's cases on which somebody must act,
    and of each dispute that waits for an answer the criterion it is about."""

    cases: Cases = frozenset()
    of_works: Cases = frozenset()
    """Works of a tutor's class that such a case is about, and recommendations of one: the tutor's card hangs
    on it too, but it is told and counted on the card of whose work it is."""
    contested: tuple[str, ...] = ()

    def standing(self, state: CardState, outlook: Outlook | None) -> Standing | None:
        """The chip that is told of a card in that state; None where nobody has looked ahead and nothing is
        contested."""
        kept = None if outlook is None else outlook.standing
        return told_standing(kept, state, disputed=bool(self.contested))

    def told(self, state: CardState, outlook: Outlook | None, *, is_read: bool = True) -> ToldState:
        """The result that is told of a card in that state."""
        return told_state(state, self.standing(state, outlook), is_read=is_read)

    def cases_on(self, card: Scorecard) -> int:
        """How many of the cases are about what the card reads, and nobody has set the points."""
        named = (self._cases_under(result) for result in card.criteria)
        return len(frozenset[tuple[str, str]]().union(*named))

    def unsettled_on(self, card: Scorecard) -> int:
        """How many of the records that the card reads nobody has settled yet."""
        return len(unsettled(card, cases=self.cases))

    def are_about(self, result: CriterionResult) -> bool:
        """Whether an answer or a decision that is waited for could change the criterion's points."""
        return result.id in self.contested or bool(self._cases_under(result)) or self._are_of_works(result)

    def _cases_under(self, result: CriterionResult) -> Cases:
        found = own_among(result.findings) & self.cases if self.cases else frozenset()
        return frozenset() if found and is_decided(result) else found

    def _are_of_works(self, result: CriterionResult) -> bool:
        is_there = bool(self.of_works) and not self.of_works.isdisjoint(of_others_among(result.findings))
        return is_there and not is_decided(result)


NO_QUESTIONS = Questions()


def told_standing(standing: Standing | None, state: CardState, *, disputed: bool) -> Standing | None:
    """The chip of a card: while a dispute about it waits, what would be settled is to be checked.

    Who is on the way keeps the chip that says how far it is.
    """
    settled = state in (CardState.PASS, CardState.FAIL) or standing is Standing.UNREACHABLE
    return Standing.TO_CHECK if disputed and settled else standing


def told_state(state: CardState, standing: Standing | None, *, is_read: bool = True) -> ToldState:
    """The result, by the chip that is told with it: so rows of a board and their counts say the same.

    `is_read`: what was done to the end of the window has been read. Before that nobody has failed, whatever
    else is open; who has passed has.
    """
    if state is CardState.FAIL and not is_read:
        return ToldState.TO_BE_READ
    if standing is not Standing.TO_CHECK:
        return ToldState(state.value)
    if state is CardState.PASS:
        return ToldState.PASS_PROVISIONALLY
    return ToldState.FAIL_PROVISIONALLY if state is CardState.FAIL else ToldState(state.value)


def tellings(state: CardState) -> frozenset[ToldState]:
    """All as which a card in that state may be told."""
    kept = frozenset(told_state(state, standing) for standing in (None, Standing.TO_CHECK))
    return kept | {told_state(state, None, is_read=False)}


def kept_as(told: frozenset[ToldState], *, is_read: bool) -> frozenset[ToldState]:
    """As what lines are kept that are told as one of these: none is kept as still to be read, for a reading
    changes no line, so where that is among these alone it picks nobody."""
    if is_read or not told:
        return told
    as_told = tellings(CardState.FAIL)
    none = frozenset({ToldState.TO_BE_READ})
    return (told - as_told) | (as_told - none if told >= none else none)


def chip_beside(standing: Standing | None, told: ToldState) -> Standing | ToldState | None:
    """The chip that is shown beside a result: nothing is out of reach before all was read."""
    is_early = told is ToldState.TO_BE_READ and standing is Standing.UNREACHABLE
    return told if is_early else standing


def repeats(standing: Standing | None, told: ToldState) -> bool:
    """Whether the chip says what the result beside it says in other words."""
    return (standing, told) in (
        (Standing.PASSED, ToldState.PASS),
        (Standing.WAITING_FOR_MARKING, ToldState.PENDING),
        (Standing.UNREACHABLE, ToldState.TO_BE_READ),
    )


def stand_of(
    result: CriterionResult,
    outlook: Outlook | None,
    questions: Questions,
    *,
    is_done: bool = False,
    is_read: bool = True,
) -> Stand:
    """How a criterion's points stand; without an outlook, as if nothing could be done any more and all had
    been read. `is_done`: nothing can be done any more, as the programme is closed or its person has left.
    `is_read`: the window is not over for the card, or what was done to its end is in it.

    The end of the window ends what learners do, but not a tutor's marking and recommending.
    """
    if result.state is CriterionState.PENDING:
        return Stand.PENDING
    if outlook is not None and not is_done and _is_open(result, outlook):
        return Stand.OPEN
    if questions.are_about(result) or (outlook is not None and _may_change(result, outlook)):
        return Stand.TO_CHECK
    if result.points >= result.max:
        return Stand.FULL
    return Stand.FINAL if is_read else Stand.TO_BE_READ


def _may_change(result: CriterionResult, outlook: Outlook) -> bool:
    return result.id in outlook.unread or result.id in outlook.voided


def _is_open(result: CriterionResult, outlook: Outlook) -> bool:
    limits = (one.at_best for one in outlook.ceilings if one.criterion == result.id)
    return next(limits, result.max) > result.points
