"""Likeness: exactly how much two works share, and which one is doubted."""

from __future__ import annotations

from fractions import Fraction

import pytest

from lms_scoring.domain.doubts import DoubtRules, Flooding, Ground, GroundKind, Likeness
from lms_scoring.domain.doubts.likeness import Work, alike, own_passages, own_size, resemblance
from lms_scoring.domain.evidence import Task

HALF = Fraction(1, 2)
TASK = "请结合本校实际完成。"


def work(name: str, *own: str, at: int = 10, course: str = "c") -> Work:
    return Work(course=course, name=name, at=at, own=frozenset(own))


def test_resemblance_is_the_share_of_the_passages_of_both_that_are_in_both() -> None:
    assert resemblance(frozenset("abc"), frozenset("bcd")) == HALF
    assert resemblance(frozenset("ab"), frozenset("ab")) == 1
    assert resemblance(frozenset("a"), frozenset("b")) == 0
    assert resemblance(frozenset(), frozenset()) == 0


def test_words_of_the_task_are_nobody_s_own() -> None:
    assert own_passages(TASK, task=TASK) == frozenset()
    assert own_passages("按要求，请结合本校实际完成", task=TASK) == {"按要求请结", "要求请结合", "求请结合本"}
    assert own_passages("abcde", task="") == {"abcde"}


def test_the_size_of_what_is_somebody_s_own_leaves_the_task_s_words_out() -> None:
    assert own_size("反思与行动。" * 20, task=TASK) == 100
    assert own_size(TASK, task=TASK) == 0
    assert own_size(f"我的想法如下{TASK}", task=TASK) == 10
    assert own_size("abc", task="") == 0


def test_the_later_of_two_alike_works_is_doubted_with_the_share_cut() -> None:
    later, earlier = work("later", *"abcde", at=11), work("earlier", *"abcdf")
    assert alike(later, [earlier], share=HALF) == Ground(
        kind=GroundKind.SIMILAR, amount=6666, limit=5000, other="earlier"
    )
    assert alike(earlier, [later], share=HALF) is None


def test_a_share_just_under_the_limit_is_no_doubt() -> None:
    one, other = work("one", *"abc"), work("other", *"bcd", at=9)
    assert alike(one, [other], share=HALF) is not None
    assert alike(one, [other], share=HALF + Fraction(1, 10**9)) is None


def test_of_several_the_most_similar_is_named_then_the_earliest_then_by_name() -> None:
    mine = work("mine", *"abcd", at=20)
    less = work("less", *"abcx", at=1)
    others = [less, work("z", *"abcd", at=5), work("y", *"abcd", at=5), work("late", *"abcd", at=6)]
    ground = alike(mine, others, share=HALF)
    assert ground is not None
    assert (ground.other, ground.amount) == ("y", 10_000)
    assert alike(mine, [*reversed(others), *others], share=HALF) == ground


def test_two_handed_in_at_the_same_moment_doubt_each_other() -> None:
    one, other = work("one", *"ab"), work("other", *"ab")
    named = [alike(*pair, share=HALF) for pair in ((one, [other, one]), (other, [one, other]))]
    assert [ground and ground.other for ground in named] == ["other", "one"]


def test_a_work_of_another_course_is_named_with_its_course() -> None:
    ground = alike(work("w", *"ab"), [work("w", *"ab", at=1, course="old")], share=HALF)
    assert ground is not None
    assert (ground.other, ground.other_course) == ("w", "old")


def test_with_nothing_to_compare_with_nothing_is_doubted() -> None:
    assert alike(work("w", "a"), [], share=Fraction(0)) is None


@pytest.mark.parametrize(
    "changed",
    [
        DoubtRules(flooding=Flooding(shortest=9)),
        DoubtRules(likeness=Likeness(share=Fraction(3, 5))),
        DoubtRules(likeness=Likeness(tasks=frozenset({Task.JOURNAL}))),
        DoubtRules(likeness=Likeness(own_works=True)),
    ],
)
def test_rules_that_doubt_otherwise_have_another_fingerprint(changed: DoubtRules) -> None:
    assert changed.fingerprint != DoubtRules().fingerprint


def test_how_long_one_may_object_doubts_nothing_else() -> None:
    assert DoubtRules(objection_days=3).fingerprint == DoubtRules().fingerprint
