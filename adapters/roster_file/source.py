"""A roster file as a source of people and memberships: CSV, or `person` and `membership` lines."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from adapters.roster_file.lines import entries_of_lines
from adapters.roster_file.roster import Entry, Roster, Unusable
from adapters.roster_file.table import entries_of_table
from lms_scoring.domain.errors import MalformedEvidence, PlatformMisread, PlatformRefused
from lms_scoring.domain.failure import Instead
from lms_scoring.ports import Batch, ProblemKind, Scope


class RosterFile:
    """The people, roles and classes of one course. It is small and always read as a whole.

    Who stood in it and no longer does is withdrawn, but only when every line could be used.
    """

    def __init__(self, *, name: str, path: Path) -> None:
        self._name = name
        self._path = path

    @property
    def name(self) -> str:
        """The name of the platform in the settings."""
        return self._name

    @property
    def shared(self) -> bool:
        """A roster is of one course."""
        return False

    def pull(self, cursor: str | None, *, full: bool) -> Iterator[Batch]:  # no cursor: see above
        """Everyone, then every membership. Raises PlatformRefused without a file, PlatformMisread
        without a roster in it."""
        roster = Roster(name=self._name, file=self._path.name)
        try:
            roster.add(_entries(self._path, self._content()))
        except MalformedEvidence as error:
            raise PlatformMisread(self._name, self._path.name, str(error)) from error
        people, memberships = roster.known_people(), roster.memberships_of_people()
        whole = not any(problem.kind is ProblemKind.REFUSED for problem in roster.problems)
        yield Batch(people=people, done=len(people), expected=len(people))
        yield Batch(
            records=memberships,
            problems=tuple(roster.problems),
            whole=(Scope(kind="membership", activity=None),) if whole else (),
            done=len(people),
            expected=len(people),
        )

    def _content(self) -> bytes:
        try:
            return self._path.read_bytes()
        except OSError as error:
            raise PlatformRefused(
                self._name,
                str(self._path),
                f"the roster cannot be read ({error.strerror}); check the path in the settings",
                instead=Instead.NOT_THERE,
            ) from error


def _entries(path: Path, content: bytes) -> Iterator[Entry | Unusable]:
    if path.suffix.lower() == ".jsonl":
        return entries_of_lines(content)
    return entries_of_table(content)
