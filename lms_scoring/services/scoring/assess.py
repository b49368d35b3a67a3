"""Assessing: stored evidence of a course becomes stored scorecards, for whoever could have changed.

A learner's card reads that person's evidence alone. A tutor's reads the class's memberships,
submissions, decisions and unread homework too, so it is scored again whenever a learner of the class is.
What a card makes in the platform's gradebook is written down together with it.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice

from lms_scoring.domain import evidence as ev
from lms_scoring.domain.errors import CannotBeDecided, UnknownCourse
from lms_scoring.domain.measures import CardMeasures
from lms_scoring.domain.obstacle import Obstacle
from lms_scoring.ports import Clock, EvidenceOut, Store, Transaction
from lms_scoring.services.gradebook.enqueue import enqueue, enqueue_settled
from lms_scoring.services.gradebook.grade_steps import Graded
from lms_scoring.services.scoring.card_records import (
    Records,
    records_by_portion,
    records_to_read,
    tutors_of,
    with_tutors,
)
from lms_scoring.services.scoring.course_time import course_time
from lms_scoring.services.scoring.made_cards import MadeCard, made_cards
from lms_scoring.services.scoring.rules import CourseRules
from lms_scoring.services.scoring.to_be_scored import is_everybody_due, persons_due
from lms_scoring.services.scoring.unmade import Unmade, log_unmade

PORTION = 10
"""People whose cards are made and then kept together, at most. While they are made, others may write."""
PORTIONS = 100
"""Portions that are made of one view of the store, at most: a view passes over all that was ever told, and as
long as it is open the database keeps what was overwritten."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessed:
    """How many cards were scored, and how many of them differ from before. `awaited` are those that are still
    to be made by rules just adopted, `unmade` the people of whom none could be made, and where it failed."""

    scored: int
    changed: int
    awaited: int = 0
    unmade: Mapping[str, str] = field(default_factory=dict)

    def __add__(self, other: Assessed) -> Assessed:
        return Assessed(
            scored=self.scored + other.scored,
            changed=self.changed + other.changed,
            awaited=self.awaited + other.awaited,
            unmade={**self.unmade, **other.unmade},
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Made:
    """The cards of some persons as of one instant; one after the other, until they are wanted at once. Of
    whom none can be made is known once they are read."""

    persons: set[str]
    cards: Iterable[MadeCard]
    as_of: int
    unmade: Mapping[str, str]

    def at_once(self) -> _Made:
        return replace(self, cards=list(self.cards))


def assess(rules: CourseRules, store: Store, *, clock: Clock, everyone: bool = False) -> Assessed:
    """Scores again whoever's evidence changed since the last time, whose card's time has come, or of whom one
    by rules adopted since is awaited.

    Everyone, if asked, or if the rules are not those of the cards on the board. It may be interrupted
    anywhere and run again: who was not scored stays touched. So does who cannot be, which stops nobody else;
    what the database cannot do is raised.

    Nobody in a closed course: what was touched meanwhile waits until it is reopened. Nobody either once the
    course goes by other rules: who adopted those has scored everybody by them, and what was touched since
    waits for the next time.
    """
    with store.reading() as transaction:
        portions = list(_portions(transaction, rules, now=clock.now(), everyone=everyone))
    name, done = secrets.token_hex(8), Assessed(scored=0, changed=0)
    if portions:
        with store.writing() as transaction:
            if not goes_by(transaction, rules):
                return done
            transaction.take_up(rules.course, sorted(set().union(*portions)), assessment=name)
    for begin in range(0, len(portions), PORTIONS):
        with store.reading() as view:
            for made in _made_by_portion(view, rules, portions[begin : begin + PORTIONS], clock):
                with store.writing() as transaction:
                    if not goes_by(transaction, rules):
                        return done
                    kept = _still_true(transaction, rules.course, made, assessment=name)
                    done += _keep(transaction, rules, kept, now=clock.now())
    with store.writing() as transaction:
        _await_no_strangers(transaction, rules.course)
        transaction.forget_strangers(rules.course)
        transaction.settle_boards(rules.course)
    enqueue_settled(rules.course, store, clock=clock, reading=rules.window_reading)
    log_unmade(rules.course, done.unmade)
    return done


def goes_by(transaction: Transaction, rules: CourseRules) -> bool:
    """Whether the course is open, and pinned to these rules."""
    return transaction.closing(rules.course) is None and _is_pinned_to(transaction, rules)


def assess_within(transaction: Transaction, rules: CourseRules, *, now: int) -> Assessed:
    """Scores everyone, as a part of what else the transaction does; who cannot be scored is awaited.

    Raises CannotBeDecided, as all below do, where other rules were adopted since these were read.
    """
    everyone = {membership.person for membership in transaction.memberships(rules.course)}
    transaction.await_no_more(rules.course)
    done = _score_at_once(transaction, rules, everyone, now=now)
    transaction.await_cards(rules.course, sorted(done.unmade))
    return done


def assess_person(transaction: Transaction, rules: CourseRules, person: str, *, now: int) -> Assessed:
    """Scores one person, and the tutors whose cards read the same evidence, within the transaction."""
    return assess_persons(transaction, rules, {person}, now=now)


def assess_persons(transaction: Transaction, rules: CourseRules, persons: set[str], *, now: int) -> Assessed:
    """The same of several."""
    return _score_at_once(transaction, rules, with_tutors(transaction, rules, persons), now=now)


def _is_pinned_to(transaction: Transaction, rules: CourseRules) -> bool:
    """Whether the course is; one that is not set up is pinned to nothing else."""
    try:
        kept = transaction.course(rules.course)
    except UnknownCourse:
        return True
    return kept.scheme == rules.scheme.fingerprint and rules.settings in (None, kept.settings)


def _portions(
    transaction: Transaction, rules: CourseRules, *, now: int, everyone: bool
) -> Iterator[set[str]]:
    """Who must be scored, each once, with the others of a class.

    Tutors are whenever a learner of theirs is: their cards read the same evidence.
    """
    memberships = transaction.memberships(rules.course)
    due = {membership.person for membership in memberships}
    if not everyone and not is_everybody_due(transaction, rules, memberships):
        due &= persons_due(transaction, rules, now=course_time(transaction, rules.course, now=now))
        due |= tutors_of(due, memberships)
    for class_ in sorted({m.class_ or "" for m in memberships}):
        members = sorted({m.person for m in memberships if (m.class_ or "") == class_ and m.person in due})
        due.difference_update(members)
        for begin in range(0, len(members), PORTION):
            yield set(members[begin : begin + PORTION])


def _score_at_once(transaction: Transaction, rules: CourseRules, persons: set[str], *, now: int) -> Assessed:
    if not _is_pinned_to(transaction, rules):
        raise CannotBeDecided(
            Obstacle.STALE,
            f"other rules were adopted for {rules.course} meanwhile, and nothing was done; look at it again",
        )
    unmade = Unmade(transaction)
    records = records_to_read(transaction, rules, persons, unmade=unmade)
    made = _made(transaction, rules, persons, records, unmade, now=now)
    done = _keep(transaction, rules, made, now=now)
    transaction.settle_boards(rules.course)
    log_unmade(rules.course, done.unmade)
    return done


def _made_by_portion(
    view: Transaction, rules: CourseRules, portions: Sequence[set[str]], clock: Clock
) -> Iterator[_Made]:
    """Nothing where nobody is to be scored by these rules; looked at again before anything is kept."""
    if not goes_by(view, rules):
        return
    unmade = Unmade(view)
    records = records_by_portion(view, rules, portions, unmade=unmade)
    for persons, theirs in zip(portions, records, strict=True):
        yield _made(view, rules, persons, theirs, unmade, now=clock.now()).at_once()


def _made(
    transaction: Transaction,
    rules: CourseRules,
    persons: set[str],
    records: Records,
    unmade: Unmade,
    *,
    now: int,
) -> _Made:
    as_of = course_time(transaction, rules.course, now=now)
    cards = made_cards(transaction, rules, persons, records, as_of=as_of, unmade=unmade)
    return _Made(persons=persons, cards=cards, as_of=as_of, unmade=unmade.why)


def _still_true(transaction: Transaction, course: str, made: _Made, *, assessment: str) -> _Made:
    """The cards of those whose evidence is still the one that they were made of.

    The others were scored by whoever changed it, or are scored the next time.
    """
    persons = {*transaction.taken_up(course, sorted(made.persons), assessment=assessment)}
    cards = [one for one in made.cards if one.packed.card.person in persons]
    return replace(made, persons=persons, cards=cards)


def _keep(transaction: Transaction, rules: CourseRules, made: _Made, *, now: int) -> Assessed:
    """What was made. Of whom none could be, cards and grades stay as they are, and they are tried again."""
    course = rules.course
    done = changed = 0
    learning = _learning(transaction, course, made.persons)
    of_learners = []
    measures: list[CardMeasures] = []
    cards = iter(made.cards)
    while portion := [*islice(cards, PORTION)]:
        kept = [(one.packed, one.outlook) for one in portion]
        changed += transaction.keep_cards(course, kept, at=made.as_of)
        done += len(portion)
        for one in portion:
            card = one.packed.card
            measures.append(one.measures)
            if card.role is ev.Role.LEARNER and (card.person, card.class_) in learning:
                of_learners.append(Graded(card=replace(card, criteria=()), standing=one.outlook.standing))
    transaction.keep_measures(course, measures)
    unmade = {person: why for person, why in made.unmade.items() if person in made.persons}
    persons = made.persons - unmade.keys()
    transaction.await_no_more(course, sorted(persons))
    transaction.untouch(course, sorted(persons))
    enqueue(transaction, course, of_learners, now=now, persons=persons, reading=rules.window_reading)
    if unmade:
        transaction.leave_unmade(course, sorted(unmade))
    return Assessed(scored=done, changed=changed, unmade=unmade)


def _await_no_strangers(transaction: Transaction, course: str) -> None:
    """Whoever has no place in the course any more keeps the card that there is."""
    awaited = {*transaction.awaited(course)}
    if awaited:
        places = transaction.memberships(course, persons=sorted(awaited))
        transaction.await_no_more(course, sorted(awaited - {place.person for place in places}))


def _learning(transaction: EvidenceOut, course: str, persons: Collection[str]) -> set[tuple[str, str | None]]:
    """Who of them learns in which class now: only their grades are sent."""
    return {
        (membership.person, membership.class_)
        for membership in transaction.memberships(course, persons=persons)
        if membership.role is ev.Role.LEARNER and membership.status is ev.MembershipStatus.ACTIVE
    }
