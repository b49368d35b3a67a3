"""Why a record could not be read, on pages and on paper: in the reader's language, or in words as given."""

from __future__ import annotations

from dataclasses import replace

import pytest

from lms_scoring.domain.evidence import Role, Unknown
from lms_scoring.domain.instants import SECOND
from lms_scoring.domain.scorecard import Scorecard
from lms_scoring.domain.unread import Unread
from lms_scoring.services.scoring.assess import assess
from tests.fixtures.texts import printing
from tests.integration.web.contested import NEW
from tests.integration.web.printed import pdf_text
from tests.integration.web.programs import Program, given_key
from tests.integration.web.school import COORDINATOR, COURSE, RULES, SOURCE, School, home

LEARNER = "moodle-6"
OLD = "Moodle gives nothing of people whose account was deleted"
"""What an older version stored."""
SAID = {
    "zh": "平台不提供已退出课程者的提交",
    "en": "the platform gives no hand-ins of people who left the course",
}
OLD_RECORD = Unknown(id="old", person=home(LEARNER), activity="video-2", reason=OLD)
LANGUAGES = pytest.mark.parametrize("language", ["zh", "en"])


@pytest.fixture
def unread(own_school: School) -> School:
    """Of two records it is said why they could not be read: by this version, and by an older one."""
    told(
        own_school,
        Unknown(id="new", person=home(LEARNER), activity="17", reason=Unread.HAND_INS_OF_LEAVER.value),
        OLD_RECORD,
    )
    return own_school


def told(school: School, *records: Unknown) -> None:
    """A sync that tells of these, and everybody's scores."""
    with school.store.writing() as transaction:
        run = transaction.begin_run(COURSE, SOURCE, at=school.clock.now() + SECOND)
        transaction.keep_records(COURSE, SOURCE, records, run=run)
    assess(RULES, school.store, clock=school.clock)


def card_of(school: School) -> Scorecard:
    with school.store.reading() as transaction:
        (row,) = (one for one in transaction.board(COURSE, role=Role.LEARNER) if one.card.person == LEARNER)
    return row.card


@LANGUAGES
def test_a_card_says_in_the_readers_language_why_a_record_could_not_be_read(
    unread: School, language: str
) -> None:
    path = f"/courses/{COURSE}/people/{LEARNER}?open=all&lang={language}"
    notes = unread.page(unread.signed_in(COORDINATOR), path).texts("span", "note")
    before = {"zh": "说明：", "en": "Note: "}[language]
    assert {f"{before}{SAID[language]}", f"{before}{OLD}"} <= set(notes)


@printing
@LANGUAGES
def test_so_does_a_printed_record(unread: School, language: str) -> None:
    path = f"/courses/{COURSE}/records/{LEARNER}.pdf?lang={language}"
    text = pdf_text(unread.signed_in(COORDINATOR), path).replace("\u200b", "")
    assert SAID[language].replace(" ", "") in text
    assert OLD.replace(" ", "") in text.replace(" ", "")


@LANGUAGES
def test_so_does_the_page_on_which_the_record_is_contested(unread: School, language: str) -> None:
    client = unread.signed_in(LEARNER)
    client.set_cookie("language", language)
    about = "role=learner&class=一班&criterion=homework&kind=unknown&id=moodle/new"
    assert SAID[language] in unread.page(client, f"{NEW}?{about}").text


def test_programs_are_told_the_code(unread: School) -> None:
    key, _ = given_key(unread)
    (card,) = Program(unread, key).read(f"courses/{COURSE}/people/{LEARNER}")["cards"]
    notes = {one["id"]: one["note"] for criterion in card["criteria"] for one in criterion["findings"]}
    assert (notes["moodle/new"], notes["moodle/old"]) == ("hand_ins_of_leaver", OLD)


def test_words_of_an_older_version_give_way_once_read_again_and_the_result_stays(unread: School) -> None:
    before = card_of(unread)
    unread.clock.go_on(1)
    told(unread, replace(OLD_RECORD, reason=Unread.PERSON_DELETED.value))
    page = unread.page(unread.signed_in(COORDINATOR), f"/courses/{COURSE}/people/{LEARNER}?open=all&lang=zh")
    assert "说明：账号已被删除，平台不再提供任何内容" in page.texts("span", "note")
    assert OLD not in page.text
    after = card_of(unread)
    assert (after.state, after.total, after.could_become) == (before.state, before.total, before.could_become)
