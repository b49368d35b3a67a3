"""Chances: what time, and which deadlines, somebody still has to do more."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from lms_scoring.domain.dossier import Dossier
from lms_scoring.domain.evidence import (
    SUREST_FIRST,
    DueBasis,
    Submission,
    SubmissionState,
    Task,
)
from lms_scoring.domain.instants import SECOND
from lms_scoring.domain.intervals import Span
from lms_scoring.domain.rules.deeds import Why
from lms_scoring.domain.rules.handed_in import Late


class Pace(StrEnum):
    """How the time that is left limits study: nobody lives more than a minute a minute."""

    UNWATCHED = "unwatched"
    """A moment counts once, so only moments in which nothing is known to be watched."""
    DOUBLE_SPEED = "double_speed"
    """Content counts, and players show it at up to twice its own speed (`watch_time.FASTEST_RATE`)."""
    PLAIN = "plain"
    """Totals count: a minute of them takes a minute."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownTask:
    """A homework or journal that is known to be set, with the dates that hold for the person (None: none).

    `basis` says whose they are, where the person's own are not known. `source` is whose activity it is: two
    may use the same id.
    """

    task: Task
    activity: str | None
    source: str | None = None
    opens_at: int | None = None
    due_at: int | None = None
    basis: DueBasis = DueBasis.OWN


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """Where more can be done: from when (None: now), until when (the last instant), or only late. `basis`:
    whose dates say so (None: no date does)."""

    deadline: int
    opens_at: int | None = None
    activity: str | None = None
    source: str | None = None
    again: bool = False
    late: bool = False
    basis: DueBasis | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Chances:
    """What can still be done from the dossier's instant on.

    `at_end` is the same dossier when the window is over. `tasks` are what the course is known to have
    set; of an activity that the person's own records speak of, those records are believed alone.
    """

    dossier: Dossier
    at_end: Dossier
    window: Span
    tasks: tuple[KnownTask, ...] = ()

    @property
    def begin(self) -> int:
        """The first instant at which more can count."""
        return max(self.dossier.as_of, self.window.start)

    @property
    def is_active(self) -> bool:
        """Whether the person still belongs to the class."""
        return self.dossier.membership.is_active

    @property
    def is_open(self) -> bool:
        """Whether anything new of the person's own can count."""
        return self.is_active and self.begin < self.window.end

    @property
    def class_may_hand_in(self) -> bool:
        """Whether a tutor's learners may still hand in something to mark."""
        return self.begin < self.window.end and bool(self.dossier.active)

    @property
    def others_may_hand_in(self) -> bool:
        """Whether any of them besides the tutor may, who has nothing to recommend in the own work."""
        others = self.dossier.active - {self.dossier.membership.person}
        return self.class_may_hand_in and bool(others)

    @property
    def closed(self) -> Why:
        """Why nothing new can count, where it cannot."""
        return Why.WINDOW_CLOSED if self.is_active else Why.WITHDRAWN

    @property
    def anywhere(self) -> Opening:
        """For what has no dates of its own: the rest of the window."""
        return Opening(deadline=self.window.end - 1, opens_at=self._if_to_come(self.window.start))

    def time_left(self, pace: Pace) -> int:
        """The milliseconds of study that still fit in."""
        if not self.is_open:
            return 0
        if pace is Pace.UNWATCHED:
            return self.window.end - self._unwatched_from
        return (self.window.end - self.begin) * (2 if pace is Pace.DOUBLE_SPEED else 1)

    def last_start(self, amount: int, pace: Pace) -> int:
        """The last instant from which so many milliseconds (no more than are left) still fit in."""
        return self.window.end - (-(-amount // 2) if pace is Pace.DOUBLE_SPEED else amount)

    def openings(self, task: Task, late: Late) -> Sequence[Opening]:
        """Where to hand in next, each activity once: in time before late, something new before something
        again, the latest deadline first."""
        if not self.is_open:
            return ()
        found = (self._opening(known, late) for known in self._known(task))
        ordered = sorted(
            (one for one in found if one is not None),
            key=lambda one: (not one.late, not one.again, one.deadline, one.activity or ""),
            reverse=True,
        )
        each: dict[tuple[str | None, str | None], Opening] = {}
        for one in ordered:
            each.setdefault((one.source, one.activity), one)
        return tuple(each.values())

    def passed_by(self, task: Task) -> DueBasis | None:
        """Whose the deadlines are that have passed, by the least sure of them; None: none has."""
        passed = (
            known.basis
            for known in self._known(task)
            if known.due_at is not None and self.begin >= _too_late(known.due_at)
        )
        return max(passed, key=SUREST_FIRST.index, default=None)

    def edges(self, task: Task) -> tuple[int, ...]:
        """The instants at which an activity opens, or from which a hand-in is late."""
        opens = (known.opens_at for known in self._known(task) if known.opens_at is not None)
        late = (_too_late(known.due_at) for known in self._known(task) if known.due_at is not None)
        return (*opens, *late)

    def _opening(self, known: KnownTask, late: Late) -> Opening | None:
        """Where the task takes another hand-in, if it does. `Late.ACCEPT`: its deadline does not matter."""
        begin = self.begin if known.opens_at is None else max(self.begin, known.opens_at)
        if begin >= self.window.end:
            return None
        deadline, is_late = self.window.end - 1, False
        if known.due_at is not None and late is not Late.ACCEPT:
            is_late = begin >= _too_late(known.due_at)
            deadline = deadline if is_late else min(deadline, known.due_at)
        if is_late and late is Late.REJECT:
            return None
        opens_at = self._if_to_come(begin)
        told = is_late or deadline == known.due_at or opens_at == known.opens_at is not None
        return Opening(
            activity=known.activity,
            source=known.source,
            opens_at=opens_at,
            deadline=deadline,
            again=(known.source, known.activity) in self._handed_in_to(known.task),
            late=is_late,
            basis=known.basis if told else None,
        )

    def _known(self, task: Task) -> list[KnownTask]:
        """What is set; where nothing is known to be, something without dates."""
        own = [
            KnownTask(
                task=task,
                activity=one.activity,
                source=one.source,
                opens_at=one.opens_at,
                due_at=one.due_at,
                basis=one.due_basis,
            )
            for one in self._own(task)
        ]
        spoken_of = {(known.source, known.activity) for known in own}
        set_ = (one for one in self.tasks if one.task is task)
        others = [one for one in set_ if (one.source, one.activity) not in spoken_of]
        return [*dict.fromkeys((*own, *others))] or [KnownTask(task=task, activity=None)]

    def _own(self, task: Task) -> Iterator[Submission]:
        """The person's records of the task, drafts too; what is gone tells nothing any more."""
        return (one for one in self.dossier.submissions if one.task is task and one.gone_at is None)

    def _handed_in_to(self, task: Task) -> set[tuple[str | None, str | None]]:
        handed_in = (one for one in self._own(task) if one.state is SubmissionState.SUBMITTED)
        return {(one.source, one.activity) for one in handed_in}

    def _if_to_come(self, instant: int) -> int | None:
        return instant if instant > self.dossier.as_of else None

    @property
    def _unwatched_from(self) -> int:
        """From when on nothing is watched yet: the spans of a dossier have all begun."""
        objection = self.dossier.decisions.objection
        ends = (one.end for one in self.dossier.watches if one.end > self.begin and objection(one) is None)
        return min(max(ends, default=self.begin), self.window.end)


def _too_late(due_at: int) -> int:
    """The first instant that is late: whatever lies within the second of the deadline is in time."""
    return (due_at // SECOND + 1) * SECOND
