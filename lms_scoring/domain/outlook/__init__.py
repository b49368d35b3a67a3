"""Outlooks: what a learner or tutor still needs, the cheapest ways there, and whether it can be reached.

`outlook.py` has the values. The rules themselves say what more evidence could earn (`rules/room.py`).

What does not belong here: scoring evidence that is there (`scoring.py`), and the words for a reader.
"""

from lms_scoring.domain.outlook.effort import Effort
from lms_scoring.domain.outlook.looking_ahead import look_ahead
from lms_scoring.domain.outlook.outlook import Goal, Obstacle, Outlook, Standing, Step, Way
from lms_scoring.domain.rules.chances import KnownTask
from lms_scoring.domain.rules.deeds import StepKind, Why

__all__ = [
    "Effort",
    "Goal",
    "KnownTask",
    "Obstacle",
    "Outlook",
    "Standing",
    "Step",
    "StepKind",
    "Way",
    "Why",
    "look_ahead",
]
