"""What Moodle no longer tells was known before: a sync that can only guess says so and changes nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from lms_scoring.demonstration.running import RunningMoodle
from lms_scoring.domain.evidence import DueBasis, Membership, MembershipStatus, Record, Submission
from lms_scoring.domain.quarantine import QuarantineState
from lms_scoring.ports import Guess, ProblemKind
from lms_scoring.services.collecting.collect import Collected, collect
from lms_scoring.store import SqlStore
from tests.fixtures.courses.scripted import StandingClock, new_store

from .pulled import Pulled, edited_source, pulled, source_of

COURSE = "lc2024"
HOMEWORK = 17
SUSPENDED = 59
"""Learner 57, whose enrolment is suspended."""
NO_PERMISSION = {"exception": "moodle_exception", "errorcode": "nopermissions", "message": ""}
NO_PARTICIPANT = {"exception": "moodle_exception", "errorcode": "usernotincourse", "message": ""}


def no_suspended(people: Any) -> Any:
    """Both lists are of one function; that of the suspended is short."""
    return NO_PERMISSION if len(people) < 10 else people


def in_english(values: Any) -> Any:
    return [{**each, "name": "Outstanding"} if each["id"] == 4 else each for each in values]


BLIND: dict[str, Callable[[Any], Any]] = {
    "PARTICIPANT": lambda _: NO_PERMISSION,
    "SCALE_VALUES": in_english,
    "ENROLLED_USERS": no_suspended,
}
"""Own dates, who is suspended and the meaning of a mark are not to be had."""


def spoilt_suspended(odd: dict[str, object]) -> Callable[[Any], Any]:
    """The row of learner 57 among the suspended has not the shape that is known."""

    def edit(people: Any) -> Any:
        if len(people) >= 10:
            return people
        return [{**each, **odd} if each["id"] == SUSPENDED else each for each in people]

    return edit


ODD: dict[str, dict[str, object]] = {"whom it is about": {"groups": 7}, "nothing at all": {"id": "x"}}
"""What the row still tells."""


def to_one_in_seven(refusal: Any) -> Callable[[Any], Any]:
    """The answer is refused to a few."""
    asked: list[Any] = []

    def edit(answer: Any) -> Any:
        asked.append(answer)
        return refusal if len(asked) % 7 == 0 else answer

    return edit


@pytest.fixture(scope="module")
def blind(recorded: RunningMoodle) -> Pulled:
    return pulled(edited_source(recorded, **BLIND), recorded)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqlStore]:
    store = new_store(tmp_path)
    yield store
    store.close()


def guesses(pull: Pulled) -> dict[tuple[str, str], Guess]:
    return {name: guess for batch in pull.batches for name, guess in batch.guesses.items()}


def works(pull: Pulled) -> dict[str, Submission]:
    """The homework that was handed in."""
    return {each.id: each for each in pull.all(Submission) if each.activity == str(HOMEWORK)}


def sync(store: SqlStore, moodle: RunningMoodle, **edits: Callable[[Any], Any]) -> Collected:
    source = edited_source(moodle, **edits)
    return collect(COURSE, source, store, clock=StandingClock(), full=True)


def everything(store: SqlStore) -> list[Record]:
    with store.reading() as transaction:
        persons = [person.id for person in transaction.people(COURSE)]
        return list(transaction.records_of(COURSE, persons, kinds=["submission", "membership", "unknown"]))


def test_what_is_known_stays_while_it_can_only_be_guessed(recorded: RunningMoodle, store: SqlStore) -> None:
    sync(store, recorded)
    before = everything(store)
    done = sync(store, recorded, **BLIND)
    assert done.lost_something
    assert everything(store) == before
    assert not sync(store, recorded).lost_something
    assert everything(store) == before


def test_what_could_not_be_read_is_told_with_what_stays(blind: Pulled) -> None:
    told = {each.code: each.text for each in blind.problems if each.kind is ProblemKind.LOST}
    assert set(told) == {"dates_unreadable", "grade_word_unknown", "call_refused"}
    assert "What was known of them stays" in told["dates_unreadable"]
    assert "The last mark that was understood stays" in told["grade_word_unknown"]
    assert "Whoever was suspended stays so" in told["call_refused"]


def test_own_dates_that_are_refused_of_a_few_are_a_loss_and_read_again(
    recorded: RunningMoodle, course: Pulled
) -> None:
    edit = to_one_in_seven(NO_PERMISSION)
    first = pulled(edited_source(recorded, PARTICIPANT=edit), recorded)
    told = [each for each in first.problems if each.code == "dates_unreadable"]
    assert {(each.kind, each.subject) for each in told} == {
        (ProblemKind.LOST, activity) for activity in ("17", "18", "19")
    }
    assert not any(scope.activity == str(HOMEWORK) for scope in first.whole)
    again = pulled(source_of(recorded), recorded, cursor=first.cursor)
    assert works(again) == works(course) != works(first)


def test_of_no_participant_the_own_dates_are_a_guess_and_no_loss(recorded: RunningMoodle) -> None:
    edit = to_one_in_seven(NO_PARTICIPANT)
    pull = pulled(edited_source(recorded, PARTICIPANT=edit), recorded)
    assert pull.codes(ProblemKind.LOST) == set()
    borrowed = {each.id for each in pull.all(Submission) if each.due_basis is not DueBasis.OWN}
    assert len(borrowed) > 10
    assert {id_ for _, id_ in guesses(pull)} == borrowed


def test_where_all_is_told_only_the_dates_of_the_suspended_are_a_guess(course: Pulled) -> None:
    theirs = {each.id for learner in (56, 57) for each in course.of(learner, Submission)}
    assert {id_ for _, id_ in guesses(course)} <= theirs
    assert set(guesses(course).values()) == {Guess(dates=True)}


def test_an_extension_is_no_guess_where_only_the_own_dates_are_refused(blind: Pulled) -> None:
    [extended], [plain] = blind.of(14, Submission, HOMEWORK), blind.of(1, Submission, HOMEWORK)
    assert guesses(blind)["submission", extended.id].due_at_least == extended.due_at
    assert guesses(blind)["submission", plain.id].due_at_least is None


def test_dates_are_a_guess_while_nobody_tells_of_the_extension(moodle: RunningMoodle) -> None:
    moodle.change("deny", capability="mod/assign:grade")
    pull = pulled(edited_source(moodle, SUBMISSION_STATUS=lambda _: NO_PERMISSION), moodle)
    [extended], [plain] = pull.of(14, Submission, HOMEWORK), pull.of(1, Submission, HOMEWORK)
    assert guesses(pull)["submission", extended.id] == Guess(dates=True, due_at_least=extended.due_at)
    assert ("submission", plain.id) not in guesses(pull), "the own dates say that there is none"


def test_who_is_met_first_while_suspensions_are_refused_is_taken_for_active(blind: Pulled) -> None:
    assert blind.memberships(56) == {("learner", "二班", "withdrawn")}, "the other list tells"
    assert blind.memberships(57) == {("learner", "二班", "active")}
    active = {each.id for each in blind.all(Membership) if each.status is MembershipStatus.ACTIVE}
    assert {id_ for (kind, id_) in guesses(blind) if kind == "membership"} == active


@pytest.mark.parametrize("odd", ODD.values(), ids=ODD)
def test_whose_row_among_the_suspended_cannot_be_read_stays_suspended_and_that_is_told(
    recorded: RunningMoodle, store: SqlStore, odd: dict[str, object]
) -> None:
    sync(store, recorded)
    before = everything(store)
    done = sync(store, recorded, ENROLLED_USERS=spoilt_suspended(odd))
    assert everything(store) == before
    with store.reading() as transaction:
        met = [one.problem for one in transaction.problems(COURSE, run=done.run)]
        (waits,) = transaction.quarantined(course=COURSE, states=[QuarantineState.WAITING])
    (told,) = (problem for problem in met if problem.code == "row_unreadable")
    assert told.text.startswith("A row of the people whose enrolment is suspended has not the shape")
    assert "Whoever was suspended stays so" in told.text
    assert waits.aside.place == waits.aside.subject == "suspended people"
    sync(store, recorded)
    assert everything(store) == before


def test_only_of_whom_an_unreadable_row_may_be_about_the_place_is_a_guess(recorded: RunningMoodle) -> None:
    def guessed(odd: dict[str, object]) -> set[str]:
        source = edited_source(recorded, ENROLLED_USERS=spoilt_suspended(odd))
        return {id_ for kind, id_ in guesses(pulled(source, recorded)) if kind == "membership"}

    [theirs] = guessed(ODD["whom it is about"])
    assert f"-{SUSPENDED}-" in theirs
    assert len(guessed(ODD["nothing at all"])) > 50


def test_only_a_mark_that_is_not_understood_is_a_guess(blind: Pulled) -> None:
    marked = [each for each in blind.all(Submission) if each.graded_at is not None]
    meaningless = {each.id for each in marked if each.grade is None and each.points is None}
    assert 0 < len(meaningless) < len(marked)
    assert {id_ for (_, id_), guess in guesses(blind).items() if guess.mark} == meaningless
