"""A new course as it was chosen: what its course file will say, and by which rules it will be scored."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping

from lms_scoring.domain.binding import Binding, Bindings
from lms_scoring.domain.errors import SetUpAlready
from lms_scoring.domain.evidence import Grade, Purpose
from lms_scoring.domain.registration import Registration, roster_name
from lms_scoring.ports import PlatformCourse, SourceSettings, Transaction
from lms_scoring.services.collecting.rosters import may_read
from lms_scoring.services.scoring.rules import CourseRules
from lms_scoring.services.setting_up.activity_lines import Key
from lms_scoring.services.setting_up.course_text import MOODLE, ROSTER, XAPI, CourseSettings
from lms_scoring.services.setting_up.new_course import Choice

GRADES: Mapping[str, Grade] = {
    "优秀": Grade.EXCELLENT,
    "良好": Grade.GOOD,
    "合格": Grade.PASS,
    "不合格": Grade.FAIL,
    **{grade.value: grade for grade in Grade},
}
"""What the words of marking scales mean that institutions use, in either language."""


def settings_of(transaction: Transaction, place: PlatformCourse, choice: Choice) -> CourseSettings:
    """As chosen, with nothing bound yet. Raises SetUpAlready."""
    course = course_id(place.registration, place.context)
    if any(kept.id == course for kept in transaction.courses()):
        raise SetUpAlready(f"there is a course {course} already")
    registration = transaction.registration(place.registration)
    return CourseSettings(
        id=course,
        title=choice.title,
        scheme=choice.scheme.name,
        sources=tuple(_sources(registration, place, choice)),
        bindings=Bindings(bindings=()),
    )


def _sources(registration: Registration, place: PlatformCourse, choice: Choice) -> Iterator[SourceSettings]:
    """The platform's Moodle, or else its roster; then the record store."""
    own = own_source(registration, place)
    if own is not None:
        yield own
    if choice.record_store is not None:
        yield record_store(choice.record_store)


def own_source(registration: Registration, place: PlatformCourse) -> SourceSettings | None:
    """What tells who is in the course: the platform's Moodle, or else its roster; None: nobody does."""
    if registration.platform is not None:
        return SourceSettings(name=registration.platform, kind=MOODLE, course=place.context, grades=GRADES)
    if may_read(registration, place):
        return SourceSettings(name=roster_name(registration.id), kind=ROSTER, course=place.context)
    return None


def record_store(name: str) -> SourceSettings:
    """An LRS of the settings, which tells of all courses."""
    return SourceSettings(name=name, kind=XAPI)


def course_id(registration: int, context: str) -> str:
    """What a platform's course is called here: by its own id where that can be part of ours."""
    plain = re.fullmatch(r"[a-z0-9][a-z0-9-]{0,39}", context)
    name = context if plain else hashlib.sha256(context.encode()).hexdigest()[:16]
    return f"lti{registration}-{name}"


def rules_of(settings: CourseSettings, choice: Choice, chosen: Mapping[Key, Purpose]) -> CourseRules:
    """What it is scored by with these bindings."""
    bindings = Bindings(bindings=tuple(_bindings(settings, chosen)))
    return CourseRules(course=settings.id, scheme=choice.scheme.scheme, bindings=bindings)


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
