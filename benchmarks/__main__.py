"""Runs every benchmark, or those named; exit status 1 if a limit is missed."""

from __future__ import annotations

import importlib
import sys

NAMES = (
    *("totals", "statements", "memory", "course_sync", "record_store_sync", "score_file"),
    *("launch", "scoreboard", "workbook", "jobs", "bulk", "doubts", "assess"),
)

if __name__ == "__main__":
    named = [word for word in sys.argv[1:] if not word.startswith("--")]
    results = {name: importlib.import_module(f"benchmarks.{name}").main() for name in named or NAMES}
    missed = [name for name, within in results.items() if not within]
    if missed:
        print(f"missed: {', '.join(missed)}")
    raise SystemExit(1 if missed else 0)
