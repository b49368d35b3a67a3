"""Commands that run an installation: serve, check a platform, let people in."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

import click

from adapters.check import CheckLine
from adapters.http import HttpClient
from adapters.moodle.check import check_moodle
from adapters.moodle.client import MoodleClient
from adapters.xapi.check import check as check_lrs
from adapters.xapi.client import XapiClient
from lms_scoring.bootstrap import Installation
from lms_scoring.cli.course_files import files_here, tell_left_out
from lms_scoring.cli.here import ADMINISTRATOR, here
from lms_scoring.cli.people import person_known
from lms_scoring.cli.serving import serve_pages
from lms_scoring.domain.instants import SECOND
from lms_scoring.files.course_folder import BrokenFile, CourseFiles
from lms_scoring.files.settings import Platform, PlatformKind
from lms_scoring.logs import write_logs
from lms_scoring.ports import Visitor
from lms_scoring.web.access.credentials import digest_of, new_secret

LINK_SECONDS = 60


@click.command()
@click.option(
    "--host",
    default="127.0.0.1",
    show_default=True,
    help="Address to serve at: 127.0.0.1 is this machine alone, 0.0.0.0 all its nets.",
)
@click.option(
    "--port", type=click.IntRange(1, 65535), default=8000, show_default=True, help="Port to serve at."
)
@click.option(
    "--scheduler/--no-scheduler",
    default=True,
    show_default=True,
    help="Sync the courses by their schedules in this process.",
)
def serve(host: str, port: int, scheduler: bool) -> None:
    """Serves the pages, and syncs the courses by their schedules unless another process does."""
    installation = here()
    write_logs(as_json=installation.settings.log == "json")
    serve_pages(installation, host=host, port=port, scheduler=scheduler)


@click.group()
def platform() -> None:
    """Platforms: what a Moodle token or an LRS can really do."""


@platform.command()
@click.argument("name")
@click.option("--course", help="Id, idnumber or short name of a course at that Moodle.")
def check(name: str, course: str | None) -> None:
    """Checks platform NAME: what can be read, what is missing, what to do; exit status 1 if anything is.

    A Moodle is checked in every course that a course file reads from it, or in the one named. A course file
    that cannot be used is told with its mistakes, and its course is not checked.
    """
    installation = here()
    left_out: Sequence[BrokenFile] = ()
    connection = installation.clients.platform(name)
    http = installation.clients.client(connection)
    match connection.kind:
        case PlatformKind.MOODLE:
            courses: Sequence[str | None] = [course]
            if course is None:
                files = files_here(installation)
                left_out = files.broken
                courses = _courses_at(files, name) or [None]
            lines = [line for one in courses for line in _checked_moodle(http, connection, one)]
        case PlatformKind.XAPI:
            if course is not None:
                raise click.UsageError(f"{name} is an LRS and has no courses; leave out --course")
            lines = list(check_lrs(XapiClient(http)))
    for line in _grouped(lines):
        click.echo(_check_text(line))
    tell_left_out(left_out, adopted=installation.adopted().kept())
    if left_out or any(line.ok is False for line in lines):
        sys.exit(1)


@click.group()
def admin() -> None:
    """Administration."""


@admin.command()
@click.option(
    "--person",
    help="Sign in as this person (id, username, number or e-mail) instead of as an administrator.",
)
def link(person: str | None) -> None:
    """Prints a one-time sign-in link, good for 60 seconds, at the public address of the settings."""
    installation = here()
    click.echo(sign_in_link(installation, _visitor(installation, person), seconds=LINK_SECONDS))
    click.echo(
        f"The link is for the pages at {installation.settings.public_url}; if they are served elsewhere, say "
        "where in LMS_SCORING_PUBLIC_URL.",
        err=True,
    )


def sign_in_link(installation: Installation, visitor: Visitor, *, seconds: int) -> str:
    """An address that signs its first visitor in. Only the code's SHA-256 is stored."""
    code = new_secret()
    with installation.store.writing() as transaction:
        transaction.keep_link(
            digest_of(code), visitor, expires_at=installation.clock.now() + seconds * SECOND
        )
    return f"{installation.settings.public_url.rstrip('/')}/sign-in/{code}"


def _checked_moodle(http: HttpClient, connection: Platform, course: str | None) -> Sequence[CheckLine]:
    return check_moodle(MoodleClient(http, token=connection.token or ""), course=course)


def _courses_at(files: CourseFiles, platform: str) -> Sequence[str | None]:
    """The courses that course files read from a platform, by the names they have there."""
    sources = (source for file in files.right.values() for source in file.sources)
    return sorted({source.course for source in sources if source.name == platform and source.course})


def _visitor(installation: Installation, person: str | None) -> Visitor:
    return ADMINISTRATOR if person is None else Visitor(person=person_known(installation, person))


def _grouped(lines: Iterable[CheckLine]) -> Iterator[CheckLine]:
    """What is said of several things is said once, and so is what is said of one in several courses."""
    things: dict[CheckLine, dict[str, None]] = {}
    for line in lines:
        things.setdefault(replace(line, what=""), {})[line.what] = None
    for line, what in things.items():
        yield replace(line, what=", ".join(what))


def _check_text(line: CheckLine) -> str:
    mark = {True: "ok     ", False: "missing", None: "note   "}[line.ok]
    return f"{mark} {line.what}: {line.text}" + (f" -> {line.do}" if line.do else "")
