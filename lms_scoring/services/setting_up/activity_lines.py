"""What a new course has to bind: each activity of a Moodle, and an LRS's activities by their folders."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

from lms_scoring.domain.evidence import Purpose
from lms_scoring.ports import Activity, EvidenceOut

EVENT = "event"
_TASKS = (Purpose.HOMEWORK, Purpose.JOURNAL)
_FORUMS = (Purpose.POSTS, Purpose.BULLETINS)
_TIME = (Purpose.STUDY_TIME,)
_FITTING: Mapping[str, tuple[Purpose, ...]] = {
    # kinds of activities that a Moodle tells something of
    "assign": _TASKS,
    "data": _TASKS,
    "blog": _TASKS,
    "forum": _FORUMS,
    "scorm": _TIME,
    "lesson": _TIME,
    "h5pactivity": _TIME,
    # kinds of evidence, whatever it is of
    "submission": _TASKS,
    "post": _FORUMS,
    "watch": _TIME,
    "reported_time": _TIME,
    EVENT: _TIME,
    "statement": (*_TASKS, *_FORUMS),
}
_ROOT = 3
"""Slashes of an address that names nothing but a host: https://host/*"""

Key = tuple[str, str]
"""Source and activity, as a binding names them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One activity, or a folder of them (`…*`), that somebody decides about.

    `kind` is the platform's word for it, None where only evidence tells of it; `evidence` the kinds of
    evidence there are, `count` how much, `activities` of how many activities.
    """

    source: str
    activity: str
    name: str = ""
    kind: str | None = None
    visible: bool = True
    evidence: frozenset[str] = frozenset()
    count: int = 0
    activities: int = 1

    @property
    def key(self) -> Key:
        """What a binding calls it."""
        return (self.source, self.activity)

    @property
    def fitting(self) -> tuple[Purpose, ...]:
        """What it could count as; nothing where no evidence of it can be read."""
        kinds = self.evidence if self.kind is None else {self.kind, *self.evidence}
        found = {purpose for kind in kinds for purpose in _FITTING.get(kind, ())}
        return tuple(purpose for purpose in Purpose if purpose in found)


def lines_of(transaction: EvidenceOut, course: str, sources: Collection[str]) -> list[Line]:
    """Everything that these sources of a course tell of, in the platform's order and then by address."""
    evidence: dict[Key, Counter[str]] = defaultdict(Counter)
    for source, kind, about, count in transaction.counts(course):
        if about is not None and source in sources:
            evidence[source, about][kind] += count
    lines = [
        _listed(source, activity, evidence.pop((source, activity.id), Counter()))
        for source, activity in transaction.activities(course)
        if source in sources
    ]
    lines.sort(key=lambda line: (line.source, _number(line.activity), line.activity))
    return [*lines, *_unlisted(evidence)]


def folders(activities: Collection[str]) -> dict[str, list[str]]:
    """Activities by the folder that holds them and no activity of another folder, else each by itself."""
    held: dict[str, list[str]] = defaultdict(list)
    for activity, folder in _folder_of_each(activities):
        held[folder].append(activity)
    found: dict[str, list[str]] = {}
    for folder, inside in held.items():
        if folder.endswith("*") and any(_holds(folder, other) for other in held):
            found |= {activity: [activity] for activity in inside}
        else:
            found[folder] = inside
    return found


def _listed(source: str, activity: Activity, evidence: Counter[str]) -> Line:
    return Line(
        source=source,
        activity=activity.id,
        name=activity.name,
        kind=activity.kind,
        visible=activity.visible,
        evidence=frozenset(evidence),
        count=evidence.total(),
    )


def _unlisted(evidence: Mapping[Key, Counter[str]]) -> Iterator[Line]:
    by_source: dict[str, list[str]] = defaultdict(list)
    for source, activity in evidence:
        by_source[source].append(activity)
    for source, activities in sorted(by_source.items()):
        for folder, inside in sorted(folders(activities).items()):
            counts = sum((evidence[source, activity] for activity in inside), Counter[str]())
            yield Line(
                source=source,
                activity=folder,
                evidence=frozenset(counts),
                count=counts.total(),
                activities=len(inside),
            )


def _folder_of_each(activities: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Where many folders hold one activity each, the folder above is meant; a whole host never is then."""
    own = {activity: _folder(activity) for activity in activities}
    sizes = Counter(own.values())
    above = {folder: _folder(folder[:-2]) for folder, n in sizes.items() if n == 1 and folder.endswith("/*")}
    together = Counter(above.values())
    for activity, folder in own.items():
        higher = above.get(folder, folder)
        yield activity, higher if together[higher] > 1 and higher.count("/") > _ROOT else folder


def _folder(activity: str) -> str:
    """An address up to its query, else up to its last slash; itself where it is no address."""
    head, question, _ = activity.partition("?")
    if question:
        return f"{head}?*"
    head, slash, _ = activity.removesuffix("/").rpartition("/")
    return f"{head}/*" if slash and not head.endswith((":", ":/")) else activity


def _holds(folder: str, other: str) -> bool:
    return other != folder and other.startswith(folder[:-1])


def _number(activity: str) -> int:
    """Moodle's ids are numbers in the order of their making; what is none comes last."""
    return int(activity) if activity.isascii() and activity.isdigit() else 10**18
