"""Commands about our own keys, by which platforms check what we sign."""

from __future__ import annotations

import click

from lms_scoring.cli.here import here
from lms_scoring.cli.output import table_text
from lms_scoring.domain.instants import HOUR, SECOND, iso
from lms_scoring.lti.keys import Turn

_KNOWN_AFTER = 24 * HOUR
"""Platforms may keep our key set for hours; after a day they have seen the next key."""


@click.group()
def keys() -> None:
    """Our own keys: what is signed for platforms."""


@keys.command("list")
def list_() -> None:
    """Lists the keys; their private halves are never shown."""
    rows = [
        [key.id, key.turn.value, iso(key.made_at // SECOND * SECOND)]
        for key in here().lti.key_ring.own_keys()
    ]
    click.echo(table_text(("Key", "Turn", "Made"), rows), nl=False)


@keys.command()
@click.option(
    "--lost", is_flag=True, help="Begin with new keys: the sealing key was lost, or somebody has the keys."
)
@click.option("--yes", is_flag=True, help="Without asking (only --lost asks).")
def rotate(lost: bool, yes: bool) -> None:
    """Turns the keys by one: the next one signs, the one that signed can still be checked."""
    if lost and not yes:
        click.confirm(
            "All keys there are now are thrown away and cannot be brought back; until platforms have fetched "
            "the new ones they refuse what is signed, grades too. Begin with new keys?",
            abort=True,
        )
    installation = here()
    ring = installation.lti.key_ring
    turned = {key.turn: key for key in (ring.begin_anew() if lost else ring.rotate())}
    current = turned[Turn.CURRENT]
    click.echo(f"signing with {current.id} from now on; next: {turned[Turn.NEXT].id}")
    known = Turn.PREVIOUS not in turned or installation.clock.now() - current.made_at >= _KNOWN_AFTER
    if lost or not known:
        click.echo(
            "notice: this key was published less than a day ago; a platform that keeps a copy of the key set "
            "may refuse what we sign until it fetches the set again",
            err=True,
        )
