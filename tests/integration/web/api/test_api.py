"""Results for other programs: what a key opens, what it does not, and how little a refusal tells."""

from __future__ import annotations

import csv
import io
import json
import logging
from collections.abc import Callable
from fractions import Fraction

import pytest

from lms_scoring.domain.errors import NotAllowed
from lms_scoring.domain.evidence import Action, RecordTarget
from lms_scoring.domain.instants import DAY, HOUR
from lms_scoring.domain.proceedings.step import Outcome
from lms_scoring.ports import Visitor
from lms_scoring.services.access.api_keys import revoke
from lms_scoring.services.deciding.case_desk import CaseDesk
from lms_scoring.services.viewing.consult import Consultant
from lms_scoring.web.api.keys import digest_of_key, new_key
from tests.integration.web.cases import decide_by_hand
from tests.integration.web.doubtful import CLASSMATE, LEARNER, make_contested, make_doubtful
from tests.integration.web.programs import Program, given_key
from tests.integration.web.school import (
    ADMINISTRATOR,
    COORDINATOR,
    COURSE,
    FIRST,
    LEARNERS,
    RULES,
    TUTORS,
    School,
)

ALL = ("courses", f"courses/{COURSE}/results", f"courses/{COURSE}/people/moodle-3")
ADDRESSES = (
    *ALL,
    f"courses/{COURSE}/people/moodle-3/evidence",
    f"courses/{COURSE}/cases",
    f"courses/{COURSE}/disputes",
)


@pytest.fixture
def program(own_school: School) -> Program:
    return Program(own_school, given_key(own_school)[0])


def test_a_key_opens_the_courses_of_its_institution(program: Program) -> None:
    assert [course["id"] for course in program.read("courses")["courses"]] == [COURSE]


def test_the_results_are_those_of_the_scoreboard_in_its_order(own_school: School, program: Program) -> None:
    for asked in ("", "?state=fail", "?withdrawn=true&sort=name", f"?class={FIRST}&sort=-study_time"):
        page = own_school.signed_in(COORDINATOR).get(
            f"/courses/{COURSE}/board.csv{asked.replace('true', '1')}"
        )
        shown = [
            (row["person"], row["score"])
            for row in csv.DictReader(io.StringIO(page.data.decode("utf-8-sig")))
        ]
        results = program.read(f"courses/{COURSE}/results{asked}")["results"]
        assert [(one["person"], one["score"]) for one in results] == shown
        assert shown


def test_pages_of_the_results_are_parts_of_the_whole(program: Program) -> None:
    whole = program.read(f"courses/{COURSE}/results")
    pages = [program.read(f"courses/{COURSE}/results?page_size=3&page={number}") for number in (1, 2, 3, 4)]
    assert [one for page in pages for one in page["results"]] == whole["results"]
    assert {page["total"] for page in pages} == {whole["total"]}
    assert pages[3]["results"] == []


def test_a_card_is_opened_to_its_evidence_and_its_parts_add_up(program: Program) -> None:
    for learner in LEARNERS:
        (card,) = program.read(f"courses/{COURSE}/people/{learner.id}")["cards"]
        for criterion in card["criteria"]:
            parts = sum((Fraction(one["exact"]) for one in criterion["findings"]), Fraction(0))
            assert parts == Fraction(criterion["exact"])
        assert sum(Fraction(one["exact"]) for one in card["criteria"]) == Fraction(card["exact"])


def test_the_evidence_is_what_the_evidence_file_has(program: Program) -> None:
    address = f"courses/{COURSE}/people/moodle-3/evidence"
    found = program.read(f"{address}?page_size=500")
    kinds = {record["kind"] for record in found["records"]}
    assert kinds == {"person", "membership", "watch", "post", "submission"}
    assert found["total"] == len(found["records"])
    assert program.read(f"{address}?page_size=2&page=2")["records"] == found["records"][2:4]


def test_what_is_doubted_and_contested_is_told_with_every_step(own_school: School, program: Program) -> None:
    make_doubtful(own_school)
    make_contested(own_school)
    card = program.read(f"courses/{COURSE}/people/moodle-3")
    (case,), (dispute,) = card["cases"], card["disputes"]
    assert (case["number"], case["state"], case["family"], case["waits"]) == (1, "open", "flooding", True)
    assert case["record"] == {"kind": "post", "id": "moodle/moodle-3-t0", "title": "研讨交流"}
    assert (case["voided"], case["overruled"], case["decision"]) == (False, False, None)
    assert dispute["record"] == {"kind": "post", "id": "moodle/moodle-3-flood", "title": "研讨交流"}
    assert (dispute["number"], dispute["state"], dispute["waits"]) == (1, "answered", False)
    assert dispute["criterion"] == "posts"
    assert [(step["kind"], step["outcome"]) for step in dispute["steps"]] == [
        ("raised", None),
        ("answered", "kept"),
    ]
    assert dispute["steps"][1]["words"].startswith("内容与前一条重复。")
    listed = program.read(f"courses/{COURSE}/disputes")
    assert [one["number"] for one in listed["disputes"]] == [2, 1]
    assert listed["disputes"][1] == dispute
    waiting = program.read(f"courses/{COURSE}/disputes?waiting=true&page_size=1")
    assert (waiting["total"], [one["number"] for one in waiting["disputes"]]) == (1, [2])
    assert waiting["disputes"][0]["due_at"] == "2024-12-24T16:00:00+00:00"
    second = program.read(f"courses/{COURSE}/disputes?page_size=1&page=2")
    assert (second["pages"], [one["number"] for one in second["disputes"]]) == (2, [1])
    assert program.read(f"courses/{COURSE}/disputes?page_size=1&page=3")["disputes"] == []
    cases = program.read(f"courses/{COURSE}/cases?waiting=true")
    assert [one["number"] for one in cases["cases"]] == [1, 2]
    assert program.read(f"courses/{COURSE}/cases?page=2")["cases"] == []


