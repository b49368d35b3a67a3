"""What people wrote: kept beside the evidence, never exported with it, and gone when it is erased."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from lms_scoring.domain.texts import TaskText, Text

CARRIERS = 50
"""Works that a mark finds: the earliest that have it, and whatever is as early as the last of them.

A mark that more works have is of a phrase that everybody writes, or of a work that everybody copies; then the
earliest are whom it is of.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptText:
    """A text as it is kept; `number` is its own in the institution while it is kept. Edited, it has a higher
    one than any text had before.

    `course` is None where the source tells every course the same. `person` is None while the account is
    nobody's. `size` counts letters and digits, of which `digest` is made.
    """

    number: int
    course: str | None
    source: str
    kind: str
    id: str
    person: str | None
    activity: str
    at: int | None
    size: int
    digest: bytes
    text: str

    @property
    def name(self) -> str:
        """What cards call the record: its id behind its source."""
        return f"{self.source}/{self.id}"


class Texts(Protocol):
    """The part of a transaction about texts, and about whose are still to be looked at."""

    def keep_texts(self, course: str | None, source: str, texts: Sequence[Text]) -> None:
        """Texts of a course, or (None) of a shared source. A repeat changes nothing; of a changed one the
        former version is gone. What cannot be written down is left out: it is only what evidence says."""

    def keep_tasks(self, course: str, source: str, tasks: Sequence[TaskText]) -> None:
        """What activities ask for. Where that changed, the works handed in to it are looked at anew."""

    def task_text(self, course: str, source: str, activity: str) -> str:
        """What an activity asks for; empty where nobody said."""

    def text_of(self, course: str, kind: str, name: str) -> KeptText | None:
        """The text of a record of the course, which is named as cards name it."""

    def task_texts(self, course: str) -> Mapping[tuple[str, str], str]:
        """What the activities of a course ask for, by source and activity, as far as somebody said."""

    def texts_by(self, course: str, persons: Collection[str]) -> Sequence[KeptText]:
        """All that these persons wrote in the course, by source, kind and id."""

    def text_states(self, course: str, persons: Collection[str]) -> Mapping[str, bytes]:
        """Of each of these persons who wrote anything in the course a digest that is another one as soon as
        any of it is: a text came, was changed, or went. No text is read for it."""

    def texts_numbered(self, numbers: Collection[int]) -> Sequence[KeptText]:
        """Those that are still kept, by number."""

    def unmarked_texts(self, course: str, *, limit: int) -> Sequence[KeptText]:
        """Hand-ins of the course whose likeness to others is not known yet, by number."""

    def keep_text_marks(self, marks: Mapping[int, Sequence[int]]) -> None:
        """Notes the marks by which the likes of these texts are found.

        Whoever wrote one of the likes that is no earlier is to be looked at; not so where `CARRIERS` works
        of the course had all of the shared marks before.
        """

    def likes_of(
        self, course: str, numbers: Collection[int], *, limit: int, everywhere: bool, own: bool
    ) -> Mapping[int, Sequence[int]]:
        """Of each of these hand-ins of the course others that share marks with it and are not later, those
        that share most first, then the earliest: all by number.

        `everywhere`: in other courses of the institution too; `own`: the author's own there too. Through
        each mark only the `CARRIERS` earliest works that have it are found.
        """

    def like_states(self, numbers: Collection[int]) -> Mapping[int, bytes]:
        """Of each of these hand-ins a digest that is another one as soon as a work comes to share a mark with
        it, or does no more, in whatever course. It costs a small part of what `likes_of` does."""

    def unmarked_authors(self, course: str) -> Sequence[str]:
        """Who wrote those, by id; however many there are."""

    def to_look_at(self, course: str, *, persons: Sequence[str] | None = None) -> Sequence[str]:
        """Persons of the course, or those of some, whose texts, or likes of theirs, changed since
        `looked_at`; by id."""

    def looked_at(self, course: str, persons: Sequence[str]) -> None:
        """To be called in the transaction that read the texts, or that has asked whether all of it still
        holds: what came in between would be forgotten."""

    def look_again(self, course: str) -> None:
        """The rules changed: everybody is to be looked at, and every hand-in marked anew."""

    def forget_texts(self, person: str) -> int:
        """Erases all that a person wrote, in every course; how many texts there were."""
