"""Switching on and off what a course sends to its platform's gradebook."""

from __future__ import annotations

import click

from lms_scoring.bootstrap import Installation
from lms_scoring.ports import Passback
from lms_scoring.services.gradebook.grade_status import grades_of
from lms_scoring.services.gradebook.switch_passback import switch_passback, would_go_out


def switch(installation: Installation, course: str, passback: Passback | None, *, yes: bool) -> None:
    """Asks, unless `yes`, and keeps it. Raises UnknownCourse."""
    reading = installation.rules(course).window_reading
    store, clock = installation.store, installation.clock
    with store.reading() as transaction:
        before = transaction.passback(course)
    if passback is before:
        click.echo(f"{course}: that is so already")
        return
    if passback is None:
        click.echo(f"{course}: nothing more will be sent; what stands in the gradebook stays")
    else:
        would = would_go_out(course, passback, store, clock=clock, reading=reading)
        click.echo(f"{course}: grades that would go out ({passback}): {would}")
    if not yes:
        click.confirm("Switch?", abort=True)
    switch_passback(course, passback, store, clock=clock, reading=reading)
    click.echo(f"{course}: passback is {'off' if passback is None else passback}")
    _say_what_is_next(installation, course)


def _say_what_is_next(installation: Installation, course: str) -> None:
    with installation.store.reading() as transaction:
        found = grades_of(transaction, course)
    if found is None:
        return
    if found.reachable:
        click.echo(
            "`lms-scoring serve` sends them within minutes, and so does the next sync, or now "
            f"`lms-scoring grades send {course}`"
        )
    else:
        click.echo(
            "notice: no platform has opened its gradebook for this course yet; open the tool from the course "
            "there once (in a Moodle with the grade service switched on in the tool's settings)"
        )