def test_a_case_tells_whether_its_record_counts_now_and_by_which_decision(
    own_school: School, program: Program
) -> None:
    make_doubtful(own_school)
    desk = CaseDesk(own_school.store, RULES, clock=own_school.clock)
    desk.decide(Visitor(person=TUTORS[FIRST]), 1, Outcome.VOIDED, "没有内容。")

    def told() -> tuple[str, bool, bool, tuple[str, str, str]]:
        (case,) = program.read(f"courses/{COURSE}/people/moodle-3")["cases"]
        (listed, _) = program.read(f"courses/{COURSE}/cases")["cases"]
        assert listed == case
        held = case["decision"]
        return case["state"], case["voided"], case["overruled"], (held["action"], held["by"], held["reason"])

    assert told() == ("voided", True, False, ("void", TUTORS[FIRST], "没有内容。"))
    short = RecordTarget(kind="post", id="moodle/moodle-3-t0")
    decide_by_hand(own_school, LEARNER, short, Action.RESTORE, "是回应")
    assert told() == ("voided", False, True, ("restore", COORDINATOR, "是回应"))


def test_a_result_names_the_cases_and_disputes_that_are_open(own_school: School, program: Program) -> None:
    make_doubtful(own_school)
    make_contested(own_school)

    def told(asked: str = "") -> dict[str, tuple[list[int], list[int]]]:
        found = program.read(f"courses/{COURSE}/results{asked}")["results"]
        return {one["person"]: (one["open_cases"], one["open_disputes"]) for one in found}

    named = {person: both for person, both in told().items() if any(both)}
    assert named == {LEARNER: ([1], []), CLASSMATE: ([2], [2])}
    assert told("?role=tutor") == dict.fromkeys(TUTORS.values(), ([], []))
    desk = CaseDesk(own_school.store, RULES, clock=own_school.clock)
    desk.decide(Visitor(person=TUTORS[FIRST]), 1, Outcome.DISMISSED, "看过了。")
    assert told()[LEARNER] == ([], [])


def test_results_are_found_by_how_people_stand(program: Program) -> None:
    whole = program.read(f"courses/{COURSE}/results")["results"]
    standings = {one["standing"] for one in whole}
    assert len(standings) > 1
    for standing in standings:
        found = program.read(f"courses/{COURSE}/results?standing={standing}")["results"]
        assert found == [one for one in whole if one["standing"] == standing]


def test_results_are_found_by_what_is_contested(own_school: School, program: Program) -> None:
    make_contested(own_school)
    found = program.read(f"courses/{COURSE}/results?standing=disputed")
    assert [(one["person"], one["open_disputes"]) for one in found["results"]] == [(CLASSMATE, [2])]
    assert found["total"] == 1
    none = program.read(f"courses/{COURSE}/results?standing=disputed&role=tutor")
    assert (none["results"], none["total"]) == ([], 0)


def test_a_key_of_one_course_opens_no_other(own_school: School) -> None:
    with own_school.store.writing() as transaction:
        transaction.keep_api_key(digest_of_key("lsk_other"), name="n", course="another", at=1)
    of_this = Program(own_school, given_key(own_school, course=COURSE)[0])
    of_another = Program(own_school, "lsk_other")
    assert [of_this.get(one).status_code for one in ADDRESSES] == [200] * 6
    assert [of_another.get(one).status_code for one in ADDRESSES] == [200, *[403] * 5]
    assert of_another.read("courses") == {"courses": []}


def test_what_is_not_there_looks_like_what_is_not_for_this_key(own_school: School) -> None:
    with own_school.store.writing() as transaction:
        transaction.keep_api_key(digest_of_key("lsk_other"), name="n", course="another", at=1)
    of_another = Program(own_school, "lsk_other")
    answers = [of_another.get(f"courses/{course}/results").json for course in (COURSE, "absent")]
    assert answers[0] == answers[1]


