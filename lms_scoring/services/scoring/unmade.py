"""Cards that cannot be made, for an error in evidence or in this program: they stop nobody else's."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Collection, Mapping
from pathlib import Path
from types import MappingProxyType, TracebackType

from lms_scoring.domain.errors import CardsNotMade
from lms_scoring.ports import Transaction

_log = logging.getLogger(__name__)
_OURS = "lms_scoring"


class Unmade:
    """Of whom no card can be made of what is read in one transaction.

    Of such a person none is kept, so that none is made of half of what there is. What the database cannot do
    is nobody's fault, and is raised.
    """

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction
        self._found: dict[str, str] = {}
        self.why: Mapping[str, str] = MappingProxyType(self._found)
        """By person: what failed and in which line, in words that hold nobody's data."""

    def note(self, persons: Collection[str], why: str) -> None:
        """No card of these is made; what was known of them before holds."""
        for person in persons:
            self._found.setdefault(person, why)

    def is_fault(self, error: BaseException | None) -> bool:
        """Whether it is one of evidence or of this program."""
        if not isinstance(error, Exception) or isinstance(error, MemoryError):
            return False
        return not self._transaction.is_of_database(error)


class Noted:
    """What fails inside concerns these persons, and goes no further. Without `unmade` it is raised."""

    def __init__(self, unmade: Unmade | None, persons: Collection[str]) -> None:
        self._unmade = unmade
        self._persons = persons

    def __enter__(self) -> None:
        """Nothing is done yet."""

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool:
        if self._unmade is None or error is None or not self._unmade.is_fault(error):
            return False
        self._unmade.note(self._persons, failed_at(error))
        return True


def check_made(course: str, why: Mapping[str, str]) -> None:
    """Raises CardsNotMade where any could not be made."""
    if why:
        raise CardsNotMade(course, len(why), min(why.values()))


def log_unmade(course: str, why: Mapping[str, str]) -> None:
    """One line for each place where cards failed."""
    for place in sorted({*why.values()}):
        _log.error("%s", CardsNotMade(course, sum(one == place for one in why.values()), place))


def failed_at(error: BaseException) -> str:
    """The kind of an error and the last line of ours that it came from; its own words may hold data."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if _OURS in Path(frame.filename).parts]
    if not ours:
        return type(error).__name__
    parts = Path(ours[-1].filename).parts
    file = "/".join(parts[len(parts) - 1 - parts[::-1].index(_OURS) :])
    return f"{type(error).__name__} in {file}, line {ours[-1].lineno}"
