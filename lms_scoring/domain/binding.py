"""Bindings: what each activity of a course counts as; evidence of any other is kept and scores nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from lms_scoring.domain import evidence as ev
from lms_scoring.domain.evidence import Purpose

_TASKS: dict[Purpose | None, ev.Task] = {Purpose.HOMEWORK: ev.Task.HOMEWORK, Purpose.JOURNAL: ev.Task.JOURNAL}
_FORUMS = frozenset({Purpose.POSTS, Purpose.BULLETINS})


@dataclass(frozen=True, slots=True, kw_only=True)
class Binding:
    """Activities of one source that count as one thing; `…*` stands for every id that begins so."""

    purpose: Purpose
    source: str
    activities: tuple[str, ...]

    def holds(self, source: str | None, activity: str) -> bool:
        """Whether the activity of that source is meant."""
        if source != self.source:
            return False
        return any(
            activity.startswith(named[:-1]) if named.endswith("*") else activity == named
            for named in self.activities
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Bindings:
    """All bindings of a course; an activity counts as one thing only, the first that names it."""

    bindings: tuple[Binding, ...]

    def purpose_of(self, source: str | None, activity: str) -> Purpose | None:
        """What the activity counts as; None: it is not bound."""
        for binding in self.bindings:
            if binding.holds(source, activity):
                return binding.purpose
        return None

    def task_of(self, source: str | None, activity: str) -> ev.Task | None:
        """What is handed in there, as far as it counts; None: nothing that does."""
        return _TASKS.get(self.purpose_of(source, activity))

    def bound(self, records: Iterable[ev.Record]) -> Iterator[ev.Record]:
        """The records that count as something, each told what; people and decisions pass as they are."""
        for record in records:
            counts_as = self._counting(record)
            if counts_as is not None:
                yield counts_as

    def named(self) -> list[tuple[str, str]]:
        """Each source and activity (or folder `…*`) that is named, once and in their order."""
        named = ((one.source, activity) for one in self.bindings for activity in one.activities)
        return list(dict.fromkeys(named))

    def _counting(self, record: ev.Record) -> ev.Record | None:
        match record:
            case ev.Submission(activity=activity, source=source):
                task = self.task_of(source, activity)
                return None if task is None else replace(record, task=task)
            case ev.Post(forum=forum, source=source):
                purpose = self.purpose_of(source, forum)
                if purpose not in _FORUMS:
                    return None
                return replace(record, bulletin=purpose is Purpose.BULLETINS)
            case (
                ev.Watch(activity=activity, source=source) | ev.ReportedTime(activity=activity, source=source)
            ):
                return record if self.purpose_of(source, activity) is Purpose.STUDY_TIME else None
            case ev.Unknown(activity=activity, source=source):
                purpose = self.purpose_of(source, activity)
                return None if purpose is None else replace(record, about=purpose)
            case _:
                return record


@dataclass(frozen=True, slots=True, kw_only=True)
class CountsOtherwise:
    """An activity, or a folder `…*`, that other bindings count as something else; None: as nothing."""

    source: str
    activity: str
    before: Purpose | None
    after: Purpose | None


def differences(before: Bindings, after: Bindings) -> list[CountsOtherwise]:
    """What bindings that come after others count otherwise, of all that either names."""
    named = dict.fromkeys((*before.named(), *after.named()))
    told = (
        CountsOtherwise(
            source=source,
            activity=activity,
            before=before.purpose_of(source, activity),
            after=after.purpose_of(source, activity),
        )
        for source, activity in named
    )
    return [one for one in told if one.before is not one.after]
