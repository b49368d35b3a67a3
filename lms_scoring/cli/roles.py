"""Commands about roles that only we know: grant one, take one back, list who has them."""

from __future__ import annotations

import sys

import click

from lms_scoring.cli.here import here
from lms_scoring.cli.options import by_or_command_option
from lms_scoring.cli.output import table_text
from lms_scoring.cli.people import person_known
from lms_scoring.cli.signed import signed_here
from lms_scoring.domain.instants import iso
from lms_scoring.ports import Grant
from lms_scoring.services.access.roles import ROLES, Granted, grant_role, granted, revoke_role

_name = click.argument("name", type=click.Choice(ROLES))
_course = click.option("--course", help="Only of this course.")
_by = by_or_command_option("Who does it")
_reason = click.option("--reason", default="by command", help="Why; kept with the act.")


@click.group()
def role() -> None:
    """Roles that only we know: coordinator and administrator."""


@role.command()
@click.argument("person")
@_name
@_course
@_by
@_reason
def grant(person: str, name: str, course: str | None, by: str, reason: str) -> None:
    """Makes PERSON (id, username, number or e-mail) coordinator or administrator, of one course or of all."""
    installation = here()
    if course is not None:
        installation.rules(course)
    given = Grant(person=person_known(installation, person), role=name, course=course)
    signed = signed_here(installation, by, reason)
    grant_role(given, signed, installation.store, clock=installation.clock)
    click.echo(f"granted {_said(given)}")


@role.command()
@click.argument("person")
@_name
@_course
@_by
@_reason
def revoke(person: str, name: str, course: str | None, by: str, reason: str) -> None:
    """Takes a role back from PERSON (id, username, number or e-mail); it holds from the next page on.

    A role of all courses is taken back without --course, one of a single course with it.
    """
    installation = here()
    taken = Grant(person=person_known(installation, person), role=name, course=course)
    signed = signed_here(installation, by, reason)
    had_it = revoke_role(taken, signed, installation.store, clock=installation.clock)
    if not had_it:
        where = " of all courses" if course is None else ""
        click.echo(
            f"lms-scoring: that person is no {_said(taken)}{where}; `lms-scoring role list` shows who is",
            err=True,
        )
        sys.exit(1)
    click.echo(f"no longer {_said(taken)}")


@role.command("list")
def list_() -> None:
    """Lists who has a role here."""
    installation = here(must_exist=True)
    found = granted(installation.store)
    if not found:
        click.echo("nobody has a role here; give one by `lms-scoring role grant`")
        return
    rows = [
        [one.grant.person, one.name, one.grant.role, one.grant.course or "all courses", *_signed(one)]
        for one in found
    ]
    click.echo(table_text(("Id", "Name", "Role", "Of", "By", "On"), rows), nl=False)


def _said(grant: Grant) -> str:
    return grant.role + ("" if grant.course is None else f" of {grant.course}")


def _signed(one: Granted) -> tuple[str, str]:
    """Who gave it and on which day, where that was signed."""
    return ("", "") if one.act is None else (one.by or one.act.by, iso(one.act.at)[:10])
