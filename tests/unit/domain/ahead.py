"""Looking ahead from records, and what an outlook says in few figures."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from lms_scoring.domain.dossier import dossiers
from lms_scoring.domain.evidence import Grade, Role
from lms_scoring.domain.outlook import Effort, Goal, KnownTask, Outlook, look_ahead
from lms_scoring.domain.outlook.doubts import Cases
from lms_scoring.domain.scheme import Scheme
from lms_scoring.domain.scoring import score
from tests.given import DAY, START, main_scheme

EARLY, MIDDLE = START + DAY, START + 20 * DAY
"""Before the homework's deadline, and after it."""
EXCELLENT, GOOD, PASS, FAIL = Grade.EXCELLENT, Grade.GOOD, Grade.PASS, Grade.FAIL


def outlook(
    records: Iterable[Any],
    as_of: int = MIDDLE,
    *,
    scheme: Scheme | None = None,
    role: Role = Role.LEARNER,
    tasks: tuple[KnownTask, ...] = (),
    cases: Cases = frozenset(),
    effort: Effort | None = None,
    marks_come: bool = True,
) -> Any:
    """The only one of that role."""
    rules = main_scheme() if scheme is None else scheme
    (dossier,) = (one for one in dossiers(records, as_of=as_of) if one.membership.role is role)
    card = score(rules, dossier)
    return look_ahead(rules, dossier, card, tasks=tasks, cases=cases, effort=effort, marks_come=marks_come)


def goal(found: Outlook) -> Any:
    assert found.to_pass is not None
    return found.to_pass


def ways(found: Outlook | Goal) -> list[list[tuple[Any, ...]]]:
    """Each way as kind, amount, points, and the grade where one is needed."""
    chosen = goal(found) if isinstance(found, Outlook) else found
    return [
        [(s.kind.value, s.amount, s.points, *([] if s.grade is None else [s.grade])) for s in way.steps]
        for way in chosen.ways
    ]


def totals(found: Outlook) -> tuple[Any, ...]:
    return (found.so_far, found.if_nothing_more, found.with_marking, found.at_best)


def ceilings(found: Outlook) -> dict[str, Any]:
    return {one.criterion: (one.why, one.at_best) for one in found.ceilings}
