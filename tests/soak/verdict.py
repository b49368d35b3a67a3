"""What a run showed, and whether it is within the limits; all of them are ratios or counts of one run."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

from tests.soak.browser import Click
from tests.soak.figures import Trend, averages, quantile, trend
from tests.soak.vitals import MEGABYTE, DatabaseWeighed, Weighed

SLOWER = 5.0
"""The p95 of pages under load may be so many times the one without."""
FEW = 50
"""Of fewer clicks nothing is judged."""
NOTICED = 1_000.0
"""Milliseconds from which on people lose the thread: by itself a kind of page may be that many times slower
where its p95 stays below (docs/decisions/0051)."""
GROWTH = 0.05
"""What a server's memory may grow over the later three quarters of the time, as a share of its mean."""
FILES = 8
"""What its open files may grow by, and the connections to the database."""
LONG_ENOUGH = 20 * 60.0
"""Seconds of load from which on memory is judged: before that the programs are still filling their caches."""
STEP = 5
"""Minutes of which the mean is told each, so that one sees whether memory that grew goes on growing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PageLine:
    """One kind of click, in milliseconds."""

    kind: str
    clicks: int
    alone: int
    alone_p50: float
    alone_p95: float
    p50: float
    p95: float
    longest: float

    @property
    def slower(self) -> float:
        """How many times the p95 without load."""
        return self.p95 / self.alone_p95 if self.alone_p95 else 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerLine:
    """One server: memory in megabytes, growths over the later three quarters of the time."""

    server: str
    processes: int
    memory: float
    most_memory: float
    memory_growth: float | None
    course: Sequence[float]
    """The memory of every `STEP` minutes, one after another."""
    files: float
    files_growth: float | None
    cores: float
    """Of a processor, on the average."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """All that a run showed."""

    database: str
    minutes: float
    visitors: int
    think: tuple[float, float]
    pages: Sequence[PageLine]
    servers: Sequence[ServerLine]
    log_growth: float
    """Of the write-ahead log, in megabytes."""
    most_log: float
    connections: int
    connections_growth: float | None
    size: tuple[float, float]
    """The database before and after, in megabytes."""
    busy: float
    """What share of the machine's processors worked, everybody's work counted."""
    syncs: int
    happened: Mapping[str, int]
    """What people did at the platform."""
    statuses: Mapping[str, int]
    faults: Sequence[str] = field(default_factory=list)
    """Whatever must not happen: pages refused, syncs failed, errors logged, scores that are others."""

    def missed(self) -> Iterator[str]:
        """Every limit that was missed, in a sentence."""
        for line in self._slower():
            if line.kind == ALL or line.p95 >= NOTICED:
                yield _slower(line)
        if self.minutes * 60 >= LONG_ENOUGH:
            yield from self._grown()
        yield from (f"fault: {one}" for one in self.faults)

    def told(self) -> Iterator[str]:
        """Kinds of pages that are as much slower by themselves, and come before anybody minds."""
        yield from (_slower(line) for line in self._slower() if line.kind != ALL and line.p95 < NOTICED)

    def _slower(self) -> Iterator[PageLine]:
        for line in self.pages:
            if line.slower > SLOWER and min(line.clicks, line.alone) >= FEW:
                yield line

    def _grown(self) -> Iterator[str]:
        for line in self.servers:
            if line.memory_growth is not None and line.memory_growth > GROWTH:
                yield f"{line.server}: memory grew by {line.memory_growth:.1%} (limit {GROWTH:.0%})"
            if line.files_growth is not None and line.files_growth > FILES:
                yield f"{line.server}: open files grew by {line.files_growth:.0f} (limit {FILES})"
        if self.connections_growth is not None and self.connections_growth > FILES:
            yield f"connections to the database grew by {self.connections_growth:.0f} (limit {FILES})"


def page_lines(alone: Sequence[Click], loaded: Sequence[Click]) -> list[PageLine]:
    """By kind, and all pages together: what they bring along (styles, scripts) is none."""
    kinds = sorted({click.kind for click in loaded})
    both = [
        _page_line(kind, [c for c in alone if c.kind == kind], [c for c in loaded if c.kind == kind])
        for kind in kinds
    ]
    pages = [click for click in loaded if click.kind != ASSET]
    return [*both, _page_line(ALL, _as_often(alone, pages), pages)]


ALL, ASSET = "all pages", "asset"


def _as_often(alone: Sequence[Click], loaded: Sequence[Click]) -> list[Click]:
    """The clicks without load, each kind as often as under load: what was done more often counts more."""
    wanted = Counter(click.kind for click in loaded)
    found: list[Click] = []
    for kind, number in wanted.items():
        those = sorted((click for click in alone if click.kind == kind), key=lambda click: click.seconds)
        found += [those[place * len(those) // number] for place in range(number)] if those else []
    return found


def _slower(line: PageLine) -> str:
    return f"{line.kind}: p95 is {line.slower:.1f} times the one without load (limit {SLOWER:g})"


def _page_line(kind: str, alone: Sequence[Click], loaded: Sequence[Click]) -> PageLine:
    before = [1000 * click.seconds for click in alone]
    under = [1000 * click.seconds for click in loaded]
    return PageLine(
        kind=kind,
        clicks=len(under),
        alone=len(before),
        alone_p50=quantile(before, 0.5),
        alone_p95=quantile(before, 0.95),
        p50=quantile(under, 0.5),
        p95=quantile(under, 0.95),
        longest=max(under, default=0.0),
    )


def server_lines(weighed: Sequence[Weighed]) -> list[ServerLine]:
    """By server, all its processes together."""
    names = dict.fromkeys(one.server for one in weighed)
    return [_server_line(name, [one for one in weighed if one.server == name]) for name in names]


def _server_line(name: str, weighed: Sequence[Weighed]) -> ServerLine:
    memory, files, computed = Counter[float](), Counter[float](), dict[int, list[float]]()
    for one in weighed:
        memory[one.at] += one.memory
        files[one.at] += one.files
        computed.setdefault(one.process, []).append(one.computed)
    grown, opened = trend(sorted(memory.items())), trend(sorted(files.items()))
    lasted = max(memory) - min(memory)
    return ServerLine(
        server=name,
        processes=len(computed),
        memory=sum(memory.values()) / len(memory) / MEGABYTE,
        most_memory=max(memory.values()) / MEGABYTE,
        memory_growth=None if grown is None else grown.share,
        course=[mean / MEGABYTE for mean in averages(sorted(memory.items()), every=60 * STEP)],
        files=sum(files.values()) / len(files),
        files_growth=_growth(opened),
        cores=sum(each[-1] - each[0] for each in computed.values()) / lasted if lasted else 0.0,
    )


def log_growth(databases: Sequence[DatabaseWeighed]) -> float:
    """Of the write-ahead log over the later three quarters, in megabytes."""
    return (_growth(trend([(one.at, one.log) for one in databases])) or 0.0) / MEGABYTE


def connections_growth(databases: Sequence[DatabaseWeighed]) -> float | None:
    """Over the later three quarters."""
    return _growth(trend([(one.at, one.connections) for one in databases]))


def _growth(found: Trend | None) -> float | None:
    return None if found is None else found.growth


def write_json(found: Found, path: Path) -> None:
    """All figures, for comparing one run with another."""
    path.parent.mkdir(parents=True, exist_ok=True)
    told = {**asdict(found), "missed": list(found.missed()), "told": list(found.told())}
    path.write_text(json.dumps(told, ensure_ascii=False, indent=1), encoding="utf-8")


def table(found: Found) -> Iterator[str]:
    """The run for people, line by line."""
    yield (
        f"{found.database}: {found.visitors} visitors for {found.minutes:g} minutes, "
        f"{found.think[0]:g} to {found.think[1]:g} s between two clicks"
    )
    yield f"{'':24}{'alone':>30}{'under load':>50}"
    yield _row("page", ("n", "p50 ms", "p95 ms", "n", "p50 ms", "p95 ms", "max ms", "p95 : p95"))
    for line in found.pages:
        few = "  few" if min(line.clicks, line.alone) < FEW else ""
        times = (line.alone_p50, line.alone_p95, line.clicks, line.p50, line.p95, line.longest)
        yield _row(line.kind, (line.alone, *times, f"{line.slower:.1f}×")) + few
    yield _row("server", ("processes", "MB", "most MB", "growth", "files", "growth", "cores"))
    for one in found.servers:
        memory = (one.processes, one.memory, one.most_memory, _percent(one.memory_growth))
        yield _row(one.server, (*memory, one.files, _number(one.files_growth), f"{one.cores:.2f}"))
    yield from _courses(found.servers)
    yield (
        f"database: {found.size[0]:.0f} MB before, {found.size[1]:.0f} MB after; write-ahead log at most "
        f"{found.most_log:.0f} MB, growth {found.log_growth:+.0f} MB; {found.connections} connections at most"
    )
    yield f"the machine's processors were busy for {found.busy:.0%} of the time, with everybody's work"
    yield f"{found.syncs} syncs; at the platform: {_listed(found.happened)}"
    yield f"answers: {_listed(found.statuses)}"


def _courses(servers: Sequence[ServerLine]) -> Iterator[str]:
    """The memory of every server as it went on."""
    steps = max((len(one.course) for one in servers), default=0)
    ends = (STEP * (place + 1) for place in range(steps))
    yield f"{'MB until minute':24}" + "".join(f"{end:>7}" for end in ends)
    for one in servers:
        yield f"{one.server:24}" + "".join(f"{mean:>7.1f}" for mean in one.course)


def _row(name: str, cells: Sequence[str | float]) -> str:
    """A line of a table."""
    return f"{name:24}" + "".join(
        f"{one if isinstance(one, str) else format(one, '.0f'):>10}" for one in cells
    )


def _percent(share: float | None) -> str:
    return "–" if share is None else f"{share:+.1%}"


def _number(growth: float | None) -> str:
    return "–" if growth is None else f"{growth:+.0f}"


def _listed(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{name} {number}" for name, number in sorted(counts.items()))
