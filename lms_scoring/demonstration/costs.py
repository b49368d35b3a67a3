"""How long the real Moodle took for each call, so that the stand-in can take a part of that time."""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from statistics import fmean
from typing import Any

from lms_scoring.demonstration.moodle_answers.registry import FUNCTIONS
from lms_scoring.demonstration.moodle_parameters import read_parameters
from lms_scoring.demonstration.recordings import RecordedCall

BATCH_SHARE = 0.3
"""What a call costs inside a batch, of what it costs alone.

Measured on the recorded Moodle: 274 discussions 8.3 s one by one and 3.5 s batched, 331 tracks 8.7 s with
their attempt counts and about 1 s batched, a whole lean pull 19.2 s in 971 calls and 8.5 to 9.6 s in 35.
"""


class Costs:
    """Seconds by call; a call that was not recorded costs the mean of its function."""

    def __init__(self, calls: Iterable[RecordedCall]) -> None:
        self._exact: dict[str, float] = {}
        by_function: dict[str, list[float]] = defaultdict(list)
        for call in calls:
            values = read_parameters(FUNCTIONS[call.function].parameters, call.params)
            self._exact[_key(call.function, values)] = call.seconds
            by_function[call.function].append(call.seconds)
        self._mean = {function: fmean(seconds) for function, seconds in by_function.items()}

    def of(self, function: str, values: Mapping[str, Any]) -> float:
        """Seconds that the real Moodle took, by checked parameter values."""
        mean = self._mean.get(function, 0.02)
        return self._exact.get(_key(function, values), mean)


def _key(function: str, values: Mapping[str, Any]) -> str:
    return function + json.dumps(values, sort_keys=True)
