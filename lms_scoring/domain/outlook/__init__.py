"""Outlooks: what a learner or tutor still needs, the cheapest ways there, and whether it can be reached.

`outlook.py` has the values, `told.py` what is told of a card while cases and disputes are open. The rules
themselves say what more evidence could earn (`rules/room.py`).

What does not belong here: scoring evidence that is there (`scoring.py`), and the words for a reader.
"""

from lms_scoring.domain.outlook.effort import Effort
from lms_scoring.domain.outlook.looking_ahead import look_ahead
from lms_scoring.domain.outlook.outlook import Ceiling, Goal, Outlook, Standing, Step, Way
from lms_scoring.domain.outlook.standing import has_begun
from lms_scoring.domain.outlook.told import (
    NO_QUESTIONS,
    Questions,
    Stand,
    ToldState,
    chip_beside,
    kept_as,
    repeats,
    stand_of,
    tellings,
    told_standing,
    told_state,
)
from lms_scoring.domain.rules.chances import KnownTask
from lms_scoring.domain.rules.deeds import DeedKind, Why

__all__ = [
    "NO_QUESTIONS",
    "Ceiling",
    "DeedKind",
    "Effort",
    "Goal",
    "KnownTask",
    "Outlook",
    "Questions",
    "Stand",
    "Standing",
    "Step",
    "ToldState",
    "Way",
    "Why",
    "chip_beside",
    "has_begun",
    "kept_as",
    "look_ahead",
    "repeats",
    "stand_of",
    "tellings",
    "told_standing",
    "told_state",
]
