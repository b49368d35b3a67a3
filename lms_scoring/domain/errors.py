"""Everything that can go wrong, in one tree.

    LmsScoringError
    ├── Mistakes                  a file a person wrote; every mistake at once
    │   ├── SchemeMistakes
    │   ├── CourseFileMistakes
    │   └── SettingsMistakes
    ├── MalformedEvidence         one record that cannot be used
    │   └── UnusableStatement     of an LRS (`adapters/xapi`)
    ├── PlatformError             a platform did not give what was asked
    │   ├── PlatformUnreachable   worth trying again: no answer, half an answer, over the deadline
    │   ├── PlatformBusy          worth trying again later: maintenance, 429, 5xx
    │   ├── PlatformRefused       a person must act: token, permission, service switched off
    │   ├── PlatformMisread       a person must look: HTML or something else instead of the answer
    │   └── RecordRefused         one record is not to be had; the rest is
    ├── StoreError                the database
    │   └── StoreNotReady         it wants `db upgrade`, or is of a newer version
    ├── SealBroken                what is kept sealed cannot be opened
    ├── ErasedPerson              whoever comes was erased here
    ├── UnknownCourse             what is named is not known here
    ├── UnknownPerson
    ├── UnknownPlatform
    │   └── UnjoinablePlatform    somebody chose it, and the settings have none such
    ├── UnknownScheme
    ├── UnknownRegistration
    ├── UnknownApiKey
    ├── NotInQuarantine
    │   └── OutOfQuarantine       it was set aside, and waits for nothing any more
    ├── NoSuchLoss
    ├── NotAllowed                who asks may not see it
    ├── CannotBeDecided           what is decided, recommended or signed cannot be; `why` names the obstacle
    ├── StepRefused               a step of a case or dispute cannot be taken
    ├── SetUpAlready              somebody else was faster
    ├── NotRegistrable            of `services/access/registrations.py`, where its faults are
    ├── NotRemovable              a registration that somebody came by
    ├── TooManyPending            no other platform may register by itself
    ├── LaunchRefused             of `lti/refusal.py`, where the reasons are
    ├── CardsNotMade              of somebody no card can be made; everybody else has one
    ├── CannotLookForDoubts       texts could not be compared; scores are whole without it
    ├── CannotBeTold              somebody who looks after the installation could not be told of what fails
    ├── FaultOfProgram            nobody foresaw it; the log says where
    ├── ExportError               a file for other programs could not be written
    ├── UnprintableText           no font here has a character that is to be printed
    └── SetterBusy                too many PDFs are asked for at once
        ├── SetterTaken           who asks has one made already
        └── SetterEnding          the process that would make it ends

On the command line each is one message and exit status 1 (`cli/main.py`); what a page or the API answers
stands in one table, `web/answers.py`. A test holds this drawing to the classes, and the table to it.

A message says what happened, where, and what to do next; it never carries a secret or a person's data.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from lms_scoring.domain.failure import Failure, Instead, Remedy
from lms_scoring.domain.instants import DAY, SECOND
from lms_scoring.domain.obstacle import Obstacle

_LONGEST_WAIT = 7 * DAY
"""A platform that wants to be left alone for longer is asked all the same."""


class LmsScoringError(Exception):
    """Something went wrong that a person can understand and act upon."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mistake:
    """One mistake in a file: where it stands (`learner.criterion[2].max`), and what to do.

    `found` is what stands there, as it is written; None where nothing does, or it may be a secret. `line` is
    None where something is missing that belongs to no line yet. `file`: another one than is told about.
    """

    place: str
    text: str
    found: str | None = None
    line: int | None = None
    file: str | None = None

    def __str__(self) -> str:
        found = "" if self.found is None else f" = {self.found}"
        return f"{self.place}{found}: {self.text}"

    def told(self, name: str) -> str:
        """With the file's name and the line in front where they are known, as compilers tell them."""
        if self.line is not None:
            return f"{self.file or name}:{self.line}: {self}"
        return str(self) if self.file is None else f"{self.file}: {self}"


