"""Cases of the school on its pages: who decides them, and what they press."""

from __future__ import annotations

from collections.abc import Sequence

from lms_scoring.domain.evidence import Action, RecordTarget
from lms_scoring.services.deciding.decide import Decide
from lms_scoring.services.deciding.enter import enter
from lms_scoring.services.signing import signature
from tests.integration.web.forms import sent
from tests.integration.web.html_page import HtmlPage
from tests.integration.web.school import COORDINATOR, COURSE, FIRST, RULES, SECOND_CLASS, TUTORS, School

TUTOR, COLLEAGUE = TUTORS[FIRST], TUTORS[SECOND_CLASS]
LIST, POST, COPY = f"/courses/{COURSE}/cases", f"/courses/{COURSE}/cases/1", f"/courses/{COURSE}/cases/2"


def total(school: School, person: str) -> object:
    with school.store.reading() as transaction:
        return next(row.card.total for row in transaction.board(COURSE) if row.card.person == person)


def act(school: School, who: str, path: str, do: str, words: str = "看过了。") -> int:
    return sent(school.signed_in(who), path, do=do, words=words).status_code


def buttons(page: HtmlPage) -> Sequence[str]:
    return [one.attributes["value"] for one in page.all("button") if one.attributes.get("name") == "do"]


def effects(page: HtmlPage) -> Sequence[str]:
    return [table.text for table in page.all("table", "effect")]


def decide_by_hand(school: School, person: str, record: RecordTarget, action: Action, reason: str) -> None:
    """A second later, by the coordinator, and not on a case."""
    school.clock.go_on(1_000)
    wish = Decide(person=person, target=record, action=action, signed=signature(COORDINATOR, reason))
    assert enter(wish, RULES, school.store, clock=school.clock).entry is not None
