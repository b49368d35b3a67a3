"""What a source could only guess: what is known of a record stays, and all else of it is taken over."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from lms_scoring.domain import evidence as ev
from lms_scoring.domain.evidence import DueBasis, Grade, MembershipStatus
from lms_scoring.ports import Guess
from lms_scoring.services.collecting.collect import collect
from lms_scoring.store import SqlStore
from tests.fixtures.courses.scripted import (
    COURSE,
    HOMEWORK,
    LI,
    WANG,
    ScriptedSource,
    StandingClock,
    members,
    new_store,
    roster,
    told,
)
from tests.given import DAY, DUE, START, homework

OWN = homework(activity=HOMEWORK, opens_at=START + DAY, due_at=DUE + 3 * DAY, task=None)
"""A hand-in with dates of its own."""
GUESSED = replace(OWN, opens_at=START, due_at=DUE, due_basis=DueBasis.ASSIGNMENT)
MARKED = replace(OWN, grade=Grade.EXCELLENT, graded_at=DUE + DAY, graded_by=WANG)
MEANINGLESS = replace(MARKED, grade=None, graded_at=DUE + 2 * DAY)
DATES, MARK, STATUS = Guess(dates=True), Guess(mark=True), Guess(status=True)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqlStore]:
    store = new_store(tmp_path)
    yield store
    store.close()


def sync(store: SqlStore, *records: ev.Record, guess: Guess | None = None) -> None:
    guesses = {} if guess is None else {(ev.KIND_OF[type(one)], one.id): guess for one in records}
    batch = replace(told(*members(without=[LI]), *records), guesses=guesses)
    collect(COURSE, ScriptedSource([roster(LI, "zhao", WANG, "chen"), batch]), store, clock=StandingClock())


def work(store: SqlStore) -> ev.Submission:
    with store.reading() as transaction:
        (found,) = transaction.records_of(COURSE, [LI], kinds=["submission"])
    assert isinstance(found, ev.Submission)
    return replace(found, source=None)


@pytest.mark.parametrize(
    ("known", "at_least", "kept"),
    [
        (OWN, None, OWN),
        (OWN, OWN.due_at, OWN),
        (OWN, DUE + 9 * DAY, replace(OWN, due_at=DUE + 9 * DAY)),
        (replace(OWN, due_at=None), DUE + 9 * DAY, replace(OWN, due_at=None)),
        (replace(OWN, due_basis=DueBasis.CLASS), None, replace(OWN, due_basis=DueBasis.CLASS)),
        (replace(OWN, due_basis=DueBasis.ASSIGNMENT), None, GUESSED),
    ],
    ids=["known", "an earlier extension", "a later one", "no deadline", "a better guess", "such a guess"],
)
def test_dates_that_are_known_better_stay(
    store: SqlStore, known: ev.Submission, at_least: int | None, kept: ev.Submission
) -> None:
    sync(store, known)
    for _ in range(2):
        sync(store, GUESSED, guess=replace(DATES, due_at_least=at_least))
        assert work(store) == kept


def test_own_dates_without_the_extension_that_was_known_are_no_newer_ones(store: SqlStore) -> None:
    sync(store, OWN)
    sync(store, replace(OWN, due_at=DUE), guess=replace(DATES, due_at_least=DUE))
    assert work(store) == OWN


def test_of_two_guesses_for_the_class_the_newer_one_holds(store: SqlStore) -> None:
    sync(store, replace(OWN, due_basis=DueBasis.CLASS))
    newer = replace(GUESSED, due_basis=DueBasis.CLASS)
    sync(store, newer, guess=DATES)
    assert work(store) == newer


def test_all_else_of_the_record_is_taken_over(store: SqlStore) -> None:
    sync(store, OWN)
    marked = replace(GUESSED, grade=Grade.GOOD, submitted_at=DUE - 1, characters=12)
    sync(store, marked, guess=DATES)
    assert work(store) == replace(OWN, grade=Grade.GOOD, submitted_at=DUE - 1, characters=12)


def test_what_is_told_is_no_guess(store: SqlStore) -> None:
    sync(store, MARKED)
    sync(store, GUESSED)
    assert work(store) == GUESSED


def test_a_mark_that_was_understood_stays_while_nobody_understands_it(store: SqlStore) -> None:
    sync(store, MARKED)
    sync(store, MEANINGLESS, guess=MARK)
    assert work(store) == MARKED
    in_points = replace(MARKED, grade=None, points=Fraction(7), max_points=Fraction(10))
    sync(store, in_points)
    sync(store, MEANINGLESS, guess=MARK)
    assert work(store) == in_points


def test_without_a_mark_before_one_without_meaning_is_kept(store: SqlStore) -> None:
    sync(store, MEANINGLESS, guess=MARK)
    assert work(store) == MEANINGLESS, "nothing is stored"
    sync(store, OWN)
    sync(store, MEANINGLESS, guess=MARK)
    assert work(store) == MEANINGLESS, "it was not marked"


def test_who_has_withdrawn_stays_so_while_nobody_says_who_has(store: SqlStore) -> None:
    active = next(one for one in members() if one.person == LI)
    withdrawn = replace(active, status=MembershipStatus.WITHDRAWN, class_="class 1")
    for known, kept in ((None, active), (withdrawn, withdrawn), (active, active)):
        if known is not None:
            sync(store, known)
        sync(store, replace(active, class_="class 2"), guess=STATUS)
        with store.reading() as transaction:
            (found,) = transaction.memberships(COURSE, persons=[LI])
        assert (found.status, found.class_) == (kept.status, "class 2")
