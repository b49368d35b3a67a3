"""Outgoing: which grade a learner's card makes in the platform's gradebook, and what holds it back. Pure.

A grade is cut to two decimals, never rounded up: a score just under the pass mark must not arrive as the
pass mark. Its timestamp is that of the scoring, in whole seconds, and always later than the one before.
"""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from lms_scoring.domain.figures import cut, plain
from lms_scoring.domain.gradebook import MAXIMUM
from lms_scoring.domain.instants import SECOND
from lms_scoring.domain.outlook import Standing, ToldState, told_state
from lms_scoring.domain.scorecard import Scorecard
from lms_scoring.ports import Hold, OutgoingGrade, Passback, SendState
from lms_scoring.words import in_both

_BOTH = (Fraction(0), Fraction(MAXIMUM))
"""The grades that verdicts make."""
TO_BE_READ = f"{in_both(ToldState.TO_BE_READ)} "
"""How the words begin beside a grade of whom more may still be read."""


def outgoing(
    course: str,
    card: Scorecard,
    passback: Passback,
    before: OutgoingGrade | None,
    *,
    told: ToldState,
    hold: Hold | None,
    scored_at: int,
) -> OutgoingGrade | None:
    """What is kept of the grade from now on; None: nothing.

    `told` is the card's result as pages tell it, `hold` what may hold a verdict back, `scored_at` in ms. What
    is held back is made of the card as well: so it is what would go out.
    """
    if passback is Passback.SCORE:
        hold = None
    if hold is Hold.NO_VERDICT:
        return kept_back(before, hold)
    given = given_of(card, passback)
    made = OutgoingGrade(
        course=course,
        person=card.person,
        given=given,
        comment=comment_of(card, passback, told),
        at=scored_at // SECOND,
        held=hold,
    )
    if before is None:
        return made
    stands = hold is not None and before.sent == given  # its words follow once it is final
    if before.given == given and (stands or before.comment == made.comment):
        return held_by(hold, tried_again_if_back(before, hold))
    overridden = before.state is SendState.OVERRIDDEN
    again = replace(
        before,
        given=given,
        comment=made.comment,
        at=max(made.at, before.at + 1),
        state=SendState.OVERRIDDEN if overridden else SendState.WAITING,
        tries=0,
        try_at=0,
        reason=before.reason if overridden else None,
    )
    return held_by(hold, again)


def hold_of(
    card: Scorecard,
    standing: Standing | None,
    *,
    disputed: bool,
    unread: bool = False,
    to_look_at: bool = False,
) -> Hold | None:
    """What holds the card's verdict back; `standing` is the chip that was kept with it. `unread`: something
    of the window may still be told by the next reading, so that who has not passed may have. `to_look_at`:
    the next look for doubts may open a case on which it hangs. Of a closed programme nothing more is read or
    looked at.
    """
    told = told_state(card.state, standing)
    if told.is_provisional:
        return Hold.TO_CHECK
    if not told.is_final:
        return Hold.NO_VERDICT
    if card.closed_at is None and unread and not card.passed:
        return Hold.UNREAD
    if card.closed_at is None and to_look_at:
        return Hold.NOT_LOOKED_AT
    return Hold.DISPUTED if disputed else None


def kept_back(before: OutgoingGrade | None, hold: Hold) -> OutgoingGrade | None:
    """The same where there is nothing to send: what was ever on its way is kept, for it may stand there."""
    if before is None or (before.state is SendState.WAITING and before.tried is None):
        return None
    return held_by(hold, before)


def tried_again_if_back(grade: OutgoingGrade, hold: Hold | None) -> OutgoingGrade:
    """The grade; one that was refused to somebody who had left waits once more when they are back."""
    if grade.state is SendState.REFUSED and grade.held is Hold.WITHDRAWN is not hold:
        return replace(grade, state=SendState.WAITING, tries=0, try_at=0, reason=None)
    return grade


def held_by(hold: Hold | None, grade: OutgoingGrade) -> OutgoingGrade:
    """The grade, which was held back or not until now, with what holds it back from now on.

    A dispute does not keep up a verdict that stands there and contradicts the card: one may raise disputes
    without end, and so would keep what was taken away. And whoever wanted it written over a teacher's grade
    wanted that to happen then: once it was held back it goes out as any other, until somebody asks again.
    """
    stands = grade.sent in _BOTH and grade.sent != grade.given
    held = None if hold is Hold.DISPUTED and stands else hold
    return replace(grade, held=held, forced=grade.forced and grade.held is None and held is None)


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
    grade = _in_words(told, given_of(card, passback))
    if passback is Passback.SCORE and card.out_of == MAXIMUM:
        return f"{grade} (≥ {plain(card.pass_mark)})"
    return f"{grade} · 得分 points {cut(card.total)} / {plain(card.out_of)} (≥ {plain(card.pass_mark)})"


def speaks_of(comment: str | None, given: Fraction) -> bool:
    """Whether words are ours, of whenever, about that grade of `MAXIMUM` as far as a gradebook can tell."""
    near = Fraction(round(given * 100), 100)
    return comment is not None and f"{comment} ".startswith(
        tuple(f"{_in_words(told, near)} " for told in ToldState)
    )


def _in_words(told: ToldState, given: Fraction) -> str:
    return f"{in_both(told)} · {cut(given)} / {MAXIMUM}"
