"""What launches need of the store: who may launch, launches under way, courses of platforms, who is whom."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from lms_scoring.domain.registration import LaunchState, Registration

MOST_UNDER_WAY = 2_000
"""Logins of one registration that are not yet answered: the newest stay, so that a flood of them costs no
more than this many rows, and a login that is answered within seconds still finds its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlatformCourse:
    """A course as a platform launches us from it, and which of ours it is (None: nobody set it up).

    `line_items`, `scopes` and `roster_url` are what its latest launch granted; `line_item` is our column
    once it was found or made, `own_line_item` the one that the activity launched last has by itself: ours
    where we may make none. `history` are the contexts it was copied from, nearest first.
    """

    registration: int
    context: str
    title: str | None
    course: str | None
    deployment: str
    line_items: str | None = None
    line_item: str | None = None
    own_line_item: str | None = None
    roster_url: str | None = None
    scopes: frozenset[str] = frozenset()
    history: tuple[str, ...] = ()
    seen_at: int


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

        Raises StoreError where another registration has that issuer and client, UnknownRegistration where
        it is changed and not there.
        """

    def disable_waiting(self, *, before: int) -> None:
        """Disables those that have been pending since before that instant."""

    def registrations(self) -> Sequence[Registration]:
        """All of them, by id."""

    def registration(self, registration: int) -> Registration:
        """Raises UnknownRegistration."""

    def forget_registration(self, registration: int) -> bool:
        """Removes one that nobody was ever launched by, with its deployments; False, and it stays, where
        somebody was. Raises UnknownRegistration."""

    def meet_deployment(self, registration: int, deployment: str, *, at: int) -> None:
        """Keeps an unknown deployment as pending; one that is known stays as it is.

        Raises UnknownRegistration.
        """

    def keep_own_keys(self, keys: Sequence[SealedKey]) -> None:
        """The whole ring; what was there before is forgotten."""

    def own_keys(self) -> Sequence[SealedKey]:
        """The whole ring, the oldest first."""


class Launches(Protocol):
    """The part of a transaction about launches and where they come from."""

    def keep_state(self, digest: str, state: LaunchState) -> None:
        """Also forgets states that are long over, and the oldest of its registration beyond
        MOST_UNDER_WAY: anybody may begin a login. None may live for more than an hour."""

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

    def forget_subjects(self, registration: int) -> None:
        """Whom its launches named is not known any more."""

    def person_of(self, registration: int, subject: str) -> str | None: ...
    def subjects_of(self, registration: int, persons: Sequence[str]) -> Mapping[str, str]:
        """Person to the platform's subject, for those who have one there; of several the one seen last."""
