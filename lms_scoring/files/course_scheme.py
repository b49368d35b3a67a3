"""The schemes that are called by a name or a path: those that ship with us, and one's own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from importlib.resources import files
from pathlib import Path

from lms_scoring.domain.errors import CourseFileMistakes, Mistake, SchemeMistakes, UnknownScheme
from lms_scoring.domain.nearest import did_you_mean
from lms_scoring.files.course_file import CourseFile, parse_course
from lms_scoring.files.scheme_file import SchemeFile, parse_scheme, read_scheme
from lms_scoring.files.toml_file import in_order, parsed, read_text, shown

_SHIPPED = files("config.schemes")


def scheme_of(file: CourseFile, folder: Path) -> SchemeFile:
    """The scheme file that a course file names. Raises UnknownScheme, SchemeMistakes."""
    try:
        return scheme_named(file.scheme, folder)
    except UnknownScheme as error:
        raise UnknownScheme(f"course {file.id}: its scheme {file.scheme!r} {error}") from error


def scheme_named(name: str, folder: Path) -> SchemeFile:
    """A scheme that ships with us, or the file at a path from the folder.

    Raises UnknownScheme, whose message goes on from the name, and SchemeMistakes.
    """
    if name in _shipped_names():
        return parse_scheme((_SHIPPED / f"{name}.toml").read_text(encoding="utf-8"), name=name)
    path = folder / name
    if path.is_dir() or not path.exists():  # a pipe is no file, and can be read
        raise UnknownScheme(
            f"is neither one that comes with the program ({', '.join(_shipped_names())}) nor a file {path}"
            f"{did_you_mean(Path(name).stem, _shipped_names())}"
        )
    return read_scheme(path)


def checked_course(path: Path) -> CourseFile:
    """The course in a file, its scheme looked at as well.

    Raises CourseFileMistakes with everything that is wrong in either.
    """
    text = read_text(path, kind=CourseFileMistakes)
    tables = parsed(text, str(path), kind=CourseFileMistakes)
    mistakes = list(_scheme_mistakes(tables.get("scheme"), path.parent))
    try:
        file = parse_course(text, name=str(path), folder=path.parent)
    except CourseFileMistakes as error:
        mistakes = [*error.mistakes, *mistakes]
    if mistakes:
        own = in_order((one for one in mistakes if one.file is None), text)
        raise CourseFileMistakes(str(path), (*own, *(one for one in mistakes if one.file is not None)))
    return file


def _scheme_mistakes(name: object, folder: Path) -> Iterator[Mistake]:
    """What is wrong with the scheme that a course file names, and how it names it."""
    if not isinstance(name, str) or not name:
        return  # told by the course file's own check
    try:
        scheme_named(name, folder)
    except UnknownScheme as error:
        yield Mistake(place="scheme", found=shown(name), text=str(error))
    except SchemeMistakes as error:
        yield from (replace(one, file=error.name) for one in error.mistakes)


def shipped_scheme_files() -> dict[str, SchemeFile]:
    """The schemes that come with the program, by name."""
    texts = {name: (_SHIPPED / f"{name}.toml").read_text(encoding="utf-8") for name in _shipped_names()}
    return {name: parse_scheme(text, name=name) for name, text in texts.items()}


def _shipped_names() -> list[str]:
    names = (one.name for one in _SHIPPED.iterdir())
    return sorted(name.removesuffix(".toml") for name in names if name.endswith(".toml"))
