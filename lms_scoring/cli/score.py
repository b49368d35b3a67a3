"""`score`: an evidence file and a scheme in, scorecards out; no database, no network."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import Any, BinaryIO

import click

from lms_scoring.cli.output import result_stream, write_csv, write_ndjson, write_table
from lms_scoring.cli.schemes import SCHEME, scheme_meant
from lms_scoring.domain.closing import closed
from lms_scoring.domain.instants import parse_instant
from lms_scoring.domain.scoring import scorecards
from lms_scoring.files.evidence_file import in_order, read_evidence
from lms_scoring.files.loose_ends import loose_ends


class Instant(click.ParamType[int]):
    """A time with offset, as an instant."""

    name = "time"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> int:
        try:
            return parse_instant(value)
        except ValueError:
            self.fail(f"{value!r} is not an ISO 8601 time with offset, such as 2024-12-16T00:00:00+08:00")


class EvidenceFile(click.File):
    """A file to read, or standard input where it is open."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        if value == "-" and sys.stdin is None:
            raise click.ClickException("standard input is closed; name a FILE instead of -, or pipe one in")
        return super().convert(value, param, ctx)


@click.command()
@click.argument("file", type=EvidenceFile("rb"))
@click.option(
    "--scheme",
    "called",
    required=True,
    metavar=SCHEME,
    help="The scheme: the name of one that comes with the program, or a file.",
)
@click.option(
    "--format",
    "format_",
    type=click.Choice(["ndjson", "csv", "table"]),
    default="ndjson",
    show_default=True,
)
@click.option("--output", type=click.Path(path_type=Path, dir_okay=False), help="Instead of the terminal.")
@click.option("--as-of", type=Instant(), help="Score as of this time; default: now.")
@click.option(
    "--closed", "is_closed", is_flag=True, help="As of a closed programme: nothing waits for marks."
)
def score(
    file: BinaryIO,
    called: str,
    format_: str,
    output: Path | None,
    as_of: int | None,
    is_closed: bool,
) -> None:
    """Scores an evidence FILE ("-": standard input): one result for every membership.

    Lines that cannot be used are reported on standard error with their number and reason; the rest is
    scored, and the exit status is 1. What refers to something that is not in the file is told too.
    """
    if output is not None and _are_one_file(file, output):
        raise click.UsageError(f"--output {output} is the evidence FILE itself; name another file")
    scheme = scheme_meant(called).scheme
    evidence = read_evidence(iter(file))
    for remark in in_order([*evidence.remarks, *loose_ends(evidence, scheme)]):
        click.echo(str(remark), err=True)
    now = time.time_ns() // 1_000_000
    at = now if as_of is None else as_of
    cards = scorecards(scheme, evidence.records, as_of=at)
    if is_closed:
        cards = [closed(card, at=at) for card in cards]
    write = {"ndjson": write_ndjson, "csv": write_csv, "table": write_table}[format_]
    with result_stream(output) as stream:
        write(cards, stream)
    if any(remark.lost for remark in evidence.remarks):
        sys.exit(1)


def _are_one_file(file: BinaryIO, output: Path) -> bool:
    """Whether the result would take the place of the evidence."""
    return output.exists() and Path(file.name).exists() and output.samefile(file.name)
