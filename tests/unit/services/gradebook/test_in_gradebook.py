"""What stands in the gradebook, held against what we sent: ours, a teacher's, or nobody's."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest

from lms_scoring.domain.gradebook import Result
from lms_scoring.ports import OutgoingGrade, Passback, SendState
from lms_scoring.services.gradebook.grade_status import GradeStatus
from lms_scoring.services.gradebook.in_gradebook import arrived, forgotten, looked_at, overridden

GIVEN = Fraction(6862, 100)
WORDS = "不合格 · not passed · 68.62 / 100 (≥ 80)"
RESTORED = OutgoingGrade(
    course="c",
    person="p",
    given=GIVEN,
    comment=WORDS,
    at=50,
    state=SendState.SENT,
    tried=Fraction(50),
    sent=Fraction(50),
)
"""As a backup knows it that is older than the last sending, once the course is scored again."""


def there(score: Fraction | None = GIVEN, comment: str | None = WORDS) -> Result:
    return Result(subject="3", score=score, maximum=Fraction(100), comment=comment)


def test_our_own_words_beside_the_very_grade_are_ours_though_we_forgot_to_have_sent_it() -> None:
    assert arrived(there(), RESTORED)
    assert not overridden(there(), RESTORED)
    assert looked_at(RESTORED, there()) == RESTORED


@pytest.mark.parametrize(
    "result",
    [
        there(comment="Well done"),
        there(comment=None),
        there(Fraction(70)),
        there(Fraction(70), comment=None),
    ],
)
def test_other_words_or_another_grade_are_a_teachers(result: Result) -> None:
    assert not arrived(result, RESTORED)
    assert overridden(result, RESTORED)
    assert looked_at(RESTORED, result).state is SendState.OVERRIDDEN


def test_what_was_taken_for_a_teachers_is_ours_again_once_we_would_send_the_same() -> None:
    taken = replace(RESTORED, state=SendState.OVERRIDDEN, found=GIVEN)
    assert looked_at(taken, there()).state is SendState.WAITING


@pytest.mark.parametrize(
    ("score", "told"),
    [(Fraction("79.996"), "has 79.99"), (Fraction(7), "has 7.00"), (None, "has none any more")],
)
def test_what_a_teacher_gave_is_never_told_as_more_than_it_is(score: Fraction | None, told: str) -> None:
    assert (looked_at(RESTORED, there(score, comment=None)).reason or "").endswith(told)


@pytest.mark.parametrize(
    ("total", "is_cut"),
    [("68.62", False), ("68.625", True), ("68.62999", True), ("68.63", False), ("68.6", False)],
)
def test_a_grade_is_a_total_that_was_cut_where_only_what_no_grade_has_is_missing(
    total: str, is_cut: bool
) -> None:
    status = GradeStatus(grade=RESTORED, passback=Passback.SCORE)
    assert status.is_cut_of(Fraction(total)) is is_cut


OF_WHENEVER = "暂定合格 · passed, provisionally · 81.07 / 100 (≥ 80)"


@pytest.mark.parametrize(
    ("score", "comment", "is_ours"),
    [
        ("81.07", OF_WHENEVER, True),
        ("81.0699997", OF_WHENEVER, True),
        ("81.07", "合格 · passed · 81.07 / 100 · 得分 points 56.74 / 70 (≥ 56)", True),
        ("81.08", OF_WHENEVER, False),
        ("81.07", f"Well done. {OF_WHENEVER}", False),
        ("81.07", "合格 · passed · 81.07 / 1000", False),
        ("81.07", "通过 · passed · 81.07 / 100 (≥ 80)", False),
        ("81.07", "", False),
        ("81.07", None, False),
    ],
)
def test_a_grade_beside_words_of_ours_about_it_is_ours_though_nothing_is_known_of_it(
    score: str, comment: str | None, is_ours: bool
) -> None:
    result = there(Fraction(score), comment)
    assert forgotten(result, RESTORED) is is_ours
    assert overridden(result, RESTORED) is not is_ours
    assert looked_at(RESTORED, result).state is (SendState.WAITING if is_ours else SendState.OVERRIDDEN)


def test_what_a_restored_backup_took_for_a_teachers_is_not_called_so_any_more() -> None:
    taken = replace(RESTORED, state=SendState.OVERRIDDEN, found=Fraction("81.07"), reason="x")
    seen = looked_at(taken, there(Fraction("81.07"), OF_WHENEVER))
    assert (seen.state, seen.found, seen.reason) == (SendState.WAITING, None, None)
