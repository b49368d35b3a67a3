"""Courses as they are set up here, and the schemes they are pinned to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptScheme:
    """A scheme that a course was ever scored by, as the text it was read from."""

    fingerprint: str
    name: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptCourse:
    """A course as it is set up here; `scheme` is the fingerprint it is pinned to."""

    id: str
    title: str
    scheme: str
    settings: str
    """The course file's text, as last applied."""


class Courses(Protocol):
    """What is set up."""

    def keep_scheme(self, scheme: KeptScheme) -> None: ...

    def scheme(self, fingerprint: str) -> KeptScheme:
        """Raises UnknownScheme."""

    def schemes(self) -> Sequence[KeptScheme]:
        """All that are kept, by name and fingerprint."""

    def keep_course(self, course: KeptCourse) -> None: ...

    def course(self, course: str) -> KeptCourse:
        """Raises UnknownCourse."""

    def courses(self) -> Sequence[KeptCourse]: ...
