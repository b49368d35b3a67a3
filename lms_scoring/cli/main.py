"""The `lms-scoring` command: all commands by name, and how an error ends.

A command's module is imported when the command is asked for. Importing all of them takes 25 MB
more, for pages, PDFs and workbooks that a sync does not need.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from importlib import import_module

import click

from lms_scoring.domain.errors import LmsScoringError
from lms_scoring.domain.nearest import did_you_mean

COMMANDS: Mapping[str, str] = {
    "demo": "demo:demo",
    "serve": "operations:serve",
    "sync": "sync:sync",
    "board": "courses:board",
    "explain": "courses:explain",
    "export-evidence": "courses:export_evidence",
    "export-parquet": "archive:export_parquet",
    "decide": "decisions:decide",
    "recommend": "decisions:recommend",
    "decisions": "decisions:decisions",
    "cases": "cases:cases",
    "disputes": "disputes:disputes",
    "course": "courses:course",
    "worker": "jobs:worker",
    "jobs": "jobs:jobs",
    "quarantine": "quarantine:quarantine",
    "loss": "losses:loss",
    "retention": "retention:retention",
    "grades": "grades:grades",
    "score": "score:score",
    "scheme": "schemes:scheme",
    "platform": "operations:platform",
    "db": "databases:db",
    "admin": "operations:admin",
    "role": "roles:role",
    "identity": "identities:identity",
    "person": "persons:person",
    "registration": "registrations:registration",
    "deployment": "registrations:deployment",
    "keys": "keys:keys",
    "api-key": "api_keys:api_key",
}
"""Each command's module beside this one, and its name there; in the order of a day's work."""


class _Commands(click.Group):
    """Finds commands when they are asked for; turns what went wrong into one message and exit status 1."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        return command_of(cmd_name) if cmd_name in COMMANDS else None

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        name = args[0]
        if name not in COMMANDS and not name.startswith("-") and not ctx.resilient_parsing:
            ctx.fail(f"no command {name!r}{did_you_mean(name, COMMANDS)}")
        return super().resolve_command(ctx, args)

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


def command_of(name: str) -> click.Command:
    """The command of that name."""
    module, _, found = COMMANDS[name].partition(":")
    command: click.Command = getattr(import_module(f"lms_scoring.cli.{module}"), found)
    return command


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="lms-scoring")
def main() -> None:
    """Scores teacher training from the evidence in learning platforms, and explains every point."""
