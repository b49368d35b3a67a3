"""Work that a process does beside serving pages."""

from __future__ import annotations

import threading

from lms_scoring.cli.serving import in_background


def test_work_in_the_background_is_waited_for_by_nobody() -> None:
    seen, done = threading.Event(), threading.Event()

    def job() -> None:
        seen.wait(30)
        done.set()

    in_background(job)
    assert not done.is_set()
    seen.set()
    assert done.wait(30)
