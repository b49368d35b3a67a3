"""Every row of the fault matrix has its cases."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

import pytest

from tests.faults.matrix import CASES, ROWS

LEAST = 4
MODULES = [
    "test_interrupted_syncs",
    "test_job_processes",
    "test_frozen_workers",
    *sorted(path.stem for path in Path(__file__).parent.glob("test_row_*.py")),
]


@pytest.mark.parametrize("number", ROWS, ids=[f"{number}: {what}" for number, what in ROWS.items()])
def test_every_row_has_its_cases(number: int) -> None:
    for module in MODULES:
        import_module(f"tests.faults.{module}")
    assert CASES[number] >= LEAST


def test_there_are_no_other_rows() -> None:
    assert CASES.keys() <= ROWS.keys() == set(range(1, 26))
