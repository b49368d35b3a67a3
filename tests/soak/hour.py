"""The run: the clicks of one visitor while nothing else happens, then everybody's while courses sync."""

from __future__ import annotations

import random
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from itertools import cycle, islice
from pathlib import Path

import psutil

from lms_scoring.bootstrap import Installation, installation
from lms_scoring.store import SqlStore
from tests.fixtures.databases import empty_database
from tests.fixtures.postgres import PostgresServer
from tests.soak import aftermath
from tests.soak.browser import Click
from tests.soak.crowd import Wanted, clicks_of, crowd
from tests.soak.life import Life, going_on
from tests.soak.people import RECORDED, Learner, enrol_learners, enrol_tutors
from tests.soak.platform import Platform, running_platform
from tests.soak.school import COURSES, Seat, open_courses, seats, write_course_files
from tests.soak.servers import Servers, free_port, servers
from tests.soak.verdict import Found, connections_growth, log_growth, page_lines, server_lines
from tests.soak.vitals import MEGABYTE, watched
from tests.waiting import until

Say = Callable[[str], None]
_TUTORS = 2
"""Who guide in the recorded course."""
_WARMING = 6
"""Visits of each role that are not counted."""
_ARRIVING = 180.0
"""Seconds within which everybody has come."""
_LASTING = {"fsync": "on", "full_page_writes": "on", "synchronous_commit": "on"}
"""What other tests do without: the database is to survive a crash, as it is where it serves people."""
_DRAINED_WITHIN = 600.0
_AT_MOST = 20
"""Faults of one kind that are told one by one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What is to be done; the usual one is the hour."""

    minutes: float = 60.0
    on: str = "postgres"
    learners: int = 500
    tutors: int = 50
    think: tuple[float, float] = (20.0, 60.0)
    """Seconds between two clicks of one visitor, at least and at most."""
    alone: int = 60
    """Visits of each role without load, each with everything there is to do."""
    seed: int = 1


@dataclass(frozen=True, slots=True)
class Scene:
    """All that takes part."""

    plan: Plan
    platform: Platform
    ours: Installation
    store: SqlStore
    servers: Servers
    say: Say


def soak(plan: Plan, *, say: Say) -> Found:
    """All of it; nothing is left behind."""
    with _scene(plan, say) as scene:
        learners, there = _first_sync(scene)
        return _under_load(scene, learners, there, _alone(scene, there))


@contextmanager
def _scene(plan: Plan, say: Say) -> Iterator[Scene]:
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="lms-scoring-soak-")))
        platform = stack.enter_context(running_platform())
        database = stack.enter_context(_database(plan.on, folder))
        url = f"http://127.0.0.1:{free_port()}"
        write_course_files(folder / "courses")
        environment = {
            **platform.settings(),
            "LMS_SCORING_DATABASE_URL": database,
            "LMS_SCORING_PUBLIC_URL": url,
            "LMS_SCORING_COURSES": str(folder / "courses"),
            "LMS_SCORING_SEALING_KEY_FILE": str(folder / "sealing.key"),
            "LMS_SCORING_LOG": "json",
        }
        ours = installation(environment, working_folder=folder)
        stack.callback(ours.close)
        running = stack.enter_context(servers(plan.on, folder, environment, url))
        yield Scene(plan, platform, ours, ours.store, running, say)


@contextmanager
def _database(on: str, folder: Path) -> Iterator[str]:
    if on == "sqlite":
        yield empty_database(folder / "soak.sqlite")
        return
    server = PostgresServer(**_LASTING)
    try:
        yield server.empty_database()
    finally:
        server.close()


def _first_sync(scene: Scene) -> tuple[list[Learner], list[Seat]]:
    """People come to the platform, courses are set up and read; who learns there, and who will click."""
    plan = scene.plan
    scene.say("people come to the platform, and the courses are read for the first time")
    classes = enrol_tutors(scene.platform, _missing(plan.tutors, _TUTORS))
    added = enrol_learners(scene.platform, _missing(plan.learners, len(RECORDED)), classes)
    scene.servers.serve_pages()
    open_courses(scene.ours, scene.platform)
    for course in COURSES:
        scene.servers.run("lms-scoring", "sync", course)
    return [*RECORDED, *added], seats(scene.ours, learners=plan.learners, tutors=plan.tutors)


