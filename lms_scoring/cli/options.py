"""Options that several commands have, so that each is written and explained in one way."""

from __future__ import annotations

from collections.abc import Callable

import click

from lms_scoring.services.signing import OPERATOR

Option = Callable[[Callable[..., None]], Callable[..., None]]

yes_option: Option = click.option("--yes", is_flag=True, help="Without asking.")
lang_option: Option = click.option(
    "--lang", type=click.Choice(["zh", "en"]), help="Of what is told; default: LMS_SCORING_LANGUAGE."
)
page_option: Option = click.option(
    "--page", type=click.IntRange(min=1), default=1, show_default=True, help="Which page of the list."
)


def format_option(other: str = "table") -> Option:
    """`--format`: JSON, or what people read."""
    return click.option(
        "--format",
        "format_",
        type=click.Choice([other, "json"]),
        default=other,
        show_default=True,
        help=f"A {other} to read, or json for programs.",
    )


def by_option(who: str = "Who") -> Option:
    """`--by`: who signs; `who` begins its explanation."""
    return click.option("--by", required=True, metavar="WHO", help=_person_or_operator(who))


def by_or_command_option(who: str) -> Option:
    """`--by` where it may be left out: the command did it, on nobody's word."""
    name = f"{OPERATOR}command"
    return click.option("--by", default=name, metavar="WHO", help=_person_or_operator(who))


def reason_option(why: str) -> Option:
    """`--reason`: words that are kept with the act; `why` explains what they are for."""
    return click.option("--reason", required=True, help=why)


def _person_or_operator(who: str) -> str:
    return f"{who}: a person's id, or {OPERATOR}NAME."
