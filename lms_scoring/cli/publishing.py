"""Sending the grades of a course to its platform's gradebook, as an administrator watches it."""

from __future__ import annotations

import random

import click

from lms_scoring.bootstrap import Installation
from lms_scoring.domain.errors import LmsScoringError
from lms_scoring.ports import SendState
from lms_scoring.services.grade_status import grades_of
from lms_scoring.services.publish import Published, column_of, publish


def publish_course(installation: Installation, course: str, *, only: str | None = None) -> bool:
    """Sends what waits, of everybody or of one person, and says how it went.

    True unless a learner was refused or the platform could not be reached. A course that sends nothing is
    not spoken of.
    """
    try:
        with installation.store.reading() as transaction:
            if transaction.passback(course) is None:
                return True
            title = transaction.course(course).title
        published = publish(
            course,
            installation.store,
            installation.gradebook,
            clock=installation.clock,
            jitter=random.random,
            label=column_of(title),
            only=only,
        )
    except LmsScoringError as error:  # the scores are kept, and so are the grades: they wait
        click.echo(f"{course}: grades not sent: {error}", err=True)
        return False
    _report(installation, course, published)
    return not published.needs_somebody


def _report(installation: Installation, course: str, published: Published) -> None:
    with installation.store.reading() as transaction:
        found = grades_of(transaction, course)
    if found is None:
        return
    overridden, refused = found.of(SendState.OVERRIDDEN), found.of(SendState.REFUSED)
    click.echo(
        f"{course} grades: {published.sent} sent, {len(found.of(SendState.WAITING))} waiting, "
        f"{len(overridden)} kept back because a teacher changed it, {len(refused)} refused, "
        f"{len(found.unknown)} unknown there"
    )
    for notice in published.notices:
        click.echo(f"  notice: {notice}")
    for reason in published.reasons:
        click.echo(f"  not reached: {reason}", err=True)
    for grade in refused:
        click.echo(f"  refused: {grade.person}: {grade.reason}", err=published.refused > 0)
    for grade in overridden:
        click.echo(f"  kept back: {grade.person}: {grade.reason}")
    if not found.reachable and found.unknown:
        click.echo("  notice: no platform has opened its gradebook for this course yet; open the tool there")
