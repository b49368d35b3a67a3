"""A point of a card that is contested: who is who, where it is on pages, and what is done there."""

from __future__ import annotations

from collections.abc import Sequence

from lms_scoring.domain.instants import DAY
from lms_scoring.domain.proceedings.dispute import Contested, raised
from tests.integration.web.forms import sent
from tests.integration.web.html_page import HtmlPage
from tests.integration.web.school import COURSE, FIRST, SECOND_CLASS, TUTORS, School

LEARNER, CLASSMATE, WITHDRAWN = "moodle-3", "moodle-4", "moodle-10"
TUTOR, COLLEAGUE = TUTORS[FIRST], TUTORS[SECOND_CLASS]
LIST, NEW = f"/courses/{COURSE}/disputes", f"/courses/{COURSE}/disputes/new"
ONE = f"{LIST}/1"
PERSON = f"/courses/{COURSE}/people/{LEARNER}"
POSTS = {"role": "learner", "class": FIRST, "criterion": "posts"}
FLOOD = {**POSTS, "kind": "post", "id": f"moodle/{LEARNER}-flood"}


def act(school: School, who: str, do: str, words: str = "看过了。") -> int:
    return sent(school.signed_in(who), ONE, do=do, words=words).status_code


def buttons(page: HtmlPage) -> Sequence[str]:
    return [one.attributes["value"] for one in page.all("button") if one.attributes.get("name") == "do"]


def links(page: HtmlPage) -> set[str]:
    return {one.attributes["href"] for one in page.all("a") if "href" in one.attributes}


def kept(school: School, *about: Contested, person: str = LEARNER) -> None:
    """So many disputes, kept as if they had been raised one after another."""
    with school.store.writing() as transaction:
        for place, one in enumerate(about):
            until = school.clock.now() + DAY + place
            dispute = raised(one, person=person, words="?", at=school.clock.now(), until=until)
            transaction.keep_dispute(COURSE, dispute)
