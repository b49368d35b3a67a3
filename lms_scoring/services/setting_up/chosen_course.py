"""A new course as it was chosen: what its course file will say, and by which rules it will be scored."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from lms_scoring.domain.binding import Binding, Bindings
from lms_scoring.domain.errors import SetUpAlready
from lms_scoring.domain.evidence import Purpose
from lms_scoring.domain.registration import Registration
from lms_scoring.ports import PlatformCourse, SourceSettings, Transaction
from lms_scoring.services.scoring.rules import CourseRules
from lms_scoring.services.setting_up.activity_lines import Key
from lms_scoring.services.setting_up.course_text import CourseSettings
from lms_scoring.services.setting_up.new_course import Choice
from lms_scoring.services.unattended.first_sources import (
    KindOf,
    course_id,
    own_source,
    record_store,
)


def settings_of(
    transaction: Transaction, place: PlatformCourse, choice: Choice, *, kind_of: KindOf
) -> CourseSettings:
    """As chosen, with nothing bound yet. Raises SetUpAlready."""
    course = course_id(place.registration, place.context)
    if any(kept.id == course for kept in transaction.courses()):
        raise SetUpAlready(f"there is a course {course} already")
    registration = transaction.registration(place.registration)
    return CourseSettings(
        id=course,
        title=choice.title,
        scheme=choice.scheme.name,
        sources=tuple(_sources(registration, place, choice, kind_of)),
        bindings=Bindings(bindings=()),
    )


def _sources(
    registration: Registration, place: PlatformCourse, choice: Choice, kind_of: KindOf
) -> Iterator[SourceSettings]:
    """What tells who is in the course, then the record store."""
    own = own_source(registration, place, kind_of=kind_of)
    if own is not None:
        yield own
    if choice.record_store is not None:
        yield record_store(choice.record_store)


def rules_of(settings: CourseSettings, choice: Choice, chosen: Mapping[Key, Purpose]) -> CourseRules:
    """What it is scored by with these bindings."""
    bindings = Bindings(bindings=tuple(_bindings(settings, chosen)))
    return CourseRules(
        course=settings.id,
        scheme=choice.scheme.scheme,
        bindings=bindings,
        sources=frozenset(source.name for source in settings.sources),
        source_kinds={source.name: source.kind for source in settings.sources},
    )


def _bindings(settings: CourseSettings, chosen: Mapping[Key, Purpose]) -> Iterator[Binding]:
    """In the order of the sources and purposes, so that the same choice gives the same text."""
    for source in settings.sources:
        for purpose in Purpose:
            activities = tuple(
                activity
                for (name, activity), meant in chosen.items()
                if (name, meant) == (source.name, purpose)
            )
            if activities:
                yield Binding(purpose=purpose, source=source.name, activities=activities)
