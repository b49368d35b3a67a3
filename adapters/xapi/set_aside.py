"""Statements that were set aside, read again by the reader of today: each text says all there is."""

from __future__ import annotations

from dataclasses import replace

from adapters.xapi.authorities import ANYBODY, Believed
from adapters.xapi.evidence import StatementReader
from adapters.xapi.pages import read_lines
from adapters.xapi.source import batch_of
from lms_scoring.ports import Batch, Problem, ProblemKind


class StatementTexts:
    """Reads one statement at a time, without asking anybody; whoever is `believed` as by a sync."""

    def __init__(self, believed: Believed = ANYBODY) -> None:
        self._reader = StatementReader(believed)

    def read(self, text: bytes) -> Batch:
        """What the statement says, or that it is refused again."""
        evidence = self._reader.read(read_lines([text]))
        batch = batch_of(evidence, lambda _: "read again", done=1)
        if evidence.unbelieved:
            return replace(batch, problems=(_UNBELIEVED,))
        return batch


_UNBELIEVED = Problem(
    kind=ProblemKind.REFUSED,
    code="authority_not_named",
    text="read again: nobody vouches for it whom the settings name; name its authority there, or drop it",
)
