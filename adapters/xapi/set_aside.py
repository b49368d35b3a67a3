"""Statements that were set aside, read again by the reader of today: each text says all there is."""

from __future__ import annotations

from adapters.xapi.evidence import StatementReader
from adapters.xapi.pages import read_lines
from adapters.xapi.source import batch_of
from lms_scoring.ports import Batch


class StatementTexts:
    """Reads one statement at a time, without asking anybody."""

    def __init__(self) -> None:
        self._reader = StatementReader()

    def read(self, text: bytes) -> Batch:
        """What the statement says, or that it is refused again."""
        return batch_of(self._reader.read(read_lines([text])), lambda _: "read again", done=1)
