"""What new courses may be scored by."""

from __future__ import annotations

from lms_scoring.course_rules import shipped_schemes


def test_every_scheme_that_ships_is_offered_under_its_own_name() -> None:
    assert [(one.name, one.scheme.id) for one in shipped_schemes()] == [
        (name, name) for name in ("longcheng-2024", "prefecture-three-bands")
    ]
