"""`scheme`: checks a scheme, and says it in plain sentences; how commands call a scheme."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click

from lms_scoring.cli.options import lang_option
from lms_scoring.domain.errors import UnknownScheme
from lms_scoring.domain.scheme_sentences import scheme_sentences
from lms_scoring.files.course_scheme import scheme_named
from lms_scoring.files.scheme_file import SchemeFile, failing_examples
from lms_scoring.files.settings import read_settings

SCHEME = "NAME|FILE"
"""How a scheme is called, as a course file calls it."""


def scheme_meant(called: str) -> SchemeFile:
    """A scheme that comes with the program, by its name, or the one in a file.

    Raises UnknownScheme, SchemeMistakes.
    """
    try:
        return scheme_named(called, Path())
    except UnknownScheme as error:
        raise UnknownScheme(f"the scheme {called!r} {error}") from error


@click.group()
def scheme() -> None:
    """Scoring schemes: check one, show it in plain words."""


@scheme.command()
@click.argument("called", metavar=SCHEME)
def check(called: str) -> None:
    """Checks a scheme, one that comes with the program (by NAME) or in a FILE.

    Every mistake is told at once with its line, and the worked examples are scored; exit status 1 if any is
    wrong.
    """
    found = scheme_meant(called)
    failing = failing_examples(found)
    for mistake in failing:
        click.echo(mistake.told(called), err=True)
    if failing:
        examples = len({mistake.place for mistake in failing})
        click.echo(f"{called}: worked examples that do not come out as promised: {examples}", err=True)
        sys.exit(1)
    click.echo(
        f"{called}: right; {len(found.examples)} worked examples come out as promised; "
        f"fingerprint {found.scheme.fingerprint[:12]}"
    )


@scheme.command()
@click.argument("called", metavar=SCHEME)
@lang_option
def show(called: str, lang: str | None) -> None:
    """Shows a scheme, one that comes with the program (by NAME) or in a FILE, as plain sentences."""
    meant = scheme_meant(called)
    language = lang or read_settings(os.environ, working_folder=Path.cwd()).language
    click.echo("\n".join(scheme_sentences(meant.scheme, language)))
