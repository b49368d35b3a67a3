"""What a course sends to its platform's gradebook, chosen by whoever sees all of it."""

from __future__ import annotations

from dataclasses import dataclass

from lms_scoring.ports import Clock, Passback, Store, Transaction, Visitor
from lms_scoring.services.access.seeing import whole_view
from lms_scoring.services.gradebook.publish import subjects_there
from lms_scoring.services.gradebook.switch_passback import switch_passback, would_go_out
from lms_scoring.services.scoring.rules import CourseRules


@dataclass(frozen=True, slots=True, kw_only=True)
class PassedBack:
    """What is sent now (None: nothing), and whether any platform has opened its gradebook for the course."""

    passback: Passback | None
    reachable: bool


class PassingBack:
    """The choice for one course; each step asks again who is asking."""

    def __init__(self, store: Store, rules: CourseRules, *, clock: Clock) -> None:
        self._store = store
        self._course = rules.course
        self._reading = rules.window_reading
        self._clock = clock

    def now(self, visitor: Visitor) -> PassedBack:
        """Raises NotAllowed."""
        with self._store.reading() as transaction:
            self._check(transaction, visitor)
            return PassedBack(
                passback=transaction.passback(self._course),
                reachable=bool(subjects_there(transaction, self._course, [])),
            )

    def foresee(self, visitor: Visitor, passback: Passback | None) -> int:
        """How many grades would go out by that; nothing is kept. Raises NotAllowed."""
        with self._store.reading() as transaction:
            self._check(transaction, visitor)
        if passback is None:
            return 0
        return would_go_out(self._course, passback, self._store, clock=self._clock, reading=self._reading)

    def switch(self, visitor: Visitor, passback: Passback | None) -> None:
        """The course sends that from now on. Raises NotAllowed."""
        with self._store.reading() as transaction:
            self._check(transaction, visitor)
        switch_passback(self._course, passback, self._store, clock=self._clock, reading=self._reading)

    def _check(self, transaction: Transaction, visitor: Visitor) -> None:
        refusal = "what a course sends is for its coordinators and administrators to say"
        whole_view(transaction, self._course, visitor, refusal=refusal)
