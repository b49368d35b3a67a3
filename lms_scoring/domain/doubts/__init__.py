"""Doubts: what in somebody's texts wants a person's look, by rules that are settings of the course.

`rules.py` has the settings, `flooding.py` and `likeness.py` the rules; `marks.py` finds what may be alike,
and `side_by_side.py` shows what is.

What does not belong here: what becomes of a doubt (`domain/proceedings`), and points: a doubt changes none.
"""

from lms_scoring.domain.doubts.doubt import Doubt, Family, Ground, GroundKind
from lms_scoring.domain.doubts.rules import DoubtRules, Flooding, Likeness

__all__ = ["Doubt", "DoubtRules", "Family", "Flooding", "Ground", "GroundKind", "Likeness"]
