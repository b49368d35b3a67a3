"""Scorecards as the objects and rows that commands, exports and the API hand out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from lms_scoring.domain.figures import rounded
from lms_scoring.domain.instants import iso
from lms_scoring.domain.outlook import ToldState
from lms_scoring.domain.scorecard import CriterionResult, Scorecard

_ABOUT = (
    *("person", "name", "role", "class", "status", "score", "state", "provisional", "band", "as_of"),
    *("to_be_read", "closed_at"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class CardLine:
    """A card as a line of a file; `name` and `status` (`active`, `withdrawn`) where they are known here.

    `at` is the card's `as_of` in the course's zone, where a file tells it; `told` the result as it is told,
    where it is known what is open about the card.
    """

    card: Scorecard
    name: str | None = None
    status: str | None = None
    at: datetime | None = None
    told: ToldState | None = None

    @property
    def provisional(self) -> bool | None:
        """Whether something is still open that the result hangs on; None where that is not known."""
        return None if self.told is None else self.told.is_provisional

    @property
    def to_be_read(self) -> bool | None:
        """Whether it can change by what was done as the window ended; None where that is not known."""
        return None if self.told is None else self.told is ToldState.TO_BE_READ


def card_object(card: Scorecard) -> dict[str, Any]:
    """The object that `score` writes a membership: numbers as texts with two decimals, half up.

    `passed` comes from the exact value, so a shown 80.00 may still not have passed. Of a criterion,
    `unknown` is how many records could not be read; it is there only where there are any. `closed_at` is
    there only once the programme is closed.
    """
    closed = {} if card.closed_at is None else {"closed_at": iso(card.closed_at)}
    return {
        "person": card.person,
        "role": card.role.value,
        "class": card.class_,
        "score": rounded(card.total),
        "passed": card.passed,
        "state": card.state.value,
        "band": card.band,
        "scheme": card.scheme,
        **closed,
        "criteria": {result.id: _criterion_object(result) for result in card.criteria},
    }


def card_row(line: CardLine) -> dict[str, str]:
    """The same as one flat row, for CSV and tables; what could not be read is counted, be it nothing."""
    as_of = None if line.at is None else line.at.isoformat(timespec="seconds")
    told = {
        "name": line.name,
        "status": line.status,
        "as_of": as_of,
        "provisional": _flag(line.provisional),
        "to_be_read": _flag(line.to_be_read),
    }
    shown = card_object(line.card) | {column: text for column, text in told.items() if text is not None}
    row = {column: "" if shown[column] is None else shown[column] for column in _ABOUT if column in shown}
    row["passed"] = "true" if line.card.passed else "false"
    for result in line.card.criteria:
        row[result.id] = rounded(result.points)
        row[f"{result.id}_state"] = result.state.value
        row[_unknown(result.id)] = str(result.unknowns)
    return row


def card_columns(lines: Sequence[CardLine]) -> list[str]:
    """The columns of these lines' rows; learners' criteria and tutors' stand side by side.

    A criterion's column of unknowns is there only if one of the cards has some.
    """
    results = [result for line in lines for result in line.card.criteria]
    unread = {_unknown(result.id) for result in results if result.unknowns > 0}
    readable = {_unknown(result.id) for result in results} - unread
    columns = dict.fromkeys(column for line in lines for column in card_row(line))
    return [column for column in columns if column not in readable]


def _flag(known: bool | None) -> str | None:
    return None if known is None else str(known).lower()


def _criterion_object(result: CriterionResult) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "points": rounded(result.points),
        "max": rounded(result.max),
        "state": result.state.value,
    }
    if result.unknowns > 0:
        shown["unknown"] = result.unknowns
    return shown


def _unknown(criterion: str) -> str:
    return f"{criterion}_unknown"
