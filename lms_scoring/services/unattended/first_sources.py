"""What a platform's course is called here and read from, before anybody has set it up."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping

from lms_scoring.domain.evidence import Grade
from lms_scoring.domain.registration import Registration, roster_name
from lms_scoring.ports import PlatformCourse, SourceSettings
from lms_scoring.services.collecting.rosters import may_read

XAPI, LTI = "xapi", "lti"
"""What record stores and rosters are as sources, as course files say it."""
KindOf = Callable[[str], str]
"""The same of a platform of the settings, by its name."""
GRADES: Mapping[str, Grade] = {
    "优秀": Grade.EXCELLENT,
    "良好": Grade.GOOD,
    "合格": Grade.PASS,
    "不合格": Grade.FAIL,
    **{grade.value: grade for grade in Grade},
}
"""What the words of marking scales mean that institutions use, in either language."""


def course_id(registration: int, context: str) -> str:
    """What a platform's course is called here: by its own id where that can be part of ours."""
    plain = re.fullmatch(r"[a-z0-9][a-z0-9-]{0,39}", context)
    name = context if plain else hashlib.sha256(context.encode()).hexdigest()[:16]
    return f"lti{registration}-{name}"


def own_source(
    registration: Registration, place: PlatformCourse, *, kind_of: KindOf
) -> SourceSettings | None:
    """What tells who is in the course: the platform that the registration is joined to, or else its roster.

    None: nobody does.
    """
    name = registration.platform
    if name is not None:
        return SourceSettings(name=name, kind=kind_of(name), course=place.context, grades=GRADES)
    if may_read(registration, place):
        return SourceSettings(name=roster_name(registration.id), kind=LTI, course=place.context)
    return None


def record_store(name: str) -> SourceSettings:
    """An LRS of the settings, which tells of all courses."""
    return SourceSettings(name=name, kind=XAPI)
