"""`demo`: a stand-in platform, a real sync from it, the scoreboard, and the pages inside its Moodle."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path
from typing import Any

import click

from lms_scoring.bootstrap import Installation, installation
from lms_scoring.cli.demo_launches import join_moodle, leave_former, read_roster
from lms_scoring.cli.here import ADMINISTRATOR
from lms_scoring.cli.operations import sign_in_link
from lms_scoring.cli.publishing import publish_course
from lms_scoring.cli.scoreboard import board_text
from lms_scoring.cli.serving import check_port, serve_pages
from lms_scoring.cli.syncing import sync_course
from lms_scoring.course_rules import adopt_file
from lms_scoring.domain.evidence import Role
from lms_scoring.files.course_folder import course_files
from lms_scoring.ports import COORDINATOR, Passback, Visitor
from lms_scoring.services.access.roles import nobody_with
from lms_scoring.services.gradebook.switch_passback import switch_passback

COURSE = "lc2024"
_HOST = "127.0.0.1"
_A_DAY = 24 * 60 * 60


@click.command()
@click.option("--once", is_flag=True, help="Sync, print the scoreboard of both classes, and end.")
@click.option("--port", type=click.IntRange(1, 65535), default=8000, show_default=True, help="Of the pages.")
@click.option(
    "--keep", type=click.Path(path_type=Path, file_okay=False), help="Keep the database in this folder."
)
def demo(once: bool, port: int, keep: Path | None) -> None:
    """Shows everything on a recorded course: two classes, sixty learners, 39,625 statements.

    Four of these take back four others, so that a sync tells of 39,617 new ones.
    """
    if not once:
        check_port(_HOST, port)
    with _folder(keep) as folder, _platform() as platform:
        demonstration = installation(_environment(platform, folder, port), working_folder=folder)
        click.echo("Demonstration platform: a stand-in Moodle and LRS on 127.0.0.1")
        courses = demonstration.settings.courses
        file = course_files(courses).right[COURSE]
        adopt_file(file, demonstration.store, folder=courses, clock=demonstration.clock)
        leave_former(demonstration)
        good = sync_course(demonstration, COURSE, full=False)
        if once:
            _print_board(demonstration)
            sys.exit(0 if good else 1)
        course_page = join_moodle(demonstration, platform["moodle"]["url"], course=COURSE)
        _print_course_page(course_page)
        _print_links(demonstration)
        serve_pages(
            demonstration,
            host=_HOST,
            port=port,
            # the Moodle fetches our keys from the pages before it tells who is there or takes a grade
            meanwhile=lambda: _ask_moodle(demonstration),
        )


@contextmanager
def _folder(keep: Path | None) -> Iterator[Path]:
    if keep is not None:
        keep.mkdir(parents=True, exist_ok=True)
        yield keep.resolve()
        return
    with tempfile.TemporaryDirectory(prefix="lms-scoring-demo-") as folder:
        yield Path(folder)


@contextmanager
def _platform() -> Iterator[dict[str, Any]]:
    """The stand-in platform in a process of its own; it ends when its input does, however we end."""
    command = [sys.executable, "-m", "lms_scoring.demonstration", "--until-stdin-closes"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:  # noqa: S603 # our own module
        assert process.stdout is not None  # noqa: S101 # asked for above
        line = process.stdout.readline()
        if not line:
            raise click.ClickException("the demonstration platform did not start; its message stands above")
        try:
            yield json.loads(line)
        finally:
            process.communicate()


def _environment(platform: Mapping[str, Any], folder: Path, port: int) -> dict[str, str]:
    """Only what the demonstration needs: the settings of a real installation do not leak in."""
    language = os.environ.get("LMS_SCORING_LANGUAGE", "zh")
    return {
        "LMS_SCORING_DATABASE_URL": f"sqlite:///{folder / 'demo.sqlite'}",
        # not 127.0.0.1, where the Moodle is: so its page and ours are of two sites, as they are in earnest
        "LMS_SCORING_PUBLIC_URL": f"http://localhost:{port}",
        "LMS_SCORING_LANGUAGE": language,
        "LMS_SCORING_COURSES": str(files("config.courses")),
        "LMS_SCORING_ALLOWED_PRIVATE_HOSTS": "127.0.0.1",
        "LMS_SCORING_PLATFORM_MOODLE_KIND": "moodle",
        "LMS_SCORING_PLATFORM_MOODLE_URL": platform["moodle"]["url"],
        "LMS_SCORING_PLATFORM_MOODLE_TOKEN": platform["moodle"]["token"],
        "LMS_SCORING_PLATFORM_LRS_KIND": "xapi",
        "LMS_SCORING_PLATFORM_LRS_URL": platform["lrs"]["url"],
        "LMS_SCORING_PLATFORM_LRS_KEY": platform["lrs"]["key"],
        "LMS_SCORING_PLATFORM_LRS_SECRET": platform["lrs"]["secret"],
    }


def _print_board(demonstration: Installation) -> None:
    with demonstration.store.reading() as transaction:
        rows = transaction.board(COURSE)
    text = board_text(demonstration.rules(COURSE), rows, language=demonstration.settings.language)
    click.echo(text)


def _ask_moodle(demonstration: Installation) -> None:
    read_roster(demonstration, COURSE)
    store, reading = demonstration.store, demonstration.rules(COURSE).window_reading
    switch_passback(COURSE, Passback.SCORE, store, clock=demonstration.clock, reading=reading)
    publish_course(demonstration, COURSE)


def _print_course_page(address: str) -> None:
    click.echo(
        f"\nThe course in the stand-in Moodle, with our pages inside it:\n  {address}\n"
        "Its buttons show that page as a learner, a tutor, the coordinator, a learner who is also a tutor, "
        "or the administrator sees it."
    )


def _print_links(demonstration: Installation) -> None:
    with demonstration.store.reading() as transaction:
        members = transaction.memberships(COURSE)
        rows = {row.card.person: row for row in transaction.board(COURSE, role=Role.LEARNER)}
    learners = {m.person for m in members if m.role is Role.LEARNER}
    tutor = next(m.person for m in members if m.role is Role.TUTOR and m.person not in learners)
    learner = next(m.person for m in members if m.role is Role.LEARNER and m.person in rows)
    coordinator = nobody_with(COORDINATOR, course=COURSE)
    click.echo("\nOur pages alone; one-time links, good for a day:")
    for who, visitor in (
        ("tutor", Visitor(person=tutor)),
        ("learner", Visitor(person=learner)),
        ("coordinator", coordinator),
        ("administrator (who also sees which platforms are registered)", ADMINISTRATOR),
    ):
        click.echo(f"  {who}\n    {sign_in_link(demonstration, visitor, seconds=_A_DAY)}")
    click.echo("\nCtrl-C ends the demonstration.")
