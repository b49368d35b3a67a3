"""Commands about roles that only we know: grant one, take one back, list who has them."""

from __future__ import annotations

import sys

import click

from lms_scoring.bootstrap import Installation
from lms_scoring.cli.here import here
from lms_scoring.cli.output import table_text
from lms_scoring.cli.people import person_known
from lms_scoring.ports import Grant

_name = click.argument("name", type=click.Choice(["coordinator", "administrator"]))
_course = click.option("--course", help="Only of this course.")


@click.group()
def role() -> None:
    """Roles that only we know: coordinator and administrator."""


@role.command()
@click.argument("person")
@_name
@_course
def grant(person: str, name: str, course: str | None) -> None:
    """Makes PERSON (id, username, number or e-mail) coordinator or administrator, of one course or of all."""
    installation = here()
    if course is not None:
        installation.rules(course)
    given = Grant(person=person_known(installation, person), role=name, course=course)
    with installation.store.writing() as transaction:
        transaction.keep_grant(given)
    click.echo(f"granted {_said(given)}")


@role.command()
@click.argument("person")
@_name
@_course
def revoke(person: str, name: str, course: str | None) -> None:
    """Takes a role back from PERSON (id, username, number or e-mail); it holds from the next page on.

    A role of all courses is taken back without --course, one of a single course with it.
    """
    installation = here()
    taken = Grant(person=person_known(installation, person), role=name, course=course)
    with installation.store.writing() as transaction:
        had_it = transaction.take_grant(taken)
    if not had_it:
        click.echo(f"lms-scoring: that person is no {_said(taken)}; `role list` shows who is", err=True)
        sys.exit(1)
    click.echo(f"no longer {_said(taken)}")


@role.command("list")
def list_() -> None:
    """Lists who has a role here."""
    installation = here(must_exist=True)
    with installation.store.reading() as transaction:
        found = transaction.all_grants()
    if not found:
        click.echo("nobody has a role here; give one by `lms-scoring role grant`")
        return
    names = _names(installation)
    rows = [[one.person, names.get(one.person, ""), one.role, one.course or "all courses"] for one in found]
    click.echo(table_text(("Id", "Name", "Role", "Of"), rows), nl=False)


def _said(grant: Grant) -> str:
    return grant.role + ("" if grant.course is None else f" of {grant.course}")


def _names(installation: Installation) -> dict[str, str]:
    with installation.store.reading() as transaction:
        people = [one for course in transaction.courses() for one in transaction.people(course.id)]
    return {one.id: one.name for one in people}
