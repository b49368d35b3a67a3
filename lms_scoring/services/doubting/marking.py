"""Marking: hand-ins get the marks by which their likes are found, some at a time."""

from __future__ import annotations

from lms_scoring.domain.doubts.likeness import own_passages
from lms_scoring.domain.doubts.marks import marks_of
from lms_scoring.ports import Store

_AT_ONCE = 50
"""Hand-ins that get their marks in one transaction."""


def mark_some(course: str, store: Store) -> bool:
    """False where none was left. What changed while its marks were made has the next ones made."""
    with store.reading() as view:
        tasks = view.task_texts(course)
        texts = view.unmarked_texts(course, limit=_AT_ONCE)
    if not texts:
        return False
    marks = {
        text: marks_of(own_passages(text.text, task=tasks.get((text.source, text.activity), "")))
        for text in texts
    }
    with store.writing() as transaction:
        if transaction.task_texts(course) == tasks:
            still = [one for one in transaction.unmarked_texts(course, limit=_AT_ONCE) if one in marks]
            transaction.keep_text_marks({text.number: marks[text] for text in still})
    return True
