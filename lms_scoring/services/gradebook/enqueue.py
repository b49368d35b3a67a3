"""Enqueueing: which grades wait to be sent, once cards change or somebody says what is to be sent.

Nothing goes out here; a grade is written down in the same transaction as the card it comes from, or as the
case or dispute that makes its result provisional, or final again. What must not go out now is written down
as well, with why it is held back.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from lms_scoring.domain.evidence import MembershipStatus, Role
from lms_scoring.domain.instants import SECOND
from lms_scoring.domain.outlook import Standing, ToldState, told_standing, told_state
from lms_scoring.domain.proceedings.dispute import contested_places
from lms_scoring.domain.scorecard import CardState, Scorecard
from lms_scoring.ports import (
    Clock,
    GradeStep,
    GradeStepKind,
    Hold,
    OutgoingGrade,
    Passback,
    SendState,
    Store,
    Transaction,
)
from lms_scoring.services.gradebook.outgoing import (
    TO_BE_READ,
    held_by,
    hold_of,
    kept_back,
    outgoing,
    tried_again_if_back,
)
from lms_scoring.services.window_read import WindowReading

PORTION = 10
"""People who were settled and are looked at within one transaction, at most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Graded:
    """A card that may make a grade, and the chip that was kept with it."""

    card: Scorecard
    standing: Standing | None


def enqueue(
    transaction: Transaction,
    course: str,
    cards: Iterable[Graded],
    *,
    now: int,
    persons: Iterable[str] = (),
    reading: WindowReading | None = None,
) -> None:
    """Writes down what should stand in the gradebook now, if the course sends anything.

    The cards are those of active learners, and of each person all of them: a gradebook has one place for
    a person, so the card with the most points is sent, and of equals the one of the first class by name.
    `persons` are those whose cards these are: of whom none is, has left, and no verdict of theirs goes out.
    Points that wait do, also where they were held back for a card that was awaited: they were true when they
    were given. Nobody is told to have failed before the `reading` is whole (None: nothing is known of it, and
    nothing waited for): a verdict waits for that, and words beside points say that it is still to be read.
    And nobody is told a verdict before doubts about all that they wrote were looked for.
    """
    passback = transaction.passback(course)
    if passback is Passback.VERDICT:
        steps = _steps(transaction, course, passback, cards, persons, now=now, reading=reading)
        _keep(transaction, course, steps)
    elif passback is Passback.SCORE:
        graded = list(cards)
        steps = _steps(transaction, course, passback, graded, (), now=now, reading=reading)
        _keep(transaction, course, steps)
        _let_go(transaction, course, {*persons} - {one.card.person for one in graded})


def enqueue_again(
    transaction: Transaction, course: str, person: str, *, now: int, reading: WindowReading | None = None
) -> None:
    """The same of one person whose cards are as they were: a dispute about one of them moved, say."""
    if transaction.passback(course) is None:
        return
    graded = []
    for one in transaction.memberships(course, persons=[person]):
        if one.role is Role.LEARNER and one.is_active:
            card = transaction.scorecard(course, person, role=one.role, class_=one.class_)
            outlook = transaction.outlook(course, person, role=one.role, class_=one.class_)
            if card is not None:
                graded.append(Graded(card=card, standing=None if outlook is None else outlook.standing))
    enqueue(transaction, course, graded, now=now, persons=[person], reading=reading)


def enqueue_settled(course: str, store: Store, *, clock: Clock, reading: WindowReading) -> None:
    """The same of those whose verdicts waited for the end of the window to be read, or for a look for doubts,
    or whose points say that it is still to be read, once that was done; of whom a new card is to be made,
    that one decides.

    They may be everybody: between portions others write, and all is asked again of each. Who waited for a
    look and was touched since is not among them any more; who waited for the reading is, once what it brought
    of them is counted.
    """
    with store.reading() as transaction:
        read, looked_at = _read(transaction, course, reading), _looked_at(transaction, course)
    settled = sorted(read | looked_at)
    for begin in range(0, len(settled), PORTION):
        portion = {*settled[begin : begin + PORTION]}
        with store.writing() as transaction:
            transaction.mark_voided(course)
            touched = transaction.touched(course, persons=sorted(portion & looked_at))
            for person in sorted(portion.difference(touched)):
                enqueue_again(transaction, course, person, now=clock.now(), reading=reading)


