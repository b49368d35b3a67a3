"""What a person's own page tells of cases, and what it does not tell as final meanwhile."""

from __future__ import annotations

import pytest

from lms_scoring.domain.instants import DAY
from lms_scoring.domain.texts import Text
from lms_scoring.services.deciding.close import close
from lms_scoring.services.doubting.doubts import look_for_doubts
from lms_scoring.services.scoring.assess import assess
from lms_scoring.services.signing import Signature
from tests.fixtures.courses.written import essay, paraphrase
from tests.given import START
from tests.integration.web.cases import LIST, POST, TUTOR, act
from tests.integration.web.doubtful import CLASSMATE, LEARNER, flood_again
from tests.integration.web.school import (
    COORDINATOR,
    COURSE,
    RULES,
    SECOND_CLASS,
    SOURCE,
    TUTORS,
    School,
    home,
)

PASSING = "moodle-11"


def test_where_passing_hangs_on_a_doubted_record_the_card_says_so_and_leads_to_its_cases(
    doubtful: School,
) -> None:
    card = f"/courses/{COURSE}/people/{PASSING}"
    said = "有 1 条记录要由人工核查；核查之前，是否合格还不能最后确定。"
    assert said not in doubtful.page(doubtful.signed_in(PASSING), card).text
    copied = Text(
        kind="submission",
        id=f"s-{PASSING}-17",
        person=home(PASSING),
        activity="17",
        at=START + DAY,
        text=paraphrase(essay(1)),
    )
    with doubtful.store.writing() as transaction:
        transaction.keep_texts(COURSE, SOURCE, [copied])
    look_for_doubts(RULES, doubtful.store, clock=doubtful.clock)
    assess(RULES, doubtful.store, clock=doubtful.clock)
    for who in (PASSING, TUTORS[SECOND_CLASS]):
        page = doubtful.page(doubtful.signed_in(who), card)
        sentence, reached = page.all("p", "goal-sentence")
        assert sentence.text.startswith(said)
        assert reached.text == "这些记录都有效时，已经达到合格线。", "not that no more is needed"
        (link,) = (e for e in page.all("a") if e.attributes.get("href") == f"{card}#cases")
        assert link.text == "看这些核查"
        (section,) = (e for e in page.elements if e.attributes.get("id") == "cases")
        assert "核查 3" in section.text


@pytest.mark.parametrize("who", [TUTOR, COORDINATOR])
def test_a_tutor_whose_pass_hangs_on_works_of_the_class_is_led_to_the_cases_about_learners(
    doubtful: School, who: str
) -> None:
    """The page lists the tutor's own cases alone."""
    card = f"/courses/{COURSE}/people/{TUTOR}"

    def led() -> tuple[str, dict[str, str | None]]:
        page = doubtful.page(doubtful.signed_in(who), card)
        links = {e.text: e.attributes.get("href") for e in page.all("a") if "核查" in e.text}
        ways = {words: address for words, address in links.items() if words.startswith("看")}
        return page.all("p", "goal-sentence")[0].text.partition(" ")[2], ways

    assert led() == (
        "1 条记录要由人工核查；核查之前，是否合格还不能最后确定。看关于学员的核查",
        {"看关于学员的核查": LIST},
    )
    flood_again(doubtful, "t0", who=TUTOR, says="好")
    assess(RULES, doubtful.store, clock=doubtful.clock)
    said, ways = led()
    assert said.startswith("2 条记录")
    assert ways == {"看关于本人的核查": f"{card}#cases", "看关于学员的核查": LIST}


def test_a_tutor_is_led_to_no_cases_of_works_where_the_course_is_closed(doubtful: School) -> None:
    """Nobody but who sees all of it decides then, and the list is empty for everybody else."""
    close(RULES, Signature(by=COORDINATOR, reason="公示"), doubtful.store, clock=doubtful.clock)
    card = f"/courses/{COURSE}/people/{TUTOR}"
    for who, links in ((TUTOR, []), (COORDINATOR, [LIST])):
        page = doubtful.page(doubtful.signed_in(who), card)
        assert "1 条记录要由人工核查" in page.text
        assert [e.attributes["href"] for e in page.all("a") if e.text == "看关于学员的核查"] == links


@pytest.mark.parametrize("who", [TUTOR, LEARNER])
def test_a_repeated_post_leads_to_the_row_of_the_first_of_them(doubtful: School, who: str) -> None:
    flood_again(doubtful, "t1", says="好")
    client = doubtful.signed_in(who)
    page = doubtful.page(client, f"{LIST}/3")
    assert "同一作者此前已发过相同内容 1 次" in page.text
    (link,) = (one for one in page.all("a") if one.text == "看最早的那一条")
    path, _, anchor = link.attributes["href"].partition("#")
    assert path.startswith(f"/courses/{COURSE}/people/{LEARNER}?")
    card = doubtful.page(client, path)
    (row,) = (one for one in card.all("tr") if one.attributes.get("id") == anchor)
    assert f"moodle/{LEARNER}-t0" in row.text
    assert ["open" in one.attributes for one in card.all("details", "day")].count(True) == 1
    assert doubtful.signed_in(CLASSMATE).get(path).status_code == 403


def test_a_row_that_is_nowhere_marks_none(doubtful: School) -> None:
    card = f"/courses/{COURSE}/people/{LEARNER}"
    client = doubtful.signed_in(TUTOR)
    assert doubtful.page(client, f"{card}?record=none").text == doubtful.page(client, card).text


def test_the_own_page_tells_of_cases_and_leads_to_them(doubtful: School) -> None:
    page = doubtful.page(doubtful.signed_in(LEARNER), f"/courses/{COURSE}/people/{LEARNER}")
    assert "疑似灌水" in page.text
    assert POST in {one.attributes["href"] for one in page.all("a") if "href" in one.attributes}
    assert "核查 2 ·" not in page.text


def test_what_an_open_case_can_change_is_not_told_as_final(doubtful: School) -> None:
    """On the own page, whoever reads it, until somebody has decided."""
    page = doubtful.page(doubtful.signed_in(LEARNER), f"/courses/{COURSE}/people/{LEARNER}")
    (posts,) = (one.text for one in page.all("li") if one.text.startswith("研讨发帖"))
    assert "待核查" in posts
    assert "已确定" not in posts
    assert "满分" not in posts
    act(doubtful, TUTOR, POST, "dismiss", "看过")
    page = doubtful.page(doubtful.signed_in(LEARNER), f"/courses/{COURSE}/people/{LEARNER}")
    (posts,) = (one.text for one in page.all("li") if one.text.startswith("研讨发帖"))
    assert "待核查" not in posts
