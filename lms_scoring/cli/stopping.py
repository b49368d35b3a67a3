"""Ctrl-C during a sync: what is stored is good, so the process ends at once and says what is kept."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

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


def _stop(_number: int, _frame: FrameType | None) -> None:
    """Writes past the streams: the signal may have come in the midst of a write."""
    errors = 2
    os.write(errors, ((_CLEAN_LINE if os.isatty(errors) else "") + _KEPT).encode())
    os._exit(INTERRUPTED)
