"""`score` of a county's evidence file: 2,100 learners in 23 classes. No limit: printed for the trend."""

from __future__ import annotations

import random
import sys
import tempfile
import time
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

from benchmarks.memory import peak
from benchmarks.platform import in_folder
from lms_scoring.domain import evidence as ev
from lms_scoring.domain.instants import HOUR, MINUTE, parse_instant
from lms_scoring.files.evidence_file import evidence_lines

LEARNERS, CLASSES = 2_100, 23
WATCHES, POSTS = 260, 36
SCHEME = Path(__file__).parent.parent / "config" / "schemes" / "longcheng-2024.toml"
BEGIN = parse_instant("2024-10-25T00:00:00+08:00")
DAYS = 51


def main() -> bool:
    """Prints records a second and the peak memory."""
    with tempfile.TemporaryDirectory(prefix="lms-scoring-bench-") as name:
        folder = Path(name)
        records = _write(folder / "evidence.jsonl")
        begin = time.perf_counter()
        printed = in_folder({}, folder, "-m", "benchmarks.score_file", "evidence.jsonl")
        seconds = time.perf_counter() - begin
        cards = (folder / "cards.ndjson").read_bytes().count(b"\n")
    assert cards == LEARNERS, printed
    reached = float(printed.rpartition("peak ")[2])
    print(
        f"score file: {records:,} records of {cards:,} learners in {seconds:.0f} s, "
        f"{records / seconds:,.0f} records a second, peak {reached:.0f} MB (no limit)"
    )
    return True


def _write(path: Path) -> int:
    chance = random.Random(2024)  # noqa: S311 # nothing secret
    count = 0
    with path.open("wb") as file:
        for line in evidence_lines(record for number in range(LEARNERS) for record in _of(number, chance)):
            file.write(line)
            count += 1
    return count


def _of(number: int, chance: random.Random) -> Iterator[ev.Record]:
    """All records of one learner, most of them spans of watching, as in the recorded course."""
    person = f"learner-{number}"
    yield ev.Person(id=person, name=f"学员{number}")
    yield ev.Membership(
        id=f"m-{number}",
        person=person,
        role=ev.Role.LEARNER,
        class_=f"class-{number % CLASSES}",
        status=ev.MembershipStatus.ACTIVE,
    )
    yield from _watches(person, chance)
    yield from _submissions(person, chance)
    for post in range(POSTS):
        yield ev.Post(
            id=f"{person}-post-{post}",
            person=person,
            forum="25",
            parent=None if post % 3 == 0 else "topic",
            created_at=_some_time(chance),
            state=ev.PostState.LIVE,
            bulletin=False,
        )


def _watches(person: str, chance: random.Random) -> Iterator[ev.Watch]:
    times = sorted(_some_time(chance) for _ in range(WATCHES + 1))
    for place, (start, following) in enumerate(pairwise(times)):
        length = min(chance.randrange(1, 8 * MINUTE), following - start)
        position = chance.randrange(30 * MINUTE)
        yield ev.Watch(
            id=f"{person}-watch-{place}",
            person=person,
            activity=f"https://video.example.edu/v/{place % 40}",
            start=start,
            end=start + length,
            segments=((position, position + length),),
        )


def _submissions(person: str, chance: random.Random) -> Iterator[ev.Submission]:
    for task in ev.Task:
        handed_in = _some_time(chance)
        yield ev.Submission(
            id=f"{person}-{task}",
            person=person,
            task=task,
            activity=task.value,
            attempt=0,
            state=ev.SubmissionState.SUBMITTED,
            submitted_at=handed_in,
            opens_at=BEGIN,
            due_at=BEGIN + DAYS * 24 * HOUR,
            grade=chance.choice([None, *ev.Grade]),
            points=None,
            max_points=None,
            graded_at=None,
            graded_by=None,
            characters=None,
        )


def _some_time(chance: random.Random) -> int:
    return BEGIN + chance.randrange(DAYS * 24 * HOUR)


if __name__ == "__main__":
    from lms_scoring.cli import main as command

    command(
        ["score", sys.argv[1], "--scheme", str(SCHEME), "--output", "cards.ndjson"], standalone_mode=False
    )
    print(f"peak {peak()}")
