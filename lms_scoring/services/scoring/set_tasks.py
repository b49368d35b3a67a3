"""What a course is known to have set: homework and journals, with the dates that its platforms list."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from lms_scoring.domain.evidence import DueBasis
from lms_scoring.domain.outlook import KnownTask
from lms_scoring.ports import EvidenceOut
from lms_scoring.services.scoring.rules import CourseRules


def set_tasks(transaction: EvidenceOut, rules: CourseRules) -> Sequence[KnownTask]:
    """What is bound and not hidden, by the dates of everybody to whom no others were given; and without dates
    what is bound at a source that lists no activities."""
    listed = transaction.activities(rules.course)
    catalogued = {source for source, _ in listed}
    dated = [
        KnownTask(
            task=task,
            activity=one.id,
            source=source,
            opens_at=one.opens_at,
            due_at=one.due_at,
            basis=DueBasis.ASSIGNMENT,
        )
        for source, one in listed
        if one.visible and (task := rules.bindings.task_of(source, one.id)) is not None
    ]
    return [*dated, *_unlisted(rules, catalogued)]


def _unlisted(rules: CourseRules, catalogued: set[str]) -> Iterator[KnownTask]:
    for binding in rules.bindings.bindings:
        for activity in binding.activities if binding.source not in catalogued else ():
            task = rules.bindings.task_of(binding.source, activity)
            if task is not None:
                named = None if activity.endswith("*") else activity
                yield KnownTask(task=task, activity=named, source=binding.source)