class Mistakes(LmsScoringError):
    """A file a person wrote cannot be used; every mistake in it is listed with its place."""

    what = "file"

    def __init__(self, name: str, mistakes: tuple[Mistake, ...]) -> None:
        self.name = name
        self.mistakes = mistakes
        count = f"{len(mistakes)} mistake" + ("" if len(mistakes) == 1 else "s")
        lines = "".join(f"\n  {mistake.told(name)}" for mistake in mistakes)
        super().__init__(f"{self.what} {name}: {count}{lines}")


class SchemeMistakes(Mistakes):
    """A scheme file cannot be used."""

    what = "scheme"


class CourseFileMistakes(Mistakes):
    """A course file cannot be used."""

    what = "course file"


class SettingsMistakes(Mistakes):
    """The settings cannot be used."""

    what = "settings"


class MalformedEvidence(LmsScoringError):
    """One record cannot be used; the message names the field and what it should be."""


class PlatformError(LmsScoringError):
    """A platform did not give what was asked; `remedy` says what can be done, `instead` what came.

    `platform` is its name in the settings, `call` the function or path that was asked.
    """

    remedy: ClassVar[Remedy] = Remedy.PERSON
    usual: ClassVar[Instead] = Instead.UNREADABLE
    """What came, where nobody says."""

    def __init__(self, platform: str, call: str, reason: str, *, instead: Instead | None = None) -> None:
        self.platform = platform
        self.call = call
        self.reason = reason
        self.instead = self.usual if instead is None else instead
        super().__init__(f"{platform}: {call}: {reason}")

    @property
    def again(self) -> bool:
        """Whether asking the same later can help."""
        return self.remedy is Remedy.TRY_AGAIN

    def failure(self, *, now: int) -> Failure:
        """What is kept of it; `now` in ms."""
        return Failure(remedy=self.remedy, instead=self.instead)


class PlatformUnreachable(PlatformError):
    """No answer, or half of one, or not within the deadline."""

    remedy = Remedy.TRY_AGAIN
    usual = Instead.NOTHING


class PlatformBusy(PlatformError):
    """Maintenance, too many requests, an error of the server; `wait` in seconds where it said so."""

    remedy = Remedy.TRY_AGAIN
    usual = Instead.OUT_OF_ORDER

    def __init__(
        self,
        platform: str,
        call: str,
        reason: str,
        *,
        wait: int | None = None,
        instead: Instead | None = None,
    ) -> None:
        super().__init__(platform, call, reason, instead=instead)
        self.wait = wait

    def failure(self, *, now: int) -> Failure:
        """With the time before which the platform does not want to be asked."""
        try_at = None if self.wait is None else now + min(self.wait * SECOND, _LONGEST_WAIT)
        return Failure(remedy=self.remedy, instead=self.instead, try_at=try_at)


class PlatformRefused(PlatformError):
    """Token, permission or service: a person must act before another try makes sense."""

    usual = Instead.FORBIDDEN


class PlatformMisread(PlatformError):
    """The answer is not what the platform's interface promises, a login page for instance."""


class RecordRefused(PlatformError):
    """One record is not to be had (a deleted or unenrolled person); `code` is the platform's own word."""

    remedy = Remedy.RECORD
    usual = Instead.REFUSED

    def __init__(self, platform: str, call: str, reason: str, *, code: str) -> None:
        super().__init__(platform, call, reason)
        self.code = code


class StoreError(LmsScoringError):
    """The database could not do what was asked."""


class StoreNotReady(StoreError):
    """The database has another version than this program; run `lms-scoring db upgrade`."""


class UnknownCourse(LmsScoringError):
    """No course of that name is set up here."""


class UnknownPerson(LmsScoringError):
    """No person of that id, username or number is known in that course."""


class ErasedPerson(LmsScoringError):
    """Everything about the person was erased here, and stays so until somebody lets them in again."""


class UnknownPlatform(LmsScoringError):
    """The settings name no platform of that name."""


class UnjoinablePlatform(UnknownPlatform):
    """The settings name no learning platform of the name that somebody chose."""


class UnknownScheme(LmsScoringError):
    """No scheme of that name or fingerprint is known."""


