"""The fault matrix: its rows, and the cases that each of them has.

A test of a row is parametrised by `row`, which counts the cases as well; `test_fault_matrix.py` proves that
no row is left out.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

import pytest

ROWS = {
    1: "a platform answers 500, 502 or 503, with Retry-After and without",
    2: "a platform does not answer at all",
    3: "half a body, with its length told and untold",
    4: "a login page with 200, or a redirect to one",
    5: "a platform in maintenance, as HTML or as a JSON exception with 200",
    6: "headers or a body that trickle",
    7: "what is listed changes while it is read",
    8: "duplicates, late data, edits backward, ids that are used again",
    9: "deletions, and lists that are empty because a permission was lost",
    10: "clocks that jump, and a platform's clock that is wrong",
    11: "a full disk",
    12: "a locked database",
    13: "killed at every point",
    14: "the database restarts, connections are cut",
    15: "two schedulers, two workers, one that was frozen and wakes up",
    16: "a token that expires or is revoked in the middle",
    17: "keys of launches: rotated, unreachable, unknown by the thousand",
    18: "a grade that was taken and whose answer was lost",
    19: "grades out of their order",
    20: "rules that change while scores are made again",
    21: "too many requests",
    22: "one bad row among many",
    23: "a redirect elsewhere, a bomb, two gigabytes, JSON without a bottom",
    24: "an upgrade or a downgrade with a queue full of old jobs",
    25: "yesterday's backup, restored",
}
CASES: Counter[int] = Counter()


def row(number: int, names: str, cases: Iterable[Any]) -> pytest.MarkDecorator:
    """Parametrises a test of that row; the cases are counted when its module is read."""
    listed = list(cases)
    CASES[number] += len(listed)
    return pytest.mark.parametrize(names, listed)
