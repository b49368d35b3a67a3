"""What becomes of a statement that cannot be used: it is set aside with its bytes and a reason."""

from __future__ import annotations

from dataclasses import dataclass

from lms_scoring.domain.errors import MalformedEvidence
from lms_scoring.domain.findable import findable
from lms_scoring.ports import Problem, ProblemKind


class UnusableStatement(MalformedEvidence):
    """One statement cannot be used; `code` is stable, `reason` a sentence without anything personal."""

    def __init__(self, code: str, reason: str) -> None:
        self.code = code
        self.reason = reason
        super().__init__(f"{code}: {reason}")

    def of(self, raw: bytes, *, index: int, id_: str) -> Refused:
        """The statement that is refused for this."""
        return Refused(index=index, id=id_, code=self.code, reason=self.reason, raw=raw)


def refuse_unfindable(text: str) -> None:
    """No database keeps the character NUL in a text, or finds one again that is as long as a page; and no
    name is like that. Raises UnusableStatement."""
    if "\x00" in text:
        raise UnusableStatement("nul_character", "it has the character NUL in its actor, object or id")
    if not findable(text):
        raise UnusableStatement("name_too_long", "its actor, object or id is longer than any name is")


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """A statement set aside: its id where it has one, why, and its bytes. `index` counts within its page."""

    index: int
    id: str
    code: str
    reason: str
    raw: bytes

    def problem(self, place: str) -> Problem:
        """As a sync reports it; `place` says where the statement was read."""
        return Problem(
            kind=ProblemKind.REFUSED,
            code=self.code,
            text=f"{place}: {self.reason}. The statement was set aside, the others were read; "
            "repair it where it comes from.",
            subject=self.id or place,
            raw=self.raw,
            record=self.id.lower(),
        )
