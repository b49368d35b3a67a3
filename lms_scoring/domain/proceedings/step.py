"""Steps of proceedings, and why one cannot be taken."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from lms_scoring.domain.doubts.doubt import Ground

LONGEST_WORDS = 2_000
"""Characters of what somebody says in a step, and of every reason: what is said of a case is a decision's."""


class StepKind(StrEnum):
    """What was done: by a rule where nobody is named, else by a person."""

    OPENED = "opened"
    """A rule doubts a text."""
    CHANGED = "changed"
    """The rule doubts it for other reasons, or another text of it."""
    VANISHED = "vanished"
    """What was doubted is no longer there at its source."""
    RETURNED = "returned"
    """It is there again."""
    DECIDED = "decided"
    """Somebody decided about the case."""
    OBJECTED = "objected"
    """Whom it is about objected."""
    SETTLED = "settled"
    """A second person decided for good."""
    RAISED = "raised"
    """Somebody contests a point of the own card."""
    ANSWERED = "answered"
    """Somebody answered."""
    ASKED_AGAIN = "asked_again"
    """Who contests wants a second opinion."""
    ANSWERED_AGAIN = "answered_again"
    """A second person answered for good."""
    WITHDRAWN = "withdrawn"
    """Who contested lets it be."""


class Outcome(StrEnum):
    """What was decided: of a case whether the record counts, of a dispute whether something was changed."""

    DISMISSED = "dismissed"
    """The doubt is none: the record counts."""
    VOIDED = "voided"
    """The record does not count."""
    KEPT = "kept"
    """Nothing is changed."""
    CHANGED = "changed"
    """Something was changed, by a decision or at its source."""


class Refusal(StrEnum):
    """Why a step cannot be taken."""

    NOT_NOW = "not_now"
    """It has been taken by somebody, or others must be taken first."""
    OWN = "own"
    """Nobody decides about the own record."""
    NOT_CONCERNED = "not_concerned"
    """Only whom it is about takes this step."""
    SAME_PERSON = "same_person"
    """A second opinion is another person's."""
    COUNTS = "counts"
    """The voiding was undone otherwise: there is nothing to object to."""
    TOO_LATE = "too_late"
    """The days for it are over."""
    NO_WORDS = "no_words"
    """Something must be said."""
    TOO_MANY_WORDS = "too_many_words"
    """It is longer than what is kept."""
    NOT_DECIDED = "not_decided"
    """An answer says that something was changed, and nothing was."""
    ALREADY = "already"
    """There is one about the same thing, and it is not over."""
    TOO_MANY = "too_many"
    """As many about the same card wait as may wait at once."""
    WITHDRAWN_TWICE = "withdrawn_twice"
    """Who contests has let it be, contested the same again, and let it be again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step. `by` is a person's id or `operator:NAME`, None where a rule took it.

    `until` is the instant from which on the step that may follow is too late, or overdue. `grounds` and
    `digest` are those of the text that a rule doubts. `decided` is the number of the last decision about who
    contests that had been made by then (0: none): times of a clock that jumped do not tell which came later.
    """

    kind: StepKind
    at: int
    by: str | None = None
    words: str = ""
    outcome: Outcome | None = None
    until: int | None = None
    grounds: tuple[Ground, ...] = ()
    digest: bytes = b""
    decided: int | None = None
