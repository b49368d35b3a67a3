"""Ctrl-C during a sync: what is stored is good, so the process ends at once and says what is kept."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

_ERRORS = 2
INTERRUPTED = 130
"""What shells expect of a program that was ended by Ctrl-C."""

_KEPT = "interrupted; what was read so far is kept: sync again to read the rest\n"
_CLEAN_LINE = "\r\x1b[2K\x1b[?25h"
"""Takes the progress bar away and gives the cursor back."""


@contextmanager
def stoppable() -> Iterator[None]:
    """Inside, Ctrl-C ends the process without waiting for answers that are still to come.

    An exception would wait for the threads that ask platforms, which may take as long as the deadline.
    """
    before = signal.signal(signal.SIGINT, _stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def leave() -> None:
    """Ends the process at once, though a thread still waits for a platform's answer."""
    sys.stdout.flush()
    os.write(_ERRORS, b"ended; a sync under way is gone on with after the next start\n")
    os._exit(0)


def _stop(_number: int, _frame: FrameType | None) -> None:
    """Writes past the streams: the signal may have come in the midst of a write."""
    os.write(_ERRORS, ((_CLEAN_LINE if os.isatty(_ERRORS) else "") + _KEPT).encode())
    os._exit(INTERRUPTED)
