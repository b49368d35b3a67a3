"""What launches need of the store: who may launch, launches under way, sessions, courses of platforms, grades."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction
from typing import Protocol

from lms_scoring.domain.gradebook import Grade, LineItem, Receipt, Result
from lms_scoring.domain.registration import LaunchState, Registration


@dataclass(frozen=True, slots=True, kw_only=True)
class PlatformCourse:
    """A course as a platform launches us from it, and which of ours it is (None: nobody set it up).

    `line_items`, `scopes` and `roster_url` are what its latest launch granted; `line_item` is our column
    once it was found or made. `history` are the contexts it was copied from, nearest first.
    """

    registration: int
    context: str
    title: str | None
    course: str | None
    deployment: str
    line_items: str | None = None
    line_item: str | None = None
    roster_url: str | None = None
    scopes: frozenset[str] = frozenset()
    history: tuple[str, ...] = ()
    seen_at: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Launched:
    """What a launch says of its visitor; it holds for one course of one platform.

    `subject` is the platform's id of the visitor. `groups`: the platform's group ids, None where it does
    not tell. `course` is ours, None where nobody set it up yet.
    """

    registration: int
    context: str
    subject: str
    course: str | None
    learner: bool = False
    staff: bool = False
    administrator: bool = False
    groups: frozenset[str] | None = None
    for_subject: str | None = None
    frames: tuple[str, ...] = ()
    """Origins that may show us in a frame: the platform's."""


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


@dataclass(frozen=True, slots=True, kw_only=True)
class OutgoingGrade:
    """The grade of one learner of a course, as it should stand in the gradebook, and how far it got.

    `at` is the timestamp it is sent with (whole seconds), which rises with every new value. `tried` is the
    value last put on its way, whose answer may be lost; `sent` the one last accepted, at `sent_at` (ms).
    `try_at` (ms) is when it may be tried again, `reason` the platform's last word. `forced`: somebody asked
    for it to be sent over what a teacher wrote.
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


@dataclass(frozen=True, slots=True, kw_only=True)
class SealedKey:
    """One of our own key pairs as it is kept: its private half sealed."""

    id: str
    turn: str
    made_at: int
    sealed: bytes = field(repr=False)


class Registrations(Protocol):
    """The part of a transaction about who may launch."""

    def keep_registration(self, registration: Registration, *, at: int) -> int:
        """A new one (id 0) or a changed one with its deployments; its id.

        Raises StoreError where another registration has that issuer and client.
        """

    def registrations(self) -> Sequence[Registration]: ...
    def registration(self, registration: int) -> Registration:
        """Raises UnknownRegistration."""

    def meet_deployment(self, registration: int, deployment: str, *, at: int) -> None:
        """Keeps an unknown deployment as pending; one that is known stays as it is."""

    def keep_own_keys(self, keys: Sequence[SealedKey]) -> None:
        """The whole ring; what was there before is forgotten."""

    def own_keys(self) -> Sequence[SealedKey]: ...


class Launches(Protocol):
    """The part of a transaction about launches and where they come from."""

    def keep_state(self, digest: str, state: LaunchState) -> None:
        """Also forgets states that are over."""

    def take_state(self, digest: str) -> LaunchState | None:
        """Uses the state up, in one statement: of many who race, one gets it. None: there is none."""

    def keep_platform_course(self, course: PlatformCourse) -> None:
        """As the latest launch says; which course of ours it is (`course`), its `line_item`, and what a
        later launch does not tell, stay unless they are given."""

    def platform_course(self, registration: int, context: str) -> PlatformCourse | None: ...
    def platform_courses(self, course: str | None = None) -> Sequence[PlatformCourse]:
        """Those of one of our courses; without one, all that nobody has set up."""

    def keep_subject(self, registration: int, subject: str, person: str, *, at: int) -> None:
        """Who is whom: the platform's subject and our person."""

    def person_of(self, registration: int, subject: str) -> str | None: ...
    def subjects_of(self, registration: int, persons: Sequence[str]) -> Mapping[str, str]:
        """Person to the platform's subject, for those who have one there."""


class Outbox(Protocol):
    """The part of a transaction about grades on their way."""

    def passback(self, course: str) -> Passback | None:
        """What the course sends; None: nothing."""

    def keep_passback(self, course: str, passback: Passback | None) -> None: ...
    def keep_outgoing(self, grade: OutgoingGrade) -> None:
        """What should stand in the gradebook from now on."""

    def keep_sending(self, grade: OutgoingGrade, *, while_at: int) -> bool:
        """How far a grade got; only while the row still has that timestamp. False: it has a newer one."""

    def outgoing(self, course: str) -> Sequence[OutgoingGrade]:
        """All of a course, by person."""

    def outgoing_due(self, *, at: int) -> Sequence[OutgoingGrade]:
        """Those that wait and may be tried at that instant, the oldest first."""


class Gradebook(Protocol):
    """The gradebook of one course of a platform; every method raises PlatformError."""

    def line_item(self, *, label: str) -> LineItem:
        """Our column, found by its resource id and tag, or made."""

    def result(self, line_item: str, subject: str) -> Result:
        """What stands there for one learner now."""

    def send(self, line_item: str, grade: Grade) -> Receipt:
        """Puts a grade there. Refusals come back as receipts, so that one learner stops nobody else."""
