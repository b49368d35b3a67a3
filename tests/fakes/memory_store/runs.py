"""Courses, schemes and syncs of the memory store."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from lms_scoring.domain.errors import StoreError, UnknownCourse, UnknownScheme
from lms_scoring.domain.failure import Failure
from lms_scoring.domain.findable import made_writable
from lms_scoring.ports import (
    Kept,
    KeptCourse,
    KeptProblem,
    KeptScheme,
    LastEnds,
    MetProblem,
    Problem,
    Run,
    RunState,
    SoFar,
)
from tests.fakes.memory_store.area import Area
from tests.fakes.memory_store.met import check_latest, latest_run, runs_of, sources_of


class Runs(Area):
    """What is set up, and when it was read."""

    def keep_scheme(self, scheme: KeptScheme) -> None:
        self.state.schemes[scheme.fingerprint] = scheme

    def scheme(self, fingerprint: str) -> KeptScheme:
        if fingerprint not in self.state.schemes:
            raise UnknownScheme(fingerprint)
        return self.state.schemes[fingerprint]

    def schemes(self) -> Sequence[KeptScheme]:
        return sorted(self.state.schemes.values(), key=lambda scheme: (scheme.name, scheme.fingerprint))

    def keep_course(self, course: KeptCourse) -> None:
        self.scheme(course.scheme)
        self.state.courses[course.id] = course

    def course(self, course: str) -> KeptCourse:
        if course not in self.state.courses:
            raise UnknownCourse(course)
        return self.state.courses[course]

    def courses(self) -> Sequence[KeptCourse]:
        return [self.state.courses[course] for course in sorted(self.state.courses)]

    def note_run(self, course: str, source: str, *, at: int, full: bool = False, shared: bool = False) -> int:
        self.state.shared[source] = shared
        for run in runs_of(self.state, course, source):
            self.state.seen.pop(run.id, None)
            if run.state is RunState.RUNNING:
                self.state.runs[run.id] = replace(run, state=RunState.INTERRUPTED, ended_at=at)
        number = (
            latest_run(
                self.state,
            )
            + 1
        )
        self.state.runs[number] = Run(
            id=number,
            course=course,
            source=source,
            started_at=at,
            ended_at=None,
            state=RunState.RUNNING,
            kept=Kept(),
            full=full,
        )
        self.state.seen[number] = set()
        return number

    def keep_so_far(self, run: int, so_far: SoFar) -> None:
        self.state.runs[run] = replace(self.state.runs[run], so_far=so_far)

    def end_run(
        self,
        run: int,
        *,
        at: int,
        state: RunState,
        kept: Kept,
        reason: str | None = None,
        calls: int | None = None,
        failure: Failure | None = None,
        cut_short: bool = False,
    ) -> None:
        if run not in self.state.runs:
            raise StoreError(f"run {run}")
        begun = self.state.runs[run]
        if cut_short:
            self.state.cut_short.add(run)
        else:
            self.state.cut_short.discard(run)
        self.state.runs[run] = replace(
            begun,
            ended_at=at,
            state=state,
            kept=kept,
            reason=None if reason is None else made_writable(reason),
            calls=calls,
            failure=failure,
            full=begun.full and not cut_short,
        )

    def runs(self, course: str | None, *, limit: int = 20) -> Sequence[Run]:
        found = [run for run in self.state.runs.values() if course in (None, run.course)]
        return sorted(found, key=lambda run: -run.id)[:limit]

    def latest_runs(self, course: str) -> Mapping[str, Run]:
        own = [run for run in self.state.runs.values() if run.course == course]
        return {run.source: run for run in sorted(own, key=lambda run: run.id)}

    def last_ends(self, course: str) -> Mapping[str, LastEnds]:
        found: dict[str, LastEnds] = {}
        for run in self.state.runs.values():
            if run.course != course:
                continue
            last = found.setdefault(run.source, LastEnds(run=None, good_at=None))
            if run.state in (RunState.DONE, RunState.FAILED):
                short = run.state is RunState.DONE and run.id in self.state.cut_short
                failed = run.state is RunState.FAILED
                last = replace(last, run=run.id, failure=run.failure, failed=failed, cut_short=short)
            if run.state is RunState.DONE and run.ended_at is not None:
                last = replace(last, good_at=run.ended_at)
                if run.id not in self.state.cut_short:
                    last = replace(last, whole_began_at=run.started_at)
            found[run.source] = last
        return found

    def first_whole_ends(self, course: str, *, since: int) -> Mapping[str, int]:
        found: dict[str, int] = {}
        for run in sorted(self.state.runs.values(), key=lambda run: run.id):
            whole = run.state is RunState.DONE and run.id not in self.state.cut_short
            if not whole or run.course != course or run.ended_at is None:
                continue
            if run.started_at < since:
                found.pop(run.source, None)
            else:
                found[run.source] = min(found.get(run.source, run.ended_at), run.ended_at)
        return found

    def last_good_runs(self) -> Mapping[str, Run]:
        good = [run for run in self.state.runs.values() if run.state is RunState.DONE]
        return {run.source: run for run in sorted(good, key=lambda run: run.id)}

    def cursor(self, course: str | None, source: str) -> str | None:
        return self.state.cursors.get((course, source))

    def keep_cursor(self, course: str | None, source: str, cursor: str) -> None:
        self.state.cursors[course, source] = cursor

    def keep_problems(self, run: int, problems: Iterable[Problem], *, at: int) -> None:
        own = (
            replace(
                one,
                text=made_writable(one.text),
                subject=made_writable(one.subject),
                person=made_writable(one.person),
                activity=made_writable(one.activity),
                raw=None,
                place="",
                record="",
            )
            for one in problems
        )
        self.state.problems.setdefault(run, []).extend((at, problem) for problem in own)

    def problems(self, course: str, *, run: int) -> Sequence[KeptProblem]:
        return [
            KeptProblem(run=kept.id, source=kept.source, at=at, problem=problem)
            for kept in self.state.runs.values()
            if (kept.course, kept.id) == (course, run)
            for at, problem in self.state.problems.get(kept.id, [])
        ]

    def met_problems(self, course: str) -> Sequence[MetProblem]:
        found: dict[tuple[str, str, str, str], MetProblem] = {}
        for run in self._since_full(course):
            for kept in self.problems(run.course, run=run.id):
                problem = kept.problem
                key = (kept.source, problem.kind.value, problem.code, problem.subject)
                former = found.pop(key, None)
                again = former is not None and former.run == kept.run
                found[key] = MetProblem(
                    source=kept.source,
                    run=kept.run,
                    times=former.times + 1 if former is not None and again else 1,
                    first_at=kept.at if former is None else min(former.first_at, kept.at),
                    last_at=kept.at if former is None else max(former.last_at, kept.at),
                    problem=problem,
                )
        return list(found.values())

    def check_run(self, course: str, source: str, run: int) -> None:
        check_latest(self.state, course, source, run)

    def _since_full(self, course: str) -> list[Run]:
        shared = {source for source in sources_of(self.state, course) if self.state.shared[source]}
        of_course = [run for run in self.state.runs.values() if run.course == course or run.source in shared]
        full = {run.source: run.id for run in of_course if run.full and run.state is RunState.DONE}
        return [run for run in of_course if run.id >= full.get(run.source, 0)]
