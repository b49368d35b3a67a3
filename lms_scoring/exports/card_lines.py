"""Scorecards as the objects and rows that commands, exports and the API hand out."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from lms_scoring.domain.figures import rounded
from lms_scoring.domain.scorecard import Scorecard


def card_object(card: Scorecard) -> dict[str, Any]:
    """The object that `score` writes a membership: numbers as texts with two decimals, half up.

    `passed` comes from the exact value, so a shown 80.00 may still not have passed.
    """
    return {
        "person": card.person,
        "role": card.role.value,
        "class": card.class_,
        "score": rounded(card.total),
        "passed": card.passed,
        "state": card.state.value,
        "band": card.band,
        "scheme": card.scheme,
        "criteria": {
            result.id: {
                "points": rounded(result.points),
                "max": rounded(result.max),
                "state": result.state.value,
            }
            for result in card.criteria
        },
    }


def card_row(card: Scorecard) -> dict[str, str]:
    """The same as one flat row, for CSV and tables."""
    shown = card_object(card)
    row = {
        name: "" if shown[name] is None else str(shown[name])
        for name in ("person", "role", "class", "score", "state", "band")
    }
    row["passed"] = "true" if card.passed else "false"
    for result in card.criteria:
        row[result.id] = rounded(result.points)
        row[f"{result.id}_state"] = result.state.value
    return row


def card_columns(cards: Iterable[Scorecard]) -> list[str]:
    """The columns of these cards' rows; learners' criteria and tutors' stand side by side."""
    return list(dict.fromkeys(column for card in cards for column in card_row(card)))
