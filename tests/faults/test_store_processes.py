"""Several programs on one database: they wait for each other, and one that dies leaves nothing half done, nor
does one that is frozen keep all others waiting."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import make_url

from adapters.turns import SharedTurns
from lms_scoring.domain.errors import StoreError
from lms_scoring.store import SqlStore
from lms_scoring.store.databases.locks import AdvisoryLocks
from lms_scoring.store.databases.postgres import Postgres
from tests.contract.story import COURSE, LRS, class_a, evidence_of
from tests.faults.attended import is_stopped
from tests.faults.writing_process import NAME, ORIGIN, SILENT
from tests.waiting import until

ROOT = Path(__file__).parents[2]


def test_two_programs_that_write_wait_for_each_other(url: str, store: SqlStore) -> None:
    with _writing(url, "count") as one, _writing(url, "count") as other:
        assert [one.wait(timeout=120), other.wait(timeout=120)] == [0, 0]
    with store.reading() as transaction:
        assert transaction.cursor(COURSE, LRS) == "100"


def test_a_program_killed_within_a_transaction_leaves_nothing_of_it(url: str, store: SqlStore) -> None:
    with _writing(url, "hang") as writer:
        assert _said(writer) == "inside\n"
        writer.kill()
        assert writer.wait(timeout=30) == -9
    with store.writing() as transaction:
        assert list(transaction.runs(COURSE)) == []
        assert list(transaction.counts(COURSE)) == []
        assert list(transaction.unjoined(COURSE)) == []


@pytest.mark.parametrize("after", [1, 5, 14])
def test_a_program_killed_anywhere_has_stored_each_batch_with_its_cursor(
    url: str, store: SqlStore, after: int
) -> None:
    with store.writing() as transaction:
        class_a(transaction)
    with _writing(url, "batches") as writer:
        for _ in range(after):
            _said(writer)
        writer.kill()
        writer.wait(timeout=30)
    with store.reading() as transaction:
        stored = int(transaction.cursor(COURSE, LRS) or 0)
    events = evidence_of(store).events[LRS]
    assert stored >= after
    assert len(events) == 20 * stored
    assert {event.stored for event in events} == set(range(stored))


@pytest.mark.slow(reason="who waits for a frozen writer waits for 10 s, twice")
@pytest.mark.parametrize("url", ["postgres"], indirect=True)
def test_a_program_frozen_while_it_copies_keeps_nobody_out_for_ever(
    url: str, caplog: pytest.LogCaptureFixture
) -> None:
    """For the server it is at work. Who waits again a minute later ends it, and goes on."""
    clock = SetSeconds()
    ours = SqlStore(Postgres(now=clock).open(make_url(url), check_keys=True))
    with _writing(url, "freeze") as writer:
        until(lambda: is_stopped(writer))
        with pytest.raises(StoreError, match="locked by another program"), ours.writing():
            pass
        assert "frozen" not in caplog.text
        clock.at += 60
        with ours.writing() as transaction:
            transaction.keep_heartbeat("any", at=1)
        assert "frozen" in caplog.text
        writer.send_signal(signal.SIGCONT)
        assert "connection to the database was lost; nothing of this step was stored" in _said(writer)
    with ours.reading() as transaction:
        assert transaction.heartbeat("any") == 1
    ours.close()


@pytest.mark.slow(reason="a program holds a name for longer than one that is frozen may")
@pytest.mark.parametrize("url", ["postgres"], indirect=True)
def test_who_lives_holds_a_name_and_who_is_frozen_no_more(url: str, store: SqlStore) -> None:
    """Somebody who is as silent as a frozen one shows when that is over."""
    locks = AdvisoryLocks(store.engine)
    with _writing(url, "hold") as holder, closing(psycopg.connect(url, autocommit=True)) as silent:
        assert _said(holder) == "True\n"
        silent.execute(f"SET idle_session_timeout = {int(SILENT * 1000)}")
        until(lambda: _is_gone(silent.info.backend_pid, store))
        with locks.held(NAME) as ours:
            assert not ours
        holder.send_signal(signal.SIGSTOP)
        with locks.held(NAME, wait=True, patience=60) as ours:
            assert ours
            holder.send_signal(signal.SIGCONT)
            assert holder.communicate("\n", timeout=60)[0] == "over\n"
        assert holder.returncode == 0
    locks.close()


def test_a_program_frozen_in_its_turns_at_a_platform_keeps_nobody_waiting_for_ever(
    url: str, store: SqlStore, tmp_path: Path
) -> None:
    turns = SharedTurns(store.locks(tmp_path), ORIGIN, patience=0.01)
    with _writing(url, "turns") as holder:
        assert _said(holder) == "True True\n"
        holder.send_signal(signal.SIGSTOP)
        until(lambda: is_stopped(holder))
        with turns(0.1) as turn:
            assert not turn
        holder.send_signal(signal.SIGCONT)
        assert holder.communicate("\n", timeout=60)[0] == "over\n"
    with turns(60) as turn:
        assert turn


def _is_gone(process: int, store: SqlStore) -> bool:
    """Whether the server has ended it."""
    with store.engine.connect() as connection:
        asked = "SELECT count(*) FROM pg_stat_activity WHERE pid = %s"
        return bool(connection.exec_driver_sql(asked, (process,)).scalar_one() == 0)


@dataclass
class SetSeconds:
    """A clock that a test sets."""

    at: float = 0.0

    def __call__(self) -> float:
        return self.at


@contextmanager
def _writing(url: str, what: str) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-W", "error", "-m", "tests.faults.writing_process", url, what]
    with subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def _said(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline()
