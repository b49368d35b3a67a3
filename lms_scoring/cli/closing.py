"""Commands that close a programme and reopen it."""

from __future__ import annotations

from collections.abc import Iterator

import click

from lms_scoring.bootstrap import Installation
from lms_scoring.cli.here import here
from lms_scoring.cli.options import by_option, reason_option, yes_option
from lms_scoring.cli.signed import signed_here
from lms_scoring.domain.figures import rounded
from lms_scoring.services.deciding.close import Pending, close, pending_of, reopen
from lms_scoring.services.window_read import Short

_by = by_option()
_reason = reason_option("Why; everybody in the course reads it.")


@click.command("close")
@click.argument("course_id", metavar="COURSE")
@_by
@_reason
@yes_option
def close_course(course_id: str, by: str, reason: str, yes: bool) -> None:
    """Closes COURSE after showing what is still pending: its scores are then final.

    Later syncs keep storing and change no score; only decisions that are signed do.
    """
    installation = here(must_exist=True)
    signed = signed_here(installation, by, reason)
    rules = installation.rules(course_id)
    pending = pending_of(rules, installation.store, clock=installation.clock)
    for line in _lines(pending):
        click.echo(line)
    if pending.is_over and not yes:
        click.confirm("Close?", abort=True)
    done = close(rules, signed, installation.store, clock=installation.clock, seen=pending.mark)
    if done.assessed is None:
        raise click.ClickException("something changed meanwhile, and nothing was done; run it again")
    click.echo(f"closed; {done.assessed.changed} of {done.assessed.scored} cards are final now")


@click.command("reopen")
@click.argument("course_id", metavar="COURSE")
@_by
@_reason
def reopen_course(course_id: str, by: str, reason: str) -> None:
    """Reopens COURSE: everybody is scored by all that was stored meanwhile."""
    installation: Installation = here(must_exist=True)
    signed = signed_here(installation, by, reason)
    done = reopen(installation.rules(course_id), signed, installation.store, clock=installation.clock)
    click.echo(f"reopened; {done.changed} of {done.scored} cards changed")


_SHORT = {
    Short.FAILED: "the last sync failed",
    Short.CUT_SHORT: "the last sync was cut short",
    Short.EARLY: "not synced since",
}


def _lines(pending: Pending) -> Iterator[str]:
    for one in pending.waiting:
        comes_to = " -> fail" if one.could_pass else ""
        yield (
            f"not marked: {one.person} {one.name} ({one.class_ or 'no class'}): {rounded(one.total)}, "
            f"could become {rounded(one.could_become)}{comes_to}"
        )
    counted = {
        "learners with unmarked work": len(pending.waiting),
        "learners with unreadable records": pending.unread,
        "people to be scored first": pending.due,
        "grades not arrived": pending.grades,
        "grades held back": pending.held,
        "accounts of nobody": pending.unjoined,
        "cases that wait": pending.cases,
        "disputes that wait for an answer": pending.disputes,
        **{f"problems of syncs ({kind.value})": n for kind, n in pending.problems.items()},
    }
    yield "; ".join(f"{what}: {n}" for what, n in counted.items())
    if pending.is_over and pending.unread_sources:
        named = "; ".join(f"{one.source}: {_SHORT[one.short]}" for one in pending.unread_sources)
        yield (
            f"notice: not every source was read well since the window ended ({named}), so what was done last "
            "may be missing, and would never count: `lms-scoring sync` first"
        )
