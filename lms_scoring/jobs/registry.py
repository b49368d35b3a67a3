"""The jobs there are: what each does, by which key one at a time runs, and how often it comes by itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from lms_scoring.jobs.work import pull, retain, score, send, sweep, tell
from lms_scoring.ports import Call
from lms_scoring.services.unattended.calls import PULL, RETAIN, SCORE, SEND, TELL
from lms_scoring.services.unattended.workshop import Workshop

SWEEP = "sweep"


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One kind of work.

    key: with the arguments put in, the name under which one at a time runs, over all processes.
    every: seconds after which it comes by itself, if it does.
    beside: in one process, whether it runs beside all that has another key; what computes takes turns there.
    apart: whether it may go on for hours, waiting for a platform. Over many processes it has places of its
    own, so that all else goes on though as many platforms are slow as there are places.
    first: of what waits in line, the higher number is taken first.
    """

    name: str
    work: Callable[..., None]
    key: str
    every: int | None = None
    beside: bool = True
    apart: bool = False
    first: int = 0

    def key_of(self, call: Call) -> str:
        """The key of a call. Raises KeyError where it lacks an argument."""
        return self.key.format_map(call.arguments)

    def run(self, shop: Workshop, call: Call) -> None:
        """Does it; whatever goes wrong is raised."""
        self.work(shop, **call.arguments)


JOBS: Mapping[str, Job] = {
    job.name: job
    for job in (
        Job(name=SWEEP, work=sweep, key="sweep", every=15, first=1),
        Job(name=PULL, work=pull, key="source {source}", apart=True),
        Job(name=SCORE, work=score, key="course {course}", beside=False),
        Job(name=SEND, work=send, key="gradebook {course}"),
        Job(name=TELL, work=tell, key="tell"),
        Job(name=RETAIN, work=retain, key="retain"),
    )
}
