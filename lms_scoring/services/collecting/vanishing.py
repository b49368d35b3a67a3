"""What vanishes at a source: marked gone, or held where so much vanished at once that we may be blind.

An account that lost a right sees nothing and is told so by nobody. What is held counts on, and changes no
score, until it is listed again or somebody signs what is true.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from lms_scoring.domain.evidence import KIND_OF, Membership, Unknown
from lms_scoring.domain.losses import LossRules, LossState
from lms_scoring.ports import HeldLoss, Kept, Problem, ProblemKind, Scope, Stored, Transaction

MASS_DISAPPEARANCE = "mass_disappearance"
"""The code of the problem that much vanished at once, which is held."""
_GAP = KIND_OF[Unknown]
"""What stands for something that could not be read: gaps that close all at once are no loss."""
_PEOPLE = KIND_OF[Membership]


@dataclass(slots=True)
class Vanishing:
    """What one run noticed so far."""

    course: str
    source: str
    run: int
    losses: LossRules
    gone: Counter[str] = field(default_factory=Counter)
    """How many were marked, by kind."""
    people_held: bool = False
    people_doubted: bool = False
    """Whether so many are told to have withdrawn at once that their places are held as missing."""

    def noticed(self, transaction: Transaction, scopes: Sequence[Scope], *, at: int) -> Stored:
        """Marks or holds what these scopes, listed whole, no longer name.

        People first: records of those who left are out of reach, and no loss of their own.
        """
        of_people = [scope for scope in scopes if scope.kind == _PEOPLE]
        stored = self._noticed(transaction, of_people, at=at)
        return stored + self._noticed(transaction, [one for one in scopes if one not in of_people], at=at)

    def _noticed(self, transaction: Transaction, scopes: Iterable[Scope], *, at: int) -> Stored:
        """Where one kind of record is held, so is all else that the same activity no longer has; and all
        there is where people are: what is missing may be theirs."""
        missing = {
            scope: transaction.would_be_gone(self.course, self.source, scope, run=self.run)
            for scope in scopes
        }
        suspicious = set(self._suspicious(transaction, missing))
        doubtful = {scope.activity for scope in suspicious}
        held = {
            scope
            for scope, (lost, _) in missing.items()
            if scope in suspicious or (lost > 0 and (scope.activity in doubtful or self.people_held))
        }
        stored = Stored()
        for scope in missing:
            if scope in held:
                loss = transaction.hold_loss(self.course, self.source, scope, run=self.run, at=at)
                told = scope in suspicious or scope.kind != _GAP
                stored += Stored(problems=(told_of(loss),) if told else ())
        self.people_held |= any(scope.kind == _PEOPLE for scope in held)
        rest = [scope for scope in missing if scope not in held]
        transaction.release_losses(self.course, self.source, rest)
        return stored + self._mark(transaction, [scope for scope in rest if missing[scope][0] > 0], at=at)

    def _mark(self, transaction: Transaction, scopes: Iterable[Scope], *, at: int) -> Stored:
        stored = Stored()
        for scope in scopes:
            marked = transaction.mark_gone(self.course, self.source, scope, run=self.run, at=at)
            self.gone[scope.kind] += marked
            stored += Stored(kept=Kept(gone=marked))
        return stored

    def _suspicious(self, transaction: Transaction, missing: dict[Scope, tuple[int, int]]) -> Iterable[Scope]:
        """Too much of a scope at once, all of it, or too much of a kind in the whole course."""
        of_kind = Counter(self.gone)
        for scope, (lost, _) in missing.items():
            of_kind[scope.kind] += lost
        for scope, (lost, live) in missing.items():
            if scope.kind == _GAP or lost == 0:
                continue
            doubted = scope.kind == _PEOPLE and self.people_doubted
            if doubted or lost == live > 1 or self.losses.holds(lost, live):
                yield scope
            elif of_kind[scope.kind] >= self.losses.at_least:
                everywhere = Scope(kind=scope.kind, activity=None)
                _, left = transaction.would_be_gone(self.course, self.source, everywhere, run=self.run)
                if self.losses.holds(of_kind[scope.kind], left + self.gone[scope.kind]):
                    yield scope


def told_of(loss: HeldLoss) -> Problem:
    """What somebody should look at, and what to do."""
    scope = loss.scope
    where = "" if scope.activity is None else f" of activity {scope.activity}"
    what = f"{loss.missing} of {loss.live} {scope.kind} records{where} are no longer listed by {loss.source}"
    if scope.kind == _PEOPLE:
        what += ", or as suspended only, which is what enrolments are that ended by date"
    subject = scope.activity or scope.kind
    if loss.state is LossState.REFUSED:
        todo = "As somebody signed, they were not deleted: let the service account see them again"
        todo += ", or extend the enrolments." if scope.kind == _PEOPLE else "."
        text = f"{what}; they still count. {todo}"
        return Problem(kind=ProblemKind.NOTICE, code="loss_refused", text=text, subject=subject)
    todo = (
        "Check what the service account may see. If they were really deleted, confirm it with "
        f"`lms-scoring loss confirm {loss.number}`; if not, `lms-scoring loss refuse {loss.number}`."
    )
    text = f"{what}; they still count. {todo}"
    return Problem(kind=ProblemKind.LOST, code=MASS_DISAPPEARANCE, text=text, subject=subject)
