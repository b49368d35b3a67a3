"""The command that prints what a course is set up by, as the file that it would be."""

from __future__ import annotations

from pathlib import Path

import click

from lms_scoring.bootstrap import Installation
from lms_scoring.cli.here import here
from lms_scoring.cli.output import result_stream
from lms_scoring.course_rules import shipped_schemes
from lms_scoring.domain.errors import CourseFileMistakes, Mistakes, UnknownScheme
from lms_scoring.files.course_file import CourseFile, parse_course
from lms_scoring.files.course_scheme import scheme_of
from lms_scoring.ports import KeptCourse
from lms_scoring.services.setting_up.edited_text import with_scheme


@click.command("show")
@click.argument("course_id", metavar="COURSE")
@click.option("--scheme", is_flag=True, help="The scheme it is scored by instead, as a scheme file.")
@click.option("--output", type=click.Path(path_type=Path, dir_okay=False), help="Instead of the terminal.")
def show_course(course_id: str, scheme: bool, output: Path | None) -> None:
    """Prints what COURSE is set up by, in the browser or by a file, as a course file.

    Kept in the folder of the course files, `course check` and `course apply` take it as it is.
    """
    installation = here(must_exist=True)
    with installation.store.reading() as transaction:
        kept = transaction.course(course_id)
        text = transaction.scheme(kept.scheme).text if scheme else ""
    with result_stream(output) as stream:
        stream.write((text if scheme else _course_text(installation, kept)).encode())


def _course_text(installation: Installation, kept: KeptCourse) -> str:
    """As it was kept, but for the scheme where the course has taken on another since."""
    folder = installation.settings.courses
    try:
        file = parse_course(kept.settings, name=kept.id, folder=folder)
    except CourseFileMistakes as error:
        click.echo(f"notice: this version of the program does not take it as it is: {error}", err=True)
        return kept.settings
    if _names(installation, file, kept):
        return kept.settings
    shipped = (one.name for one in shipped_schemes() if one.scheme.fingerprint == kept.scheme)
    name = next(shipped, None)
    if name is None:
        name = f"schemes/{kept.id}-{kept.scheme[:12]}.toml"
        if not (folder / name).exists():
            click.echo(
                f"notice: {kept.id} is scored by a scheme that is in no file here; keep it first:", err=True
            )
            click.echo(
                f"  mkdir -p {(folder / name).parent} && lms-scoring course show {kept.id} --scheme "
                f"--output {folder / name}",
                err=True,
            )
    return with_scheme(kept.settings, name)


def _names(installation: Installation, file: CourseFile, kept: KeptCourse) -> bool:
    """Whether the scheme that the text names is the one that the course is scored by."""
    try:
        return scheme_of(file, installation.settings.courses).scheme.fingerprint == kept.scheme
    except (UnknownScheme, Mistakes):
        return False