@pytest.mark.parametrize("address", ADDRESSES)
def test_without_a_key_in_force_nothing_is_told(own_school: School, address: str) -> None:
    old, _ = given_key(own_school, days=1)
    gone, made = given_key(own_school)
    assert Program(own_school, old).get(address).status_code == 200
    revoke(own_school.store, made.id, clock=own_school.clock)
    own_school.clock.go_on(DAY)
    for key in (None, "", "lsk_made-up", new_key(), old, gone):
        answer = Program(own_school, key).get(address)
        assert answer.status_code == 401
        assert answer.headers["WWW-Authenticate"].startswith("Bearer")
        assert answer.mimetype == "application/problem+json"
        assert answer.json["status"] == 401


def test_a_key_counts_in_the_header_alone(own_school: School) -> None:
    key, _ = given_key(own_school)
    stranger = Program(own_school, None)
    stranger.client.set_cookie("session", key)
    for query in (f"?key={key}", f"?api_key={key}", f"?access_token={key}", f"?Authorization=Bearer {key}"):
        assert stranger.get(f"courses{query}").status_code == 401
    assert stranger.get("courses", Authorization=f"Basic {key}").status_code == 401
    assert stranger.get("courses", Authorization=key).status_code == 401


def test_a_session_of_the_pages_opens_no_api_and_a_key_opens_no_page(own_school: School) -> None:
    browser = own_school.signed_in(ADMINISTRATOR)
    assert browser.get("/api/v1/courses").status_code == 401
    key, _ = given_key(own_school)
    answer = own_school.app.test_client().get("/", headers={"Authorization": f"Bearer {key}"})
    assert answer.status_code == 401


@pytest.mark.parametrize("address", ADDRESSES)
def test_what_did_not_change_is_not_sent_again(program: Program, address: str) -> None:
    first = program.get(address)
    again = program.get(address, **{"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    assert again.headers["ETag"] == first.headers["ETag"]
    assert first.headers["Cache-Control"] == "private, no-cache"
    assert "Authorization" in first.headers["Vary"]
    assert program.get(address, **{"If-None-Match": '"another"'}).status_code == 200


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        (f"courses/{COURSE}/results?page=0", 422),
        (f"courses/{COURSE}/results?page_size=501", 422),
        (f"courses/{COURSE}/results?state=odd", 422),
        (f"courses/{COURSE}/results?standing=odd", 422),
        (f"courses/{COURSE}/results?clas={FIRST}", 422),
        (f"courses/{COURSE}/results?role=coordinator", 422),
        (f"courses/{COURSE}/results?class=no such", 403),
        ("courses/absent/results", 403),
        (f"courses/{COURSE}/people/absent", 403),
        (f"courses/{COURSE}/people/absent/evidence", 403),
        ("nothing", 404),
    ],
)
def test_a_refusal_is_a_problem_in_plain_words(program: Program, asked: str, status: int) -> None:
    answer = program.get(asked)
    assert answer.status_code == status
    assert answer.mimetype == "application/problem+json"
    told = json.loads(answer.data)
    assert told["status"] == status
    assert told["detail"]
    assert ("errors" in told) == (status == 422)


def test_the_api_is_only_read(program: Program) -> None:
    answer = program.client.post("/api/v1/courses", headers=program.headers)
    assert (answer.status_code, answer.mimetype) == (405, "application/problem+json")


def test_the_description_is_open_to_everybody_and_tells_of_nobody(own_school: School) -> None:
    document = Program(own_school, None).get("openapi.json")
    assert document.status_code == 200
    assert set(document.json["paths"]) == {
        "/api/v1/courses",
        "/api/v1/courses/{course}/results",
        "/api/v1/courses/{course}/people/{person}",
        "/api/v1/courses/{course}/people/{person}/evidence",
        "/api/v1/courses/{course}/cases",
        "/api/v1/courses/{course}/disputes",
    }
    assert document.json["security"] == [{"key": []}]
    assert "刘磊" not in document.text


def test_a_use_is_noted_now_and_then(own_school: School) -> None:
    key, _ = given_key(own_school)
    program = Program(own_school, key)

    def noted() -> int | None:
        with own_school.store.reading() as transaction:
            return transaction.api_keys()[0].used_at

    begin = own_school.clock.now()
    for passed, expected in ((0, begin), (HOUR, begin), (1, begin + HOUR + 1)):
        own_school.clock.go_on(passed)
        program.read("courses")
        assert noted() == expected


def test_no_secret_reaches_the_log_or_an_address(
    opened: Callable[..., School], caplog: pytest.LogCaptureFixture
) -> None:
    school = opened()
    key, _ = given_key(school)
    with caplog.at_level(logging.DEBUG):
        program = Program(school, key)
        answers = [program.get(address) for address in (*ADDRESSES, "nothing", "courses/absent/results")]
    assert key not in caplog.text
    assert not any(key in f"{answer.headers}{answer.text}" for answer in answers)


@pytest.mark.parametrize("person", [TUTORS[FIRST], "moodle-3"])
def test_evidence_is_handed_out_to_nobody_who_sees_less_than_the_course(school: School, person: str) -> None:
    with pytest.raises(NotAllowed):
        Consultant(school.store, RULES).evidence(Visitor(person=person), "moodle-3")
