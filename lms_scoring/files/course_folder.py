"""The folder of the course files."""

from __future__ import annotations

from pathlib import Path

from lms_scoring.domain.errors import CourseFileMistakes, Mistake
from lms_scoring.files.course_file import CourseFile, read_course
from lms_scoring.files.toml_file import in_order


def course_files(folder: Path) -> dict[str, CourseFile]:
    """The course files of the folder by the ids of their courses. Raises CourseFileMistakes."""
    found: dict[str, CourseFile] = {}
    for path in sorted(folder.glob("*.toml")):
        file = read_course(path)
        if file.id in found:
            mistake = Mistake(place="id", text=f"{file.id!r} is used by another course file too")
            raise CourseFileMistakes(str(path), in_order([mistake], file.text))
        found[file.id] = file
    return found
