"""The engine over many processes and machines: Procrastinate, on the PostgreSQL that has all the rest.

A call is written into its queue within the transaction that it belongs to. Each job has a queue of its own,
so that a worker takes only what its version knows, and what is of a newer one stays where it is. Queues may
be emptied at any time: what is true stands in our tables.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

from procrastinate import App, JobContext, PsycopgConnector, SyncPsycopgConnector
from procrastinate.exceptions import AlreadyEnqueued, ConnectorException, UniqueViolation
from procrastinate.jobs import Status

from lms_scoring.domain.errors import StoreError
from lms_scoring.jobs.away import away_in_a_line
from lms_scoring.jobs.queue_tables import prepare_queue
from lms_scoring.jobs.registry import JOBS, Job
from lms_scoring.jobs.running import run_call
from lms_scoring.memory import share_one_heap
from lms_scoring.ports import Call
from lms_scoring.services.unattended.workshop import Workshop

REVIVE = "revive"
SCHEMA = "schema of the queue"
"""The lock under which the queue's tables are made."""
_AT_ONCE = 8
"""Jobs that one worker does beside each other, at most, of those that have places of their own and of all
others; most of them wait for platforms."""
_LOOKS_EVERY = 0.5
"""Seconds between two looks into the queue: a worker is told of what comes, but not of a key that is free."""
_AWAY = (
    "the database went away, so this worker ends; nothing is lost: once the database is back, whoever "
    "supervises the worker must start it again (`Restart=always`)"
)


class Distributed:
    """Defers calls wherever it is, and runs them where it is started.

    `heartbeat` are the seconds after which a worker shows that it lives, `stalled` those after which one that
    did not is taken for dead and its jobs are done by others.
    """

    def __init__(
        self,
        shop: Workshop,
        url: str,
        *,
        jobs: Mapping[str, Job] = JOBS,
        heartbeat: float = 10.0,
        stalled: float = 30.0,
    ) -> None:
        self._shop = shop
        self._jobs = jobs
        self._url = url
        self._heartbeat = heartbeat
        self._stalled = stalled
        self._deferring = App(connector=SyncPsycopgConnector(conninfo=url))
        self._running: list[Call] = []
        self._changed = threading.Condition()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._workers: Sequence[asyncio.Task[None]] = ()
        self._thread: threading.Thread | None = None

    def prepare(self) -> None:
        """Makes the queue's tables where this version's are not there; done by one at a time."""
        with self._shop.locks.held(SCHEMA, wait=True), self._deferring.open():
            prepare_queue(self._deferring)

    def ring_within(self, connection: Any, calls: Sequence[Call]) -> None:
        """Writes the calls on the connection of their transaction; what waits already, waits once."""
        for call in calls:
            job = self._jobs.get(call.job)
            deferrer = self._deferring.configure_task(
                call.job,
                queue=call.job,
                lock=call.id if job is None else job.key_of(call),
                queueing_lock=call.id,
                priority=0 if job is None else job.first,
                connection=connection,
            )
            try:
                with connection.transaction():
                    deferrer.defer(**call.arguments)
            except AlreadyEnqueued:
                continue

    def ring_after(self, calls: Sequence[Call]) -> None:
        """They are written already."""

    def start(self) -> bool:
        """Works in a thread of this process."""
        begun = threading.Event()
        self._thread = threading.Thread(
            target=lambda: asyncio.run(self._work(begun, signals=False)), name="worker", daemon=True
        )
        self._thread.start()
        return begun.wait(60)

    def run(self) -> None:
        """Works until a signal ends it, or the database is gone. Raises StoreError where it stays away."""
        try:
            with away_in_a_line():
                asyncio.run(self._work(threading.Event(), signals=True))
        except ConnectorException as error:
            raise StoreError(_AWAY) from error

    def stop(self, *, grace: float = 10.0) -> bool:
        """Begins nothing more, and waits so many seconds for what is under way; whether all of it is done."""
        loop = self._loop
        if loop is not None:
            for worker in self._workers:
                if not worker.done():
                    loop.call_soon_threadsafe(worker.cancel)
        with self._changed:
            done = self._changed.wait_for(lambda: not self._running, timeout=grace)
        if self._thread is not None:
            self._thread.join(grace)
        return done

    async def _work(self, begun: threading.Event, *, signals: bool) -> None:
        share_one_heap()
        app = self._app()
        apart = [job.name for job in self._jobs.values() if job.apart]
        others = [*(job.name for job in self._jobs.values() if not job.apart), REVIVE]
        async with app.open_async():
            self._loop = asyncio.get_running_loop()
            # its own has no more threads than a small machine has processors, and a few
            self._loop.set_default_executor(ThreadPoolExecutor(2 * _AT_ONCE, thread_name_prefix="job"))
            self._workers = [
                asyncio.create_task(self._places(app, queues, signals=queues is others))
                for queues in (others, apart)
                if queues
            ]
            begun.set()
            ended, going = await asyncio.wait(self._workers, return_when=asyncio.FIRST_COMPLETED)
            for worker in going:
                worker.cancel()
            await asyncio.wait(self._workers)
            for worker in ended:
                if not worker.cancelled():
                    worker.result()

    async def _places(self, app: App, queues: Sequence[str], *, signals: bool) -> None:
        await app.run_worker_async(
            queues=queues,
            concurrency=_AT_ONCE,
            fetch_job_polling_interval=_LOOKS_EVERY,
            delete_jobs="always",
            install_signal_handlers=signals,
            update_heartbeat_interval=self._heartbeat,
            stalled_worker_timeout=self._stalled,
        )

    def _app(self) -> App:
        app = App(connector=PsycopgConnector(conninfo=self._url, configure=_each_alone))
        for job in self._jobs.values():
            task = app.task(name=job.name, queue=job.name)(self._runner(job))
            if job.every is not None:
                call = Call(job=job.name)
                app.periodic(
                    cron=f"* * * * * */{job.every}",
                    lock=job.key_of(call),
                    queueing_lock=call.id,
                    queue=job.name,
                    priority=job.first,
                )(task)
        revive = app.task(name=REVIVE, queue=REVIVE, pass_context=True)(self._revive)
        # Without a lock: a worker that froze in the midst of this would keep all others from it for ever.
        looks_every = max(1, int(self._stalled / 2))
        app.periodic(cron=f"* * * * * */{looks_every}", queueing_lock=REVIVE, queue=REVIVE)(revive)
        return app

    def _runner(self, job: Job) -> Callable[..., None]:
        def run(**given: Any) -> None:
            """What comes by itself is also given its `timestamp`."""
            arguments = {name: value for name, value in given.items() if name != "timestamp"}
            call = Call(job=job.name, arguments=arguments)
            with self._changed:
                self._running.append(call)
            try:
                run_call(self._jobs, self._shop, call)
            finally:
                with self._changed:
                    self._running.remove(call)
                    self._changed.notify_all()

        return run

    async def _revive(self, context: JobContext, timestamp: int) -> None:
        """Jobs of workers that died, or sleep, are done by others; one that waits again already goes."""
        manager = context.app.job_manager
        for job in await manager.get_stalled_jobs(seconds_since_heartbeat=self._stalled):
            try:
                await manager.retry_job(job, retry_at=datetime.now(UTC))
            except UniqueViolation:
                await manager.finish_job(job, status=Status.FAILED, delete_job=True)


async def _each_alone(connection: Any) -> None:
    """Every statement is a transaction: one that a frozen worker left open would keep all others waiting."""
    await connection.set_autocommit(True)
