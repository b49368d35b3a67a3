"""The people of a roster as they are put together line by line: one may stand on several."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from lms_scoring.domain import identity
from lms_scoring.domain.evidence import Membership
from lms_scoring.domain.identity import KnownPerson
from lms_scoring.ports import Problem, ProblemKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What one line says: a person with accounts (`name` is not None), a membership, or both. `id` is
    the person's id in the file."""

    line: int
    text: bytes
    id: str
    name: str | None = None
    accounts: tuple[str, ...] = ()
    membership: Membership | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Unusable:
    """A line that cannot be used, and why; `text` is the line as it stands there."""

    line: int
    reason: str
    text: bytes


@dataclass(slots=True)
class Roster:
    """Everything in one file. `name` is that of the source, `file` what its people call it."""

    name: str
    file: str
    people: dict[str, Entry] = field(default_factory=dict)
    memberships: dict[str, Entry] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def add(self, lines: Iterable[Entry | Unusable]) -> None:
        """Takes lines in their order: of two that differ the later one holds, and that is reported."""
        for line in lines:
            if isinstance(line, Unusable):
                self._refuse(line)
            else:
                self._add_person(line)
                self._add_membership(line)

    def known_people(self) -> list[KnownPerson]:
        """The people; the first account of each is the file's own, by which memberships name them."""
        return [
            KnownPerson(
                id=f"{self.name}-{entry.id}",
                name=entry.name or "",
                accounts=(self._own(entry.id), *entry.accounts),
            )
            for entry in self.people.values()
        ]

    def memberships_of_people(self) -> list[Membership]:
        """The memberships of people who are in the file; others are reported."""
        found = []
        for entry in self.memberships.values():
            if entry.membership is None:
                continue
            if entry.id not in self.people:
                self._refuse(
                    Unusable(line=entry.line, reason="a membership of nobody in this file", text=entry.text)
                )
                continue
            found.append(replace(entry.membership, person=self._own(entry.id), source=self.name))
        return found

    def _own(self, id_: str) -> str:
        return identity.account(f"urn:roster:{self.name}", id_)

    def _add_person(self, entry: Entry) -> None:
        if entry.name is None:
            return
        earlier = self.people.get(entry.id)
        if earlier is None:
            self.people[entry.id] = entry
            return
        if earlier.name and entry.name and earlier.name != entry.name:
            self._notice(entry, f"names the person of line {earlier.line} differently; this later name holds")
        accounts = dict.fromkeys((*earlier.accounts, *entry.accounts))
        self.people[entry.id] = replace(
            entry, name=entry.name or earlier.name, accounts=tuple(accounts), membership=None
        )

    def _add_membership(self, entry: Entry) -> None:
        if entry.membership is None:
            return
        earlier = self.memberships.get(entry.membership.id)
        if earlier is not None and earlier.membership != entry.membership:
            self._notice(entry, f"differs from line {earlier.line} of the same membership; this one holds")
        self.memberships[entry.membership.id] = entry

    def _refuse(self, line: Unusable) -> None:
        self.problems.append(
            Problem(
                kind=ProblemKind.REFUSED,
                code="roster_line",
                text=f"{self.file}, line {line.line}: {line.reason}. The line was left out; correct it and "
                "sync again.",
                subject=f"{self.file}, line {line.line}",
                raw=line.text,
            )
        )

    def _notice(self, entry: Entry, what: str) -> None:
        self.problems.append(
            Problem(
                kind=ProblemKind.NOTICE,
                code="roster_line_differs",
                text=f"{self.file}, line {entry.line}: {what}.",
                subject=f"{self.file}, line {entry.line}",
            )
        )
