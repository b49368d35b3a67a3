"""What the work that goes on by itself needs, put together once a process."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from lms_scoring.domain.retention import Ages
from lms_scoring.ports import Clock, Locks, Sources, Store, Tell
from lms_scoring.services.gradebook.sending import Gradebooks, Jitter
from lms_scoring.services.scoring.rules import CourseRules


@dataclass(frozen=True, slots=True, kw_only=True)
class Workshop:
    """`courses` are read when they are asked for; `tell` None: nobody wants to be told of what fails."""

    store: Store
    clock: Clock
    locks: Locks
    courses: Mapping[str, CourseRules]
    sources: Sources
    gradebooks: Gradebooks
    jitter: Jitter
    tell: Tell | None = None
    ages: Ages = field(default_factory=Ages)
    """After what time things go that are kept for a while only."""
