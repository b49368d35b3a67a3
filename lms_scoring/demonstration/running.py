"""Starts the stand-in platform inside this process, on loopback ports."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from lms_scoring.demonstration.control import Change, Control
from lms_scoring.demonstration.costs import Costs
from lms_scoring.demonstration.cutting import keep_learners, names_of, told_by
from lms_scoring.demonstration.faults import Faults
from lms_scoring.demonstration.http_door import HttpDoor
from lms_scoring.demonstration.lrs_kinds import KINDS
from lms_scoring.demonstration.lrs_model import LrsModel
from lms_scoring.demonstration.lrs_server import ROOT, LrsServer
from lms_scoring.demonstration.lti.faults import PlaceFaults
from lms_scoring.demonstration.lti.lti_server import LtiServer
from lms_scoring.demonstration.malformed import interleave
from lms_scoring.demonstration.moodle_loading import load_model
from lms_scoring.demonstration.moodle_model import MoodleModel
from lms_scoring.demonstration.moodle_server import MoodleServer, services
from lms_scoring.demonstration.recordings import (
    RECORDED_BASE_URL,
    RecordedCall,
    recorded_calls,
    recorded_statements,
)
from lms_scoring.demonstration.wire import Answer, Handler, Request


@dataclass(frozen=True)
class Options:
    """How the stand-in behaves.

    ``latency``: the share of each call's recorded time that it waits (0: none). ``copies``: how many times
    the recorded statements. ``malformed_every``: after so many statements a malformed one (0: none).
    ``lrs_kind``: ``standard``, ``ralph`` or ``adl``. ``learners``: only the first so many (None: all).
    ``statements``: of the recorded ones only the first so many, before any other cut (None: all).
    Ports 0: free ones. Credentials: random unless given.
    """

    port: int = 0
    lrs_port: int = 0
    latency: float = 0.0
    copies: int = 1
    batching: bool = True
    lrs_kind: str = "standard"
    malformed_every: int = 0
    learners: int | None = None
    statements: int | None = None
    token: str = field(default_factory=lambda: secrets.token_hex(16), repr=False)
    key: str = field(default_factory=lambda: secrets.token_hex(8), repr=False)
    secret: str = field(default_factory=lambda: secrets.token_hex(16), repr=False)


@dataclass(frozen=True)
class RunningMoodle:
    """The stand-in Moodle. The service of ``plain_token`` has no batching; that of ``recorded_token`` lists
    what the recorded one did, which is less than it answers.

    ``lti`` is its LTI side, ``place_faults`` are the faults of single addresses of that.
    """

    url: str
    token: str = field(repr=False)
    plain_token: str = field(repr=False)
    recorded_token: str = field(repr=False)
    server: MoodleServer = field(repr=False)
    faults: Faults = field(repr=False)
    control: Control = field(repr=False)
    lti: LtiServer = field(repr=False)
    place_faults: PlaceFaults = field(repr=False)

    @property
    def course_page(self) -> str:
        """Where a browser sees the course, with the external tool in its frame."""
        return f"{self.url}/course/view.php?id={self.lti.model.course_id}"

    def change(self, name: str, **arguments: Any) -> Any:
        """Makes a change of ``moodle_changes`` or ``lti.changes``, as ``POST /demonstration/change`` does."""
        return _changing(self.server, self.lti)({"change": name, **arguments})


@dataclass(frozen=True)
class RunningLrs:
    """The stand-in LRS; ``url`` is the endpoint that ends in ``/xapi``."""

    url: str
    key: str = field(repr=False)
    secret: str = field(repr=False)
    model: LrsModel = field(repr=False)
    faults: Faults = field(repr=False)
    control: Control = field(repr=False)


@dataclass(frozen=True)
class RunningPlatform:
    """Both peers."""

    moodle: RunningMoodle
    lrs: RunningLrs

    def addresses(self) -> dict[str, dict[str, str]]:
        """What a client needs to know, credentials included."""
        return {
            "moodle": {
                "url": self.moodle.url,
                "token": self.moodle.token,
                "course_page": self.moodle.course_page,
            },
            "lrs": {"url": self.lrs.url, "key": self.lrs.key, "secret": self.lrs.secret},
        }


@contextmanager
def running_platform(options: Options | None = None) -> Iterator[RunningPlatform]:
    """Serves both peers until the block ends."""
    options = options or Options()
    with running_moodle(options) as moodle, running_lrs(options, moodle_url=moodle.url) as lrs:
        yield RunningPlatform(moodle, lrs)


@contextmanager
def running_moodle(options: Options | None = None) -> Iterator[RunningMoodle]:
    """Serves the Moodle alone."""
    options = options or Options()
    with _open_door(options.port) as door:
        calls = recorded_calls(door.url)
        costs = Costs(calls if options.latency else ())  # nobody asks what a call takes where nobody waits
        model = _model(calls, door.url, options)
        offered = services(model, batching=options.batching)
        plain, recorded = secrets.token_hex(16), secrets.token_hex(16)
        tokens = {options.token: offered["full"], plain: offered["plain"], recorded: offered["recorded"]}
        server = MoodleServer(model, tokens, costs=costs, latency=options.latency)
        lti = LtiServer(model, server.lock)
        faults, place_faults = Faults(), PlaceFaults()
        control = Control(
            _either(server, lti),
            faults=faults,
            counters={"requests": server.requests, "inner": server.inner},
            change=_changing(server, lti),
            place_faults=place_faults,
        )
        door.open(control.answer)
        yield RunningMoodle(
            door.url, options.token, plain, recorded, server, faults, control, lti, place_faults
        )


@contextmanager
def running_lrs(
    options: Options | None = None, *, moodle_url: str = RECORDED_BASE_URL
) -> Iterator[RunningLrs]:
    """Serves the LRS alone; its statements speak of the Moodle at ``moodle_url``."""
    options = options or Options()
    with _open_door(options.lrs_port) as door:
        statements: Iterator[bytes] = islice(recorded_statements(moodle_url), options.statements)
        if options.learners is not None:
            names = names_of(_model(recorded_calls(moodle_url), moodle_url, options))
            statements = told_by(statements, names)
        if options.malformed_every:
            statements = interleave(statements, every=options.malformed_every)
        model = LrsModel(statements, copies=options.copies)
        kind = KINDS[options.lrs_kind]
        server = LrsServer(model, key=options.key, secret=options.secret, kind=kind)
        faults = Faults()
        control = Control(server.answer, faults=faults, counters={"requests": server.requests})
        door.open(control.answer)
        yield RunningLrs(door.url + ROOT, options.key, options.secret, model, faults, control)


def _either(server: MoodleServer, lti: LtiServer) -> Handler:
    """The web services and the LTI side behind one address."""

    def answer(request: Request) -> Answer:
        return lti.answer(request) if lti.knows(request.path) else server.answer(request)

    return answer


def _changing(server: MoodleServer, lti: LtiServer) -> Change:
    def change(told: dict[str, Any]) -> Any:
        return lti.change(told) if lti.changes.knows(told.get("change")) else server.change(told)

    return change


def _model(calls: list[RecordedCall], base_url: str, options: Options) -> MoodleModel:
    model = load_model(calls, base_url)
    if options.learners is not None:
        keep_learners(model, first=options.learners)
    return model


@contextmanager
def _open_door(port: int) -> Iterator[HttpDoor]:
    door = HttpDoor(port)
    try:
        yield door
    finally:
        door.close()
