"""The command line: reads what was typed, calls one service, prints what came of it."""

from __future__ import annotations

from lms_scoring.cli.main import main

__all__ = ["main"]