class CannotBeDecided(LmsScoringError):
    """What is decided, recommended or signed cannot be as it was asked for; `why` says so for programs, and
    `left` how many are still to be done first, where it waits for that."""

    def __init__(self, why: Obstacle, message: str, *, left: int | None = None) -> None:
        self.why = why
        self.left = left
        super().__init__(message)


class CardsNotMade(LmsScoringError):
    """Of some people of a course no card can be made; `why` says what failed and in which line."""

    def __init__(self, course: str, people: int, why: str) -> None:
        self.course = course
        self.people = people
        self.why = why
        super().__init__(
            f"{course}: the cards of {people} {'person' if people == 1 else 'people'} cannot be made: {why}, "
            "a fault of this program or of what it was told. It stops nobody else's, and is tried again; "
            "`lms-scoring jobs list` names who waits. Send this message to who looks after the program"
        )


class FaultOfProgram(LmsScoringError):
    """What nobody foresaw stopped something; `kind` is what it is called, for its words may hold anything."""

    def __init__(self, what: str, kind: str) -> None:
        self.what = what
        self.kind = kind
        super().__init__(
            f"{what} stopped by a fault of this program ({kind}). It stops nothing else; its log says where. "
            "Send both to who looks after the program"
        )


class CannotLookForDoubts(LmsScoringError):
    """Doubtful texts could not be looked for; it is done again with the next sync."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(
            f"doubtful texts could not be looked for: {reason}; scores are whole without it, and the next "
            "sync looks for them again"
        )


class CannotBeTold(LmsScoringError):
    """Who looks after the installation could not be told of something; it is tried again."""


class ExportError(LmsScoringError):
    """A file for other programs could not be written; there is none."""


class UnprintableText(LmsScoringError):
    """No font here has a character that is to be printed; the message names it and what to install."""

    def __init__(self, characters: Sequence[str]) -> None:
        self.characters = tuple(characters)
        named = ", ".join(f"U+{ord(one):04X}" for one in characters)
        super().__init__(
            f"cannot be printed: no font here has the character {named}. Install Debian's fonts-noto-cjk, "
            "fonts-noto-core and fonts-noto-color-emoji (fonts-noto-cjk-extra, fonts-babelstone-han for "
            "rarer ones), or name a font that has it in LMS_SCORING_FONTS. One from U+E000 to U+F8FF is "
            "somebody's own and in no font: it must be corrected where the name was entered"
        )


class SetterBusy(LmsScoringError):
    """So many PDFs are asked for at once that this one is not made now; ask again in a few seconds."""


class SetterTaken(SetterBusy):
    """Another PDF is being made for whoever asks for this one; ask again once it is there."""


class SetterEnding(SetterBusy):
    """The process ends and makes no PDF any more; another one does, so ask again in a few seconds."""


class UnknownApiKey(LmsScoringError):
    """No key of that number is in force here."""


class NotInQuarantine(LmsScoringError):
    """No record of that number was ever set aside here."""


class OutOfQuarantine(NotInQuarantine):
    """The record was set aside and does not wait any more: it was dropped, or is resolved."""


class NoSuchLoss(LmsScoringError):
    """No loss of that number was ever held here, or it waits for nothing any more."""


class UnknownRegistration(LmsScoringError):
    """No platform is registered here under that number."""


class SealBroken(LmsScoringError):
    """What is kept sealed cannot be opened with the key at hand."""


class NotAllowed(LmsScoringError):
    """Who asks may not see this."""


class StepRefused(LmsScoringError):
    """A step of a case or dispute that cannot be taken, or not by this person; `why` says so for programs."""

    def __init__(self, why: str) -> None:
        self.why = why
        super().__init__(f"this step cannot be taken: {why.replace('_', ' ')}")


class SetUpAlready(LmsScoringError):
    """Somebody else has set up this course meanwhile; open it again from the platform."""


class NotRemovable(LmsScoringError):
    """A registration stays, for it was confirmed or people came by it; it can be disabled."""


class TooManyPending(LmsScoringError):
    """So many registrations wait for approval that no other platform may register by itself."""
