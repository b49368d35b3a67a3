"""The command `grades`: what a course has sent to its platform's gradebook, and sending it now."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping

import click

from lms_scoring.cli.here import here
from lms_scoring.cli.options import format_option
from lms_scoring.cli.output import table_text
from lms_scoring.cli.people import person_meant
from lms_scoring.cli.publishing import publish_course
from lms_scoring.domain.evidence import Role
from lms_scoring.domain.figures import cut
from lms_scoring.domain.instants import moment_of
from lms_scoring.ports import Hold, OutgoingGrade, Transaction
from lms_scoring.services.gradebook.grade_status import CourseGrades, grades_of
from lms_scoring.services.gradebook.send_again import send_again
from lms_scoring.services.scoring.rules import CourseRules
from lms_scoring.services.syncing.next_sync import Coming, next_reading_told
from lms_scoring.words import why_unsent

_COLUMNS = ("person", "name", "state", "grade", "sent", "sent_at", "reason")


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
    rules = installation.rules(course)
    with installation.store.reading() as transaction:
        _switched_on(course, grades_of(transaction, course))
    only = None if person is None else person_meant(installation, course, person)
    if only is not None:
        with installation.store.reading() as transaction:
            why = _without_grade(transaction, rules, only, now=installation.clock.now())
        if why is not None:
            click.echo(f"{course}: nothing to send for {only}: {why}")
            return
    if again or force:
        persons = None if only is None else [only]
        send_again(course, installation.store, clock=installation.clock, persons=persons, force=force)
    if not publish_course(installation, course, only=only):
        sys.exit(1)


@grades.command("list")
@click.argument("course")
@format_option()
def list_(course: str, format_: str) -> None:
    """Lists the grades of COURSE and how far each got; `unknown`: the platform never named that person,
    `held`: it is not sent for now."""
    installation = here(must_exist=True)
    rules = installation.rules(course)
    with installation.store.reading() as transaction:
        found = _switched_on(course, grades_of(transaction, course))
        names = {one.id: one.name for one in transaction.people(course)}
        why = {one: _why(transaction, rules, one, now=installation.clock.now()) for one in Hold}
    rows = [_row(grade, found, rules, names, why) for grade in found.grades]
    if format_ == "json":
        click.echo(json.dumps(rows, ensure_ascii=False, indent=2))
    else:
        cells = ([row[name] or "" for name in _COLUMNS] for row in rows)
        title = f"{course} ({found.passback})"
        click.echo(table_text(_COLUMNS, cells, title=title, numbers=("grade", "sent")), nl=False)
        click.echo(_HOW)
        if found.read_at is not None:
            read_at = moment_of(found.read_at, rules.zone).isoformat(timespec="seconds")
            click.echo(f"the gradebook was last read at {read_at}")


_HOW = (
    "grades are cut to two decimals and never rounded up; what a card, a board or a preview shows is rounded "
    "and may be a hundredth more"
)


_HELD = {
    Hold.TO_CHECK: "held back until somebody has looked at what the result hangs on",
    Hold.DISPUTED: "held back until a dispute about the result is answered",
    Hold.NO_VERDICT: "held back until there is a result again",
    Hold.WITHDRAWN: "held back: this learner has left the course",
    Hold.UNREAD: "held back until a sync has read all that was done at the end of the window, or the "
    "programme is closed",
    Hold.NOT_LOOKED_AT: "held back until doubts about what this learner wrote were looked for: the next "
    "scoring does",
}


def _why(transaction: Transaction, rules: CourseRules, hold: Hold, *, now: int) -> str:
    """Why a grade is held back; where a sync is waited for, whether one comes by itself."""
    if hold is Hold.UNREAD:
        reading = next_reading_told(transaction, rules, now=now)
        if reading is None:
            return "held back until what was done at the end of the window, and has been read, is scored"
        if reading.coming in (Coming.BY_HAND, Coming.NOBODY):
            return (
                "held back until all that was done at the end of the window has been read, and no sync comes "
                f"by itself: run `lms-scoring sync {rules.course}`"
            )
    return _HELD[hold]


def _without_grade(transaction: Transaction, rules: CourseRules, person: str, *, now: int) -> str | None:
    """Why the person has no grade that could be sent; None where there is one."""
    for grade in transaction.outgoing(rules.course, persons=[person]):
        return None if grade.held is None else _why(transaction, rules, grade.held, now=now)
    own = transaction.memberships(rules.course, persons=[person])
    learning = [one for one in own if one.role is Role.LEARNER]
    if not learning:
        return "only learners have a grade in the gradebook, and this person is a tutor"
    if not any(one.is_active for one in learning):
        return "this learner has left the course"
    return "this learner's card makes no grade yet (a verdict is sent once it is final)"


def _switched_on(course: str, found: CourseGrades | None) -> CourseGrades:
    if found is None:
        raise click.ClickException(
            f"{course} sends no grades; switch it on with `lms-scoring course passback {course} score` "
            "(or verdict)"
        )
    return found


def _row(
    grade: OutgoingGrade,
    found: CourseGrades,
    rules: CourseRules,
    names: Mapping[str, str],
    why: Mapping[Hold, str],
) -> dict[str, str | None]:
    unknown = grade.person in found.unknown
    told = None if grade.reason is None else why_unsent(grade.reason, "en")
    at = None if grade.sent_at is None else moment_of(grade.sent_at, rules.zone)
    return {
        "person": grade.person,
        "name": names.get(grade.person),
        "state": "unknown" if unknown else "held" if grade.is_held else grade.state.value,
        "grade": cut(grade.given),
        "sent": None if grade.sent is None else cut(grade.sent),
        "sent_at": None if at is None else at.isoformat(timespec="seconds"),
        "reason": why[grade.held] if grade.held is not None and grade.is_held else told,
    }
