"""Long documents leave nothing behind in the process that set them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
_GROWN = """
import psutil
from concurrent.futures import ThreadPoolExecutor
from lms_scoring.exports.pdf.result_sheet import result_sheet_pdf
from lms_scoring.exports.pdf.typesetting import Typesetter
from tests.unit.exports.test_pdf import AT, sheet

def weigh(documents):
    for one in documents:
        result_sheet_pdf(sheet(*(f"{one} {line}" for line in range(200))), Typesetter(), at=AT)
    return psutil.Process().memory_full_info().uss >> 20

first = weigh(range(3))
"""
"""What a process weighs once it has set three documents."""
_ONE_AFTER_THE_OTHER = "print(weigh(range(3, 11)) - first)"
"""Prints by how many megabytes a process grew with eight documents more: 270, were they remembered."""
_SIDE_BY_SIDE = """
from threading import Semaphore
from lms_scoring.exports.pdf.setter import PLACES
places = Semaphore(PLACES)

def visit(one):
    with places:
        return weigh([one])

with ThreadPoolExecutor(8) as visitors:
    print(max(visitors.map(visit, range(3, 11))) - first)
"""
"""The same, asked for by eight threads, as many at once as there are places: 248, were each set by
the thread that asks for it."""


@pytest.mark.parametrize("asked", [_ONE_AFTER_THE_OTHER, _SIDE_BY_SIDE], ids=["in turn", "side by side"])
def test_a_process_that_sets_long_pdfs_does_not_grow(asked: str) -> None:
    script = [sys.executable, "-c", _GROWN + asked]
    ran = subprocess.run(script, cwd=ROOT, capture_output=True, text=True, check=True)
    assert int(ran.stdout) < 80
