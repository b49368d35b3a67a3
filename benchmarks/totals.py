"""A million learners' totals by the compiled plan, against a bare loop over the same integers."""

from __future__ import annotations

import random
from pathlib import Path

from benchmarks.measuring import in_turns
from lms_scoring.domain.evidence import Role
from lms_scoring.domain.plan import compiled
from lms_scoring.files.scheme_file import read_scheme

LEARNERS = 1_000_000
LIMIT = 3.0


def main() -> bool:
    """Prints the ratio; True if it is within the limit."""
    rules = read_scheme(Path("config/schemes/longcheng-2024.toml")).scheme.roles[Role.LEARNER]
    plan = compiled(rules)
    chance = random.Random(2024)  # noqa: S311 # nothing secret
    times = [chance.randrange(60_000_000) for _ in range(LEARNERS)]
    homework = [chance.choice((0, 10, 16, 18, 20)) for _ in range(LEARNERS)]
    journals = [chance.randrange(3) for _ in range(LEARNERS)]
    topics = [chance.randrange(15) for _ in range(LEARNERS)]
    replies = [chance.randrange(25) for _ in range(LEARNERS)]
    unit = plan.denominator
    per_ms, full = 40 * unit // 45_000_000, 45_000_000

    def bare() -> list[int]:
        return [
            min(ms, full) * per_ms + (hw + (20 if journal >= 1 else 0) + min(topic + reply, 20)) * unit
            for ms, hw, journal, topic, reply in zip(times, homework, journals, topics, replies, strict=True)
        ]

    def planned() -> list[int]:
        return [int(total) for total in plan.totals(measures)]

    measures = [[times], [homework], [journals], [topics, replies]]
    assert planned() == bare()
    found = in_turns(lambda: plan.totals(measures), bare)
    print(
        f"totals: 1,000,000 learners in {found.ours:.2f} s, a bare integer loop in {found.theirs:.2f} s: "
        f"{found.ratio:.2f} times (limit {LIMIT})"
    )
    return found.ratio < LIMIT
