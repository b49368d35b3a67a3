"""What each person's grade is to be now, made of their cards: which card is sent, how it is told, and what
holds a verdict back. Whatever changes a grade for its cards' sake goes this way."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from lms_scoring.domain.outlook import Standing, ToldState, told_standing, told_state
from lms_scoring.domain.proceedings.dispute import contested_places
from lms_scoring.domain.scorecard import CardState, Scorecard
from lms_scoring.ports import Hold, OutgoingGrade, Passback, Transaction
from lms_scoring.services.gradebook.outgoing import hold_of, kept_back, outgoing
from lms_scoring.services.window_read import WindowReading


@dataclass(frozen=True, slots=True, kw_only=True)
class Graded:
    """A card that may make a grade, and the chip that was kept with it."""

    card: Scorecard
    standing: Standing | None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Result:
    """A card whose grade is sent, its result as it is told, and what holds its verdict back."""

    card: Scorecard
    told: ToldState
    hold: Hold | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A person's grade as it is kept, and as it is to be kept now; None: nothing is."""

    before: OutgoingGrade | None
    after: OutgoingGrade | None


def best_cards(cards: Iterable[Scorecard]) -> dict[str, Scorecard]:
    """Of each person the card whose grade is sent: that with the most points, then of the first class.

    Evidence and decisions are a person's, so all of them have the same points: what is decided for one, and
    what is open about one, is so for the one that is sent.
    """
    ordered = sorted(cards, key=lambda card: (-card.total, card.class_ or ""))
    best: dict[str, Scorecard] = {}
    for card in ordered:
        best.setdefault(card.person, card)
    return best


def steps_of(
    transaction: Transaction,
    course: str,
    passback: Passback,
    cards: Iterable[Graded],
    persons: Iterable[str],
    *,
    now: int,
    reading: WindowReading,
) -> dict[str, Step]:
    """By person; none for whom nothing is kept and nothing is to be, and none who takes part and of whom a
    card is awaited: what goes out is made of that one."""
    cards = list(cards)
    late = _late(transaction, course, [one.card for one in cards], reading)
    results = _results(transaction, course, cards, passback, late)
    everybody = sorted({*results, *persons})
    awaited = {*transaction.awaited(course, persons=everybody)} if transaction.is_awaited(course) else set()
    everybody = [person for person in everybody if not (person in results and person in awaited)]
    before = {grade.person: grade for grade in transaction.outgoing(course, persons=everybody)}
    found = {}
    for person in everybody:
        result, former = results.get(person), before.get(person)
        after = (
            kept_back(former, Hold.WITHDRAWN)
            if result is None
            else outgoing(
                course, result.card, passback, former, told=result.told, hold=result.hold, scored_at=now
            )
        )
        if former is not None or after is not None:
            found[person] = Step(before=former, after=after)
    return found


def keep_steps(transaction: Transaction, course: str, steps: Mapping[str, Step]) -> None:
    """Writes down what is another grade than before, and forgets what is none any more."""
    for person, step in steps.items():
        if step.after is None:
            transaction.forget_outgoing(course, person)
        elif step.after != step.before:
            transaction.keep_outgoing(step.after)


def _late(
    transaction: Transaction, course: str, cards: Iterable[Scorecard], reading: WindowReading
) -> set[str]:
    """Of whom something of the window may still be told, or was told and is in no card as yet: those of whom
    pages say so."""
    failing = sorted({card.person for card in cards if card.state is CardState.FAIL})
    if not failing:
        return set()
    if not reading.is_whole(transaction, course):
        return {*failing}
    return {*reading.uncounted(transaction, course, persons=failing)}


def _results(
    transaction: Transaction,
    course: str,
    cards: Iterable[Graded],
    passback: Passback,
    late: Collection[str],
) -> Mapping[str, _Result]:
    """Of each person the card whose grade is sent."""
    standings = {(one.card.person, one.card.class_): one for one in cards}
    best = best_cards(one.card for one in standings.values())
    waiting = transaction.disputes(course, persons=list(best), waiting=True) if best else ()
    theirs = sorted({one.person for one in waiting})
    contested = contested_places(waiting, transaction.memberships(course, persons=theirs) if theirs else ())
    verdicts = sorted(best) if passback is Passback.VERDICT else []
    unseen = {*transaction.to_look_at(course, persons=verdicts)} if verdicts else set()
    found = {}
    for person, card in best.items():
        disputed = (person, card.role, card.class_) in contested
        kept = standings[person, card.class_].standing
        standing = told_standing(kept, card.state, disputed=disputed)
        unread = person in late
        found[person] = _Result(
            card=card,
            told=told_state(card.state, standing, is_read=not unread or card.closed_at is not None),
            hold=hold_of(card, kept, disputed=disputed, unread=unread, to_look_at=person in unseen),
        )
    return found
