"""A sync as an administrator watches it: a progress bar on a terminal, plain lines in a log."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from lms_scoring.bootstrap import Installation
from lms_scoring.cli.publishing import publish_course
from lms_scoring.ports import Batch, MetProblem, Problem, ProblemKind
from lms_scoring.services.collect import Collected
from lms_scoring.services.collect import Progress as OnBatch
from lms_scoring.services.due import turn_at
from lms_scoring.services.sync import sync

_SHOWN = 10
"""Different problems of one kind that are printed; the rest are counted, and kept in the sync report."""

_NAMED = 5
"""Of so many records or activities that share a problem the ids are printed."""


def sync_course(
    installation: Installation,
    course: str,
    *,
    full: bool = False,
    accept_loss: bool = False,
    just_read: set[str] | None = None,
) -> bool:
    """Syncs a course, sends the grades that wait, and says how both went; True if nothing was lost and
    nobody need look after the grades.

    `just_read`: the sources that this command has read whole so far, for other courses; noted as it goes.
    """
    read = set() if just_read is None else just_read
    synced = sync(
        installation.rules(course),
        installation.sources(course),
        installation.store,
        clock=installation.clock,
        watching=lambda source: _in_turn(installation, course, source),
        full=full,
        accept_loss=accept_loss,
        just_read=frozenset(read),
    )
    read.update(one.source for one in synced.collected if one.read_whole)
    for collected in synced.collected:
        _report(installation, course, collected)
    _say_still_open(course, synced.still_open)
    for misfit in synced.misfits:
        click.echo(f"  {'lost' if misfit.loses else 'notice'}: {misfit.text}", err=misfit.loses)
    assessed = synced.assessed
    click.echo(f"{course}: scored {assessed.scored}, {assessed.changed} cards changed")
    if synced.looked.opened > 0:
        click.echo(f"{course}: new doubts for people to look at: {synced.looked.opened}; see the cases page")
    if synced.unjoined > 0:
        click.echo(
            f"{course}: accounts that belong to nobody in a roster: {synced.unjoined}; see the sync report"
        )
    sent = publish_course(installation, course)
    return not synced.lost_something and sent


@contextmanager
def _in_turn(installation: Installation, course: str, source: str) -> Iterator[OnBatch]:
    """Once nobody else reads the source."""
    locks = installation.locks()
    with ExitStack() as stack:
        if not stack.enter_context(locks.held(turn_at(source))):
            click.echo(f"{course} {source}: another sync reads it at this moment; this one waits", err=True)
            stack.enter_context(locks.held(turn_at(source), wait=True))
        yield stack.enter_context(_progress(f"{course} {source}"))


@contextmanager
def _progress(label: str) -> Iterator[OnBatch]:
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    bar = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=Console(stderr=True),
        transient=True,
    )
    with bar:
        task = bar.add_task(label, total=None)

        def show(batch: Batch) -> None:
            bar.update(task, completed=batch.done, total=batch.expected)

        yield show


def _report(installation: Installation, course: str, collected: Collected) -> None:
    kept = collected.kept
    click.echo(
        f"{course} {collected.source}: {collected.state}; {kept.new} new, {kept.changed} changed, "
        f"{kept.same} as before, {kept.gone} gone, {kept.refused} refused"
    )
    with installation.store.reading() as transaction:
        problems = transaction.problems(course, run=collected.run)
    for kind in ProblemKind:
        found = [kept_problem.problem for kept_problem in problems if kept_problem.problem.kind is kind]
        loud = kind is ProblemKind.LOST
        lines = list(_lines(found))
        for line in lines if loud else lines[:_SHOWN]:
            click.echo(f"  {kind}: {line}", err=loud)
        if len(lines) > _SHOWN and not loud:
            click.echo(f"  {kind}: and {len(lines) - _SHOWN} more; see the sync report")


def _say_still_open(course: str, met: Sequence[MetProblem]) -> None:
    """What earlier syncs could not do and nobody mended; a full sync asks for all of it again."""
    if not met:
        return
    click.echo(f"{course}: still open from earlier syncs (`lms-scoring sync {course} --full` reads it again)")
    for kind in ProblemKind:
        lines = list(_lines([one.problem for one in met if one.problem.kind is kind]))
        shown = lines if kind is ProblemKind.LOST else lines[:_SHOWN]
        for line in shown:
            click.echo(f"  still open: {kind}: {line}")
        if len(lines) > len(shown):
            click.echo(f"  still open: {kind}: and {len(lines) - len(shown)} more; see the sync report")


def _lines(problems: Sequence[Problem]) -> Iterator[str]:
    """One line for all problems that say the same, with their number and what they are about."""
    subjects: dict[str, list[str]] = {}
    for problem in problems:
        subjects.setdefault(f"{problem.code}: {problem.text}", []).append(problem.subject)
    for said, about in subjects.items():
        different = list(dict.fromkeys(subject for subject in about if subject and subject not in said))
        named = ", ".join(different[:_NAMED]) + (" …" if len(different) > _NAMED else "")
        times = f"{len(about)} times" if len(about) > 1 else ""
        remark = ": ".join(part for part in (times, named) if part)
        yield f"{said} ({remark})" if remark else said