def _read(transaction: Transaction, course: str, reading: WindowReading) -> set[str]:
    """Who waited for the reading, once it is whole."""
    passback = transaction.passback(course)
    waiting: Sequence[str] = ()
    if passback is Passback.VERDICT:
        waiting = transaction.held_for(course, Hold.UNREAD)
    elif passback is Passback.SCORE:
        waiting = transaction.worded(course, TO_BE_READ)
    return {*waiting} if waiting and reading.is_whole(transaction, course) else set()


def _looked_at(transaction: Transaction, course: str) -> set[str]:
    """Who waited for a look, and is not looked at any more."""
    if transaction.passback(course) is not Passback.VERDICT:
        return set()
    unseen = transaction.held_for(course, Hold.NOT_LOOKED_AT)
    return {*unseen} - {*transaction.to_look_at(course, persons=unseen)} if unseen else set()


def refused_and_back(grades: Iterable[OutgoingGrade], active: Collection[str]) -> frozenset[str]:
    """Whose grade was refused since they had left, of those who take part today."""
    refused = (one for one in grades if one.state is SendState.REFUSED and one.held is Hold.WITHDRAWN)
    return frozenset(one.person for one in refused if one.person in active)


def let_back(
    transaction: Transaction,
    course: str,
    persons: Collection[str],
    *,
    now: int,
    reading: WindowReading | None = None,
) -> None:
    """Lets what was refused to these, who are back, be tried again where no new card of theirs is to come: in
    a closed course, and in an open one where they were scored before the refusal was known."""
    if transaction.closing(course) is None:
        awaited = transaction.awaited(course, persons=sorted(persons))
        persons = {*persons}.difference(transaction.touched(course), awaited)
    passback = transaction.passback(course)
    for grade in transaction.outgoing(course, persons=sorted(persons)) if persons else ():
        if passback is Passback.VERDICT:
            enqueue_again(transaction, course, grade.person, now=now, reading=reading)
        else:  # nothing else holds points back, and they were true when they were given
            transaction.keep_outgoing(held_by(None, tried_again_if_back(grade, None)))


def hold_back(transaction: Transaction, course: str, persons: Iterable[str]) -> None:
    """Keeps verdicts of people back until they are scored again: a case that their cards do not know of yet
    was just opened about each."""
    if transaction.passback(course) is not Passback.VERDICT:
        return
    for grade in transaction.outgoing(course, persons=sorted({*persons})):
        if grade.held in (None, Hold.UNREAD, Hold.NOT_LOOKED_AT):
            transaction.keep_outgoing(held_by(Hold.TO_CHECK, grade))


def switch_passback(
    course: str,
    passback: Passback | None,
    store: Store,
    *,
    clock: Clock,
    reading: WindowReading | None = None,
) -> None:
    """From now on the course sends this (None: nothing), beginning with everybody's grade of today."""
    with store.writing() as transaction:
        if passback is not None:
            steps = _steps_of_today(transaction, course, passback, now=clock.now(), reading=reading)
            _keep(transaction, course, steps)
        transaction.keep_passback(course, passback)


def would_go_out(
    course: str, passback: Passback, store: Store, *, clock: Clock, reading: WindowReading | None = None
) -> int:
    """How many grades switching it on would send; nothing is kept."""
    with store.reading() as transaction:
        steps = _steps_of_today(transaction, course, passback, now=clock.now(), reading=reading)
    after = [step.after for step in steps.values() if step.after is not None]
    return sum(one.state is SendState.WAITING and one.held is None for one in after)


