"""The commands `cases` and `disputes`: what is doubted and what is contested, listed, shown and answered."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import click

from lms_scoring.bootstrap import Installation
from lms_scoring.cli.decision_text import words
from lms_scoring.cli.here import ADMINISTRATOR, here
from lms_scoring.cli.output import page_option, page_text, table_text
from lms_scoring.domain.doubts import Family
from lms_scoring.domain.errors import StepRefused
from lms_scoring.domain.proceedings.step import Outcome
from lms_scoring.exports.proceeding_lines import ProceedingLines
from lms_scoring.services.deciding.case_desk import CaseDesk
from lms_scoring.services.deciding.dispute_desk import DisputeDesk
from lms_scoring.services.signing import OPERATOR, signature
from lms_scoring.web.api import told_proceedings
from lms_scoring.web.card.proceeding_words import case_lines, dispute_lines
from lms_scoring.web.voice import Voice
from lms_scoring.web.wording import read_wording

_WORDS = {
    "zh": {"what": "事项", "person": "本人", "state": "状态", "due": "答复期限", "why": "规则为何怀疑"},
    "en": {"what": "What", "person": "Whose", "state": "State", "due": "Due by", "why": "Why"},
}

_number = click.argument("number", type=click.IntRange(1))
_by = click.option("--by", required=True, metavar="WHO", help=f"Who signs: a person's id, or {OPERATOR}NAME.")
_reason = click.option("--reason", required=True, help="What is said; whom it is about reads it.")
_yes = click.option("--yes", is_flag=True, help="Without asking.")
_all = click.option("--all", "all_", is_flag=True, help="Also those on which nobody has to act.")
_lang = click.option("--lang", type=click.Choice(["zh", "en"]))


def _format(other: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
    return click.option(
        "--format", "format_", type=click.Choice([other, "json"]), default=other, show_default=True
    )


@click.group()
def disputes() -> None:
    """Points of cards that their owners contest, and what was answered."""


@disputes.command("list")
@click.argument("course")
@_all
@page_option
@_format("table")
@_lang
def list_disputes(course: str, all_: bool, page: int, format_: str, lang: str | None) -> None:
    """Lists the disputes of COURSE that wait for an answer, what is due soonest first."""
    installation = here(must_exist=True)
    found = _disputes(installation, course).listed(ADMINISTRATOR, waiting=not all_, page=page)
    if format_ == "json":
        _echo([told_proceedings.dispute(one) for one in found.disputes])
        return
    voice, zone = _voice(installation, lang), installation.rules(course).zone
    rows = []
    for one in found.disputes:
        due_at, lines = one.dispute.due_at, dispute_lines(one, voice, zone)
        due = "" if due_at is None else voice.when(due_at - 1, zone)
        rows.append((*_row(lines, one.name, one.dispute.person), due))
    columns = [_WORDS[voice.language][name] for name in ("what", "person", "state", "due")]
    click.echo(table_text(columns, rows), nl=False)
    click.echo(page_text(found.number, found.pages, found.found))


@disputes.command("show")
@click.argument("course")
@_number
@_format("text")
@_lang
def show_dispute(course: str, number: int, format_: str, lang: str | None) -> None:
    """Shows dispute NUMBER of COURSE with all that was said."""
    installation = here(must_exist=True)
    told = _disputes(installation, course).opened(ADMINISTRATOR, number).told
    if format_ == "json":
        _echo(told_proceedings.dispute(told))
        return
    lines = dispute_lines(told, _voice(installation, lang), installation.rules(course).zone)
    click.echo(_text(lines, told.name, told.dispute.person))


@disputes.command("answer")
@click.argument("course")
@_number
@click.argument("outcome", type=click.Choice([Outcome.KEPT.value, Outcome.CHANGED.value]))
@_by
@_reason
@_yes
@_lang
def answer_dispute(
    course: str, number: int, outcome: str, by: str, reason: str, yes: bool, lang: str | None
) -> None:
    """Answers dispute NUMBER of COURSE: nothing is changed (kept), or something is (changed).

    An answer changes no score: what has to be corrected is decided with `decide`.
    """
    signed = signature(by, reason)
    installation = here(must_exist=True)
    desk, voice = _disputes(installation, course), _voice(installation, lang)
    told, zone = desk.opened(ADMINISTRATOR, number).told, installation.rules(course).zone
    click.echo(_text(dispute_lines(told, voice, zone), told.name, told.dispute.person))
    if not yes:
        click.confirm(words(voice.language)["keep"], abort=True)
    try:
        desk.answer(ADMINISTRATOR, number, Outcome(outcome), signed.reason, by=signed.by)
    except StepRefused as error:
        raise click.ClickException(voice.say(f"dispute.refused_{error.why}")) from error
    click.echo(dispute_lines(desk.opened(ADMINISTRATOR, number).told, voice, zone).state)


@click.group()
def cases() -> None:
    """Posts and works that a rule doubts, and what people made of them."""


@cases.command("list")
@click.argument("course")
@click.option("--family", type=click.Choice([one.value for one in Family]), help="Only these.")
@_all
@page_option
@_format("table")
@_lang
def list_cases(
    course: str, family: str | None, all_: bool, page: int, format_: str, lang: str | None
) -> None:
    """Lists the cases of COURSE that somebody must look at, by person."""
    installation = here(must_exist=True)
    of = None if family is None else Family(family)
    found = _cases(installation, course).listed(ADMINISTRATOR, waiting=not all_, family=of, page=page)
    known = [one for person in found.people for one in person.cases]
    if format_ == "json":
        _echo([told_proceedings.case(one) for one in known])
        return
    voice, zone = _voice(installation, lang), installation.rules(course).zone
    rows = []
    for one in known:
        lines = case_lines(one, voice, zone)
        rows.append((*_row(lines, one.name, one.case.person), "\n".join(lines.about)))
    columns = [_WORDS[voice.language][name] for name in ("what", "person", "state", "why")]
    click.echo(table_text(columns, rows), nl=False)
    click.echo(page_text(found.number, found.pages, found.found))


@cases.command("show")
@click.argument("course")
@_number
@_format("text")
@_lang
def show_case(course: str, number: int, format_: str, lang: str | None) -> None:
    """Shows case NUMBER of COURSE: why the rule doubts it, the text, and all that was said."""
    installation = here(must_exist=True)
    opened = _cases(installation, course).opened(ADMINISTRATOR, number)
    known = opened.known
    if format_ == "json":
        _echo(told_proceedings.case(known))
        return
    voice = _voice(installation, lang)
    click.echo(
        _text(case_lines(known, voice, installation.rules(course).zone), known.name, known.case.person)
    )
    other = voice.say("case.other", who=opened.other_name or voice.say("case.somebody"))
    for title, text in ((voice.say("case.own"), opened.own), (other, opened.other)):
        if text is not None:
            click.echo(f"\n{title}\n{text.text}")


@cases.command("decide")
@click.argument("course")
@_number
@click.argument("outcome", type=click.Choice([Outcome.DISMISSED.value, Outcome.VOIDED.value]))
@_by
@_reason
@_yes
@_lang
def decide_case(
    course: str, number: int, outcome: str, by: str, reason: str, yes: bool, lang: str | None
) -> None:
    """Decides case NUMBER of COURSE: the record counts (dismissed), or it does not (voided)."""
    _act_on(course, number, outcome, by, reason, yes=yes, lang=lang, settles=False)


@cases.command("settle")
@click.argument("course")
@_number
@click.argument("outcome", type=click.Choice([Outcome.DISMISSED.value, Outcome.VOIDED.value]))
@_by
@_reason
@_yes
@_lang
def settle_case(
    course: str, number: int, outcome: str, by: str, reason: str, yes: bool, lang: str | None
) -> None:
    """Settles case NUMBER of COURSE after an objection, by a second person: it counts again, or not."""
    _act_on(course, number, outcome, by, reason, yes=yes, lang=lang, settles=True)


def _act_on(
    course: str,
    number: int,
    outcome: str,
    by: str,
    reason: str,
    *,
    yes: bool,
    lang: str | None,
    settles: bool,
) -> None:
    """Shows the case, asks, and does it; the score that follows is kept with it."""
    signed = signature(by, reason)
    installation = here(must_exist=True)
    desk, voice = _cases(installation, course), _voice(installation, lang)
    known, zone = desk.opened(ADMINISTRATOR, number).known, installation.rules(course).zone
    click.echo(_text(case_lines(known, voice, zone), known.name, known.case.person))
    if not yes:
        click.confirm(words(voice.language)["keep"], abort=True)
    step = desk.settle if settles else desk.decide
    try:
        step(ADMINISTRATOR, number, Outcome(outcome), signed.reason, by=signed.by)
    except StepRefused as error:
        raise click.ClickException(voice.say(f"case.refused_{error.why}")) from error
    click.echo(case_lines(desk.opened(ADMINISTRATOR, number).known, voice, zone).state)


def _cases(installation: Installation, course: str) -> CaseDesk:
    return CaseDesk(installation.store, installation.rules(course), clock=installation.clock)


def _disputes(installation: Installation, course: str) -> DisputeDesk:
    return DisputeDesk(installation.store, installation.rules(course), clock=installation.clock)


def _voice(installation: Installation, lang: str | None) -> Voice:
    return Voice(read_wording(), lang or installation.settings.language)


def _row(lines: ProceedingLines, name: str, person: str) -> tuple[str, ...]:
    return (lines.heading, f"{name} ({person})" if name else person, lines.state)


def _text(lines: ProceedingLines, name: str, person: str) -> str:
    return "\n".join(_lines(lines, name, person))


def _lines(lines: ProceedingLines, name: str, person: str) -> Iterator[str]:
    yield " · ".join(_row(lines, name, person))
    yield from (f"  {one}" for one in lines.about)
    for step in lines.steps:
        yield f"  {step.what} · {step.who}"
        yield from (f"    {line}" for line in step.words.splitlines())


def _echo(found: Any) -> None:
    click.echo(json.dumps(found, ensure_ascii=False, indent=2))
