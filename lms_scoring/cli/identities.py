"""Commands about accounts that no roster names: list them, join one to a person, undo that."""

from __future__ import annotations

from collections.abc import Iterator

import click

from lms_scoring.cli.here import here
from lms_scoring.cli.options import by_option, page_option, reason_option
from lms_scoring.cli.output import page_text, table_text
from lms_scoring.cli.people import person_meant
from lms_scoring.cli.signed import signed_here
from lms_scoring.domain.identity import account_key
from lms_scoring.domain.instants import iso
from lms_scoring.services.deciding.identities import Accounts, Stray, accounts_of, join, part
from lms_scoring.services.following_up.follow_up import follow_up
from lms_scoring.services.scoring.assess import Assessed

_course = click.argument("course_id", metavar="COURSE")
_account = click.argument("account")
_by = by_option()
_reason = reason_option("How you know; shown in the history of the score.")


@click.group()
def identity() -> None:
    """Accounts that no roster names, and whose they are."""


@identity.command("list")
@_course
@page_option
def list_(course_id: str, page: int) -> None:
    """Lists the accounts of COURSE that are nobody's, a page at a time, and those joined by hand."""
    installation = here(must_exist=True)
    found = accounts_of(installation.rules(course_id), installation.store, page=page)
    if not found.strays and not found.by_hand:
        click.echo("every account belongs to somebody by a roster")
    if found.strays:
        heads = ("Key", "Account", "Source", "Records", "First", "Last", "Could be")
        rows = [_stray(one) for one in found.strays]
        click.echo(table_text(heads, rows, title="of nobody", numbers=["Key", "Records"]), nl=False)
        click.echo(page_text(found.number, found.pages, found.found))
    if found.by_hand:
        heads = ("Key", "Account", "Person", "By", "On", "Reason", "A roster says")
        click.echo(table_text(heads, _by_hand(found), title="joined by hand", numbers=["Key"]), nl=False)


@identity.command("join")
@_course
@_account
@click.argument("person")
@_by
@_reason
def join_(course_id: str, account: str, person: str, by: str, reason: str) -> None:
    """Joins ACCOUNT (its key, or the account itself) to PERSON (id, username, number or e-mail) of COURSE.

    All that the account left behind counts for that person at once. Later syncs keep it so.
    """
    installation = here(must_exist=True)
    signed = signed_here(installation, by, reason)
    rules, store, clock = installation.rules(course_id), installation.store, installation.clock
    whom = person_meant(installation, course_id, person)
    done = join(rules, _key(account), whom, signed, store, clock=clock)
    _say(f"joined to {whom}", done + follow_up(rules, store, clock=clock).assessed)


@identity.command()
@_course
@_account
@_by
@_reason
def undo(course_id: str, account: str, by: str, reason: str) -> None:
    """Undoes what joined ACCOUNT (its key, or the account itself) to a person of COURSE by hand."""
    installation = here(must_exist=True)
    signed = signed_here(installation, by, reason)
    rules, store, clock = installation.rules(course_id), installation.store, installation.clock
    done = part(rules, _key(account), signed, store, clock=clock)
    _say("undone", done + follow_up(rules, store, clock=clock).assessed)


def _key(given: str) -> str:
    """An account has a colon in it, and a key has none."""
    return account_key(given) if ":" in given else given


def _say(what: str, done: Assessed) -> None:
    click.echo(f"{what}; {done.changed} of {done.scored} cards changed")


def _stray(one: Stray) -> tuple[str, ...]:
    hints = (f"{hint.person.id} (same {hint.kind.replace('_', ' ')})" for hint in one.hints)
    left = one.left
    return (
        *(one.key, left.account, ", ".join(left.sources), str(left.records)),
        *("" if at is None else iso(at)[:10] for at in (left.first, left.last)),
        ", ".join(hints),
    )


def _by_hand(found: Accounts) -> Iterator[tuple[str, ...]]:
    for one in found.by_hand:
        joined, act = one.joined, one.joined.act
        by = found.names.get(act.by) or act.by
        yield (
            one.key,
            joined.account,
            joined.person,
            by,
            iso(act.at)[:10],
            act.reason,
            joined.by_roster or "",
        )
