"""Commands about a course: its board, a person explained, its evidence, its file checked and applied."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from lms_scoring.bootstrap import Installation
from lms_scoring.cli.closing import close_course, reopen_course
from lms_scoring.cli.course_files import files_here, tell_left_out
from lms_scoring.cli.course_show import show_course
from lms_scoring.cli.explain import explanation, proceedings_told
from lms_scoring.cli.here import ADMINISTRATOR, here
from lms_scoring.cli.options import by_or_command_option, lang_option, yes_option
from lms_scoring.cli.output import refuse_terminal, result_stream
from lms_scoring.cli.passbacks import switch
from lms_scoring.cli.people import person_meant
from lms_scoring.cli.scoreboard import board_text, write_board
from lms_scoring.cli.signed import signed_here
from lms_scoring.course_rules import adopt_file, rules_of_file
from lms_scoring.domain.binding import differences
from lms_scoring.domain.errors import Mistakes, UnknownCourse, UnknownPerson, UnknownScheme
from lms_scoring.domain.evidence import MembershipStatus
from lms_scoring.domain.figures import rounded
from lms_scoring.domain.nearest import did_you_mean
from lms_scoring.domain.scorecard import Scorecard
from lms_scoring.files.course_file import CourseFile
from lms_scoring.files.course_scheme import checked_course, scheme_of
from lms_scoring.files.evidence_file import evidence_lines
from lms_scoring.ports import Passback
from lms_scoring.services.scoring.assess import Assessed
from lms_scoring.services.scoring.card_records import evidence_of_course
from lms_scoring.services.scoring.empty_bindings import unbound_criteria
from lms_scoring.services.scoring.foresee import foresee_rules
from lms_scoring.services.scoring.rules import CourseRules
from lms_scoring.services.viewing.consult import Consultant
from lms_scoring.services.viewing.whole_person import whole_person


@click.command()
@click.argument("course")
@click.option("--class", "class_", help="Only this class.")
@click.option(
    "--format",
    "format_",
    type=click.Choice(["table", "csv", "json", "xlsx"]),
    default="table",
    show_default=True,
    help="A table to read; json as `score` writes it; csv and xlsx with everybody.",
)
@click.option("--output", type=click.Path(path_type=Path, dir_okay=False), help="Instead of the terminal.")
@click.option("--withdrawn", is_flag=True, help="Show withdrawn people in the table too.")
def board(course: str, class_: str | None, format_: str, output: Path | None, withdrawn: bool) -> None:
    """Shows the scoreboard of COURSE as last scored; the table leaves withdrawn people out."""
    if format_ == "xlsx":
        refuse_terminal(output, format_=format_)
    installation = here(must_exist=True)
    rules = installation.rules(course)
    consultant = Consultant(installation.store, rules)
    boards = [consultant.board(ADMINISTRATOR, role=role) for role in sorted(rules.scheme.roles)]
    classes = sorted({name for one in boards for name in one.classes if name is not None})
    if class_ is not None and class_ not in classes:
        there_are = f"{', '.join(classes) or 'none'}{did_you_mean(class_, classes)}"
        raise UnknownCourse(f"no class {class_!r} in {course}; there are: {there_are}")
    rows = [row for one in boards for row in one.rows if class_ in (None, row.card.class_)]
    with result_stream(output) as stream:
        if format_ == "table":
            shown = rows if withdrawn else [row for row in rows if row.status is MembershipStatus.ACTIVE]
            stream.write(board_text(rules, shown, language=installation.settings.language).encode())
            if len(shown) < len(rows):
                stream.write(f"withdrawn, not shown: {len(rows) - len(shown)} (--withdrawn)\n".encode())
        else:
            write_board(rows, stream, format_=format_)


@click.command()
@click.argument("course")
@click.argument("person")
@lang_option
def explain(course: str, person: str, lang: str | None) -> None:
    """Explains every point of PERSON (id, username, number or e-mail) in COURSE down to the evidence."""
    installation = here(must_exist=True)
    rules = installation.rules(course)
    language = lang or installation.settings.language
    found = person_meant(installation, course, person)
    try:
        whole = whole_person(installation.store, rules, ADMINISTRATOR, found, clock=installation.clock)
    except UnknownPerson as error:
        raise UnknownPerson(
            f"{found} has no score in {course}: sync first, or see what the scheme scores"
        ) from error
    cases, disputes = whole.cases, whole.disputes
    for status in whole.seen.statuses:
        click.echo(explanation(rules, status, cases=cases, disputes=disputes, language=language))
    for line in proceedings_told(rules, cases, disputes, language=language):
        click.echo(line)


@click.command("export-evidence")
@click.argument("course")
@click.option("--output", type=click.Path(path_type=Path, dir_okay=False), help="Instead of the terminal.")
def export_evidence(course: str, output: Path | None) -> None:
    """Writes everything the scores of COURSE depend on, as `score` reads it."""
    installation = here(must_exist=True)
    rules = installation.rules(course)
    with installation.store.reading() as transaction, result_stream(output) as stream:
        for line in evidence_lines(evidence_of_course(transaction, rules)):
            stream.write(line)


@click.group()
def course() -> None:
    """Course files: check one, print what holds, adopt one after seeing who would flip."""


@course.command()
@click.argument("file", type=click.Path(path_type=Path))
def check(file: Path) -> None:
    """Checks a course FILE and its scheme: every mistake at once. Its activities are checked by a sync."""
    found = checked_course(file)
    sources = ", ".join(source.name for source in found.sources)
    click.echo(f"{file}: right; course {found.id}, scheme {found.scheme}, sources {sources}")


@course.command("apply")
@click.argument("course_id", metavar="COURSE")
@yes_option
@by_or_command_option("Who does it")
@click.option("--reason", default="by command", help="Why; shown in the history of the cards that change.")
def apply(course_id: str, yes: bool, by: str, reason: str) -> None:
    """Adopts the course file of COURSE as it stands now, after showing whose result changes.

    It does not ask where file and scheme are those adopted already.
    """
    installation = here()
    store, clock, folder = installation.store, installation.clock, installation.settings.courses
    file = _file_of(installation, course_id)
    rules = rules_of_file(file, scheme_of(file, folder))
    for misfit in unbound_criteria(rules):
        click.echo(f"notice: {misfit.text}")
    signed = signed_here(installation, by, reason)
    before = _pinned(installation, file.id)
    for one in [] if before is None else differences(before.bindings, rules.bindings):
        click.echo(f"{one.source} {one.activity}: {one.before or 'nothing'} -> {one.after or 'nothing'}")
    foreseen = foresee_rules(rules, store, clock=clock, before=before)
    for flip in foreseen.flips:
        click.echo(
            f"{flip.person} {flip.name} ({flip.role}, {flip.class_ or 'no class'}): "
            f"{_result(flip.before)} -> {_result(flip.after)}"
        )
    click.echo(
        f"results that would change: {len(foreseen.flips)}; totals that would change: {foreseen.changed} of "
        f"{foreseen.compared}; scheme {rules.scheme.fingerprint[:12]}"
    )
    if foreseen.unmade:
        click.echo(f"people whose card cannot be made, who keep theirs uncounted: {foreseen.unmade}")
    adopted = installation.adopted().kept().get(file.id)
    as_before = adopted is not None and (adopted.settings, adopted.scheme) == (
        file.text,
        rules.scheme.fingerprint,
    )
    if not (yes or (as_before and not foreseen.flips)):
        click.confirm("Adopt?", abort=True)
    done = adopt_file(
        file, store, folder=folder, clock=clock, signed=signed, before=before, seen=foreseen.mark
    )
    if done is None:
        raise click.ClickException("something changed meanwhile, and nothing was done; run it again")
    click.echo(told_adopted(done))


course.add_command(show_course)
course.add_command(close_course)
course.add_command(reopen_course)


@course.command()
@click.argument("course_id", metavar="COURSE")
@click.argument("what", type=click.Choice([*(one.value for one in Passback), "off"]))
@yes_option
def passback(course_id: str, what: str, yes: bool) -> None:
    """Says what COURSE sends to its platform's gradebook, after showing how many grades would go out.

    score: the points, at every change. verdict: 100 or 0, once it is final. off: nothing more; what stands
    in the gradebook stays.
    """
    switch(here(), course_id, None if what == "off" else Passback(what), yes=yes)


def told_adopted(done: Assessed) -> str:
    """What came of an adoption."""
    if not done.awaited:
        left = (
            f"; those of {len(done.unmade)} people cannot be made, see `lms-scoring jobs list`"
            if done.unmade
            else ""
        )
        return f"adopted; {done.changed} of {done.scored} cards changed{left}"
    return (
        f"adopted; the results of {done.awaited} cards are worked out of what was measured, and provisional "
        "until the cards are made: serve or a worker does that, or the next sync"
    )


def _file_of(installation: Installation, course: str) -> CourseFile:
    """The course's file. Raises UnknownCourse; ends the command where it is one that cannot be used."""
    files = files_here(installation)
    if course in files.right:
        return files.right[course]
    left_out = files.broken_about(course)
    tell_left_out(left_out, adopted=installation.adopted().kept())
    if any(one.course == course for one in left_out):
        sys.exit(1)
    there_are = f"{', '.join(files.right) or 'none'}{did_you_mean(course, files.right)}"
    raise UnknownCourse(
        f"no course file of {course!r} in {installation.settings.courses}; there are: {there_are}"
    )


def _pinned(installation: Installation, course: str) -> CourseRules | None:
    """The rules that the course is scored by; None before the first time, or where they cannot be read."""
    try:
        return installation.rules(course)
    except (UnknownCourse, UnknownScheme, Mistakes):
        return None


def _result(card: Scorecard) -> str:
    """A card in a word and a number, and its band where it has one."""
    band = "" if card.band is None else f" ({card.band})"
    return f"{card.state} {rounded(card.total)}{band}"
