"""What cases and disputes have in common: whose they are, their steps, and a check before each."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, replace
from typing import Self

from lms_scoring.domain.errors import StepRefused
from lms_scoring.domain.proceedings.step import LONGEST_WORDS, Refusal, Step, StepKind
from lms_scoring.domain.texts import cleaned


@dataclass(frozen=True, slots=True, kw_only=True)
class Proceeding(ABC):
    """Something of a person that others look at, step by step; `number` is its own in the course."""

    number: int
    person: str
    steps: tuple[Step, ...]

    @abstractmethod
    def refusal(self, kind: StepKind, by: str, at: int) -> Refusal | None:
        """Why that person cannot take that step then; None: it can be taken."""

    def step(self, kind: StepKind) -> Step | None:
        """The step of that kind, where there is one at most."""
        return next((step for step in self.steps if step.kind is kind), None)

    def _check(self, kind: StepKind, by: str, at: int) -> None:
        refusal = self.refusal(kind, by, at)
        if refusal is not None:
            raise StepRefused(refusal.value)

    def _with(self, step: Step) -> Self:
        """Steps are in the order of time even where a clock was set back."""
        at = max(step.at, self.steps[-1].at)
        return replace(self, steps=(*self.steps, replace(step, at=at)))


def said(words: str) -> str:
    """What somebody says in a step. Raises StepRefused where it is nothing, or too much."""
    plain = plainly(words)
    if not plain:
        raise StepRefused(Refusal.NO_WORDS.value)
    if len(plain) > LONGEST_WORDS:
        raise StepRefused(Refusal.TOO_MANY_WORDS.value)
    return plain


def plainly(words: str) -> str:
    """The words as they are counted and kept; forms send two characters for the end of a line."""
    return cleaned(words.replace("\r\n", "\n"))
