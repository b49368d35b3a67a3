"""Course files as commands take them: those with mistakes are told whole, and stop nothing of the others."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import click

from lms_scoring.bootstrap import Installation
from lms_scoring.files.course_folder import BrokenFile, CourseFiles, course_files


def files_here(installation: Installation) -> CourseFiles:
    """Those of the installation's folder; one that somebody named and that is not there is told."""
    folder = installation.settings.courses
    if installation.settings.courses_named and not folder.is_dir():
        click.echo(
            f"there is no folder {folder}, which LMS_SCORING_COURSES (`courses` in a file of settings) names "
            "for course files: none is read; courses that were adopted go on by what was adopted",
            err=True,
        )
    return course_files(folder)


def tell_left_out(broken: Sequence[BrokenFile], *, adopted: Collection[str]) -> None:
    """Every mistake of each file, and what that means for its course."""
    for one in broken:
        click.echo(f"{one.error}\n{_meaning(one, adopted)}", err=True)


def tell_left_out_again(broken: Sequence[BrokenFile]) -> None:
    """A line each, where what was told of it before is far above."""
    for one in broken:
        count = len(one.error.mistakes)
        mistakes = f"{count} mistake" + ("" if count == 1 else "s")
        whose = "" if one.course is None else f"{one.course}: "
        click.echo(f"{whose}course file {one.error.name} was left out: {mistakes}, told above", err=True)


def _meaning(one: BrokenFile, adopted: Collection[str]) -> str:
    if one.course is None:
        return (
            f"{one.error.name}: left out; it does not say of which course it is. Courses that were adopted "
            "go on by what was adopted"
        )
    if one.course in adopted:
        return (
            f"{one.course}: its file is left out; the course goes on by what was adopted "
            f"(`lms-scoring course show {one.course}`)"
        )
    return f"{one.course}: left out, and nothing of it is read until its file is mended"
