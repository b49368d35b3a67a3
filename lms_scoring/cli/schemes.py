"""`scheme`: checks a scheme file, and says a scheme in plain sentences."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from lms_scoring.domain.scheme_sentences import scheme_sentences
from lms_scoring.files.scheme_file import failing_examples, read_scheme


@click.group()
def scheme() -> None:
    """Scoring schemes: check a file, show it in plain words."""


@scheme.command()
@click.argument("file", type=click.Path(path_type=Path))
def check(file: Path) -> None:
    """Checks a scheme FILE: every mistake at once, and its worked examples are scored."""
    found = read_scheme(file)
    failing = failing_examples(found)
    for mistake in failing:
        click.echo(f"{file}: {mistake}", err=True)
    if failing:
        examples = len({mistake.place for mistake in failing})
        click.echo(f"{file}: worked examples that do not come out as promised: {examples}", err=True)
        sys.exit(1)
    click.echo(
        f"{file}: right; {len(found.examples)} worked examples come out as promised; "
        f"fingerprint {found.scheme.fingerprint[:12]}"
    )


@scheme.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--lang", type=click.Choice(["zh", "en"]), default="zh", show_default=True)
def show(file: Path, lang: str) -> None:
    """Shows the scheme in a FILE as plain sentences."""
    click.echo("\n".join(scheme_sentences(read_scheme(file).scheme, lang)))
