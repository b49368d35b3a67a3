"""What is answered to each kind of error: one table of HTTP status, log level and sentence.

What a visitor may not see and what does not exist are told apart by nobody: both are 403.
A course whose kept rules cannot be read is 503 to who has a part in it: an administrator must act.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass

from lms_scoring.domain import errors
from lms_scoring.domain.errors import CannotBeDecided, LmsScoringError
from lms_scoring.lti.refusal import LaunchRefused, Refusal
from lms_scoring.services.access.registrable import NotRegistrable


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """`words` begins the names of its sentences in `wording.toml`, for a page that has none of its own.

    `level` None: it is the visitor's affair alone. Else the log has it, under the number that the page shows.
    `again`: after so many seconds the same is well worth asking again.
    """

    status: int
    words: str
    level: int | None = None
    again: int | None = None


WRONG = Answer(status=400, words="error_400")
CLOSED = Answer(status=403, words="error_403")
NOT_THERE = Answer(status=404, words="error_404")
OVERTAKEN = Answer(status=409, words="error_409")
AWAY = Answer(status=503, words="error_503", level=logging.ERROR)
"""It may pass by itself."""
TO_MEND = Answer(status=503, words="error_mend", level=logging.ERROR)
"""An administrator must act."""
IN_TURN = Answer(status=503, words="error_busy", again=10)
"""It passes as soon as those before are done."""
IN_OWN_TURN = Answer(status=503, words="error_own_turn", again=10)
"""It passes as soon as what the same visitor asked for before is done."""
NO_ANSWER = Answer(status=502, words="error_502", level=logging.WARNING)
OURS = Answer(status=500, words="error_500", level=logging.ERROR)

ANSWERS: Mapping[type[LmsScoringError], Answer] = {
    errors.Mistakes: TO_MEND,
    errors.SchemeMistakes: TO_MEND,
    errors.CourseFileMistakes: TO_MEND,
    errors.SettingsMistakes: TO_MEND,
    errors.MalformedEvidence: OURS,
    errors.PlatformError: NO_ANSWER,
    errors.PlatformUnreachable: NO_ANSWER,
    errors.PlatformBusy: NO_ANSWER,
    errors.PlatformRefused: NO_ANSWER,
    errors.PlatformMisread: NO_ANSWER,
    errors.RecordRefused: NO_ANSWER,
    errors.StoreError: AWAY,
    errors.StoreNotReady: AWAY,
    errors.SealBroken: TO_MEND,
    errors.ErasedPerson: CLOSED,
    errors.UnknownCourse: CLOSED,
    errors.UnknownPerson: CLOSED,
    errors.UnknownPlatform: TO_MEND,
    errors.UnjoinablePlatform: WRONG,
    errors.UnknownScheme: TO_MEND,
    errors.UnknownRegistration: NOT_THERE,
    errors.UnknownApiKey: NOT_THERE,
    errors.NotInQuarantine: CLOSED,
    errors.OutOfQuarantine: OVERTAKEN,
    errors.NoSuchLoss: CLOSED,
    errors.NotAllowed: CLOSED,
    errors.CannotBeDecided: OVERTAKEN,
    errors.StepRefused: OVERTAKEN,
    errors.SetUpAlready: OVERTAKEN,
    NotRegistrable: WRONG,
    errors.NotRemovable: OVERTAKEN,
    errors.TooManyPending: AWAY,
    LaunchRefused: WRONG,
    errors.CardsNotMade: OURS,
    errors.CannotLookForDoubts: OURS,
    errors.CannotBeTold: OURS,
    errors.FaultOfProgram: OURS,
    errors.ExportError: OURS,
    errors.UnprintableText: TO_MEND,
    errors.SetterBusy: IN_TURN,
    errors.SetterTaken: IN_OWN_TURN,
    errors.SetterEnding: IN_TURN,
}
"""Each kind there is here has a line of its own: a new one without is found by a test. An adapter's own kind
reads like the kind that it is one of."""

OF_LAUNCHES: Mapping[Refusal, Answer] = {
    Refusal.REGISTRATION_PENDING: CLOSED,
    Refusal.REGISTRATION_DISABLED: CLOSED,
    Refusal.DEPLOYMENT_PENDING: CLOSED,
    Refusal.STATE_UNKNOWN: OVERTAKEN,
    Refusal.ERASED: CLOSED,
    Refusal.KEYS_UNREACHABLE: AWAY,
}
"""Of launches that are refused otherwise than as wrong."""


def answer_to(error: LmsScoringError) -> Answer:
    """What is decided is refused as said wrongly, or as no longer to be done; a launch for many reasons."""
    if isinstance(error, CannotBeDecided) and error.why.is_of_what_was_said:
        return WRONG
    usual = next((ANSWERS[kind] for kind in type(error).__mro__ if kind in ANSWERS), OURS)
    return OF_LAUNCHES.get(error.refusal, usual) if isinstance(error, LaunchRefused) else usual


def status_of(error: LmsScoringError) -> int:
    """The HTTP status alone, for pages that say themselves what is wrong."""
    return answer_to(error).status
