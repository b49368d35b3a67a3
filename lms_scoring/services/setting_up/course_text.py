"""The text of a course's settings, written as a course file is, for a course set up in the browser."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from lms_scoring.domain.binding import Bindings
from lms_scoring.ports import SourceSettings

FORMAT = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class CourseSettings:
    """What a course file says; `scheme` is the name of a scheme file."""

    id: str
    title: str
    scheme: str
    sources: tuple[SourceSettings, ...]
    bindings: Bindings


def course_text(settings: CourseSettings) -> str:
    """The settings as TOML; read as a course file, it says the same again."""
    return "\n".join(_lines(settings)) + "\n"


def _lines(settings: CourseSettings) -> Iterator[str]:
    yield f"format = {FORMAT}"
    yield f"id = {_text(settings.id)}"
    yield f"title = {_text(settings.title)}"
    yield f"scheme = {_text(settings.scheme)}"
    for source in settings.sources:
        yield from ("", "[[source]]", f"name = {_text(source.name)}", f"kind = {_text(source.kind)}")
        if source.course is not None:
            yield f"course = {_text(source.course)}"
        if source.grades:
            words = (f"{_text(word)} = {_text(grade)}" for word, grade in source.grades.items())
            yield f"grades = {{ {', '.join(words)} }}"
    for binding in settings.bindings.bindings:
        yield from ("", "[[bind]]", f"as = {_text(binding.purpose)}", f"source = {_text(binding.source)}")
        yield f"activities = {_list(binding.activities)}"


def _text(text: str) -> str:
    """A basic string of TOML: one of JSON, save that TOML wants one more character escaped."""
    return json.dumps(str(text), ensure_ascii=False).replace("\x7f", "\\u007f")


def _list(texts: Iterable[str]) -> str:
    return f"[{', '.join(map(_text, texts))}]"
