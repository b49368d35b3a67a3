"""The text of a course's settings, written as a course file is, for a course set up in the browser."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from lms_scoring.domain.binding import Binding, Bindings
from lms_scoring.ports import SourceSettings
from lms_scoring.services.setting_up.toml_text import quoted

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


def binding_lines(binding: Binding) -> Iterator[str]:
    """One binding, behind an empty line."""
    yield from ("", "[[bind]]", f"as = {quoted(binding.purpose)}", f"source = {quoted(binding.source)}")
    yield f"activities = {listed(binding.activities)}"


def listed(texts: Iterable[str]) -> str:
    """A list of texts."""
    return f"[{', '.join(map(quoted, texts))}]"


def _lines(settings: CourseSettings) -> Iterator[str]:
    yield f"format = {FORMAT}"
    yield f"id = {quoted(settings.id)}"
    yield f"title = {quoted(settings.title)}"
    yield f"scheme = {quoted(settings.scheme)}"
    for source in settings.sources:
        yield from ("", "[[source]]", f"name = {quoted(source.name)}", f"kind = {quoted(source.kind)}")
        if source.course is not None:
            yield f"course = {quoted(source.course)}"
        if source.grades:
            words = (f"{quoted(word)} = {quoted(grade)}" for word, grade in source.grades.items())
            yield f"grades = {{ {', '.join(words)} }}"
    for binding in settings.bindings.bindings:
        yield from binding_lines(binding)
