"""Sending the grades of a course to its platform's gradebook, as an administrator watches it."""

from __future__ import annotations

import random

from lms_scoring.bootstrap import Installation
from lms_scoring.cli.output import Said
from lms_scoring.domain.errors import LmsScoringError
from lms_scoring.ports import SendState
from lms_scoring.services.following_up.troubles import SENDING, went_well
from lms_scoring.services.gradebook.grade_status import grades_of
from lms_scoring.services.gradebook.publish import Published, column_of, publish
from lms_scoring.words import why_unsent


def publish_course(installation: Installation, course: str, *, only: str | None = None) -> bool:
    """As `publish_quietly`, and says at once how it went."""
    said = Said()
    try:
        return publish_quietly(installation, course, said=said, only=only)
    finally:
        said.print()


def publish_quietly(installation: Installation, course: str, *, said: Said, only: str | None = None) -> bool:
    """Sends what waits, of everybody or of one person; `said` takes how it went.

    True unless a learner was refused or the platform could not be reached; where it was, sending fails no
    more. A course that sends nothing is not spoken of.
    """
    try:
        with installation.store.reading() as transaction:
            if transaction.passback(course) is None:
                return True
            title = transaction.course(course).title
        published = publish(
            course,
            installation.store,
            installation.lti.gradebook,
            clock=installation.clock,
            jitter=random.random,
            label=column_of(title),
            only=only,
            reading=installation.rules(course).window_reading,
        )
    except LmsScoringError as error:  # the scores are kept, and so are the grades: they wait
        said.echo(f"{course}: grades not sent: {error}", err=True)
        return False
    if published.reached:
        with installation.store.writing() as transaction:
            went_well(transaction, SENDING, course, now=installation.clock.now())
    _report(installation, course, published, said)
    return not published.needs_somebody


def _report(installation: Installation, course: str, published: Published, said: Said) -> None:
    with installation.store.reading() as transaction:
        found = grades_of(transaction, course)
    if found is None:
        return
    overridden, refused = found.of(SendState.OVERRIDDEN), found.of(SendState.REFUSED)
    said.echo(
        f"{course} grades: {published.sent} sent, {len(found.of(SendState.WAITING))} waiting, "
        f"{len(overridden)} kept back because a teacher changed it, {len(refused)} refused, "
        f"{len(found.unknown)} unknown there"
    )
    if found.held:
        said.echo(f"  held back: {len(found.held)}; `lms-scoring grades list {course}` says why")
    for notice in published.notices:
        said.echo(f"  notice: {notice}")
    for reason in published.reasons:
        said.echo(f"  not reached: {reason}", err=True)
    for grade in refused:
        why = why_unsent(grade.reason or "", "en")
        said.echo(f"  refused: {grade.person}: {why}", err=published.refused > 0)
    for grade in overridden:
        said.echo(f"  kept back: {grade.person}: {grade.reason}")
    if not found.reachable and found.unknown:
        said.echo("  notice: no platform has opened its gradebook for this course yet; open the tool there")
