"""Signed acts: what people with a role did to a course or to who is who, with who, when and why."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol


class ActKind(StrEnum):
    """What was done."""

    GRANTED = "granted"
    """A role was given to a person; the subject is the role."""
    REVOKED = "revoked"
    """A role was taken back; the subject is the role."""
    ADOPTED = "adopted"
    """A course took on other rules; the subject is the fingerprint of its scheme since."""
    CLOSED = "closed"
    """A programme was closed; the subject is the instant (ms) as of which all its sources had been read."""
    REOPENED = "reopened"
    """A closed programme goes on."""
    DROPPED = "dropped"
    """A record in quarantine is not wanted; the subject is its number."""
    JOINED = "joined"
    """An account of nobody was joined to a person; the subject is the account, an address by its SHA-1."""
    PARTED = "parted"
    """That was undone."""
    ERASED = "erased"
    """All that was kept of a person was removed; the person is what stands for nobody since."""
    READMITTED = "readmitted"
    """People who were erased may come back; the subject is how many."""
    LOSS_CONFIRMED = "loss_confirmed"
    """What a source no longer lists was really deleted; the subject is the loss's number."""
    LOSS_REFUSED = "loss_refused"
    """It was not deleted, and goes on counting; the subject is the loss's number."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """One act. `by` is a person's id, or `operator:NAME` for somebody who is nobody's learner or tutor.

    `course` None: it concerns the whole institution. `person` is whom it is about, if it is about anybody.
    `run` is the number of the latest sync there was: it names the state of all evidence.
    """

    at: int
    kind: ActKind
    by: str
    reason: str
    course: str | None = None
    person: str | None = None
    subject: str | None = None
    number: int = 0
    run: int = 0


class Acts(Protocol):
    """Append-only: nothing that was signed is ever changed or removed."""

    def keep_act(self, act: Act) -> Act:
        """The act as it is kept: with the next number, and with the run."""

    def acts(self, *, course: str | None = None, kinds: Collection[ActKind] = ()) -> Sequence[Act]:
        """In the order they were done: of one course or of all, of some kinds or of any."""
