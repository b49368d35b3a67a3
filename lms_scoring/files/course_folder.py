"""The folder of the course files."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from lms_scoring.domain.errors import CourseFileMistakes, Mistake
from lms_scoring.files.course_file import CourseFile, parse_course
from lms_scoring.files.toml_file import in_order, read_text

_TABLE = re.compile(r"^\s*\[", re.MULTILINE)
_ID = re.compile(r"""^\s*id\s*=\s*["']([a-z0-9][a-z0-9-]*)["']""", re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class BrokenFile:
    """A course file that cannot be used; `course` is whose it says it is, None where that cannot be told."""

    course: str | None
    error: CourseFileMistakes


@dataclass(frozen=True, slots=True, kw_only=True)
class CourseFiles:
    """What a folder holds: the files that are right, by the ids of their courses, and those left out."""

    right: Mapping[str, CourseFile]
    broken: Sequence[BrokenFile]

    def broken_about(self, course: str) -> list[BrokenFile]:
        """Those of the course; while no file of it is right, also those of which nobody can tell."""
        whose = {course} if course in self.right else {course, None}
        return [one for one in self.broken if one.course in whose]


def course_files(folder: Path) -> CourseFiles:
    """The course files of the folder. What is wrong with one, or with two of one id, spoils no other."""
    readings = [_read(path) for path in sorted(folder.glob("*.toml"))]
    sharing: defaultdict[str, list[str]] = defaultdict(list)
    for one in readings:
        if one.course is not None:
            sharing[one.course].append(one.name)
    right, broken = {}, []
    for one in readings:
        others = [name for name in sharing.get(one.course or "", ()) if name != one.name]
        mistakes = (*one.mistakes, *_shared(one, others))
        if one.file is None or mistakes:
            error = CourseFileMistakes(one.name, mistakes)
            broken.append(BrokenFile(course=one.course, error=error))
        else:
            right[one.file.id] = one.file
    return CourseFiles(right=right, broken=broken)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reading:
    """What came of reading one file; `course` as it stands there, also where the rest cannot be read."""

    name: str
    text: str = ""
    course: str | None = None
    file: CourseFile | None = None
    mistakes: tuple[Mistake, ...] = ()


def _read(path: Path) -> _Reading:
    name, text = str(path), ""
    try:
        text = read_text(path, kind=CourseFileMistakes)
        file = parse_course(text, name=name, folder=path.parent)
    except CourseFileMistakes as error:
        return _Reading(name=name, text=text, course=_id_in(text), mistakes=error.mistakes)
    return _Reading(name=name, text=text, course=file.id, file=file)


def _id_in(text: str) -> str | None:
    """The id as it is written above all tables: what is no TOML says whose it is, too."""
    found = _ID.search(_TABLE.split(text, maxsplit=1)[0])
    return None if found is None else found[1]


def _shared(one: _Reading, others: Sequence[str]) -> tuple[Mistake, ...]:
    if not others:
        return ()
    text = f"{one.course!r} is used by another course file too: {', '.join(others)}"
    return in_order([Mistake(place="id", text=text)], one.text)
