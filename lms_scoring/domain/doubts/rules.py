"""The settings by which texts are doubted; a course file names what is other than here."""

from __future__ import annotations

import hashlib
from dataclasses import asdict, dataclass, field
from fractions import Fraction

from lms_scoring.domain.canonical import canonical
from lms_scoring.domain.evidence import Task

LEAST_SHARE = Fraction(3, 10)
"""Works that share less are no longer surely found (`marks.py`)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Flooding:
    """When a post is doubted."""

    shortest: int = 10
    """Letters and digits that a post should have; 0: any will do."""
    repeats: bool = True
    """Whether the same text posted again by the same author is doubted."""
    burst_posts: int = 3
    """From the how many-th post within `burst_seconds` on each is doubted; 0: never."""
    burst_seconds: int = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Likeness:
    """When a work is doubted."""

    tasks: frozenset[Task] = frozenset(Task)
    """Whose hand-ins are compared; none: never."""
    share: Fraction = Fraction(1, 2)
    """So much of the passages of both must be in both."""
    shortest: int = 100
    """Letters and digits, the task's own words left out, from which on a work is compared."""
    other_courses: bool = True
    """Whether works of other courses of the institution are compared with, too."""
    own_works: bool = False
    """Whether works of the same author in other courses are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DoubtRules:
    """All of them, and how long somebody may object to what was decided, in calendar days."""

    flooding: Flooding = field(default_factory=Flooding)
    likeness: Likeness = field(default_factory=Likeness)
    objection_days: int = 7

    @property
    def fingerprint(self) -> str:
        """Changes with whatever can change what is doubted."""
        likeness = {**asdict(self.likeness), "share": str(self.likeness.share)}
        likeness["tasks"] = sorted(task.value for task in self.likeness.tasks)
        told = {"flooding": asdict(self.flooding), "likeness": likeness}
        return hashlib.sha256(canonical(told)).hexdigest()
