"""The command `grades`: what a course has sent to its platform's gradebook, and sending it now."""

from __future__ import annotations

import json
import sys

import click

from lms_scoring.cli.here import here
from lms_scoring.cli.output import table_text
from lms_scoring.cli.people import person_meant
from lms_scoring.cli.publishing import publish_course
from lms_scoring.domain.figures import cut
from lms_scoring.domain.instants import moment_of
from lms_scoring.ports import OutgoingGrade
from lms_scoring.services.enqueue import send_again
from lms_scoring.services.grade_status import CourseGrades, grades_of
from lms_scoring.services.rules import CourseRules

_COLUMNS = ("person", "state", "grade", "sent", "sent_at", "reason")


@click.group()
def grades() -> None:
    """Grades in the platform's gradebook: list them, send them."""


@grades.command()
@click.argument("course")
@click.option("--person", help="Only this person (id, username, number or e-mail).")
@click.option("--again", is_flag=True, help="Also those that were refused, and those that wait for a retry.")
@click.option("--force", is_flag=True, help="Everything anew, over what teachers entered too.")
def send(course: str, person: str | None, again: bool, force: bool) -> None:
    """Sends the grades of COURSE that wait; exit status 1 if one was refused or the platform not reached."""
    installation = here(must_exist=True)
    installation.rules(course)
    with installation.store.reading() as transaction:
        _switched_on(course, grades_of(transaction, course))
    only = None if person is None else person_meant(installation, course, person)
    if again or force:
        persons = None if only is None else [only]
        send_again(course, installation.store, clock=installation.clock, persons=persons, force=force)
    if not publish_course(installation, course, only=only):
        sys.exit(1)


@grades.command("list")
@click.argument("course")
@click.option("--format", "format_", type=click.Choice(["table", "json"]), default="table", show_default=True)
def list_(course: str, format_: str) -> None:
    """Lists the grades of COURSE and how far each got; `unknown`: the platform never named that person."""
    installation = here(must_exist=True)
    rules = installation.rules(course)
    with installation.store.reading() as transaction:
        found = _switched_on(course, grades_of(transaction, course))
    rows = [_row(grade, found, rules) for grade in found.grades]
    if format_ == "json":
        click.echo(json.dumps(rows, ensure_ascii=False, indent=2))
    else:
        cells = ([row[name] or "" for name in _COLUMNS] for row in rows)
        title = f"{course} ({found.passback})"
        click.echo(table_text(_COLUMNS, cells, title=title, numbers=("grade", "sent")), nl=False)


def _switched_on(course: str, found: CourseGrades | None) -> CourseGrades:
    if found is None:
        raise click.ClickException(
            f"{course} sends no grades; switch it on with `lms-scoring course passback {course} score` "
            "(or verdict)"
        )
    return found


def _row(grade: OutgoingGrade, found: CourseGrades, rules: CourseRules) -> dict[str, str | None]:
    unknown = grade.person in found.unknown
    at = None if grade.sent_at is None else moment_of(grade.sent_at, rules.zone)
    return {
        "person": grade.person,
        "state": "unknown" if unknown else grade.state.value,
        "grade": cut(grade.given),
        "sent": None if grade.sent is None else cut(grade.sent),
        "sent_at": None if at is None else at.isoformat(timespec="seconds"),
        "reason": grade.reason,
    }
