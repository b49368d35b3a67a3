"""Cases and disputes as lines of text, for what is no page: a printed record, and the terminal."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class StepLines:
    """One step: what was done, what was said, and who did it when, with the time that it set."""

    what: str
    words: str
    who: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ProceedingLines:
    """One case or dispute: its number and what it is about, how it stands, and all its steps."""

    heading: str
    state: str
    about: tuple[str, ...]
    steps: tuple[StepLines, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ProceedingList:
    """Those of one sort about a person."""

    title: str
    proceedings: tuple[ProceedingLines, ...]
