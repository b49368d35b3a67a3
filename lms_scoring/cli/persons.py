"""`person`: all that is kept of one person, as a file of their own, or erased for good."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import click

from lms_scoring.cli.here import here
from lms_scoring.cli.options import by_option, reason_option, yes_option
from lms_scoring.cli.people import anybody_known
from lms_scoring.cli.person_file import write_person
from lms_scoring.cli.signed import signed_here
from lms_scoring.domain.instants import iso
from lms_scoring.services.access.erase import Erasable, erasable, erase, erasures, readmit

_by = by_option()
_reason = reason_option("Why, without naming the person: it is kept.")


def _numbers(_: click.Context, __: click.Parameter, told: Sequence[str]) -> Sequence[int]:
    """Numbers with commas between them, as they are told. Raises BadParameter."""
    parts = [part.strip() for numbers in told for part in numbers.split(",")]
    if wrong := [part for part in parts if not part.isdecimal()]:
        raise click.BadParameter(f"{wrong[0]!r} is no number of a record")
    return [int(part) for part in parts]


_theirs = click.option(
    "--theirs",
    multiple=True,
    callback=_numbers,
    metavar="NUMBER,…",
    help="Records in quarantine that cannot be read, and are theirs; may be said several times.",
)

_NOT_WIPED = (
    "what was erased may stand in files of the database for a while yet: an SQLite database is read by "
    "another program now, and its write-ahead log is emptied once nobody does; in PostgreSQL run VACUUM FULL"
)


@click.group()
def person() -> None:
    """One person: all that is kept of them, and its end."""


@person.command("export")
@click.argument("person", metavar="PERSON")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@_theirs
def export(person: str, file: Path, theirs: Sequence[int]) -> None:
    """Writes all that is kept of PERSON (id, username, number or address) into FILE, a ZIP of JSON lines.

    Only its owner may read the file; an existing one is not overwritten. A record in quarantine that cannot
    be read and may be theirs is named and left out, unless --theirs says that it is.
    """
    installation = here(must_exist=True)
    id_ = anybody_known(installation, person)
    with installation.store.reading() as transaction:
        unclear = transaction.unclear(id_)
        _check_unclear(theirs, unclear)
        held = transaction.held(id_, taken=theirs)
        counts = write_person(file, id_, held, at=installation.clock.now())
    for what, count in sorted(counts.items()):
        click.echo(f"{what}: {count}")
    if left := [number for number in unclear if number not in theirs]:
        click.echo(f"left out, for they cannot be read and may be theirs or not: {_records(left)}")
        click.echo("look at each (`lms-scoring quarantine show NUMBER`), and say --theirs NUMBER of what is")
    click.echo(f"all that is kept of {id_} is in {file}")


@person.command("erase")
@click.argument("person", metavar="PERSON")
@_by
@_reason
@_theirs
@click.option(
    "--not-theirs",
    multiple=True,
    callback=_numbers,
    metavar="NUMBER,…",
    help="Records in quarantine that cannot be read, and are somebody else's; they stay.",
)
@yes_option
def erase_person(
    person: str, by: str, reason: str, theirs: Sequence[int], not_theirs: Sequence[int], yes: bool
) -> None:
    """Erases all that is kept of PERSON (id, username, number or address), after showing how much that is.

    No sync, roster or launch brings them back. Nobody can undo it. Where records in quarantine cannot be read
    and may be theirs, each must be said to be so (--theirs), or not (--not-theirs).
    """
    installation = here(must_exist=True)
    signed = signed_here(installation, by, reason)
    found = erasable(installation.store, anybody_known(installation, person), taken=theirs)
    for line in _lines(found):
        click.echo(line)
    _check_unclear([*theirs, *not_theirs], found.unclear)
    if left := [number for number in found.unclear if number not in (*theirs, *not_theirs)]:
        raise click.ClickException(
            f"these cannot be read and may be theirs: {_records(left)}. Nothing was erased: look at each "
            "(`lms-scoring quarantine show NUMBER`), and say --theirs NUMBER or --not-theirs NUMBER of it"
        )
    if not yes:
        click.confirm("Erase all of this for good?", abort=True)
    act = erase(
        found.person, signed, installation.store, clock=installation.clock, seen=found.mark, taken=theirs
    )
    if act is None:
        raise click.ClickException("something changed meanwhile, and nothing was done; run it again")
    click.echo(f"erased; what others' records say of them they say of erased:{act.number} from now on")
    if not installation.store.wiped():
        click.echo(_NOT_WIPED)
    click.echo("backups and files that were exported before still hold them: see docs/guide/operating.md")


@person.command("erasures")
def list_erasures() -> None:
    """Who was erased: when, by whom and why, and who was let in again; nobody's name is known any more."""
    found = erasures(here(must_exist=True).store)
    for act in found:
        which = f"erased:{act.number}" if act.subject is None else f"{act.subject} let in again"
        click.echo(f"{iso(act.at)}  {which}  by {act.by}: {act.reason}")
    if not found:
        click.echo("nobody was erased here")


@person.command("readmit")
@click.argument("account", metavar="ID", required=False)
@_by
@_reason
@click.option(
    "--lost", is_flag=True, help="All whose digests cannot be read, since the sealing key was lost."
)
def readmit_person(account: str | None, by: str, reason: str, lost: bool) -> None:
    """Lets whoever was erased come back with the next sync: ID is what they were known by (`moodle-17`)."""
    if (account is None) != lost:
        raise click.UsageError("say either an ID or --lost")
    installation = here(must_exist=True)
    signed = signed_here(installation, by, reason)
    known_by = None if account is None else f"person:{account}"
    count = readmit(known_by, signed, installation.store, clock=installation.clock)
    if count == 0:
        raise click.ClickException("nobody who was erased here was known by that")
    click.echo(f"may come back: {count}; the next full sync reads what is theirs")


def _lines(found: Erasable) -> Iterator[str]:
    yield f"{found.person} {found.name}"
    yield f"goes: {_counted(found.goes)}"
    if found.renamed:
        yield f"stays without the name, since it is others' too: {_counted(found.renamed)}"
    if found.courses:
        yield f"in the courses {', '.join(found.courses)}"
    if found.closed:
        yield f"closed, and afterwards without their card: {', '.join(found.closed)}"
    for grant in found.roles:
        yield f"goes too: the role {grant.role} of {grant.course or 'the whole institution'}"


def _check_unclear(said: Sequence[int], unclear: Sequence[int]) -> None:
    """Of others it is known whose they are, and nobody takes them along by a slip."""
    if wrong := [number for number in said if number not in unclear]:
        raise click.ClickException(f"of these it is known whose they are: {_records(wrong)}; leave them out")


def _records(numbers: Sequence[int]) -> str:
    return f"quarantine {', '.join(map(str, numbers))}"


def _counted(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{what} {count}" for what, count in sorted(counts.items()))
