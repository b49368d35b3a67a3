"""What is shown to whoever is about to decide."""

from __future__ import annotations

from lms_scoring.cli.decision_text import effect_text
from lms_scoring.domain import evidence as ev
from lms_scoring.domain.binding import Bindings
from lms_scoring.domain.outlook import ToldState
from lms_scoring.domain.scoring import scorecards
from lms_scoring.services.deciding.enter import Shift
from lms_scoring.services.scoring.rules import CourseRules
from tests import given

RULES = CourseRules(
    course="c", scheme=given.main_scheme(), bindings=Bindings(bindings=()), sources=frozenset()
)
UNREAD = ev.Unknown(
    id="u", person=given.LI, activity="17", reason="left", about=ev.Purpose.HOMEWORK, source="moodle"
)


def test_a_preview_says_at_least_where_something_was_not_read() -> None:
    records: list[ev.Record] = [ev.Person(id=given.LI, name="李"), given.membership(given.LI), UNREAD]
    (card,) = scorecards(RULES.scheme, records, as_of=given.AFTER)
    shift = Shift(before=card, after=card, was=ToldState.FAIL, will_be=ToldState.FAIL)
    shown = effect_text([shift], RULES, names={}, language="en")
    assert "Total: at least 0.00 -> at least 0.00 / 100" in shown
