"""What an installation offers to new courses, and how it sets long work going."""

from __future__ import annotations

import threading

from lms_scoring.bootstrap import in_background, shipped_schemes


def test_every_scheme_that_ships_is_offered_under_its_own_name() -> None:
    assert [(one.name, one.scheme.id) for one in shipped_schemes()] == [
        (name, name) for name in ("longcheng-2024", "prefecture-three-bands")
    ]


def test_work_in_the_background_is_waited_for_by_nobody() -> None:
    seen, done = threading.Event(), threading.Event()

    def job() -> None:
        seen.wait(30)
        done.set()

    in_background(job)
    assert not done.is_set()
    seen.set()
    assert done.wait(30)
