"""Video statements, to the millisecond: position, jump, speed, length and viewing session.

The Video Profile 1.0.3 asks for more than players send: Open edX gives `time` and nothing else.
"""

from __future__ import annotations

from adapters.xapi.objects import Target
from adapters.xapi.payloads import ContextExtensions, Number, Statement
from adapters.xapi.refusal import UnusableStatement
from adapters.xapi.spellings import Spellings
from adapters.xapi.vocabulary import Word
from lms_scoring.domain.findable import LONGEST_KEY
from lms_scoring.domain.statements import VideoVerb, WatchEvent

_LONGEST = 10_000_000.0
"""Seconds: no content is longer than 115 days; what says so is not a position."""
_SLOWEST, _FASTEST = 5, 1_600
"""Hundredths: a playing speed outside these is no speed."""
_LONGEST_SESSION = LONGEST_KEY // 4
"""Characters: players name a session by some forty."""
_SEEKED = int(VideoVerb.SEEKED)
_new = tuple.__new__


def is_of_video(word: Word, target: Target, statement: Statement) -> bool:
    """Whether a verb that players use is used of something played. Verbs of the video profile always
    are; the general ones (`completed` …) need a video, or one of the profile's extensions."""
    if target.video or word.own:
        return True
    if target.type:
        return False
    given = None if statement.context is None else statement.context.extensions
    shown = None if statement.result is None else statement.result.extensions
    in_context = given is not None and (given.session is not None or given.length is not None)
    return in_context or (shown is not None and shown.time is not None)


def video_event(
    statement: Statement, stored: int, id_: str, account: str, activity: str, at: int, verb: int
) -> WatchEvent:
    """The event of a player's statement. Raises UnusableStatement for a position that is none."""
    session: Number | None = None
    position = target = rate = length = None
    context, result = statement.context, statement.result
    if context is not None and (given := context.extensions) is not None:
        session = given.session
        if session.__class__ is not str or session == "":
            session = _session(given)
        if session is not None:
            session = _SESSIONS[session]
        if given.length is not None:
            length = _LENGTHS[given.length]
        if given.speed is not None:
            rate = _RATES[given.speed]
    if result is not None and (shown := result.extensions) is not None:
        time = shown.time
        if time.__class__ is float and 0.0 <= time < _LONGEST:
            position = int(time * 1000 + 0.5)
        elif time is not None:
            position = _milliseconds(time)
        if verb == _SEEKED and shown.time_from is not None:
            position = _milliseconds(shown.time_from)
            target = None if shown.time_to is None else _milliseconds(shown.time_to)
        if rate is None and shown.speed is not None:
            rate = _RATES[shown.speed]
    # the class's own constructor takes twice as long, and this is the hottest line of a sync
    return _new(
        WatchEvent, (stored, id_, account, activity, session, at, verb, position, target, rate, length)
    )


def _session(given: ContextExtensions) -> str | None:
    """The player's session, else the cmi5 launch; never the registration, which is an enrolment."""
    for session in (given.session, given.launch):
        if session is not None and session != "":
            return str(session)
    return None


def _kept_session(session: Number) -> str:
    """It only tells one viewing from another: no statement is lost for how its player writes that."""
    return str(session).replace("\x00", "\ufffd")[:_LONGEST_SESSION]


def _milliseconds(seconds: Number) -> int:
    try:
        number = float(seconds)
    except ValueError as error:
        raise UnusableStatement("position_malformed", "the position it names is not a number") from error
    if not 0 <= number < _LONGEST:
        raise UnusableStatement("position_malformed", "the position it names is not a time in a video")
    return int(number * 1000 + 0.5)


def _length(seconds: Number) -> int | None:
    """Milliseconds; None where it is nonsense, because nothing but open plays depends on it."""
    number = _loose(seconds)
    if number is None or not 0 < number < _LONGEST:
        return None
    return int(number * 1000 + 0.5)


def _rate(speed: Number) -> int | None:
    """Hundredths from `1.25`, `"1.25"` or `"1.25x"`; None where it is nonsense."""
    number = _loose(speed)
    if number is None or not _SLOWEST <= number * 100 <= _FASTEST:
        return None
    return int(number * 100 + 0.5)


def _loose(number: Number) -> float | None:
    try:
        return float(str(number).strip().lower().removesuffix("x"))
    except ValueError:
        return None  # not worth losing a statement for


_SESSIONS: Spellings[Number, str] = Spellings(_kept_session)
_LENGTHS: Spellings[Number, int | None] = Spellings(_length)
_RATES: Spellings[Number, int | None] = Spellings(_rate)
