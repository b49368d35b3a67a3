"""What a course's activities are called."""

from __future__ import annotations

from collections.abc import Mapping

from lms_scoring.ports import EvidenceOut


def titles_of(transaction: EvidenceOut, course: str) -> Mapping[tuple[str, str], str]:
    """By the activity's source and its id there."""
    return {(source, one.id): one.name for source, one in transaction.activities(course)}
