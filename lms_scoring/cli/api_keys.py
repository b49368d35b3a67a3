"""Commands about the keys by which other programs read results."""

from __future__ import annotations

import click

from lms_scoring.cli.here import here
from lms_scoring.domain.instants import iso
from lms_scoring.ports import ApiKey
from lms_scoring.services.access.api_keys import issue, revoke
from lms_scoring.web.api.keys import digest_of_key, new_key


@click.group("api-key")
def api_key() -> None:
    """Keys by which other programs read results from /api/v1."""


@api_key.command()
@click.argument("name")
@click.option("--course", help="Opens this course alone; without it, all courses.")
@click.option("--days", type=click.IntRange(1, 3650), help="Opens nothing after so many days.")
def add(name: str, course: str | None, days: int | None) -> None:
    """Makes a key for NAME (who will have it) and shows it, this once."""
    if not 0 < len(name.strip()) <= 100 or not name.isprintable():
        raise click.UsageError("NAME says who has the key, in at most 100 characters")
    installation = here()
    secret = new_key()
    made = issue(
        installation.store,
        digest_of_key(secret),
        clock=installation.clock,
        name=name.strip(),
        course=course,
        days=days,
    )
    click.echo(secret)
    click.echo(
        f"This is key {made.id}, and it is not shown again. It is sent as a header, never in an address:\n"
        f"  curl -H @header {installation.settings.public_url.rstrip('/')}/api/v1/courses\n"
        "where the file `header` has the line: Authorization: Bearer, and the key",
        err=True,
    )


@api_key.command("list")
def list_() -> None:
    """Shows all keys there ever were, without their secrets."""
    with here(must_exist=True).store.reading() as transaction:
        keys = transaction.api_keys()
    for key in keys:
        click.echo(_line(key))
    if not keys:
        click.echo("no keys; `lms-scoring api-key add NAME` makes one", err=True)


@api_key.command("revoke")
@click.argument("number", type=int)
def revoke_(number: int) -> None:
    """Makes key NUMBER good for nothing, from now on and for ever."""
    installation = here(must_exist=True)
    revoke(installation.store, number, clock=installation.clock)
    click.echo(f"key {number} is revoked")


def _line(key: ApiKey) -> str:
    reads = "all courses" if key.course is None else f"course {key.course}"
    told = [f"{key.id}  {key.name}: {reads}; made {_day(key.made_at)}"]
    told.append("never used" if key.used_at is None else f"last used {_day(key.used_at)}")
    if key.expires_at is not None:
        told.append(f"until {_day(key.expires_at)}")
    if key.revoked_at is not None:
        told.append(f"REVOKED {_day(key.revoked_at)}")
    return ", ".join(told)


def _day(instant: int) -> str:
    return iso(instant)[:10]
