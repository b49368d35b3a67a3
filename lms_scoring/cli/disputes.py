"""The command `disputes`: what is contested, listed, shown and answered."""

from __future__ import annotations

import click

from lms_scoring.bootstrap import Installation
from lms_scoring.cli.decision_text import words
from lms_scoring.cli.here import ADMINISTRATOR, here
from lms_scoring.cli.options import format_option, lang_option, page_option, yes_option
from lms_scoring.cli.output import page_text, table_text
from lms_scoring.cli.proceeding_text import (
    WORDS,
    all_option,
    echo_json,
    number_argument,
    number_of,
    row_of,
    signed_by,
    text_of,
    voice_of,
    words_said,
)
from lms_scoring.domain.errors import StepRefused
from lms_scoring.domain.proceedings.step import Outcome
from lms_scoring.services.deciding.dispute_desk import DisputeDesk
from lms_scoring.services.signing import signature
from lms_scoring.web.api import told_proceedings
from lms_scoring.web.card.proceeding_words import dispute_lines


@click.group()
def disputes() -> None:
    """Points of cards that their owners contest, and what was answered."""


@disputes.command("list")
@click.argument("course")
@all_option
@page_option
@format_option("table")
@lang_option
def list_disputes(course: str, all_: bool, page: int, format_: str, lang: str | None) -> None:
    """Lists the disputes of COURSE that wait for an answer, what is due soonest first."""
    installation = here(must_exist=True)
    found = _disputes(installation, course).listed(ADMINISTRATOR, waiting=not all_, page=page)
    if format_ == "json":
        echo_json([told_proceedings.dispute(one) for one in found.disputes])
        return
    voice, zone = voice_of(installation, lang), installation.rules(course).zone
    if not found.disputes:
        click.echo(voice.say("dispute.none_at_all" if all_ else "dispute.none"))
        return
    rows = []
    for one in found.disputes:
        due_at, lines = one.dispute.due_at, dispute_lines(one, voice, zone)
        due = "" if due_at is None else voice.when(due_at - 1, zone)
        rows.append((*row_of(lines, one.name, one.dispute.person), due))
    columns = [WORDS[voice.language][name] for name in ("what", "person", "state", "due")]
    click.echo(table_text(columns, rows), nl=False)
    click.echo(page_text(found.number, found.pages, found.found))


@disputes.command("show")
@click.argument("course")
@number_argument
@format_option("text")
@lang_option
def show_dispute(course: str, number: int, format_: str, lang: str | None) -> None:
    """Shows dispute NUMBER of COURSE with all that was said."""
    installation = here(must_exist=True)
    with number_of("dispute", course):
        told = _disputes(installation, course).opened(ADMINISTRATOR, number).told
    if format_ == "json":
        echo_json(told_proceedings.dispute(told))
        return
    lines = dispute_lines(told, voice_of(installation, lang), installation.rules(course).zone)
    click.echo(text_of(lines, told.name, told.dispute.person))


@disputes.command("answer")
@click.argument("course")
@number_argument
@click.argument("outcome", type=click.Choice([Outcome.KEPT.value, Outcome.CHANGED.value]))
@signed_by
@words_said
@yes_option
@lang_option
def answer_dispute(
    course: str, number: int, outcome: str, by: str, reason: str, yes: bool, lang: str | None
) -> None:
    """Answers dispute NUMBER of COURSE: nothing is changed (kept), or something is (changed).

    An answer changes no score: what has to be corrected is decided with `decide` first.
    """
    signed = signature(by, reason)
    installation = here(must_exist=True)
    desk, voice = _disputes(installation, course), voice_of(installation, lang)
    zone = installation.rules(course).zone
    with number_of("dispute", course):
        told = desk.opened(ADMINISTRATOR, number).told
    click.echo(text_of(dispute_lines(told, voice, zone), told.name, told.dispute.person))
    if not yes:
        click.confirm(words(voice.language)["keep"], abort=True)
    try:
        desk.answer(ADMINISTRATOR, number, Outcome(outcome), signed.reason, by=signed.by)
    except StepRefused as error:
        raise click.ClickException(voice.say(f"dispute.refused_{error.why}")) from error
    click.echo(dispute_lines(desk.opened(ADMINISTRATOR, number).told, voice, zone).state)


def _disputes(installation: Installation, course: str) -> DisputeDesk:
    return DisputeDesk(installation.store, installation.rules(course), clock=installation.clock)
