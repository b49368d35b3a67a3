"""Everybody at their browsers, in a process of its own: `python -m tests.soak.crowd`.

What is wanted stands in one JSON line of standard input, every click goes out as one of standard output.
Each visitor is a thread, which sleeps nearly all the time.
"""

from __future__ import annotations

import json
import random
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from queue import SimpleQueue

from tests.soak.browser import Browser, Click, Lost
from tests.soak.school import Seat
from tests.soak.walks import Visit

ROOT = Path(__file__).parents[2]
_STACK = 512 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """`alone`: one visitor after the other, each once, without a pause, doing everything there is. Otherwise
    all at once for so many `seconds`, `think` from least to most between two clicks, and all of them there
    after `arriving`."""

    url: str
    seats: Sequence[Seat]
    alone: bool
    seed: int
    seconds: float = 0.0
    think: tuple[float, float] = (0.0, 0.0)
    arriving: float = 0.0


def crowd(wanted: Wanted) -> subprocess.Popen[str]:
    """Begins; its clicks are read with `clicks_of`."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.soak.crowd"],
        cwd=ROOT,
        text=True,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert process.stdin is not None
    process.stdin.write(json.dumps(asdict(wanted)) + "\n")
    process.stdin.close()
    return process


def clicks_of(process: subprocess.Popen[str]) -> list[Click]:
    """All of them, once everybody has left."""
    assert process.stdout is not None
    with process.stdout as lines:
        found = [Click(**json.loads(line)) for line in lines]
    assert process.wait() == 0, "the crowd fell over"
    return found


def main() -> None:
    """Until everybody has left."""
    told = json.loads(sys.stdin.readline())
    wanted = Wanted(**{**told, "seats": [Seat(**seat) for seat in told["seats"]]})
    clicks: SimpleQueue[Click | None] = SimpleQueue()
    writer = threading.Thread(target=_write, args=[clicks])
    writer.start()
    (_one_by_one if wanted.alone else _all_at_once)(wanted, clicks.put)
    clicks.put(None)
    writer.join()


def _write(clicks: SimpleQueue[Click | None]) -> None:
    while (click := clicks.get()) is not None:
        sys.stdout.write(json.dumps(asdict(click)) + "\n")


def _one_by_one(wanted: Wanted, tell: Callable[[Click], None]) -> None:
    chance = random.Random(wanted.seed)
    for seat in wanted.seats:
        browser = Browser(wanted.url, seat.secret, tell)
        _once(Visit(browser, seat, chance, think=browser.close, always=True))


def _all_at_once(wanted: Wanted, tell: Callable[[Click], None]) -> None:
    threading.stack_size(_STACK)
    ends = time.monotonic() + wanted.seconds
    threads = [
        threading.Thread(target=_come_and_go, args=[wanted, seat, number, ends, tell])
        for number, seat in enumerate(wanted.seats)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def _come_and_go(wanted: Wanted, seat: Seat, number: int, ends: float, tell: Callable[[Click], None]) -> None:
    """One visit after the other, until it is time; whoever is in the midst of one leaves then."""
    chance = random.Random(wanted.seed + number)
    browser = Browser(wanted.url, seat.secret, tell)

    def wait(seconds: float) -> None:
        browser.close()
        time.sleep(max(0.0, min(seconds, ends - time.monotonic())))
        if time.monotonic() >= ends:
            raise _TimeToLeave

    visit = Visit(browser, seat, chance, think=lambda: wait(chance.uniform(*wanted.think)))
    try:
        wait(chance.uniform(0, wanted.arriving))
        while True:
            _once(visit)
            visit.think()
    except _TimeToLeave:
        browser.close()


def _once(visit: Visit) -> None:
    try:
        visit.go()
    except Lost:
        return


class _TimeToLeave(Exception):
    """The hour is over."""


if __name__ == "__main__":
    main()
