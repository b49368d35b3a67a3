"""What a pull of a Moodle can fail to do, as problems with a stable code: what, where, what to do next."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from adapters.moodle.capabilities import what_to_do
from adapters.moodle.functions import Function
from adapters.moodle.payloads.courses import Warned
from adapters.moodle.payloads.rows import RowNumbers, numbers_of
from lms_scoring.domain.errors import PlatformError
from lms_scoring.ports import Problem, ProblemKind

_NOTHING_FOUND = "3"
"""Of assignments: "No submissions found", "No grades found", "No user flags found". Nothing is lost."""


def lost(code: str, text: str, *, subject: str = "") -> Problem:
    """Evidence is or may be there and was not read."""
    return Problem(kind=ProblemKind.LOST, code=code, text=text, subject=subject)


def unknown(code: str, text: str, *, subject: str = "") -> Problem:
    """Something is there that nobody can read."""
    return Problem(kind=ProblemKind.UNKNOWN, code=code, text=text, subject=subject)


def notice(code: str, text: str, *, subject: str = "") -> Problem:
    """Nothing is lost, but it is worth a look."""
    return Problem(kind=ProblemKind.NOTICE, code=code, text=text, subject=subject)


def refused(what: str, error: PlatformError, *, subject: str) -> Problem:
    """A call whose answer is needed was refused or cannot be understood."""
    text = f"{what} could not be read: {error.call}: {error.reason}. {what_to_do(error.call)}"
    return lost("call_refused", text, subject=subject)


Named = Callable[[RowNumbers], str | None]
"""The id of the record that a row would have become; None: it does not tell enough."""


def by_id(kind: str) -> Named:
    """Rows whose records are called after their own number."""
    return lambda row: None if row.id is None else f"{kind}-{row.id}"


def by_attempt(assignment: int) -> Named:
    """Rows of an assignment: one attempt of one person each."""

    def named(row: RowNumbers) -> str | None:
        if row.userid is None or row.attemptnumber is None:
            return None
        return f"assign-{assignment}-{row.userid}-{row.attemptnumber}"

    return named


def bad_rows(what: str, rows: Iterable[bytes], *, subject: str, named: Named) -> list[Problem]:
    """Rows that have not the shape we know, each set aside as it came."""
    text = f"A row of {what} has not the shape that is known and was set aside; the other rows were read"
    return [
        Problem(
            kind=ProblemKind.REFUSED,
            code="row_unreadable",
            text=text,
            subject=subject,
            raw=row,
            place=subject,
            record=named(numbers_of(row)) or "",
        )
        for row in rows
    ]


def data_loss(what: str, warnings: Sequence[Warned], *, subject: str, function: Function) -> list[Problem]:
    """Moodle answers with a warning and without the data; nearly every warning means that."""
    codes = sorted({each.warningcode for each in warnings if not _harmless(each)})
    if not codes:
        return []
    warned = f"Moodle warned ({', '.join(codes)}) instead of giving {what}, so it is missing"
    text = f"{warned}. {what_to_do(function)}"
    return [lost("warning", text, subject=subject)]


def _harmless(warning: Warned) -> bool:
    if warning.warningcode == "missingcallback":
        return True
    return warning.warningcode == _NOTHING_FOUND and warning.item in ("assignment", "module")
