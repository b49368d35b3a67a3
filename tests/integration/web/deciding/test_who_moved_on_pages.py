"""Who has left a class for another one, or guides another, on pages: what its tutor still sees and may do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from urllib.parse import urlencode

import pytest

from lms_scoring.domain.evidence import Action, Membership, MembershipStatus, RecordTarget, Role, Unknown
from lms_scoring.services.deciding.decide import Decide
from lms_scoring.services.deciding.enter import Wish, enter
from lms_scoring.services.deciding.recommend import Recommend
from lms_scoring.services.scoring.assess import assess
from lms_scoring.services.signing import signature
from tests.integration.web.cases import LIST as CASES
from tests.integration.web.cases import POST as CASE
from tests.integration.web.contested import COLLEAGUE, LEARNER, LIST, ONE, PERSON, TUTOR, act, buttons
from tests.integration.web.doubtful import make_doubtful
from tests.integration.web.forms import sent
from tests.integration.web.school import (
    COORDINATOR,
    COURSE,
    RULES,
    SECOND_CLASS,
    SOURCE,
    School,
    home,
)

DECISIONS, CARD = f"{PERSON}/decisions", f"{PERSON}?open=all"
FULL = {"criterion": "posts", "action": "override", "points": "0", "reason": "因为"}
WHY = "亲戚的作业"
ADVISED = "moodle/s-moodle-8-17"
OWN_ADVICE = RecordTarget(kind="recommendation", id=f"here/{LEARNER}/{ADVISED}")
UNREAD = RecordTarget(kind="unknown", id="moodle/u-27")


def told(school: School, *records: Membership | Unknown) -> None:
    """A sync that tells of these, and everybody's scores."""
    with school.store.writing() as transaction:
        run = transaction.begin_run(COURSE, SOURCE, at=school.clock.now())
        transaction.keep_records(COURSE, SOURCE, records, run=run)
    assess(RULES, school.store, clock=school.clock)


def own_place(school: School) -> Membership:
    with school.store.reading() as transaction:
        (place,) = transaction.memberships(COURSE, persons=[LEARNER])
    return replace(place, id=place.id.removeprefix(f"{SOURCE}/"), person=home(LEARNER))


@pytest.fixture
def moved(contested: School) -> School:
    """The learner contests a post, has a case, and leaves for the class of the colleague."""
    make_doubtful(contested)
    place = own_place(contested)
    there = replace(place, id="there", class_=SECOND_CLASS)
    told(contested, replace(place, status=MembershipStatus.WITHDRAWN), there)
    return contested


def entered(school: School, wishes: Sequence[Wish]) -> None:
    for wish in wishes:
        school.clock.go_on(1)
        assert enter(wish, RULES, school.store, clock=school.clock).entry is not None


@pytest.fixture
def guiding(own_school: School) -> School:
    """The learner guides the other class besides; what the learner recommended there was voided, and so was
    what could not be read of the bulletins."""
    guides = replace(own_place(own_school), id="guides", role=Role.TUTOR, class_=SECOND_CLASS)
    unread = Unknown(id="u-27", person=home(LEARNER), activity="27", reason="no access")
    told(own_school, guides, unread)
    voided = [
        Decide(person=LEARNER, target=one, action=Action.VOID, signed=signature("operator:office", WHY))
        for one in (OWN_ADVICE, UNREAD)
    ]
    entered(own_school, [Recommend(person=LEARNER, submission=ADVISED), *voided])
    return own_school


def test_the_tutor_of_the_class_that_was_left_reads_on_and_decides_nothing(moved: School) -> None:
    tutor = moved.signed_in(TUTOR)
    page = moved.page(tutor, CARD)
    assert "由学员现在所在班级的辅导教师或培训管理员作决定" in page.text
    assert page.all("a", "decide") == []
    assert not [one for one in page.all("a") if one.attributes.get("href", "").startswith(f"{CASES}/")]
    assert tutor.get(DECISIONS).status_code == 403
    assert sent(tutor, DECISIONS, **FULL).status_code == 403
    assert tutor.get(CASE).status_code == 403
    assert act(moved, TUTOR, "keep") == 403
    assert buttons(moved.page(tutor, ONE)) == []
    assert moved.page(tutor, LIST).all("li", "entry") == []


def test_the_tutor_of_the_class_where_the_learner_is_now_does_all_that(moved: School) -> None:
    colleague = moved.signed_in(COLLEAGUE)
    page = moved.page(colleague, CARD)
    assert page.all("a", "decide") != []
    for who in (COLLEAGUE, COORDINATOR, LEARNER):
        assert "这份成绩单供查阅" not in moved.signed_in(who).get(CARD).text
    assert sent(colleague, DECISIONS, **FULL).status_code == 200
    assert buttons(moved.page(colleague, CASE)) == ["dismiss", "void"]
    assert "1 项待答复" in moved.page(colleague, f"/courses/{COURSE}/desk").text
    assert act(moved, COLLEAGUE, "keep") == 303


@pytest.mark.parametrize("about", [OWN_ADVICE, UNREAD])
def test_a_tutor_knows_and_undoes_nothing_of_what_the_shown_card_does_not_name(
    guiding: School, about: RecordTarget
) -> None:
    named = {"kind": about.kind, "id": about.id}
    tutor, coordinator = guiding.signed_in(TUTOR), guiding.signed_in(COORDINATOR)
    assert WHY not in guiding.page(tutor, CARD).text
    assert WHY not in guiding.page(tutor, DECISIONS).text
    assert tutor.get(f"{DECISIONS}?{urlencode(named)}").status_code == 400
    assert sent(tutor, DECISIONS, **named, action="restore", reason="好").status_code == 400
    assert WHY in guiding.page(coordinator, CARD).text
    assert sent(coordinator, DECISIONS, **named, action="restore", reason="好").status_code == 200
