"""The rules a course is scored by, as adopted: its pinned scheme and what its activities count as."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from lms_scoring.domain.binding import Bindings
from lms_scoring.domain.doubts import DoubtRules
from lms_scoring.domain.losses import USUAL_LOSSES, LossRules
from lms_scoring.domain.proceedings.terms import DisputeTerms
from lms_scoring.domain.schedule import USUAL, Schedule, next_sync
from lms_scoring.domain.scheme import Scheme
from lms_scoring.domain.worked_example import Example
from lms_scoring.services.window_read import WindowReading

_ROSTER = "roster"
"""What a course file calls a file that says who learns."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CourseRules:
    """What a course is scored by."""

    course: str
    scheme: Scheme
    bindings: Bindings
    sources: frozenset[str]
    """What the course is read from now, by name."""
    source_kinds: Mapping[str, str] = field(default_factory=dict)
    """What the sources are that its course file names, in the file's words; not those that others add."""
    doubts: DoubtRules = field(default_factory=DoubtRules)
    """What in people's texts wants a look."""
    disputes: DisputeTerms = field(default_factory=DisputeTerms)
    """How long an answer to a contested point may take, and asking for a second one."""
    schedule: Schedule = USUAL
    losses: LossRules = USUAL_LOSSES
    """How much may vanish at once before somebody must confirm it."""
    settings: str | None = field(default=None, repr=False)
    """The course file's text that these rules come from; None: they are nobody's yet."""
    examples: tuple[Example, ...] = ()
    """The worked examples of the scheme's file."""

    @property
    def window_reading(self) -> WindowReading:
        """What tells whether all that the window holds was read."""
        return WindowReading(end=self.scheme.window.end, sources=self._telling)

    @property
    def _telling(self) -> frozenset[str]:
        """The sources without files that say no more than who learns."""
        return frozenset(name for name in self.sources if self.source_kinds.get(name) != _ROSTER)

    @property
    def zone(self) -> ZoneInfo:
        """The programme's own time zone, in which its days begin."""
        return ZoneInfo(self.scheme.window.zone)

    def is_read_by_itself(self, *, now: int) -> bool:
        """Whether by its schedule the course is read again, sooner or later."""
        return next_sync(self.schedule, self.scheme.window, last=None, whole=None, now=now) is not None
