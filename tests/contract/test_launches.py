"""Contract: launch states are used up once, courses of platforms are remembered, and who is whom."""

from __future__ import annotations

import threading
from dataclasses import replace

import pytest

from lms_scoring.domain.errors import LmsScoringError
from lms_scoring.domain.registration import LaunchState
from lms_scoring.ports import MOST_UNDER_WAY, PlatformCourse, Store
from tests.contract.story import COURSE, REGISTRATION

MINUTES = 60_000
STATE = LaunchState(
    registration=1,
    nonce="nonce",
    target="https://here.example/课程",
    browser="b" * 64,
    expires_at=100 * MINUTES,
    deployment="2",
    storage="_parent",
    again="https://here.example/again",
)
BARE = LaunchState(registration=1, nonce="n", target="t", browser="b", expires_at=100 * MINUTES)
BARE_COURSE = PlatformCourse(
    registration=1, context="3", title=None, course=None, deployment="2", seen_at=1_000
)
FULL_COURSE = replace(
    BARE_COURSE,
    title="课程",
    course=COURSE,
    deployment="1",
    line_items="https://moodle.example/items?type_id=2",
    line_item="https://moodle.example/items/7?type_id=2",
    own_line_item="https://moodle.example/items/5?type_id=2",
    roster_url="https://moodle.example/roster",
    scopes=frozenset({"score", "result"}),
    history=("2", "1"),
    seen_at=900,
)


@pytest.fixture
def registered(store: Store) -> Store:
    """With two registrations, 1 and 2."""
    with store.writing() as transaction:
        transaction.keep_registration(REGISTRATION, at=1)
        transaction.keep_registration(replace(REGISTRATION, client_id="second"), at=1)
    return store


@pytest.mark.parametrize("state", [STATE, BARE], ids=["full", "bare"])
def test_a_state_is_taken_once(store: Store, state: LaunchState) -> None:
    with store.writing() as transaction:
        transaction.keep_state("digest", state)
    with store.writing() as transaction:
        assert transaction.take_state("another") is None
        assert transaction.take_state("digest") == state
        assert transaction.take_state("digest") is None
    with store.writing() as transaction:
        assert transaction.take_state("digest") is None


def test_of_fifty_who_race_for_a_state_one_gets_it(store: Store) -> None:
    with store.writing() as transaction:
        transaction.keep_state("digest", STATE)
    start = threading.Barrier(50)
    taken: list[LaunchState | None] = []

    def take() -> None:
        start.wait(timeout=30)
        with store.writing() as transaction:
            taken.append(transaction.take_state("digest"))

    racers = [threading.Thread(target=take) for _ in range(50)]
    for racer in racers:
        racer.start()
    for racer in racers:
        racer.join(timeout=60)
    assert len(taken) == 50
    assert [state for state in taken if state is not None] == [STATE]


def test_of_very_many_logins_of_a_registration_the_newest_stay(store: Store) -> None:
    """Anybody may begin one; those of another registration are none of its business."""
    with store.writing() as transaction:
        transaction.keep_state("elsewhere", replace(STATE, registration=8, expires_at=10 * MINUTES))
        for number in range(MOST_UNDER_WAY + 2):
            kept = replace(STATE, registration=7, expires_at=10 * MINUTES + number)
            transaction.keep_state(str(number), kept)
    with store.writing() as transaction:
        assert transaction.take_state("0") is None
        assert transaction.take_state("1") is None
        assert transaction.take_state("2") is not None
        assert transaction.take_state(str(MOST_UNDER_WAY + 1)) is not None
        assert transaction.take_state("elsewhere") is not None


def test_a_new_state_sweeps_those_that_are_long_over(store: Store) -> None:
    with store.writing() as transaction:
        transaction.keep_state("over", replace(STATE, expires_at=10 * MINUTES))
        transaction.keep_state("under way", replace(STATE, expires_at=65 * MINUTES))
        transaction.keep_state("new", replace(STATE, expires_at=75 * MINUTES))
        assert transaction.take_state("over") is None
        assert transaction.take_state("under way") is not None
        assert transaction.take_state("new") is not None


def test_a_platforms_course_is_remembered_whole(registered: Store) -> None:
    with registered.writing() as transaction:
        assert transaction.platform_course(1, "3") is None
        for course in (BARE_COURSE, replace(FULL_COURSE, context="4")):
            transaction.keep_platform_course(course)
    with registered.reading() as transaction:
        assert transaction.platform_course(1, "3") == BARE_COURSE
        assert transaction.platform_course(1, "4") == replace(FULL_COURSE, context="4")
        assert transaction.platform_course(2, "3") is None


