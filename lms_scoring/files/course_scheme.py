"""The scheme that a course file names: one that is shipped or one's own; and what is wrong with either."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

from lms_scoring.domain.errors import CourseFileMistakes, Mistake, SchemeMistakes, UnknownScheme
from lms_scoring.files.course_file import CourseFile, read_course
from lms_scoring.files.scheme_file import SchemeFile, parse_scheme, read_scheme

_SHIPPED = files("config.schemes")


def scheme_of(file: CourseFile, folder: Path) -> SchemeFile:
    """The scheme file that a course file names. Raises UnknownScheme, SchemeMistakes."""
    return scheme_named(file.scheme, folder, course=file.id)


def scheme_named(name: str, folder: Path, *, course: str) -> SchemeFile:
    """A scheme that ships with us, or the file at a path from the folder.

    Raises UnknownScheme, SchemeMistakes.
    """
    shipped = _SHIPPED / f"{name}.toml"
    if shipped.is_file():
        return parse_scheme(shipped.read_text(encoding="utf-8"), name=name)
    path = folder / name
    if not path.is_file():
        raise UnknownScheme(
            f"course {course}: its scheme {name!r} is neither one that comes with the program "
            f"({', '.join(_shipped_names())}) nor a file {path}"
        )
    return read_scheme(path)


def checked_course(path: Path) -> CourseFile:
    """The course in a file, its scheme looked at as well.

    Raises CourseFileMistakes with everything that is wrong in either; where only the scheme is, what
    `scheme_named` raises.
    """
    try:
        file = read_course(path)
    except CourseFileMistakes as error:
        raise CourseFileMistakes(str(path), (*error.mistakes, *_scheme_mistakes(path))) from error
    scheme_of(file, path.parent)
    return file


def _scheme_mistakes(path: Path) -> Iterator[Mistake]:
    """What is wrong with the scheme of a course file that cannot be used itself."""
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return  # told already
    name = tables.get("scheme")
    if not isinstance(name, str) or not name:
        return
    try:
        scheme_named(name, path.parent, course=str(tables.get("id", path.stem)))
    except UnknownScheme as error:
        yield Mistake(place="scheme", text=str(error))
    except SchemeMistakes as error:
        yield from (Mistake(place=f"scheme {one.place}", text=one.text) for one in error.mistakes)


def shipped_scheme_files() -> dict[str, SchemeFile]:
    """The schemes that come with the program, by name."""
    texts = {name: (_SHIPPED / f"{name}.toml").read_text(encoding="utf-8") for name in _shipped_names()}
    return {name: parse_scheme(text, name=name) for name, text in texts.items()}


def _shipped_names() -> list[str]:
    names = (one.name for one in _SHIPPED.iterdir())
    return sorted(name.removesuffix(".toml") for name in names if name.endswith(".toml"))