def send_again(
    course: str,
    store: Store,
    *,
    clock: Clock,
    persons: Sequence[str] | None = None,
    force: bool = False,
    by: str | None = None,
) -> int:
    """Lets grades be tried at once, of some persons or of all; how many.

    Without `force` those that were refused or wait; with it also those that were sent, or that a teacher
    changed in the gradebook: what stands there is then written over. `by` is who wants that. What is held
    back stays so, whoever wants it, and what is held back before it went is no longer written over anything.
    """
    now = clock.now()
    with store.writing() as transaction:
        found = transaction.outgoing(course, persons=persons)
        free = [one for one in found if one.held is None]
        chosen = [one for one in free if force or one.state in (SendState.WAITING, SendState.REFUSED)]
        for grade in chosen:
            again = replace(grade, state=SendState.WAITING, tries=0, try_at=0)
            if force:
                again = replace(again, forced=True, at=max(grade.at + 1, now // SECOND))
            if force and grade.state is SendState.OVERRIDDEN:
                step = GradeStep(at=now, kind=GradeStepKind.CONFIRMED, value=grade.given, by=by)
                transaction.keep_grade_step(course, grade.person, step)
            transaction.keep_outgoing(again)
    return len(chosen)


def best_cards(cards: Iterable[Scorecard]) -> dict[str, Scorecard]:
    """Of each person the card whose grade is sent: that with the most points, then of the first class."""
    ordered = sorted(cards, key=lambda card: (-card.total, card.class_ or ""))
    best: dict[str, Scorecard] = {}
    for card in ordered:
        best.setdefault(card.person, card)
    return best


@dataclass(frozen=True, slots=True, kw_only=True)
class _Result:
    """A card whose grade is sent, its result as it is told, and what holds its verdict back."""

    card: Scorecard
    told: ToldState
    hold: Hold | None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Step:
    """A person's grade as it is kept, and as it is to be kept now; None: nothing is."""

    before: OutgoingGrade | None
    after: OutgoingGrade | None


def _steps_of_today(
    transaction: Transaction, course: str, passback: Passback, *, now: int, reading: WindowReading | None
) -> dict[str, _Step]:
    """Of everybody: who has left has a grade of what was sent before; points that wait go out all the same,
    where points were sent before too."""
    rows = transaction.board(course, role=Role.LEARNER)
    active = (row for row in rows if row.status is MembershipStatus.ACTIVE)
    cards = [Graded(card=row.card, standing=row.standing) for row in active]
    as_before = passback is Passback.SCORE and transaction.passback(course) is passback
    persons = [] if as_before else [grade.person for grade in transaction.outgoing(course)]
    return _steps(transaction, course, passback, cards, persons, now=now, reading=reading)


def _steps(
    transaction: Transaction,
    course: str,
    passback: Passback,
    cards: Iterable[Graded],
    persons: Iterable[str],
    *,
    now: int,
    reading: WindowReading | None = None,
) -> dict[str, _Step]:
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
            found[person] = _Step(before=former, after=after)
    return found


def _late(
    transaction: Transaction, course: str, cards: Iterable[Scorecard], reading: WindowReading | None
) -> set[str]:
    """Of whom something of the window may still be told, or was told and is in no card as yet: those of whom
    pages say so."""
    failing = sorted({card.person for card in cards if card.state is CardState.FAIL})
    if reading is None or not failing:
        return set()
    if not reading.is_whole(transaction, course):
        return {*failing}
    return {*reading.uncounted(transaction, course, persons=failing)}


def _let_go(transaction: Transaction, course: str, left: set[str]) -> None:
    """Points of who has left: a card that was awaited makes no others, and nothing else holds points back.
    What was refused waits until they are back."""
    for grade in transaction.outgoing(course, persons=sorted(left)) if left else ():
        if grade.state is SendState.REFUSED:
            transaction.keep_outgoing(held_by(Hold.WITHDRAWN, grade))
        elif grade.held is Hold.NO_VERDICT:
            transaction.keep_outgoing(held_by(None, grade))


def _keep(transaction: Transaction, course: str, steps: Mapping[str, _Step]) -> None:
    for person, step in steps.items():
        if step.after is None:
            transaction.forget_outgoing(course, person)
        elif step.after != step.before:
            transaction.keep_outgoing(step.after)


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
