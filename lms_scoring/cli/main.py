"""The `lms-scoring` command: all commands by name, and how an error ends."""

from __future__ import annotations

import sys

import click

from lms_scoring.cli import (
    api_keys,
    courses,
    decisions,
    demo,
    grades,
    keys,
    operations,
    registrations,
    roles,
    schemes,
    score,
)
from lms_scoring.domain.errors import LmsScoringError


class _Commands(click.Group):
    """Turns what went wrong into one message and exit status 1, never a traceback."""

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except LmsScoringError as error:
            click.echo(f"lms-scoring: {error}", err=True)
        except OSError as error:
            if isinstance(error, BrokenPipeError):  # who read along has gone: click's business
                raise
            what = "" if error.filename is None else f"{error.filename} cannot be used: "
            click.echo(f"lms-scoring: {what}{error.strerror or error}", err=True)
        sys.exit(1)


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="lms-scoring")
def main() -> None:
    """Scores teacher training from the evidence in learning platforms, and explains every point."""


for command in (
    demo.demo,
    operations.serve,
    courses.sync,
    courses.board,
    courses.explain,
    courses.export_evidence,
    decisions.decide,
    decisions.recommend,
    decisions.decisions,
    courses.course,
    grades.grades,
    score.score,
    schemes.scheme,
    operations.platform,
    operations.db,
    operations.admin,
    roles.role,
    registrations.registration,
    registrations.deployment,
    keys.keys,
    api_keys.api_key,
):
    main.add_command(command)
