"""Grades on their way: what should stand in a platform's gradebook, and how far it got."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import Protocol

from lms_scoring.domain.gradebook import Grade, LineItem, Receipt, Result


class Passback(StrEnum):
    """What a course sends to its platform's gradebook."""

    SCORE = "score"
    """The points, at every change."""
    VERDICT = "verdict"
    """100 or 0, once it is final."""


class SendState(StrEnum):
    """How far a grade is on its way."""

    WAITING = "waiting"
    SENT = "sent"
    OVERRIDDEN = "overridden"
    """A teacher changed it in the gradebook; that is shown, not fought."""
    REFUSED = "refused"


class Hold(StrEnum):
    """Why a grade must not go out now."""

    TO_CHECK = "to_check"
    """The result hangs on something that a person has to look at."""
    DISPUTED = "disputed"
    """A dispute about it waits for an answer."""
    NO_VERDICT = "no_verdict"
    """The result is not known yet, or not any more."""
    WITHDRAWN = "withdrawn"
    """Whose it is has left the course."""
    UNREAD = "unread"
    """The window is over, and what was done at its end may not have been read yet."""
    NOT_LOOKED_AT = "not_looked_at"
    """Doubts about what the person wrote have not been looked for since that changed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OutgoingGrade:
    """The grade of one learner of a course, as it should stand in the gradebook, and how far it got.

    `at` is the timestamp it is sent with (whole seconds), which rises with every new value. `tried` is the
    value last put on its way, whose answer may be lost; `sent` the one last accepted, at `sent_at` (ms); None
    where it went from there with its learner.
    `line_item` is the column that both went into. `try_at` (ms) is when it may be tried again, `reason` why
    it is not there: a code of `Unsent`, or the platform's last word. `found` is what stands there where
    somebody else changed it (None: nothing does).
    `forced`: somebody asked for it to be sent over what a teacher wrote; never of one that is held back, and
    not any more once it was. `held`: nothing is sent until that is over, whatever the state.
    """

    course: str
    person: str
    given: Fraction
    comment: str
    at: int
    state: SendState = SendState.WAITING
    tries: int = 0
    try_at: int = 0
    tried: Fraction | None = None
    sent: Fraction | None = None
    sent_at: int | None = None
    reason: str | None = None
    forced: bool = False
    line_item: str | None = None
    found: Fraction | None = None
    held: Hold | None = None

    @property
    def is_held(self) -> bool:
        """Whether it would go out now, and is held back."""
        return self.state is SendState.WAITING and self.held is not None


class GradeStepKind(StrEnum):
    """What became of a grade."""

    SENT = "sent"
    """The platform took it."""
    FOUND = "found"
    """Something else stood there; None: nothing any more."""
    CONFIRMED = "confirmed"
    """Somebody wants ours to be written over that."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GradeStep:
    """One step of a grade's history, at `at` (ms); `by` is who decided it, where a person did."""

    at: int
    kind: GradeStepKind
    value: Fraction | None
    by: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class GradebookReading:
    """When the gradebook of a platform's course was last read (None: never), and when it may be asked again;
    in ms."""

    registration: int
    context: str
    read_at: int | None = None
    try_at: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingGrades:
    """How many grades of a course wait to be sent, and when the oldest of them was given (ms)."""

    course: str
    count: int
    since: int


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldGrades:
    """How many grades of a course are held back for one reason; when the oldest of them was given (ms)."""

    course: str
    why: Hold
    count: int
    since: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusedGrades:
    """How many grades of a course the platform refused, and when the oldest of them was given (ms)."""

    course: str
    count: int
    since: int


class Outbox(Protocol):
    """The part of a transaction about grades on their way."""

    def passback(self, course: str) -> Passback | None:
        """What the course sends; None: nothing."""

    def keep_passback(self, course: str, passback: Passback | None) -> None: ...
    def keep_outgoing(self, grade: OutgoingGrade) -> None:
        """What should stand in the gradebook from now on."""

    def keep_sending(self, grade: OutgoingGrade, *, instead_of: OutgoingGrade) -> bool:
        """How far a grade got; only while the row has the grade, the words and the timestamp of that one,
        what it had tried and sent, and is held back as that was. False: it has a newer score, is held back
        since, or somebody else sends it."""

    def forget_outgoing(self, course: str, person: str) -> None:
        """Nothing of ours should stand there; for a grade that was never on its way."""

    def outgoing(self, course: str, *, persons: Sequence[str] | None = None) -> Sequence[OutgoingGrade]:
        """All of a course, or those of some persons, by person."""

    def outgoing_due(self, *, at: int) -> Sequence[OutgoingGrade]:
        """Those that wait, are not held back, and may be tried at that instant, the oldest first.

        Who is to be tried more than LONGEST_WAIT later met a clock that was wrong, and may be tried too.
        """

    def waiting_grades(self) -> Sequence[WaitingGrades]:
        """Of every course that has any, by course; whether or not they may be tried yet, and none that is
        held back."""

    def held_grades(self) -> Sequence[HeldGrades]:
        """Of every course that has any, by course and reason."""

    def held_for(self, course: str, why: Hold) -> Sequence[str]:
        """Whose grades of the course are held back for that reason, however far they got; by id."""

    def is_held_for(self, course: str, why: Hold, *, but: Collection[str] = ()) -> bool:
        """Whether anybody's is, besides those of some persons."""

    def worded(self, course: str, beginning: str) -> Sequence[str]:
        """Whose grades of the course have words that begin so, however far they got; by id."""

    def refused_grades(self) -> Sequence[RefusedGrades]:
        """Of every course that has any, by course; none that is held back besides."""

    def keep_grade_step(self, course: str, person: str, step: GradeStep) -> None:
        """One step more; none is ever changed."""

    def grade_steps(self, course: str, person: str) -> Sequence[GradeStep]:
        """The history of one person's grade, the first step first."""

    def keep_gradebook_reading(self, reading: GradebookReading) -> None:
        """In place of the one before."""

    def gradebook_reading(self, registration: int, context: str) -> GradebookReading:
        """Of a gradebook that was never read too."""

    def begin_sending(self, course: str, sender: str, *, at: int, until: int) -> bool:
        """Whether the sender has the course's grades to itself until then; also to keep them for longer.

        What another left behind that was killed is over at its `until`, or where it lasts so much longer
        than this one that a clock must have been set back.
        """

    def end_sending(self, course: str, sender: str) -> None:
        """Others may send; nothing happens where another has taken over."""


class Gradebook(Protocol):
    """The gradebook of one course of a platform; every method raises PlatformError."""

    def line_item(self, *, label: str) -> LineItem:
        """Our column, found by its resource id and tag, or made."""

    def result(self, line_item: str, subject: str) -> Result:
        """What stands there for one learner now."""

    def results(self, line_item: str) -> Sequence[Result]:
        """What stands there of everybody whom the platform names."""

    def send(self, line_item: str, grade: Grade) -> Receipt:
        """Puts a grade there. Refusals come back as receipts, so that one learner stops nobody else."""
