"""Contract: what is found alike is what holding every work against every other one finds, in whatever pieces
and order the works arrive."""

from __future__ import annotations

import random
from collections.abc import Sequence
from fractions import Fraction
from typing import NamedTuple

import pytest
from hypothesis import given as drawn
from hypothesis import settings
from hypothesis import strategies as st

from lms_scoring.domain.doubts import Family
from lms_scoring.domain.instants import SECOND
from lms_scoring.domain.texts import TaskText, Text, letters
from lms_scoring.ports import CARRIERS, Store
from tests import given
from tests.contract.conftest import NewStore
from tests.fixtures.courses.scripted import CHEN, HOMEWORK, LI, MOODLE, WANG, ZHAO
from tests.fixtures.courses.written import Written, essay, handed_in, written_course

SHARE, SHORTEST = Fraction(1, 2), 100
TASK = essay(99, sentences=2)
PEOPLE = (LI, ZHAO, CHEN, WANG)


class Likeness(NamedTuple):
    """That a work is like an earlier one, and how much, in hundredths of a percent."""

    work: str
    other: str
    amount: int


def all_pairs(works: Sequence[Text]) -> list[Likeness]:
    """Every work held against every other one, passage by passage."""
    own = {work.id: _own(work.text or "") for work in works}
    found = []
    for work in works:
        others = []
        for other in works:
            if other.person != work.person and _at(other) <= _at(work):
                both, either = own[work.id] & own[other.id], own[work.id] | own[other.id]
                others.append((-Fraction(len(both), len(either) or 1), _at(other), other.id))
        if others and -min(others)[0] >= SHARE and _letters_of_its_own(work.text or "") >= SHORTEST:
            share, _, id_ = min(others)
            found.append(Likeness(work.id, id_, int(-share * 10_000)))
    return sorted(found)


def _own(text: str) -> set[str]:
    written, task = letters(text), letters(TASK)
    return {written[n : n + 5] for n in range(len(written) - 4) if written[n : n + 5] not in task}


def _letters_of_its_own(text: str) -> int:
    written, task = letters(text), letters(TASK)
    inside = [
        any(
            written[start : start + 5] not in task
            for start in range(max(place - 4, 0), min(place, len(written) - 5) + 1)
        )
        for place in range(len(written))
    ]
    return inside.count(True)


def _at(text: Text) -> int:
    assert text.at is not None
    return text.at


def found_in(course: Written) -> list[Likeness]:
    """What the open cases say."""
    return sorted(
        Likeness(
            case.name.removeprefix(f"{MOODLE}/"),
            (case.grounds[0].other or "").removeprefix(f"{MOODLE}/"),
            case.grounds[0].amount,
        )
        for case in course.cases()
        if case.waits and case.family is Family.LIKENESS
    )


def told_in_pieces(store: Store, works: Sequence[Text], chance: random.Random, *, pieces: int) -> Written:
    """The works arrive shuffled, in pieces, some first in another version; each piece is looked at."""
    course = written_course(store)
    shuffled = chance.sample(works, len(works))
    drafts = [
        handed_in(work.id, LI, essay(chance.randrange(5)), at=_at(work) + SECOND)
        for work in chance.sample(works, len(works) // 4)
    ]
    course.tell(*drafts, tasks=[TaskText(activity=HOMEWORK, text=TASK)] if chance.random() < 0.5 else ())
    for start in range(pieces):
        course.tell(*shuffled[start::pieces])
        course.look()
    course.tell(*works, tasks=[TaskText(activity=HOMEWORK, text=TASK)])
    course.look()
    return course


def works_of(chance: random.Random) -> list[Text]:
    """Works made of two: with some sentences of their own, some of the task, and some left out."""
    return [
        handed_in(
            f"h{number}",
            chance.choice(PEOPLE),
            _made_of(essay(chance.randrange(2)), chance),
            at=given.START + chance.randrange(4) * SECOND,
        )
        for number in range(chance.randint(2, 9))
    ]


def _made_of(text: str, chance: random.Random) -> str:
    sentences = text.split("。")[:-1]
    for place in chance.sample(range(len(sentences)), chance.randrange(8)):
        own = essay(chance.randrange(10, 10**6), sentences=1).removesuffix("。")
        sentences[place] = chance.choice(["", TASK.split("。")[0], own])
    return "。".join(sentences)


@settings(max_examples=8)
@drawn(st.integers(0, 10**6))
def test_what_is_found_is_what_all_pairs_say_in_any_order_and_any_pieces(
    new_store: NewStore, seed: int
) -> None:
    chance = random.Random(seed)  # noqa: S311 # the same works every time
    works = works_of(chance)
    course = told_in_pieces(new_store(), works, chance, pieces=chance.randint(1, 3))
    assert found_in(course) == all_pairs(works)


@pytest.mark.parametrize("seed", range(3))
def test_the_works_that_are_drawn_are_some_of_them_alike(seed: int) -> None:
    found = [len(all_pairs(works_of(random.Random(10 * seed + more)))) for more in range(10)]  # noqa: S311 # the same
    assert 0 in found
    assert max(found) > 2


def test_what_everybody_writes_and_everybody_copies_hides_nothing(new_store: NewStore) -> None:
    """More works than a mark finds begin alike, and more than it finds are copies of one."""
    chance = random.Random(3)  # noqa: S311 # the same works every time
    heading = essay(7, sentences=2)
    bodies = [essay(100 + number, sentences=8) for number in range(CARRIERS + 30)]
    bodies += [_changed(essay(50, sentences=8), chance) for _ in range(CARRIERS + 10)]
    bodies += [_changed(body, chance) for body in chance.sample(bodies[: CARRIERS + 30], 8)]
    handed = [
        handed_in(f"h{number:03d}", PEOPLE[number % 4], heading + body, at=given.START + number * SECOND)
        for number, body in enumerate(bodies)
    ]
    course = told_in_pieces(new_store(), handed, chance, pieces=3)
    expected = all_pairs(handed)
    assert [one.work for one in found_in(course)] == [one.work for one in expected]
    assert len(expected) > CARRIERS + 10


def _changed(text: str, chance: random.Random) -> str:
    """One sentence of its own."""
    parts = text.split("。")
    parts[chance.randrange(len(parts) - 1)] = essay(chance.randrange(10**6), sentences=1).removesuffix("。")
    return "。".join(parts)
