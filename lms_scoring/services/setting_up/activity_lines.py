"""What a new course has to bind: each activity that a platform lists, and an LRS's by their folders."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

from lms_scoring.domain.evidence import Purpose
from lms_scoring.ports import Activity, ActivityKinds, EvidenceOut, Uses

EVENT = "event"
_TASKS = (Purpose.HOMEWORK, Purpose.JOURNAL)
_FORUMS = (Purpose.POSTS, Purpose.BULLETINS)
_TIME = (Purpose.STUDY_TIME,)
_FITTING: Mapping[str, tuple[Purpose, ...]] = {
    "submission": _TASKS,
    "post": _FORUMS,
    "watch": _TIME,
    "reported_time": _TIME,
    EVENT: _TIME,
    "statement": (*_TASKS, *_FORUMS),
}
"""By the kind of evidence, whatever it is of."""
_UNKNOWN = Uses()
_ROOT = 3
"""Slashes of an address that names nothing but a host: https://host/*"""

Key = tuple[str, str]
"""Source and activity, as a binding names them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One activity, or a folder of them (`…*`), that somebody decides about.

    `kind` is the platform's word for it, None where only evidence tells of it, and `uses` what the platform
    says of that kind; `evidence` the kinds of evidence there are, `count` how much, `activities` of how many
    activities.
    """

    source: str
    activity: str
    name: str = ""
    kind: str | None = None
    uses: Uses = _UNKNOWN
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
        told = {purpose for kind in self.evidence for purpose in _FITTING.get(kind, ())}
        return tuple(purpose for purpose in Purpose if purpose in told or purpose in self.uses.may_be)


def lines_of(
    transaction: EvidenceOut,
    course: str,
    sources: Mapping[str, ActivityKinds | None],
    *,
    named: Collection[Key] = (),
) -> list[Line]:
    """Everything that these sources of a course tell of, in the platform's order and then by address.

    Each with what knows the kinds of its activities; None: nothing does. What is `named` has a line of its
    own, whether or not anything tells of it; a folder among it stands for all that it holds and that is not
    listed by itself.
    """
    evidence: dict[Key, Counter[str]] = defaultdict(Counter)
    for source, kind, about, count in transaction.counts(course):
        if about is not None and source in sources:
            evidence[source, about][kind] += count
    lines = [
        _listed(source, activity, sources[source], evidence.pop((source, activity.id), Counter()))
        for source, activity in transaction.activities(course)
        if source in sources
    ]
    lines.sort(key=lambda line: (line.source, _number(line.activity), line.activity))
    listed = {line.key for line in lines}
    bound = list(_named([key for key in named if key not in listed], evidence))
    return [*lines, *bound, *_unlisted(evidence)]


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


def _listed(source: str, activity: Activity, known: ActivityKinds | None, evidence: Counter[str]) -> Line:
    return Line(
        source=source,
        activity=activity.id,
        name=activity.name,
        kind=activity.kind,
        uses=_UNKNOWN if known is None else known.uses(activity.kind),
        visible=activity.visible,
        evidence=frozenset(evidence),
        count=evidence.total(),
    )


def _named(named: Collection[Key], evidence: dict[Key, Counter[str]]) -> Iterator[Line]:
    """In their order; of folders that hold each other the smaller one has what both hold."""
    own: dict[Key, list[Counter[str]]] = {key: [] for key in named}
    for name in sorted(named, key=lambda key: (key[1].endswith("*"), -len(key[1]))):
        for key in _held(name, evidence):
            own[name].append(evidence.pop(key))
    for (source, activity), found in own.items():
        counts = sum(found, Counter[str]())
        yield Line(
            source=source,
            activity=activity,
            evidence=frozenset(counts),
            count=counts.total(),
            activities=max(1, len(found)),
        )


def _held(name: Key, evidence: Collection[Key]) -> list[Key]:
    """What that name means, of one activity or of a folder."""
    source, activity = name
    if not activity.endswith("*"):
        return [name] if name in evidence else []
    return [key for key in evidence if key[0] == source and key[1].startswith(activity[:-1])]


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
    """Where ids are numbers, they are given in the order of making; what is none comes last."""
    return int(activity) if activity.isascii() and activity.isdigit() else 10**18
