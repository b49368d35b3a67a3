"""What a sync could not do: how bad it is, what it is about, and when it was met."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum


class ProblemKind(StrEnum):
    """What a sync could not do, and how bad that is."""

    LOST = "lost"
    """Evidence exists or should, and was not read: the sync's exit status is 1."""
    UNKNOWN = "unknown"
    """Something is there that nobody can read; shown on the card, never taken for nothing."""
    REFUSED = "refused"
    """A record that cannot be used was set aside; the rest was kept."""
    NOTICE = "notice"
    """Worth a person's look; nothing is lost."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One thing a sync could not do: where, why (a stable code and a sentence), and what to do next.

    `subject` names the record, account or activity by id, never by a person's name or address. `person` and
    `activity` are the ids of whom and what it is about, where whoever met it knows that and the subject's own
    record or activity may not be here to tell. Of a record that was set aside, `raw` is its text as it came,
    which goes into quarantine and is told nowhere else; `place` where its source has it, where that is the
    same in every sync; `record` the id that it would be kept by, as far as its text tells.
    """

    kind: ProblemKind
    code: str
    text: str
    subject: str = ""
    person: str = ""
    activity: str = ""
    raw: bytes | None = field(default=None, repr=False)
    place: str = ""
    record: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptProblem:
    """A problem with the run that met it."""

    run: int
    source: str
    at: int
    problem: Problem


@dataclass(frozen=True, slots=True, kw_only=True)
class MetProblem:
    """A problem since the last full pull of its source, in the latest wording; however often it was met.

    `run` is the latest run that met it, and `times` how often that one did.
    """

    source: str
    run: int
    times: int
    first_at: int
    last_at: int
    problem: Problem
