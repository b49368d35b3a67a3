"""A sync as an administrator watches it: a progress bar on a terminal, plain lines in a log."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from lms_scoring.bootstrap import Installation
from lms_scoring.ports import Batch, Problem, ProblemKind
from lms_scoring.services.assess import assess
from lms_scoring.services.collect import Collected, collect
from lms_scoring.services.collect import Progress as OnBatch

_SHOWN = 10
"""Different problems of one kind that are printed; the rest are counted, and kept in the sync report."""

_NAMED = 5
"""Of so many records or activities that share a problem the ids are printed."""


def sync_course(installation: Installation, course: str, *, full: bool) -> bool:
    """Collects every source of a course and scores it; True if nothing was lost."""
    good = True
    for source in installation.sources(course):
        with _progress(f"{course} {source.name}") as on_batch:
            collected = collect(
                course,
                source,
                installation.store,
                clock=installation.clock,
                full=full,
                progress=on_batch,
            )
        good = good and not collected.lost_something
        _report(installation, course, collected)
    assessed = assess(installation.rules(course), installation.store, clock=installation.clock)
    click.echo(f"{course}: scored {assessed.scored}, {assessed.changed} cards changed")
    with installation.store.reading() as transaction:
        unjoined = len(transaction.unjoined())
    if unjoined:
        click.echo(f"{course}: accounts that belong to nobody in a roster: {unjoined}; see the sync report")
    return good


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
