"""The engine inside one process: APScheduler, of which nothing is kept when the process ends.

Of all processes that use a database one has the scheduler's lock; others serve pages, and take over once it
is gone. What has the same key runs in the same lane, a thread that does one thing after another.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from itertools import count
from queue import SimpleQueue
from time import monotonic
from typing import Any

from apscheduler.executors.base import BaseExecutor
from apscheduler.schedulers.background import BackgroundScheduler

from lms_scoring.domain.errors import StoreError
from lms_scoring.jobs.registry import JOBS, Job
from lms_scoring.jobs.running import run_call
from lms_scoring.memory import share_one_heap
from lms_scoring.ports import Call
from lms_scoring.services.unattended.workshop import Workshop

LOCK = "scheduler"
_COMPUTING = "computing"
_LOOKS_EVERY = 1.0  # seconds until a process looks again whether the one that has the lock is gone
_LONG_DUE = datetime(1970, 1, 1, tzinfo=UTC)
"""When the first call is due: at once whatever the machine's clock says, though it is just being set back."""
_log = logging.getLogger(__name__)


class Embedded:
    """Runs jobs in threads of this process, as long as it has the lock."""

    def __init__(self, shop: Workshop, *, jobs: Mapping[str, Job] = JOBS) -> None:
        self._shop = shop
        self._jobs = jobs
        self._scheduler: Any = None
        self._calls = count()
        self._lanes: set[str] = set()
        self._waiting: set[str] = set()
        self._running: list[Call] = []
        self._changed = threading.Condition()
        self._stopped = threading.Event()
        self._holder: threading.Thread | None = None
        self._failure: Exception | None = None

    def start(self) -> bool:
        """Whether this process has the lock. If not, it looks for it beside whatever else it does. Raises
        StoreError where nobody can tell who has it, and whatever else keeps the jobs from being begun."""
        tried = threading.Event()
        self._holder = threading.Thread(target=self._hold, args=[tried], name=LOCK, daemon=True)
        self._holder.start()
        tried.wait()
        if self._failure is not None:
            raise self._failure
        return self.schedules

    @property
    def schedules(self) -> bool:
        """Whether this is the process that runs jobs."""
        return self._scheduler is not None

    def stop(self, *, grace: float = 10.0) -> bool:
        """Begins nothing more, lets go of the lock, waits so many seconds for what is under way; whether all
        of it is done."""
        self._stopped.set()
        if self._holder is not None:
            self._holder.join()
        with self._changed:
            return self._changed.wait_for(lambda: not self._running, timeout=grace)

    def ring_within(self, connection: object, calls: Sequence[Call]) -> None:
        """Nothing is written down: what is true stands in the tables."""

    def ring_after(self, calls: Sequence[Call]) -> None:
        """Wakes whoever is called."""
        for call in calls:
            self.wake(call)

    def wake(self, call: Call) -> None:
        """Runs the call when its lane is free; one that waits already is not made to wait twice."""
        job = self._jobs.get(call.job)
        if job is None:
            _log.warning("job %s is unknown to this version of the program", call.job)
            return
        lane = job.key_of(call) if job.beside else _COMPUTING
        with self._changed:
            if self._scheduler is None or call.id in self._waiting:
                return
            if lane not in self._lanes:
                self._scheduler.add_executor(_Lane(lane), alias=lane)
                self._lanes.add(lane)
            due = _LONG_DUE + timedelta(microseconds=next(self._calls))  # in the order in which they came
            self._scheduler.add_job(
                self._run, "date", run_date=due, args=[call], executor=lane, misfire_grace_time=None
            )
            self._waiting.add(call.id)

    def _hold(self, tried: threading.Event) -> None:
        was_told = False
        while not self._stopped.is_set():
            try:
                self._look(tried)
                was_told = False
            except Exception as error:  # noqa: BLE001 - whatever it is, somebody must run the jobs, or be told
                if not tried.is_set():
                    self._failure = error
                    tried.set()
                    return
                if not was_told:
                    _tell(error)
                was_told = True
            self._stopped.wait(_LOOKS_EVERY)

    def _look(self, tried: threading.Event) -> None:
        with self._shop.locks.held(LOCK) as ours:
            if ours:
                if tried.is_set():
                    _log.info("the process that ran the jobs is gone; this one runs them now")
                try:
                    self._begin()
                    tried.set()
                    self._wake_what_comes_by_itself()
                finally:
                    self._end()
        tried.set()

    def _begin(self) -> None:
        share_one_heap()
        scheduler = BackgroundScheduler(timezone=UTC)
        with self._changed:
            self._lanes.clear()
            self._waiting.clear()
            self._scheduler = scheduler
        scheduler.start()

    def _wake_what_comes_by_itself(self) -> None:
        """Each job at once and then every so many seconds, until this process stops.

        Counted by a clock that only goes on. A scheduler's own intervals end at an hour of the day: where the
        machine's clock is set back by a year nothing would be synced for a year.
        """
        due = {job.name: (monotonic(), job.every) for job in self._jobs.values() if job.every is not None}
        while not self._stopped.is_set():
            now = monotonic()
            for name, (at, every) in due.items():
                if at <= now:
                    self.wake(Call(job=name))
                    due[name] = (now + every, every)
            self._stopped.wait(min((at for at, _ in due.values()), default=now + _LOOKS_EVERY) - now)

    def _end(self) -> None:
        with self._changed:
            scheduler, self._scheduler = self._scheduler, None
        if scheduler is not None and scheduler.running:
            scheduler.shutdown(wait=False)

    def _run(self, call: Call) -> None:
        with self._changed:
            self._waiting.discard(call.id)
            if self._scheduler is None:
                return
            self._running.append(call)
        try:
            run_call(self._jobs, self._shop, call)
        finally:
            with self._changed:
                self._running.remove(call)
                self._changed.notify_all()


def _tell(error: Exception) -> None:
    if isinstance(error, StoreError):
        _log.error("nobody can tell whether the process that runs the jobs is gone: %s", error)
    else:
        _log.error("running the jobs failed, and is tried again", exc_info=error)


class _Lane(BaseExecutor):  # type: ignore[misc] # APScheduler ships no types
    """One thread that ends with the process: a pool's would keep it until the last platform has answered."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self._jobs: SimpleQueue[Any] = SimpleQueue()
        threading.Thread(target=self._work, name=name, daemon=True).start()

    def shutdown(self, wait: bool = True) -> None:
        """Called by the scheduler."""
        self._jobs.put(None)

    def _do_submit_job(self, job: Any, run_times: Sequence[object]) -> None:
        self._jobs.put(job)

    def _work(self) -> None:
        while (job := self._jobs.get()) is not None:
            job.func(*job.args)
            self._run_job_success(job.id, [])
