"""What a statement is about, and the Moodle activity it belongs to."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import msgspec

from adapters.xapi.payloads import THING, ContextActivities, Thing
from adapters.xapi.refusal import UnusableStatement
from adapters.xapi.vocabulary import FORUM_REPLY, bare, is_video
from lms_scoring.domain.texts import cleaned


@dataclass(frozen=True, slots=True)
class Target:
    """The object of a statement. `characters` is the length of its description where it has one;
    `reference` says that it is another statement; `title` is what a video is called."""

    iri: str
    type: str = ""
    video: bool = False
    characters: int | None = None
    reference: bool = False
    title: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """Where the object lies: the module it is a part of or is grouped under, and the post it answers with."""

    parent: str | None = None
    grouping: str | None = None
    reply: str | None = None


def target_of(raw: bytes) -> Target:
    """The object from its JSON. Raises UnusableStatement for anything but an activity or a statement."""
    if not raw:
        raise UnusableStatement("no_object", "it has no object")
    try:
        thing = THING.decode(raw)
    except msgspec.MsgspecError as error:
        raise UnusableStatement("object_malformed", f"its object cannot be read ({error})") from error
    if thing.kind not in (None, "Activity", "StatementRef"):
        raise UnusableStatement("object_not_activity", "its object is an agent, a group or a sub-statement")
    if not thing.id:
        raise UnusableStatement("no_object", "its object has no id")
    if thing.kind == "StatementRef":
        return Target(thing.id, reference=True)
    video = is_video(_type(thing))
    return Target(thing.id, _type(thing), video, _characters(thing), title=_title(thing) if video else "")


def place_of(raw: bytes) -> Place:
    """The place from the JSON of `contextActivities`. Raises UnusableStatement."""
    if not raw:
        return Place()
    try:
        around = _ACTIVITIES.decode(raw)
    except msgspec.MsgspecError as error:
        raise UnusableStatement("context_malformed", f"its context cannot be read ({error})") from error
    return Place(
        parent=_first_module(_things(around.parent)),
        grouping=_first_module(_things(around.grouping)),
        reply=_first_reply(_things(around.other)),
    )


def activity_of(target: Target, place: Place) -> str:
    """The assignment or forum, else the object itself. Since 2025 it is a parent; before, it was the
    object (assignments) or stood in the grouping (forums)."""
    if place.parent is not None:
        return place.parent
    if place.grouping is not None and not _is_module(target.iri):
        return place.grouping
    return target.iri.removesuffix("#submission")


_NAMES = msgspec.json.Decoder(dict[str, str])
_LANGUAGES = {"zh": 0, "en": 1}
_LONGEST_TITLE = 250
_ACTIVITIES = msgspec.json.Decoder(ContextActivities)
_MODULES = frozenset(
    (
        "xapi.edlm/profiles/edlm-lms/concepts/activity-types/forum",
        "xapi.edlm/profiles/edlm-lms/concepts/activity-types/assignment",
        "adlnet.gov/expapi/activities/assessment",
        "id.tincanapi.com/activitytype/forum-topic",
    )
)


def _things(given: list[Thing] | Thing | None) -> list[Thing]:
    if given is None:
        return []
    return given if isinstance(given, list) else [given]


def _first_module(things: Iterable[Thing]) -> str | None:
    named = [(thing.id, _type(thing)) for thing in things if thing.id]
    by_address = (iri for iri, _ in named if _is_module(iri))
    by_type = (iri for iri, type_ in named if bare(type_) in _MODULES)
    return next(by_address, next(by_type, None))


def _first_reply(things: Iterable[Thing]) -> str | None:
    return next((thing.id for thing in things if bare(_type(thing)) == FORUM_REPLY), None)


def _is_module(iri: str) -> bool:
    return "/mod/" in iri and "/view.php?" in iri and "#" not in iri


def _type(thing: Thing) -> str:
    return (thing.definition and thing.definition.type) or ""


def _title(thing: Thing) -> str:
    """Its name in Chinese, else in English, else in the language that comes first."""
    try:
        names = _NAMES.decode((thing.definition and thing.definition.name) or b"{}")
    except msgspec.MsgspecError:
        return ""
    spoken = sorted(names.items(), key=lambda named: _LANGUAGES.get(named[0][:2].lower(), len(_LANGUAGES)))
    return next((title for _, name in spoken if (title := cleaned(name)[:_LONGEST_TITLE])), "")


def _characters(thing: Thing) -> int | None:
    texts = (thing.definition and thing.definition.description) or {}
    return next((len(text) for text in texts.values()), None)