def test_what_a_later_launch_does_not_tell_stays(registered: Store) -> None:
    with registered.writing() as transaction:
        transaction.keep_platform_course(FULL_COURSE)
        transaction.keep_platform_course(BARE_COURSE)
        kept = transaction.platform_course(1, "3")
    assert kept == replace(FULL_COURSE, deployment="2", seen_at=1_000)


def test_what_a_later_launch_tells_takes_its_place(registered: Store) -> None:
    later = replace(
        FULL_COURSE,
        title="another",
        course="another",
        line_items="elsewhere",
        line_item="a new column",
        own_line_item="another activity's",
        roster_url="another roster",
        scopes=frozenset({"score"}),
        history=("9",),
        seen_at=950,
    )
    with registered.writing() as transaction:
        transaction.keep_platform_course(FULL_COURSE)
        transaction.keep_platform_course(later)
        assert transaction.platform_course(1, "3") == later


def test_rights_to_the_gradebook_that_are_taken_back_are_gone(registered: Store) -> None:
    with registered.writing() as transaction:
        transaction.keep_platform_course(FULL_COURSE)
        transaction.keep_platform_course(replace(BARE_COURSE, line_items="elsewhere"))
        kept = transaction.platform_course(1, "3")
    assert kept is not None
    assert (kept.line_items, kept.scopes) == ("elsewhere", frozenset())


def test_a_late_word_does_not_make_a_course_seem_longer_unseen(registered: Store) -> None:
    with registered.writing() as transaction:
        transaction.keep_platform_course(BARE_COURSE)
        transaction.keep_platform_course(FULL_COURSE)
        kept = transaction.platform_course(1, "3")
    assert kept is not None
    assert kept.seen_at == 1_000


def test_courses_are_found_by_ours_or_as_those_that_nobody_set_up(registered: Store) -> None:
    unknown = [replace(BARE_COURSE, context=context) for context in ("10", "9")]
    ours = [replace(FULL_COURSE, registration=2, context="1"), replace(FULL_COURSE, context="2")]
    other = replace(FULL_COURSE, context="8", course="another")
    with registered.writing() as transaction:
        for course in (*unknown, *ours, other):
            transaction.keep_platform_course(course)
    with registered.reading() as transaction:
        assert list(transaction.platform_courses()) == unknown
        assert list(transaction.platform_courses(COURSE)) == ours[::-1]
        assert list(transaction.platform_courses("nowhere")) == []


def test_a_course_of_an_unknown_registration_is_refused(store: Store) -> None:
    with pytest.raises(LmsScoringError), store.writing() as transaction:
        transaction.keep_platform_course(BARE_COURSE)


def test_subjects_and_persons_find_each_other_within_their_registration(registered: Store) -> None:
    with registered.writing() as transaction:
        transaction.keep_subject(1, "63", "moodle-63", at=1)
        transaction.keep_subject(1, "64", "moodle-64", at=1)
        transaction.keep_subject(2, "63", "lti2-63", at=1)
    with registered.reading() as transaction:
        assert transaction.person_of(1, "63") == "moodle-63"
        assert transaction.person_of(2, "63") == "lti2-63"
        assert transaction.person_of(2, "64") is None
        assert transaction.subjects_of(1, ["moodle-63", "lti2-63", "nobody"]) == {"moodle-63": "63"}
        assert transaction.subjects_of(1, []) == {}


def test_who_is_whom_is_forgotten_of_one_registration(registered: Store) -> None:
    with registered.writing() as transaction:
        for registration, subject in ((1, "63"), (1, "64"), (2, "63")):
            transaction.keep_subject(registration, subject, f"p{registration}", at=1)
        transaction.forget_subjects(1)
        assert transaction.person_of(1, "63") is transaction.person_of(1, "64") is None
        assert transaction.subjects_of(1, ["p1"]) == {}
        assert transaction.person_of(2, "63") == "p2"


def test_of_several_subjects_of_a_person_the_one_seen_last_holds(registered: Store) -> None:
    with registered.writing() as transaction:
        for subject, at in (("b", 2), ("a", 3), ("c", 1)):
            transaction.keep_subject(1, subject, "p", at=at)
        assert transaction.subjects_of(1, ["p"]) == {"p": "a"}
        transaction.keep_subject(1, "c", "p", at=4)
        transaction.keep_subject(1, "a", "another", at=5)
        assert transaction.subjects_of(1, ["p", "another"]) == {"p": "c", "another": "a"}
