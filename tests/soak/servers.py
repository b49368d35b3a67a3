"""The processes of an installation as it is deployed, and what they wrote into their logs.

On PostgreSQL pages come from gunicorn with the settings of `deploy/`, and two workers run the jobs; on SQLite
one `lms-scoring serve` does both.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import requests

from tests.waiting import until

ROOT = Path(__file__).parents[2]
_PROGRAMS = Path(sys.executable).parent
WORKERS = 2
_BAD = frozenset({"error", "critical"})
_BEGINS_WITHIN = 120.0
_ENDS_WITHIN = 60.0
_LONGEST = 600
"""Letters of a line that are told."""


@dataclass(slots=True)
class Server:
    """One process, which may have more below it."""

    name: str
    process: subprocess.Popen[bytes]
    log: Path

    def end(self) -> None:
        """As a supervisor ends it."""
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(_ENDS_WITHIN)


@dataclass(slots=True)
class Servers:
    """Those that run."""

    on: str
    url: str
    folder: Path
    environment: Mapping[str, str] = field(repr=False)
    running: list[Server] = field(default_factory=list)

    def serve_pages(self) -> None:
        """Pages alone; returns once they are there."""
        if self.on == "postgres":
            settings = str(ROOT / "deploy" / "gunicorn.conf.py")
            self._start("pages", "gunicorn", "--config", settings, "--bind", self.url.removeprefix("http://"))
        else:
            self._serve("pages", "--no-scheduler")
        self._await_pages()

    def run_jobs(self) -> None:
        """The jobs beside the pages, from now on."""
        if self.on == "postgres":
            for number in range(WORKERS):
                self._start(f"worker {number + 1}", "lms-scoring", "worker")
            return
        (pages,) = self.running
        pages.end()
        self.running.clear()
        self._serve("serve")
        self._await_pages()

    def end_jobs(self) -> None:
        """Whatever runs jobs ends, and pages are served on."""
        for one in self.running:
            if one.name != "pages":
                one.end()
        self.running = [one for one in self.running if one.name == "pages"]
        if not self.running:
            self.serve_pages()

    def run(self, program: str, *arguments: str) -> None:
        """A command, to its end; what it says goes into a log."""
        self._start(" ".join([program, *arguments]), program, *arguments)
        ran = self.running.pop()
        assert ran.process.wait() == 0, ran.log.read_text(encoding="utf-8")

    def gone(self) -> list[str]:
        """Which of them ended though nobody said so."""
        return [one.name for one in self.running if one.process.poll() is not None]

    def complaints(self) -> list[str]:
        """All that any of them logged as an error, and what is no line of a log at all."""
        return [
            f"{log.stem}: {line}" for log in sorted(self.folder.glob("*.log")) for line in complaints_in(log)
        ]

    def _serve(self, name: str, *options: str) -> None:
        port = self.url.rpartition(":")[2]
        self._start(name, "lms-scoring", "serve", "--port", port, *options)

    def _start(self, name: str, program: str, *arguments: str) -> None:
        log = self.folder / f"{name} {len(list(self.folder.glob('*.log')))}.log"
        with log.open("wb") as output:
            process = subprocess.Popen(
                [_PROGRAMS / program, *arguments],
                cwd=self.folder,
                env={**_without_settings(), **self.environment},
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
        self.running.append(Server(name=name, process=process, log=log))

    def _await_pages(self) -> None:
        until(lambda: _answers(self.url), within=_BEGINS_WITHIN)


@contextmanager
def servers(on: str, folder: Path, environment: Mapping[str, str], url: str) -> Iterator[Servers]:
    """None of them outlives the block."""
    made = Servers(on=on, url=url, folder=folder, environment=environment)
    try:
        yield made
    finally:
        for one in made.running:
            if one.process.poll() is None:
                one.end()


def free_port() -> int:
    """One that nobody listens at now."""
    with socket.create_server(("127.0.0.1", 0)) as found:
        return int(found.getsockname()[1])


def _answers(url: str) -> bool:
    try:
        return requests.get(f"{url}/health", timeout=10).status_code == 200
    except requests.RequestException:
        return False


def complaints_in(log: Path) -> Iterator[str]:
    """The lines of a log that tell of an error, ours in JSON and gunicorn's."""
    for line in log.read_text(encoding="utf-8").splitlines():
        try:
            told = json.loads(line)["level"]
        except (ValueError, TypeError):
            if "[ERROR]" in line or "[CRITICAL]" in line or "Traceback" in line:
                yield line[:_LONGEST]
        else:
            if told in _BAD:
                yield line[:_LONGEST]


def _without_settings() -> dict[str, str]:
    """The environment, of which nothing of another installation may leak in."""
    return {name: value for name, value in os.environ.items() if not name.startswith("LMS_SCORING_")}
