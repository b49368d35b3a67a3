"""Closing: what a card and its outlook say once the programme is closed, and nothing can become more of it.

Marks that were still owed can no longer come, so nobody waits: a card has passed or failed.
"""

from __future__ import annotations

from dataclasses import replace

from lms_scoring.domain.outlook import Goal, Outlook, Standing
from lms_scoring.domain.scorecard import CardState, CriterionResult, CriterionState, Scorecard


def closed(card: Scorecard, *, at: int) -> Scorecard:
    """The card of a programme that was closed at that instant."""
    return replace(
        card,
        could_become=card.total,
        state=CardState.PASS if card.passed else CardState.FAIL,
        valid_until=None,
        criteria=tuple(map(_final, card.criteria)),
        closed_at=at,
    )


def closed_outlook(outlook: Outlook, card: Scorecard) -> Outlook:
    """What such a card still needs: nothing that anybody could do, save decide about what is doubtful."""
    return replace(
        outlook,
        if_nothing_more=card.total,
        with_marking=card.total,
        at_best=card.total,
        standing=_standing(outlook, card),
        goals=tuple(map(_out_of_reach, outlook.goals)),
        ceilings=(),
        valid_until=None,
    )


def _final(result: CriterionResult) -> CriterionResult:
    return replace(result, could_become=result.points, state=CriterionState.FINAL)


def _standing(outlook: Outlook, card: Scorecard) -> Standing:
    if outlook.standing is Standing.TO_CHECK:
        return Standing.TO_CHECK
    return Standing.PASSED if card.passed else Standing.UNREACHABLE


def _out_of_reach(goal: Goal) -> Goal:
    return replace(goal, reachable=False, ways=())
