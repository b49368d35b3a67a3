"""A platform's gradebook, written by hand: it takes grades as a Moodle does, and fails as it is told to."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from lms_scoring.domain.errors import PlatformBusy, PlatformRefused, PlatformUnreachable, RecordRefused
from lms_scoring.domain.gradebook import MAXIMUM, Grade, LineItem, Receipt, Reception, Result, Unsent
from lms_scoring.ports import Clock

Mishap = Callable[["FakeGradebook", Grade], Receipt]
"""What happens to one grade instead of being taken."""


@dataclass
class FakeGradebook:
    """One course's gradebook. `at` of what stands there decides, in whole seconds, as on a Moodle."""

    clock: Clock
    rows: dict[str, tuple[Result, int]] = field(default_factory=dict)
    column: str | None = None
    columns_made: int = 0
    strangers: set[str] = field(default_factory=set)
    """Those it takes no grade of."""
    overridden: set[str] = field(default_factory=set)
    """Those whose grade a teacher holds on to: another one is taken, and shown nowhere."""
    unreadable: set[str] = field(default_factory=set)
    silent: bool = False
    """Answers no questions about what stands there."""
    mishaps: list[Mishap] = field(default_factory=list)
    """What happens to the next grades, in order."""
    down: bool = False
    told: list[Grade] = field(default_factory=list)
    """Everything that reached it."""
    asked: int = 0
    read: int = 0
    """So often it was asked about everybody."""
    twins: tuple[str, ...] = ()
    wait: int | None = None
    """While it is down, the patience it asks for; None: it refuses."""
    tells_comments: bool = True

    def line_item(self, *, label: str) -> LineItem:
        if self.down:
            if self.wait is not None:
                raise PlatformBusy("moodle", "token", "503: maintenance", wait=self.wait)
            raise PlatformRefused("moodle", "line items", "no token")
        if self.column is None:
            self.columns_made += 1
            self.column = f"https://moodle.example/items/{self.columns_made}"
            self.rows = {}
        return LineItem(url=self.column, label=label, maximum=Fraction(MAXIMUM), twins=self.twins)

    def result(self, line_item: str, subject: str) -> Result:
        self.asked += 1
        if self.silent:
            raise PlatformUnreachable("moodle", "results", "no answer within 20 s")
        if subject in self.unreadable:
            raise RecordRefused("moodle", "results", "no such user", code="404")
        found = self.rows.get(subject, (Result(subject=subject, score=None), 0))[0]
        if self.tells_comments:
            return found
        return Result(subject=subject, score=found.score, maximum=found.maximum)

    def results(self, line_item: str) -> Sequence[Result]:
        self.read += 1
        if self.silent:
            raise PlatformUnreachable("moodle", "results", "no answer within 20 s")
        return [result for result, _ in self.rows.values()]

    def send(self, line_item: str, grade: Grade) -> Receipt:
        self.told.append(grade)
        if self.mishaps:
            return self.mishaps.pop(0)(self, grade)
        return self.take(grade)

    def take(self, grade: Grade) -> Receipt:
        """As a platform that is well does."""
        if grade.subject in self.strangers:
            return Receipt(reception=Reception.REFUSED, reason="400: not a learner there")
        if grade.subject in self.rows and grade.at <= self.rows[grade.subject][1]:
            return Receipt(reception=Reception.NEWER_THERE, reason="409: earlier timestamp")
        if grade.subject in self.overridden:
            return Receipt(reception=Reception.ACCEPTED)
        kept = Fraction(f"{float(grade.given):.5f}")
        self.write(grade.subject, kept, grade.at, comment=grade.comment)
        return Receipt(reception=Reception.ACCEPTED)

    def write(self, subject: str, score: Fraction | int | None, at: int, *, comment: str = "") -> None:
        """What stands there from now on; a teacher may do so as well."""
        value = None if score is None else Fraction(score)
        result = Result(subject=subject, score=value, maximum=Fraction(MAXIMUM), comment=comment)
        self.rows[subject] = (result, at)

    def score_of(self, subject: str) -> Fraction | None:
        """What a visitor of the gradebook sees."""
        return self.rows[subject][0].score if subject in self.rows else None


def answer_lost(book: FakeGradebook, grade: Grade) -> Receipt:
    """It is taken, and nobody hears of it."""
    book.take(grade)
    raise PlatformUnreachable("moodle", "scores", "no answer within 20 s")


def never_arrived(book: FakeGradebook, grade: Grade) -> Receipt:
    """Lost on its way there."""
    raise PlatformUnreachable("moodle", "scores", "connection refused")


def busy(book: FakeGradebook, grade: Grade) -> Receipt:
    """Asks for patience."""
    return Receipt(reception=Reception.LATER, reason="503: maintenance", wait=300)


def locked(book: FakeGradebook, grade: Grade) -> Receipt:
    """The grades of three learners are locked, which a Moodle calls an error of its own."""
    if grade.subject in ("1", "2", "3"):
        return Receipt(reception=Reception.LATER, reason="500: out of order")
    return book.take(grade)


def a_page(book: FakeGradebook, grade: Grade) -> Receipt:
    """A proxy answers in its place."""
    return Receipt(reception=Reception.LATER, reason=Unsent.A_PAGE.value)


def well(book: FakeGradebook, grade: Grade) -> Receipt:
    """Nothing happens to it."""
    return book.take(grade)
