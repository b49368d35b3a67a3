"""The voice of one request: sentences, numbers, times and durations in the visitor's language.

Rounding is `domain/figures`' alone; nothing here computes a number that a card does not have.
"""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from zoneinfo import ZoneInfo

from lms_scoring.domain.board import Shown
from lms_scoring.domain.figures import JUST_UNDER, cut_percent, plain, points_text, rounded
from lms_scoring.domain.identity import ERASED
from lms_scoring.domain.instants import DAY, HOUR, MINUTE, SECOND, day_text, moment_of
from lms_scoring.domain.scheme import Words
from lms_scoring.domain.scorecard import CriterionResult, Figure, Finding, Scorecard
from lms_scoring.exports.pdf.marking import MARK
from lms_scoring.ports import Act
from lms_scoring.services.signing import OPERATOR
from lms_scoring.web.wording import LANGUAGES, Wording
from lms_scoring.words import at_least, blank_after_sentence, note_of, unread, why_unsent, word

_WEEKDAYS = {"zh": "一二三四五六日", "en": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")}


class Voice:
    """Says things in one language."""

    def __init__(self, wording: Wording, language: str) -> None:
        self._wording = wording
        self.language = language
        self.tag = LANGUAGES[language]
        self.blank = blank_after_sentence(language)
        """What stands between a sentence and the next on its line."""

    def say(self, key: str, **values: object) -> str:
        """A sentence of the catalogue."""
        return self._wording.say(key, self.language, **values)

    def finding(self, code: str) -> str | None:
        """What a sync met and what to do, by its code; None: only the adapter that met it can say."""
        key = f"finding.{code}"
        return self.say(key) if key in self._wording.sentences else None

    def word(self, key: str) -> str:
        """What something of the domain is called; what has no name yet stands for itself."""
        try:
            return word(key, self.language)
        except KeyError:
            return str(key)

    def heading(self, key: str) -> str:
        """The same at the beginning of a line."""
        name = self.word(key)
        return name[:1].upper() + name[1:]

    def words(self, words: Words) -> str:
        """The scheme's own words."""
        return words.in_(self.language)

    def name(self, name: str) -> str:
        """A person's name; some people's is unknown."""
        return name or self.word("name_unknown")

    def signed(self, by: str, name: str | None) -> str:
        """Who signed: a person's name, or what an operator is called."""
        if by.startswith(OPERATOR):
            return self.say("sign.operator", name=by.removeprefix(OPERATOR))
        if by.startswith(ERASED):
            return self.say("sign.erased", number=by.removeprefix(ERASED))
        return name or by

    def reason(self, act: Act) -> str:
        """Why it was done, in the words of who signed; those about somebody who was erased went with them."""
        about_nobody = act.person is not None and act.person.startswith(ERASED)
        return self.say("sign.reason_erased") if about_nobody else act.reason

    def class_(self, class_: str | None) -> str:
        """A class's name; some people are in none."""
        return self.word("no_class") if class_ is None else class_

    def points(self, points: Fraction, pass_mark: Fraction | None = None) -> str:
        """Two decimals; beside a mark that is not reached, never a number that looks as if it were."""
        if pass_mark is None:
            return rounded(points)
        return points_text(points, pass_mark=pass_mark, language=self.language)

    def at_least(self, number: str, is_at_least: bool) -> str:
        """The number, said to be only what could be read where it is."""
        return at_least(number, self.language) if is_at_least else number

    def shown(self, shown: Shown) -> str:
        """Points of a row of a board, with what a board remarks of them."""
        points = f"{shown.points // 100}.{shown.points % 100:02d}"
        said = points + JUST_UNDER[self.language] if shown.under else points
        return self.at_least(said, shown.unknowns > 0)

    def note(self, finding: Finding) -> str | None:
        """What there is to add to a finding, where there is anything."""
        note = note_of(finding, self.language)
        return self.say("status.note", note=note) if note else None

    def unsent(self, reason: str) -> str:
        """Why a grade did not get into the gradebook."""
        return why_unsent(reason, self.language)

    def unread(self, result: CriterionResult) -> str:
        """How much of a criterion could not be read."""
        return unread(result.unknowns, self.language)

    def unread_records(self, count: int) -> str:
        """How many records could not be read."""
        return unread(count, self.language)

    def gap(self, card: Scorecard) -> str:
        """How far the card is from its pass mark; a gap too small for two decimals is still a gap."""
        gap = card.pass_mark - card.total
        return (
            self.say("status.less_than_shown")
            if 0 < gap < Fraction(1, 200)
            else rounded(max(gap, Fraction(0)))
        )

    def code_point(self, character: str) -> str:
        """A character's number in Unicode, by which it can be looked up."""
        return f"U+{ord(character):04X}"

    def code_points(self, characters: Iterable[str]) -> str:
        """Several characters by their numbers."""
        return self.say("status.comma").join(map(self.code_point, characters))

    def missing(self, characters: Iterable[str]) -> str:
        """For what the mark of a printed page stands."""
        return self.say("pdf.marked", mark=MARK, characters=self.code_points(characters))

    def plain(self, number: Fraction | int) -> str:
        """As short as it is exact."""
        return plain(Fraction(number))

    def share(self, part: int, whole: int) -> str:
        """How many of a hundred, rounded as points are; of nobody it is none."""
        return rounded(Fraction(100 * part, whole) if whole else Fraction(0))

    def percent(self, part: Fraction | int, whole: Fraction | int) -> str:
        """How far a bar goes, cut so that a bar is full only when the part is the whole."""
        return cut_percent(part, whole)

    def rest(self, part: Fraction | int, whole: Fraction | int) -> str:
        """What is left beside such a bar, or above one that stands."""
        return cut_percent(whole - part, whole)

    def whole_minutes(self, duration: Fraction | int) -> str:
        """Milliseconds as whole minutes, the rest cut: 29 and a half are no half an hour."""
        return self.say("figure.minutes", value=Fraction(duration) // MINUTE)

    def figure(self, figure: Figure) -> str:
        """A named number beside what is asked for, or advised."""
        if figure.value is None:
            return self.say("figure.unknown_value")
        if figure.name == "study_time":
            asked = None if figure.asked is None else Fraction(figure.asked, MINUTE)
            minutes = figure.value / MINUTE
            return self._beside("minutes", self.points(minutes, asked), asked=asked)
        if figure.name == "recommended_share":
            return self._beside("percent", rounded(figure.value), advised=figure.advised)
        if figure.name == "marked" and figure.asked == 0:
            return self.word("nothing_to_mark")
        asked = None if figure.asked is None else Fraction(figure.asked)
        return self._beside("count", plain(figure.value), asked=asked, advised=figure.advised)

    def _beside(
        self, unit: str, value: str, *, asked: Fraction | None = None, advised: Fraction | None = None
    ) -> str:
        if asked is not None:
            return self.say(f"figure.{unit}_asked", value=value, asked=plain(asked))
        if advised is not None:
            return self.say(f"figure.{unit}_advised", value=value, asked=plain(advised))
        return self.say(f"figure.{unit}", value=value)

    def minutes(self, duration: Fraction | int) -> str:
        """Milliseconds as minutes with two decimals."""
        return self.say("figure.minutes", value=rounded(Fraction(duration) / MINUTE))

    def lasted(self, duration: Fraction | int) -> str:
        """Milliseconds as h:mm:ss, parts of a second cut."""
        seconds = int(duration) // SECOND
        hour = HOUR // SECOND
        return f"{seconds // hour}:{seconds % hour // 60:02d}:{seconds % 60:02d}"

    def age(self, duration: int) -> str:
        """How long something has been waiting, in its largest fitting unit, begun ones cut."""
        units = (("years", 365 * DAY, 2), ("months", 30 * DAY, 2), ("days", DAY, 2), ("hours", HOUR, 1))
        for name, length, least in units:
            if duration >= least * length:
                return self.say(f"time.age_{name}", n=duration // length)
        return self.say("time.age_short")

    def day(self, instant: int, zone: ZoneInfo) -> str:
        """The calendar day of the zone."""
        return day_text(moment_of(instant, zone), self.language)

    def weekday(self, instant: int, zone: ZoneInfo) -> str:
        """The day of the week, short."""
        name = _WEEKDAYS[self.language][moment_of(instant, zone).weekday()]
        return self.say("time.weekday", name=name)

    def clock(self, instant: int, zone: ZoneInfo) -> str:
        """The time of day of the zone, to the second."""
        moment = moment_of(instant, zone)
        return f"{moment.hour:02d}:{moment.minute:02d}:{moment.second:02d}"

    def when(self, instant: int, zone: ZoneInfo) -> str:
        """Day and time of the zone, to the minute."""
        moment = moment_of(instant, zone)
        return f"{day_text(moment, self.language)} {moment.hour:02d}:{moment.minute:02d}"
