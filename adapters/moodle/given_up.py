"""What is refused of everybody, so that not everybody is asked for: a function, or one closed activity."""

from __future__ import annotations

from adapters.moodle.functions import Function
from adapters.moodle.refusals import concerns_one_person, is_closed
from lms_scoring.domain.errors import PlatformError

_TIMES_REFUSED = 3


class GivenUp:
    """What is found out of it while calls are made; `subject` is what a call asks about."""

    def __init__(self) -> None:
        self._times: dict[Function, int] = {}
        self._last: dict[Function, PlatformError] = {}
        self._closed: dict[tuple[Function, str], PlatformError] = {}

    def note(self, function: Function, subject: str, error: PlatformError | None) -> None:
        """Counts refusals in a row."""
        if error is None:
            self._times[function] = 0
        elif is_closed(error):
            self._closed[function, subject] = error
        elif not concerns_one_person(error):
            self._times[function] = self._times.get(function, 0) + 1
            self._last[function] = error

    def because_of(self, function: Function, subject: str) -> PlatformError | None:
        """The refusal that came once of a closed activity, or so often in a row that asking on is of no
        use."""
        closed = self._closed.get((function, subject))
        if closed is not None or self._times.get(function, 0) < _TIMES_REFUSED:
            return closed
        return self._last[function]
