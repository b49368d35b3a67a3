"""`python -m tests.soak`: an hour of load on PostgreSQL; exit status 1 if a limit is missed."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from tests.fixtures.databases import KINDS
from tests.soak.hour import Plan, soak
from tests.soak.verdict import table, write_json

BUILD = Path(__file__).parents[2] / "build"


def main() -> int:
    """Prints the table, and writes it down."""
    plan = plan_of(sys.argv[1:])
    found = soak(plan, say=_say)
    for line in table(found):
        _say(line)
    write_json(found, BUILD / f"soak-{plan.on}.json")
    for sentence in found.told():
        _say(f"told, for it still comes within a second: {sentence}")
    missed = list(found.missed())
    for sentence in missed:
        _say(f"missed: {sentence}")
    return 1 if missed else 0


def plan_of(words: Sequence[str]) -> Plan:
    """What the words of the command ask for. Raises SystemExit for words that it does not know."""
    parser = argparse.ArgumentParser(prog="python -m tests.soak", description=__doc__)
    usual = Plan()
    parser.add_argument("--minutes", type=float, default=usual.minutes, help="of load (%(default)s)")
    parser.add_argument("--on", choices=KINDS, default=usual.on, help="the database (%(default)s)")
    parser.add_argument("--learners", type=int, default=usual.learners, help="at browsers (%(default)s)")
    parser.add_argument("--tutors", type=int, default=usual.tutors, help="at browsers (%(default)s)")
    parser.add_argument(
        "--think", type=float, nargs=2, default=usual.think, help="seconds between two clicks (%(default)s)"
    )
    parser.add_argument(
        "--alone", type=int, default=usual.alone, help="visits of each role without load (%(default)s)"
    )
    parser.add_argument("--seed", type=int, default=usual.seed, help="of all that is left to chance")
    told = parser.parse_args(words)
    return Plan(**{**vars(told), "think": tuple(told.think)})


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    raise SystemExit(main())
