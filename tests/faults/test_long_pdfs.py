"""Long documents leave nothing behind in the process that set them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
_GROWN = """
import psutil
from lms_scoring.exports.pdf.result_sheet import result_sheet_pdf
from lms_scoring.exports.pdf.typesetting import Typesetter
from tests.unit.exports.test_pdf import AT, sheet

def weigh(documents):
    for one in documents:
        result_sheet_pdf(sheet(*(f"{one} {line}" for line in range(200))), Typesetter(), at=AT)
    return psutil.Process().memory_full_info().uss >> 20

first = weigh(range(3))
print(weigh(range(3, 11)) - first)
"""
"""Prints by how many megabytes a process grew with eight documents more: 270, were they remembered."""


def test_a_process_that_sets_one_long_pdf_after_the_other_does_not_grow() -> None:
    ran = subprocess.run([sys.executable, "-c", _GROWN], cwd=ROOT, capture_output=True, text=True, check=True)
    assert int(ran.stdout) < 80