def _missing(wanted: int, there: int) -> int:
    """How many more a course needs, so that nobody sits at two browsers."""
    return max(0, -(-wanted // len(COURSES)) - there)


def _alone(scene: Scene, there: Sequence[Seat]) -> list[Click]:
    """One visit after the other, of both roles; the first ones only warm everything up."""
    scene.say("one visitor, while nothing else happens")
    learners = [seat for seat in there if seat.role == "learner"]
    tutors = [seat for seat in there if seat.role == "tutor"]
    visits = scene.plan.alone
    wanted = Wanted(
        url=scene.servers.url,
        seats=[
            seat for pair in islice(zip(cycle(learners), cycle(tutors)), _WARMING + visits) for seat in pair
        ],
        alone=True,
        seed=scene.plan.seed,
    )
    clicks = clicks_of(crowd(wanted))
    warm = [place for place, click in enumerate(clicks) if click.kind == "start"][2 * _WARMING]
    return clicks[warm:]


def _under_load(
    scene: Scene, learners: Sequence[Learner], there: Sequence[Seat], alone: Sequence[Click]
) -> Found:
    plan = scene.plan
    scene.say(f"{len(there)} visitors for {plan.minutes:g} minutes, while courses are synced")
    begun = scene.ours.clock.now()
    life = Life(scene.platform, learners, random.Random(plan.seed))
    wanted = Wanted(
        url=scene.servers.url,
        seats=there,
        alone=False,
        seed=plan.seed,
        seconds=60 * plan.minutes,
        think=plan.think,
        arriving=min(_ARRIVING, 60 * plan.minutes / 4),
    )
    scene.servers.run_jobs()
    before = psutil.cpu_times()
    with watched(scene.store, lambda: scene.servers.running) as vitals, going_on(life):
        loaded = clicks_of(crowd(wanted))
    after = psutil.cpu_times()
    faults = [*_faults_under_load(scene, [*alone, *loaded], begun), *_faults_afterwards(scene, begun)]
    sizes = [one.size / MEGABYTE for one in vitals.databases]
    return Found(
        database=plan.on,
        minutes=plan.minutes,
        visitors=len(there),
        think=plan.think,
        pages=page_lines(alone, loaded),
        servers=server_lines(vitals.processes),
        log_growth=log_growth(vitals.databases),
        most_log=max(one.log for one in vitals.databases) / MEGABYTE,
        connections=max(one.connections for one in vitals.databases),
        connections_growth=connections_growth(vitals.databases),
        size=(sizes[0], sizes[-1]),
        busy=1 - (after.idle - before.idle) / (sum(after) - sum(before)),
        syncs=aftermath.syncs(scene.ours, since=begun),
        happened=dict(life.done),
        statuses=dict(Counter(str(click.status) for click in loaded)),
        faults=faults,
    )


def _faults_under_load(scene: Scene, clicks: Sequence[Click], begun: int) -> Iterator[str]:
    """Pages that did not come, and processes that ended."""
    wrong = [click for click in clicks if click.fault is not None]
    yield from (f"{click.kind}: {click.fault}" for click in wrong[:_AT_MOST])
    if len(wrong) > _AT_MOST:
        yield f"and {len(wrong) - _AT_MOST} clicks more"
    yield from (f"{name} ended by itself" for name in scene.servers.gone())


def _faults_afterwards(scene: Scene, begun: int) -> Iterator[str]:
    """What still waits though nobody does anything any more, what went wrong, what is wrong in the end."""
    scene.say("everybody has left: what waits is done, and the scores are looked at")
    ours, left = scene.ours, scene.ours.clock.now()
    try:
        until(lambda: aftermath.is_read_since(ours, left), within=_DRAINED_WITHIN)
        until(lambda: aftermath.waiting(ours) is None, within=_DRAINED_WITHIN)
    except AssertionError:
        yield f"still waits: {aftermath.waiting(ours)}"
    yield from scene.servers.complaints()[:_AT_MOST]
    yield from list(aftermath.failed_runs(ours, since=begun))[:_AT_MOST]
    scene.servers.end_jobs()
    yield from aftermath.misscored(ours)
    yield from aftermath.unread(ours)
