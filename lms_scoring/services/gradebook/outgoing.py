"""Outgoing: which grade a learner's card makes in the platform's gradebook. Pure.

A grade is cut to two decimals, never rounded up: a score just under the pass mark must not arrive as the
pass mark. Its timestamp is that of the scoring, in whole seconds, and always later than the one before.
"""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from lms_scoring.domain.figures import cut, plain
from lms_scoring.domain.gradebook import MAXIMUM
from lms_scoring.domain.instants import SECOND
from lms_scoring.domain.outlook import ToldState
from lms_scoring.domain.scorecard import Scorecard
from lms_scoring.ports import OutgoingGrade, Passback, SendState

_VERDICTS = {
    ToldState.PASS: ("合格", "passed"),
    ToldState.PASS_PROVISIONALLY: ("暂定合格", "passed, provisionally"),
    ToldState.FAIL: ("不合格", "not passed"),
    ToldState.FAIL_PROVISIONALLY: ("暂定不合格", "not passed, provisionally"),
    ToldState.PENDING: ("待批改", "waiting for marking"),
    ToldState.IN_PROGRESS: ("进行中", "in progress"),
}


def outgoing(
    course: str,
    card: Scorecard,
    passback: Passback,
    before: OutgoingGrade | None,
    *,
    told: ToldState,
    scored_at: int,
) -> OutgoingGrade | None:
    """What should stand in the gradebook now; None where nothing new is to be sent.

    `told` is the card's result as pages tell it, `scored_at` in ms. A verdict goes out once no mark, case or
    dispute that somebody waits for can change it.
    """
    if not makes_grade(told, passback):
        return None
    given = given_of(card, passback)
    comment = comment_of(card, passback, told)
    if before is not None and (before.given, before.comment) == (given, comment):
        return None
    at = scored_at // SECOND
    if before is None:
        return OutgoingGrade(course=course, person=card.person, given=given, comment=comment, at=at)
    return replace(
        before,
        given=given,
        comment=comment,
        at=max(at, before.at + 1),
        state=SendState.OVERRIDDEN if before.state is SendState.OVERRIDDEN else SendState.WAITING,
        tries=0,
        try_at=0,
        reason=before.reason if before.state is SendState.OVERRIDDEN else None,
    )


def makes_grade(told: ToldState, passback: Passback) -> bool:
    """Whether a card of that result makes a grade: points always do, a verdict once it is final."""
    return passback is Passback.SCORE or told.is_final


def given_of(card: Scorecard, passback: Passback) -> Fraction:
    """The grade of `MAXIMUM`, cut to hundredths."""
    if passback is Passback.VERDICT:
        return Fraction(MAXIMUM if card.passed else 0)
    hundredths = card.total * MAXIMUM * 100 / card.out_of
    return Fraction(hundredths.numerator // hundredths.denominator, 100)


def comment_of(card: Scorecard, passback: Passback, told: ToldState) -> str:
    """The verdict with the grade that is sent, in both languages: a gradebook knows nothing of its readers'.

    Every number is cut as the grade is: another one in the same cell would contradict it. Points follow where
    the grade is not the points themselves.
    """
    chinese, english = _VERDICTS[told]
    grade = f"{chinese} · {english} · {cut(given_of(card, passback))} / {MAXIMUM}"
    if passback is Passback.SCORE and card.out_of == MAXIMUM:
        return f"{grade} (≥ {plain(card.pass_mark)})"
    return f"{grade} · 得分 points {cut(card.total)} / {plain(card.out_of)} (≥ {plain(card.pass_mark)})"
