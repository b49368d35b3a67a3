"""The result sheet of a class: what hangs on a notice board until nobody objects (公示)."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from lms_scoring.exports.pdf.typesetting import Typesetter


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetRow:
    """One learner. `aside` tells namesakes apart and is empty for everybody else."""

    number: str
    name: str
    aside: str
    points: tuple[str, ...]
    total: str
    result: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassSheet:
    """One class, beginning on a page of its own."""

    heading: str
    facts: tuple[str, ...]
    rows: tuple[SheetRow, ...]
    summary: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultSheet:
    """All that is printed, in the words of one language. `columns` head the points, total and result."""

    language: str
    title: str
    number: str
    name: str
    columns: tuple[str, ...]
    classes: tuple[ClassSheet, ...]
    remarks: tuple[str, ...]
    signatures: tuple[str, ...]
    footer: str
    page: str
    """How a page is numbered: `{page}` and `{pages}` stand for the numbers."""


def result_sheet_pdf(
    sheet: ResultSheet,
    typesetter: Typesetter,
    *,
    at: datetime,
    who: str | None = None,
    missing: Collection[str] = (),
) -> bytes:
    """The sheet as a PDF, as `Typesetter.pdf` makes it. Raises UnprintableText where a name has a character
    that no font has."""
    return typesetter.pdf("result_sheet", sheet, at=at, who=who, missing=missing)


def namesakes(names: Sequence[str]) -> frozenset[str]:
    """The names that stand there more than once."""
    return frozenset(name for name in names if names.count(name) > 1)
