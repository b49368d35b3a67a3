"""Commands by which people add to what platforms tell: decide, recommend, and list what was decided."""

from __future__ import annotations

import re
import sys
from fractions import Fraction

import click

from lms_scoring.bootstrap import Installation
from lms_scoring.cli.decision_text import effect_text, kept_text, made_table, so_already, words
from lms_scoring.cli.here import here
from lms_scoring.cli.options import by_option, format_option, lang_option, reason_option, yes_option
from lms_scoring.cli.people import person_meant
from lms_scoring.domain.errors import CannotBeDecided
from lms_scoring.domain.evidence import Action, CriterionTarget, RecordTarget
from lms_scoring.domain.obstacle import Obstacle
from lms_scoring.files.evidence_file import evidence_lines
from lms_scoring.services.deciding.decide import JUDGED, Decide, Target
from lms_scoring.services.deciding.enter import Wish, enter, foresee, made
from lms_scoring.services.deciding.recommend import Recommend, TakeBack
from lms_scoring.services.scoring.rules import CourseRules
from lms_scoring.services.signing import OPERATOR, signature
from lms_scoring.words import word

_POINTS = re.compile(r"[0-9]{1,9}(\.[0-9]{1,2})?")

_FORMS = {
    Action.VOID: "void KIND ID",
    Action.RESTORE: "restore KIND ID, or restore criterion CRITERION",
    Action.EXEMPT: "exempt CRITERION",
    Action.OVERRIDE: "override CRITERION POINTS",
}


@click.command(
    context_settings={"ignore_unknown_options": True}
)  # so that -5 is a number, and refused as one
@click.argument("course")
@click.argument("person")
@click.argument("action", type=click.Choice([action.value for action in Action]))
@click.argument("what", nargs=-1)
@reason_option("Why; shown on the card.")
@by_option("Who decides")
@yes_option
@lang_option
def decide(
    course: str,
    person: str,
    action: str,
    what: tuple[str, ...],
    reason: str,
    by: str,
    yes: bool,
    lang: str | None,
) -> None:
    """Decides something about PERSON (id, username, number or e-mail) in COURSE, and scores again.

    \b
    void KIND ID                 a record no longer counts
    restore KIND ID              it counts as its source tells it; a total that looks implausible was seen
    exempt CRITERION             full points
    override CRITERION POINTS    these points, at most 2 decimals
    restore criterion CRITERION  the points are the rule's again

    `explain` shows the records with their ids. KIND is submission, post, watch, reported_time, recommendation
    or unknown. Shows the score before and after, and asks.
    """
    target, points = _meant(Action(action), what)
    signed = signature(by, reason)
    installation = here()
    rules = installation.rules(course)
    wish = Decide(
        person=person_meant(installation, course, person),
        target=target,
        action=Action(action),
        signed=signed,
        points=points,
    )
    _carry_out(installation, rules, wish, yes=yes, language=lang or installation.settings.language)


@click.command()
@click.argument("course")
@click.argument("tutor")
@click.argument("submission")
@click.option("--take-back", is_flag=True, help="The work is no longer recommended.")
@click.option("--reason", default="", help="Why; needed to take back, and to recommend again after that.")
@click.option(
    "--by", metavar="WHO", help=f"Who takes back: a person's id, or {OPERATOR}NAME; else the tutor."
)
@yes_option
@lang_option
def recommend(
    course: str,
    tutor: str,
    submission: str,
    take_back: bool,
    reason: str,
    by: str | None,
    yes: bool,
    lang: str | None,
) -> None:
    """Notes that TUTOR recommends SUBMISSION, a homework or journal of the tutor's class in COURSE.

    `explain COURSE LEARNER` shows the ids of hand-ins. Shows the score before and after, and asks.
    """
    installation = here()
    rules = installation.rules(course)
    person = person_meant(installation, course, tutor)
    wish: Wish
    if take_back:
        wish = TakeBack(person=person, submission=submission, signed=signature(by or person, reason))
    else:
        signed = signature(by or person, reason) if reason.strip() else None
        wish = Recommend(person=person, submission=submission, signed=signed)
    _carry_out(installation, rules, wish, yes=yes, language=lang or installation.settings.language)


@click.command()
@click.argument("course")
@click.argument("person", required=False)
@format_option()
@lang_option
def decisions(course: str, person: str | None, format_: str, lang: str | None) -> None:
    """Lists what was decided and recommended in COURSE, or about PERSON: who, when, what, why.

    As JSON they are the lines of an evidence file.
    """
    installation = here()
    rules = installation.rules(course)
    meant = None if person is None else person_meant(installation, course, person)
    found = made(rules, installation.store, person=meant)
    if format_ == "json":
        for line in evidence_lines(one.entry for one in found):
            sys.stdout.buffer.write(line)
        return
    language = lang or installation.settings.language
    click.echo(made_table(found, rules, names=_names(installation, course), language=language), nl=False)


def _carry_out(
    installation: Installation, rules: CourseRules, wish: Wish, *, yes: bool, language: str
) -> None:
    """Says what will come of it, asks, keeps it, and says how to undo it."""
    foreseen = foresee(wish, rules, installation.store, clock=installation.clock)
    if foreseen.entry is None:
        click.echo(so_already(language))
        return
    names = _names(installation, rules.course)
    click.echo(effect_text(foreseen.shifts, rules, names=names, language=language))
    if not yes:
        click.confirm(words(language)["keep"], abort=True)
    done = enter(wish, rules, installation.store, clock=installation.clock)
    if done.entry is None:  # somebody else was quicker
        click.echo(so_already(language))
        return
    if not done.looks_like(foreseen):
        click.echo(effect_text(done.shifts, rules, names=names, language=language))
    click.echo(kept_text(rules.course, done.entry, language=language))


def _names(installation: Installation, course: str) -> dict[str, str]:
    with installation.store.reading() as transaction:
        return {person.id: person.name for person in transaction.people(course)}


def _meant(action: Action, what: tuple[str, ...]) -> tuple[Target, Fraction | None]:
    """The target, and the points of an override. Raises UsageError for what the action cannot take."""
    match action, what:
        case Action.EXEMPT, (criterion,):
            return CriterionTarget(criterion=criterion), None
        case Action.OVERRIDE, (criterion, points):
            return CriterionTarget(criterion=criterion), _points(points)
        case Action.VOID | Action.RESTORE, ("criterion", criterion):
            return CriterionTarget(criterion=criterion), None
        case Action.VOID | Action.RESTORE, (kind, id_):
            return RecordTarget(kind=_kind(kind), id=id_), None
        case _:
            given = " ".join(what) or "nothing"
            raise click.UsageError(f"say: {_FORMS[action]}; after {action} there was: {given}")


def _kind(text: str) -> str:
    """A kind may be called what `explain` calls it, in either language."""
    return next((kind for kind in JUDGED if text in (word(kind, "zh"), word(kind, "en"))), text)


def _points(text: str) -> Fraction:
    if not _POINTS.fullmatch(text):
        raise CannotBeDecided(
            Obstacle.BAD_POINTS, f"{text!r} are no points: write a number such as 12 or 12.50, not below 0"
        )
    return Fraction(text)
