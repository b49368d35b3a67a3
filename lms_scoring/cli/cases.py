"""The command `cases`: what is doubted, listed, shown, decided and settled."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

import click

from lms_scoring.bootstrap import Installation
from lms_scoring.cli.decision_text import effect_text, words
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
from lms_scoring.domain.doubts import Family
from lms_scoring.domain.doubts.side_by_side import Piece
from lms_scoring.domain.errors import StepRefused
from lms_scoring.domain.proceedings.step import Outcome
from lms_scoring.exports.proceeding_lines import ProceedingLines
from lms_scoring.services.deciding.case_desk import CaseDesk
from lms_scoring.services.deciding.enter import Shift, look_alike
from lms_scoring.services.deciding.told_cases import KnownCase
from lms_scoring.services.scoring.rules import CourseRules
from lms_scoring.services.signing import Signature, signature
from lms_scoring.web.api import told_proceedings
from lms_scoring.web.card.proceeding_words import case_lines
from lms_scoring.web.voice import Voice

_MARKED = {
    "zh": "两份作品依次列出：两边都有的片段以同一编号标在 »« 之间；引自任务要求的文字另行标明，不计入。",
    "en": "One below the other: stretches that stand in both are between »« with the same number; what is "
    "quoted from the task is marked so and does not count.",
}


@click.group()
def cases() -> None:
    """Posts and works that a rule doubts, and what people made of them."""


@cases.command("list")
@click.argument("course")
@click.option("--family", type=click.Choice([one.value for one in Family]), help="Only these.")
@all_option
@page_option
@format_option("table")
@lang_option
def list_cases(
    course: str, family: str | None, all_: bool, page: int, format_: str, lang: str | None
) -> None:
    """Lists the cases of COURSE that somebody must look at, by person."""
    installation = here(must_exist=True)
    of = None if family is None else Family(family)
    found = _cases(installation, course).listed(ADMINISTRATOR, waiting=not all_, family=of, page=page)
    known = [one for person in found.people for one in person.cases]
    if format_ == "json":
        echo_json([told_proceedings.case(one) for one in known])
        return
    voice, zone = voice_of(installation, lang), installation.rules(course).zone
    if not known:
        click.echo(voice.say("case.none_at_all" if all_ else "case.none"))
        return
    rows = []
    for one in known:
        lines = case_lines(one, voice, zone)
        rows.append((*row_of(lines, one.name, one.case.person), "\n".join(lines.about)))
    columns = [WORDS[voice.language][name] for name in ("what", "person", "state", "why")]
    click.echo(table_text(columns, rows), nl=False)
    click.echo(page_text(found.number, found.pages, found.found))


@cases.command("show")
@click.argument("course")
@number_argument
@format_option("text")
@lang_option
def show_case(course: str, number: int, format_: str, lang: str | None) -> None:
    """Shows case NUMBER of COURSE: why the rule doubts it, the text, and all that was said."""
    installation = here(must_exist=True)
    with number_of("case", course):
        opened = _cases(installation, course).opened(ADMINISTRATOR, number)
    known = opened.known
    if format_ == "json":
        echo_json(told_proceedings.case(known))
        return
    voice = voice_of(installation, lang)
    click.echo(
        text_of(case_lines(known, voice, installation.rules(course).zone), known.name, known.case.person)
    )
    other = voice.say("case.other", who=opened.other_name or voice.say("case.somebody"))
    texts: Iterable[str | None] = (None if text is None else text.text for text in (opened.own, opened.other))
    if opened.pieces is not None:
        click.echo(f"\n{_MARKED[voice.language]}")
        texts = (_marked(pieces, voice) for pieces in (opened.pieces.one, opened.pieces.other))
    for title, text in zip((voice.say("case.own"), other), texts, strict=True):
        if text is not None:
            click.echo(f"\n{title}\n{text}")


@cases.command("decide")
@click.argument("course")
@number_argument
@click.argument("outcome", type=click.Choice([Outcome.DISMISSED.value, Outcome.VOIDED.value]))
@click.option("--alike", is_flag=True, help="And the person's other open cases of the same kind.")
@signed_by
@words_said
@yes_option
@lang_option
def decide_case(
    course: str, number: int, outcome: str, alike: bool, by: str, reason: str, yes: bool, lang: str | None
) -> None:
    """Decides case NUMBER of COURSE: the record counts (dismissed), or it does not (voided).

    Shows the score before and after, and asks.
    """
    act = _Act.of(course, by=by, reason=reason, lang=lang)
    others = act.desk.opened(ADMINISTRATOR, number).alike if alike else ()

    def decided(*, keep: bool) -> Sequence[Shift]:
        return act.desk.decide(
            ADMINISTRATOR, number, Outcome(outcome), act.signed.reason, alike=others, by=by, keep=keep
        )

    act.carry_out(number, decided, others=others, yes=yes)


@cases.command("settle")
@click.argument("course")
@number_argument
@click.argument("outcome", type=click.Choice([Outcome.DISMISSED.value, Outcome.VOIDED.value]))
@signed_by
@words_said
@yes_option
@lang_option
def settle_case(
    course: str, number: int, outcome: str, by: str, reason: str, yes: bool, lang: str | None
) -> None:
    """Settles case NUMBER of COURSE after an objection, by a second person: it counts again, or not.

    Shows the score before and after, and asks.
    """
    act = _Act.of(course, by=by, reason=reason, lang=lang)

    def settled(*, keep: bool) -> Sequence[Shift]:
        return act.desk.settle(ADMINISTRATOR, number, Outcome(outcome), act.signed.reason, by=by, keep=keep)

    act.carry_out(number, settled, yes=yes)


class _Judging(Protocol):
    """Deciding or settling; without `keep` it is only foreseen."""

    def __call__(self, *, keep: bool) -> Sequence[Shift]: ...


@dataclass(frozen=True, kw_only=True)
class _Act:
    """Something that is said of a case, signed."""

    installation: Installation
    rules: CourseRules
    desk: CaseDesk
    voice: Voice
    signed: Signature

    @classmethod
    def of(cls, course: str, *, by: str, reason: str, lang: str | None) -> _Act:
        signed, installation = signature(by, reason), here(must_exist=True)
        return cls(
            installation=installation,
            rules=installation.rules(course),
            desk=_cases(installation, course),
            voice=voice_of(installation, lang),
            signed=signed,
        )

    def carry_out(self, number: int, judging: _Judging, *, others: Sequence[int] = (), yes: bool) -> None:
        """Shows the cases and what would come of it, asks, keeps it, and says how each stands then."""
        for one in (number, *others):
            known = self._known(one)
            click.echo(text_of(self._lines(known), known.name, known.case.person))
        foreseen = self._judged(judging, keep=False)
        click.echo(self._effect(foreseen))
        if not yes:
            click.confirm(words(self.voice.language)["keep"], abort=True)
        done = self._judged(judging, keep=True)
        if not look_alike(done, foreseen):
            click.echo(self._effect(done))
        for one in (number, *others):
            lines = self._lines(self._known(one))
            click.echo(f"{lines.heading}: {lines.state}" if others else lines.state)

    def _judged(self, judging: _Judging, *, keep: bool) -> Sequence[Shift]:
        try:
            return judging(keep=keep)
        except StepRefused as error:
            raise click.ClickException(self.voice.say(f"case.refused_{error.why}")) from error

    def _effect(self, shifts: Sequence[Shift]) -> str:
        with self.installation.store.reading() as transaction:
            names = transaction.names({shift.after.person for shift in shifts})
        return effect_text(shifts, self.rules, names=names, language=self.voice.language)

    def _known(self, number: int) -> KnownCase:
        with number_of("case", self.rules.course):
            return self.desk.opened(ADMINISTRATOR, number).known

    def _lines(self, known: KnownCase) -> ProceedingLines:
        return case_lines(known, self.voice, self.rules.zone)


def _marked(pieces: Iterable[Piece], voice: Voice) -> str:
    """A work with its stretches marked: those that stand in both by the number they have on the page too."""
    return "".join(_piece(piece, voice) for piece in pieces)


def _piece(piece: Piece, voice: Voice) -> str:
    if piece.same is not None:
        return f"[{piece.same}]»{piece.text}«"
    return f"[{voice.say('case.quoted')}]»{piece.text}«" if piece.quoted else piece.text


def _cases(installation: Installation, course: str) -> CaseDesk:
    return CaseDesk(installation.store, installation.rules(course), clock=installation.clock)
