"""The command that syncs at once, for whoever types it or has a cron of their own: pull, and score.

What comes by itself goes another way (`services/unattended/pulling.py`). It imports no pages, so that a sync
takes little memory.
"""

from __future__ import annotations

import sys
from collections.abc import Collection, Sequence

import click

from lms_scoring.bootstrap import Installation
from lms_scoring.cli.course_files import files_here, tell_left_out, tell_left_out_again
from lms_scoring.cli.here import here
from lms_scoring.cli.stopping import stoppable
from lms_scoring.cli.syncing import sync_wanted, wanted_of
from lms_scoring.course_rules import adopt_file
from lms_scoring.domain.errors import LmsScoringError, UnknownCourse
from lms_scoring.domain.nearest import did_you_mean
from lms_scoring.files.course_file import CourseFile
from lms_scoring.files.course_folder import BrokenFile
from lms_scoring.memory import share_one_heap
from lms_scoring.ports import KeptCourse
from lms_scoring.services.syncing.sync import Wanted


@click.command()
@click.argument("course", required=False)
@click.option("--full", is_flag=True, help="Read everything, not only what changed.")
def sync(course: str | None, full: bool) -> None:
    """Pulls COURSE (or every course) now and scores it; exit status 1 if anything was lost.

    Courses and their platforms are read beside each other; what cannot be synced stops nothing else, nor does
    a course file that cannot be used: it is told with its mistakes, and the exit status is 1.
    """
    share_one_heap()
    installation = here()
    files = files_here(installation)
    kept = installation.adopted().kept()
    left_out = files.broken if course is None else files.broken_about(course)
    tell_left_out(left_out, adopted=kept)
    asked = _asked(installation, course, {*kept, *files.right}, left_out)
    good = not left_out
    wanted: list[Wanted] = []
    with stoppable():
        for name in asked:
            try:
                _adopt_if_new(installation, kept.get(name), files.right.get(name))
                wanted.append(wanted_of(installation, name))
            except LmsScoringError as error:
                good = _not_synced(name, error)
        told = sync_wanted(installation, wanted, full=full)
        for name, outcome in sorted(told.items()):
            good &= _not_synced(name, outcome) if isinstance(outcome, LmsScoringError) else outcome
    tell_left_out_again(left_out)
    if not good:
        sys.exit(1)


def _asked(
    installation: Installation, course: str | None, known: Collection[str], left_out: Sequence[BrokenFile]
) -> list[str]:
    """The courses to sync; none where all that could be meant was left out. Raises UnknownCourse."""
    if not known and not left_out:
        where = installation.settings.courses
        raise UnknownCourse(f"no course file in {where}; put one there (config/courses has examples)")
    if course is None:
        return sorted(known)
    if course in known:
        return [course]
    if any(one.course == course for one in left_out):
        return []
    there_are = f"{', '.join(sorted(known)) or 'none'}{did_you_mean(course, known)}"
    raise UnknownCourse(f"no course {course!r}; there are: {there_are}")


def _not_synced(course: str, error: LmsScoringError) -> bool:
    click.echo(f"{course}: not synced: {error}", err=True)
    return False


def _adopt_if_new(installation: Installation, kept: KeptCourse | None, file: CourseFile | None) -> None:
    """A new course file is adopted by being synced; an edited one waits until somebody says so."""
    if file is None:
        return
    if kept is None:
        adopt_file(file, installation.store, folder=installation.settings.courses, clock=installation.clock)
    elif kept.settings != file.text:
        until, holds = (f"`lms-scoring course {what} {file.id}`" for what in ("apply", "show"))
        click.echo(
            f"{file.id}: its file was edited; that changes nothing until {until} "
            f"(what holds, also if it was changed in the browser: {holds})",
            err=True,
        )
