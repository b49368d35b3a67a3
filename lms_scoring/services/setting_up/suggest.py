"""What the activities of a new course probably count as; whatever is doubtful is left to a person."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence

from lms_scoring.domain.binding import Bindings
from lms_scoring.domain.evidence import Purpose
from lms_scoring.ports import Activity
from lms_scoring.services.setting_up.activity_lines import EVENT, Key, Line

_WORDS: Mapping[Purpose, tuple[str, ...]] = {
    Purpose.HOMEWORK: ("作业", "homework"),
    Purpose.JOURNAL: ("日志", "journal"),
    Purpose.POSTS: ("研讨", "discussion"),
    Purpose.BULLETINS: ("公告", "简报", "announcements", "news", "bulletin"),
}
"""Words in an activity's name that say what it is for, where its kind is usually for that."""


def suggested(lines: Sequence[Line], purposes: Collection[Purpose]) -> dict[Key, Purpose]:
    """By name and kind, where both say the same; `purposes` are those that the scheme asks about.

    Study time comes from an LRS's videos where they are in one place, else from what is usually for that:
    the same time must not be told twice.
    """
    named = ((line.key, _by_name(line)) for line in lines)
    found = {key: purpose for key, purpose in named if purpose is not None and purpose in purposes}
    if Purpose.STUDY_TIME in purposes:
        found |= {line.key: Purpose.STUDY_TIME for line in _watched(lines)}
    return found


def as_before(
    former: Bindings, activities: Iterable[tuple[str, Activity]], lines: Sequence[Line]
) -> dict[Key, Purpose | None]:
    """What a copied course's source bound, for the same activities here; None: it bound them to nothing.

    A copy's activities have ids of their own: they are the same where source, name and kind are, and as
    many of them. A line that is not among the answers was not in the source at all.
    """
    before: dict[tuple[str, str, str], list[str]] = defaultdict(list)
    for source, activity in activities:
        before[source, activity.name, activity.kind].append(activity.id)
    here = defaultdict(list)
    for line in lines:
        here[line.source, line.name, line.kind].append(line)
    found: dict[Key, Purpose | None] = {}
    for line in lines:
        if line.kind is None:
            found[line.key] = former.purpose_of(line.source, line.activity)
            continue
        ids = before.get((line.source, line.name, line.kind), [])
        purposes = {former.purpose_of(line.source, one) for one in ids}
        same_many = len(ids) == len(here[line.source, line.name, line.kind])
        if ids:
            found[line.key] = purposes.pop() if len(purposes) == 1 and same_many else None
    return found


def _by_name(line: Line) -> Purpose | None:
    name = line.name.casefold()
    meant = [
        purpose
        for purpose, words in _WORDS.items()
        if purpose in line.uses.usual and any(word in name for word in words)
    ]
    return meant[0] if line.visible and len(meant) == 1 else None


def _watched(lines: Sequence[Line]) -> list[Line]:
    videos = [line for line in lines if EVENT in line.evidence]
    if videos:  # where a host has several folders of them, some are other courses'
        return videos if len(videos) == 1 else []
    return [line for line in lines if line.visible and Purpose.STUDY_TIME in line.uses.usual]
