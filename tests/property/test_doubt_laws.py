"""Laws of doubts: the same texts give the same cases, in any order and however often they are told."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from lms_scoring.domain.doubts import DoubtRules, Flooding, Likeness
from lms_scoring.domain.doubts.flooding import Posted, floods
from lms_scoring.domain.doubts.likeness import Work, alike, own_passages, resemblance
from lms_scoring.domain.doubts.marks import marks_of
from lms_scoring.domain.doubts.side_by_side import Piece, side_by_side
from lms_scoring.domain.instants import SECOND
from lms_scoring.domain.proceedings.case import Case
from lms_scoring.domain.texts import Text, letters
from tests.fakes.memory_store import MemoryStore
from tests.fixtures.courses.scripted import CHEN, LI, WANG, ZHAO
from tests.fixtures.courses.written import Written, essay, handed_in, paraphrase, posted, written_course

SAID = st.sampled_from(
    ["好", "学习了！", "同意楼上的观点，要关注学生差异", "我的做法是先倾听学生再提问", "👍", "顶"]
)
ESSAYS = st.integers(0, 3).map(essay) | st.integers(0, 3).map(lambda seed: paraphrase(essay(seed)))
TIMES = st.integers(1_729_800_000, 1_729_800_120).map(lambda seconds: seconds * SECOND)
PEOPLE = st.sampled_from([LI, ZHAO, CHEN, WANG])


@st.composite
def texts(draw: st.DrawFn) -> list[Text]:
    """Posts and works of a class, each record once."""
    posts = draw(st.lists(st.tuples(PEOPLE, SAID, TIMES), max_size=12))
    works = draw(st.lists(st.tuples(PEOPLE, ESSAYS, TIMES), max_size=8))
    return [
        *(posted(f"p{n}", person, text, at=at) for n, (person, text, at) in enumerate(posts)),
        *(handed_in(f"h{n}", person, text, at=at) for n, (person, text, at) in enumerate(works)),
    ]


def as_found(course: Written) -> list[Case]:
    """The cases without what depends on when they were opened."""
    cases = [
        replace(case, number=0, steps=(replace(case.doubted, at=0, kind=case.steps[0].kind),))
        for case in course.cases()
        if case.waits
    ]
    return sorted(cases, key=lambda case: (case.family, case.name))


def found_in(batches: Sequence[Sequence[Text]]) -> list[Case]:
    course = written_course(MemoryStore())
    for batch in batches:
        course.tell(*batch)
        course.look()
    return as_found(course)


@given(texts(), st.randoms(use_true_random=False), st.integers(1, 5))
def test_the_same_texts_give_the_same_cases_in_any_order_and_any_pieces(
    told: list[Text], chance: random.Random, pieces: int
) -> None:
    at_once = found_in([told])
    shuffled = [*told, *told[: len(told) // 2]]
    chance.shuffle(shuffled)
    assert found_in([shuffled[start::pieces] for start in range(pieces)]) == at_once


@given(texts())
def test_looking_again_opens_nothing(told: list[Text]) -> None:
    course = written_course(MemoryStore())
    course.tell(*told)
    course.look()
    before = course.cases()
    with course.store.writing() as transaction:
        transaction.look_again(course.rules.course)
    assert course.look().opened == 0
    assert course.cases() == before


@given(texts())
def test_what_is_taken_away_takes_its_cases_along(told: list[Text]) -> None:
    course = written_course(MemoryStore())
    course.tell(*told)
    course.look()
    course.tell(*(replace(text, text=None) for text in told))
    course.look()
    assert [case for case in course.cases() if case.waits] == []


@given(texts())
def test_with_every_rule_off_nothing_is_doubted(told: list[Text]) -> None:
    course = written_course(MemoryStore())
    never = DoubtRules(
        flooding=Flooding(shortest=0, repeats=False, burst_posts=0), likeness=Likeness(tasks=frozenset())
    )
    course.rules = replace(course.rules, doubts=never)
    course.tell(*told)
    course.look()
    assert course.cases() == []


@given(st.lists(st.tuples(st.integers(0, 5), TIMES), max_size=20))
def test_a_later_post_never_takes_a_doubt_away(drawn: list[tuple[int, int]]) -> None:
    posts = [
        Posted(name=f"p{n:02d}", at=at, size=20, digest=bytes([text])) for n, (text, at) in enumerate(drawn)
    ]
    ordered = sorted(posts, key=lambda post: (post.at, post.name))
    rules = Flooding()
    for count in range(len(ordered)):
        before, after = floods(ordered[:count], rules=rules), floods(ordered[: count + 1], rules=rules)
        assert after[: len(before)] == before


WORDS = st.text(alphabet="天地玄黄宇宙洪荒ab，。 ", max_size=60)


@given(WORDS, WORDS, WORDS)
def test_resemblance_is_mutual_and_between_none_and_all(one: str, other: str, task: str) -> None:
    left, right = own_passages(one, task=task), own_passages(other, task=task)
    share = resemblance(left, right)
    assert share == resemblance(right, left)
    assert 0 <= share <= 1
    assert (share == 1) == (left == right and bool(left))


@given(WORDS, WORDS)
def test_works_that_are_alike_share_marks(one: str, other: str) -> None:
    left, right = own_passages(one, task=""), own_passages(other, task="")
    if len(left | right) <= 32:  # each passage has a mark
        shared = set(marks_of(left)) & set(marks_of(right))
        assert len(shared) == len(left & right)


@given(st.lists(WORDS, min_size=1, max_size=6))
def test_only_the_later_of_two_works_is_doubted(drawn: list[str]) -> None:
    works = [
        Work(course="c", name=f"w{at}", at=at, own=own_passages(text, task=""))
        for at, text in enumerate(drawn)
    ]
    for work in works:
        ground = alike(work, works, share=Likeness().share)
        assert ground is None or int((ground.other or "")[1:]) < work.at


def _same(pieces: Sequence[Piece]) -> set[int]:
    return {piece.same for piece in pieces if piece.same is not None}


@given(WORDS, WORDS, WORDS)
def test_side_by_side_the_pieces_are_the_texts_and_stretches_stand_in_both(
    one: str, other: str, task: str
) -> None:
    found = side_by_side(one, other, task=task)
    assert "".join(piece.text for piece in found.one) == one
    assert "".join(piece.text for piece in found.other) == other
    assert _same(found.other) == _same(found.one)
    for piece in found.one:
        if piece.same is not None and not piece.quoted:
            assert letters(piece.text) in letters(other)
