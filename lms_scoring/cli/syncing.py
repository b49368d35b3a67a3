"""Syncs as an administrator watches them: progress bars on a terminal, plain lines in a log."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field

import click
from rich.progress import Progress

from lms_scoring.bootstrap import Installation
from lms_scoring.cli.bars import bars_on_terminal
from lms_scoring.cli.output import Said
from lms_scoring.cli.publishing import publish_quietly
from lms_scoring.domain.errors import LmsScoringError
from lms_scoring.ports import Batch, MetProblem, Problem, ProblemKind
from lms_scoring.services.collecting.collect import Collected
from lms_scoring.services.collecting.collect import Progress as OnBatch
from lms_scoring.services.following_up.follow_up import not_made
from lms_scoring.services.syncing.sync import Outcome, Synced, Wanted, sync_courses
from lms_scoring.services.unattended.due import turn_at

_SHOWN = 10
"""Different problems of one kind that are printed; the rest are counted, and kept in the sync report."""

_NAMED = 5
"""Of so many records or activities that share a problem the ids are printed."""


def sync_course(installation: Installation, course: str, *, full: bool = False) -> bool:
    """Syncs a course, sends the grades that wait, and says how both went; True if nothing was lost and
    nobody need look after the grades. Raises what is wrong with the course as a whole."""
    wanted = [wanted_of(installation, course)]
    told = sync_wanted(installation, wanted, full=full)[course]
    if isinstance(told, LmsScoringError):
        raise told
    return told


def wanted_of(installation: Installation, course: str) -> Wanted:
    """What is to be read for the course. Raises what is wrong with its settings."""
    sources = installation.sources
    return Wanted(
        rules=installation.rules(course), sources=sources.of(course), last=sources.order(course).last
    )


def sync_wanted(
    installation: Installation, wanted: Sequence[Wanted], *, full: bool
) -> Mapping[str, bool | LmsScoringError]:
    """Syncs courses beside each other and sends their grades. Of each, whether nobody need look after it, or
    what was wrong with it as a whole.

    What is said of one course stands together, and courses come in their order.
    """
    pages = Pages([one.course for one in wanted])
    found: dict[str, bool | LmsScoringError] = {}

    def done(course: str, outcome: Outcome) -> None:
        said = Said()
        if isinstance(outcome, LmsScoringError):
            found[course] = outcome
        else:
            _tell(installation, course, outcome, said)
            sent = publish_quietly(installation, course, said=said)
            found[course] = not outcome.lost_something and sent
        pages.finished(course, said)

    with bars_on_terminal() as bars:
        sync_courses(
            wanted,
            installation.store,
            clock=installation.clock,
            watching=lambda course, source: _in_turn(installation, bars, course, source),
            done=done,
            full=full,
        )
    return found


@dataclass(slots=True)
class Pages:
    """What is said of courses, each printed once all before it are."""

    courses: list[str]
    ready: dict[str, Said] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def finished(self, course: str, said: Said) -> None:
        with self.lock:
            self.ready[course] = said
            while self.courses and self.courses[0] in self.ready:
                self.ready.pop(self.courses.pop(0)).print()


def _tell(installation: Installation, course: str, synced: Synced, said: Said) -> None:
    for collected in synced.collected:
        _report(installation, course, collected, said)
    _say_still_open(course, synced.still_open, said)
    for misfit in synced.misfits:
        said.echo(f"  {'lost' if misfit.loses else 'notice'}: {misfit.text}", err=misfit.loses)
    assessed = synced.assessed
    said.echo(f"{course}: scored {assessed.scored}, {assessed.changed} cards changed")
    error = not_made(course, assessed)
    if error is not None:
        said.echo(str(error), err=True)
    if synced.looked.error is not None:
        said.echo(f"{course}: {synced.looked.error}", err=True)
    if synced.looked.opened > 0:
        said.echo(f"{course}: new doubts for people to look at: {synced.looked.opened}; see the cases page")
    if synced.unjoined > 0:
        said.echo(
            f"{course}: accounts that belong to nobody in a roster: {synced.unjoined}; see the sync report"
        )


@contextmanager
def _in_turn(
    installation: Installation, bars: Progress | None, course: str, source: str
) -> Iterator[OnBatch]:
    """Once nobody else reads the source."""
    locks = installation.locks
    with ExitStack() as stack:
        if not stack.enter_context(locks.held(turn_at(source))):
            click.echo(f"{course} {source}: another sync reads it at this moment; this one waits", err=True)
            stack.enter_context(locks.held(turn_at(source), wait=True))
        yield stack.enter_context(_progress(bars, f"{course} {source}"))


@contextmanager
def _progress(bars: Progress | None, label: str) -> Iterator[OnBatch]:
    if bars is None:
        yield lambda _: None
        return
    task = bars.add_task(label, total=None)

    def show(batch: Batch) -> None:
        bars.update(task, completed=batch.done, total=batch.expected)

    try:
        yield show
    finally:
        bars.remove_task(task)


def _report(installation: Installation, course: str, collected: Collected, said: Said) -> None:
    kept = collected.kept
    said.echo(
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
            said.echo(f"  {kind}: {line}", err=loud)
        if len(lines) > _SHOWN and not loud:
            said.echo(f"  {kind}: and {len(lines) - _SHOWN} more; see the sync report")


def _say_still_open(course: str, met: Sequence[MetProblem], said: Said) -> None:
    """What earlier syncs could not do and nobody mended; a full sync asks for all of it again."""
    if not met:
        return
    said.echo(f"{course}: still open from earlier syncs (`lms-scoring sync {course} --full` reads it again)")
    for kind in ProblemKind:
        lines = list(_lines([one.problem for one in met if one.problem.kind is kind]))
        shown = lines if kind is ProblemKind.LOST else lines[:_SHOWN]
        for line in shown:
            said.echo(f"  still open: {kind}: {line}")
        if len(lines) > len(shown):
            said.echo(f"  still open: {kind}: and {len(lines) - len(shown)} more; see the sync report")


def _lines(problems: Sequence[Problem]) -> Iterator[str]:
    """One line for all problems that say the same, with their number and what they are about."""
    subjects: dict[str, list[str]] = {}
    for problem in problems:
        subjects.setdefault(f"{problem.code}: {problem.text}", []).append(problem.subject)
    for told, about in subjects.items():
        different = list(dict.fromkeys(subject for subject in about if subject and subject not in told))
        named = ", ".join(different[:_NAMED]) + (" …" if len(different) > _NAMED else "")
        times = f"{len(about)} times" if len(about) > 1 else ""
        remark = ": ".join(part for part in (times, named) if part)
        yield f"{told} ({remark})" if remark else told
