"""Before each source was read since the window ended, no page says that somebody failed."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from fractions import Fraction

import openpyxl
import pytest
from flask.testing import FlaskClient

from lms_scoring.cli.explain import explanation
from lms_scoring.domain.evidence import Role
from lms_scoring.domain.instants import DAY, HOUR, MINUTE
from lms_scoring.domain.outlook import ToldState, tellings
from lms_scoring.domain.scorecard import CardState
from lms_scoring.ports import BoardAsk, Kept, RunState
from lms_scoring.services.access.seeing import view_of
from lms_scoring.services.deciding.close import close, reopen
from lms_scoring.services.scoring.assess import assess
from lms_scoring.services.scoring.how_far_known import known_of
from lms_scoring.services.signing import Signature
from lms_scoring.services.viewing.consult import Consultant
from tests.fixtures.texts import printing
from tests.given import END
from tests.integration.web.contested import TUTOR
from tests.integration.web.going_on import goes_on
from tests.integration.web.html_page import HtmlPage
from tests.integration.web.printed import pdf_text
from tests.integration.web.programs import Program, given_key
from tests.integration.web.school import (
    COORDINATOR,
    COURSE,
    RULES,
    SOURCE,
    School,
    score_by,
    visitor_of,
    works_enough,
)
from tests.integration.web.test_provisional_results import BOARD, looks_of

SHORT, PASSED = "moodle-6", "moodle-3"
"""Learners of the first class: the one is short of the pass mark, the other has it."""
LATE = "records"
"""A source that was read last before the window ended."""
PAGES = (
    BOARD,
    f"{BOARD}?standing=to_be_read",
    f"{BOARD}?standing=unreachable",
    f"{BOARD}?class=一班",
    f"{BOARD}?role=tutor",
    f"/courses/{COURSE}/overview",
)
FAILED = {"zh": ("不合格", "不可达", "无法达"), "en": ("ot passed", "out of reach", "no longer pass")}
SAID = {
    "zh": (
        "同步读完全部记录之后，或者结项之后，才有结果。",
        "最后一段时间的记录还没有计入，分数还可能因此变化。",
    ),
    "en": (
        "known once a sync has read all of it, or the programme is closed.",
        "What was done in its last hours is still to be counted, and can",
    ),
}
UNREAD = {"zh": "待同步", "en": "still to be read"}


def was_read(school: School, *, at: int) -> None:
    with school.store.writing() as transaction:
        run = transaction.begin_run(COURSE, LATE, at=at)
        transaction.end_run(run, at=school.clock.now(), state=RunState.DONE, kept=Kept())


@pytest.fixture
def early(own_school: School) -> School:
    """A source was not read since the window ended, but an hour before; everybody was scored since."""
    was_read(own_school, at=END - HOUR)
    assess(own_school.rules, own_school.store, clock=own_school.clock)
    return own_school


def speaking(school: School, who: str, language: str) -> FlaskClient:
    client = school.signed_in(who)
    client.set_cookie("language", language)
    return client


def said_to_have_failed(page: HtmlPage, language: str) -> list[str]:
    """Rules name marks that are called the same."""
    text = page.text
    for rule in page.all("p", "rule"):
        text = text.replace(rule.text, "")
    return [word for word in FAILED[language] if word in text]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_learner_is_told_that_the_last_hours_are_still_to_be_read(early: School, language: str) -> None:
    address = f"{BOARD}people/{SHORT}"
    for path in (address, f"{address}?glance=1", f"{address}?open=all"):
        page = early.page(speaking(early, SHORT, language), path)
        assert not said_to_have_failed(page, language), path
        assert looks_of(page) == {"to_be_read"}
        for said in SAID[language]:
            assert said in page.text, path
    (sentence,) = (
        one.text for one in early.page(speaking(early, SHORT, language), address).all("p", "verdict-sentence")
    )
    assert sentence.startswith(
        {"zh": "考核时间已结束，最后一段时间的记录还没有计入：", "en": "The window is over, and"}[language]
    )
    assert sentence.endswith(
        {
            "zh": "要由管理员手动同步。同步读完全部记录之后，或者结项之后，才有结果。",
            "en": "is known once a sync has read all of it, or the programme is closed.",
        }[language]
    )


def test_versions_before_say_no_more_than_the_latest(early: School) -> None:
    scheme = RULES.scheme
    learners = replace(scheme.roles[Role.LEARNER], pass_mark=Fraction(95))
    early.clock.go_on(MINUTE)
    score_by(
        early, replace(early.rules, scheme=replace(scheme, roles={**scheme.roles, Role.LEARNER: learners}))
    )
    page = early.page(early.signed_in(SHORT), f"{BOARD}people/{SHORT}")
    states = [one.text for one in page.all("td") if one.attributes.get("data-label") == "结果"]
    assert states == ["待同步", "待同步"]


def told_of_versions(school: School) -> list[str]:
    """The latest first."""
    page = school.page(school.signed_in(SHORT), f"{BOARD}people/{SHORT}")
    return [one.text for one in page.all("td") if one.attributes.get("data-label") == "结果"]


def test_a_version_of_other_rules_failed_no_more_than_the_latest_and_a_closed_one_did(early: School) -> None:
    scheme = RULES.scheme
    learners = replace(scheme.roles[Role.LEARNER], pass_mark=Fraction(95))
    signed = Signature(by="operator:office", reason="for a test")
    early.clock.go_on(MINUTE)
    score_by(
        early, replace(early.rules, scheme=replace(scheme, roles={**scheme.roles, Role.LEARNER: learners}))
    )
    early.clock.go_on(MINUTE)
    score_by(early, early.rules)
    assert told_of_versions(early) == ["待同步", "待同步", "待同步"]
    early.clock.go_on(MINUTE)
    close(early.rules, signed, early.store, clock=early.clock)
    early.clock.go_on(MINUTE)
    reopen(early.rules, signed, early.store, clock=early.clock)
    assert told_of_versions(early) == ["待同步", "不合格", "待同步", "待同步", "待同步"]
    was_read(early, at=END)
    assert set(told_of_versions(early)) == {"不合格"}


def test_a_version_that_failed_has_not_where_the_window_was_prolonged_since(early: School) -> None:
    window = RULES.scheme.window
    prolonged = replace(window, last=window.last + timedelta(days=2))
    rules = replace(early.rules, scheme=replace(RULES.scheme, window=prolonged))
    early.clock.go_on(2 * DAY)
    score_by(early, rules)
    (status,) = Consultant(early.store, rules).status(visitor_of(SHORT), SHORT)
    assert [one.told for one in status.history] == [ToldState.TO_BE_READ, ToldState.TO_BE_READ]
    with early.store.writing() as transaction:
        for source in transaction.last_ends(COURSE):
            run = transaction.begin_run(COURSE, source, at=window.end + 2 * DAY)
            transaction.end_run(run, at=early.clock.now(), state=RunState.DONE, kept=Kept())
    (status,) = Consultant(early.store, rules).status(visitor_of(SHORT), SHORT)
    assert [one.told for one in status.history] == [ToldState.FAIL, ToldState.FAIL]


def test_no_criterion_is_final_beside_it(early: School) -> None:
    for path in (f"{BOARD}people/{SHORT}", f"{BOARD}people/{TUTOR}"):
        page = early.page(early.signed_in(path.rpartition("/")[2]), path)
        stands = {one.text for one in page.all("span", "to_be_read")}
        assert "待同步" in stands, path
        assert page.all("span", "final") == [], path
    desk = early.page(early.signed_in(TUTOR), f"/courses/{COURSE}/desk")
    assert [one.text for one in desk.all("span", "to_be_read")] != []
    assert desk.all("span", "final") == []
    with early.store.reading() as transaction:
        learner = Consultant(early.store, early.rules).seen_from(
            transaction, view_of(transaction, COURSE, visitor_of(SHORT)), SHORT
        )
    told = explanation(early.rules, learner.statuses[0], language="zh")
    criteria = re.findall(r"：?([\d.]+) / ([\d.]+) · (待同步|已确定)", told)
    assert {"待同步", "已确定"} == {stand for *_, stand in criteria}
    assert all((Fraction(points) < Fraction(most)) is (stand == "待同步") for points, most, stand in criteria)
    was_read(early, at=END)
    page = early.page(early.signed_in(SHORT), f"{BOARD}people/{SHORT}")
    assert page.all("span", "final") != []


def test_a_tutor_is_told_what_still_counts_and_what_is_still_to_be_read(early: School) -> None:
    page = early.page(early.signed_in(TUTOR), f"{BOARD}people/{TUTOR}")
    assert "批改和推优现在做仍然计分，直到培训项目结束。" in page.text
    assert "最后一段时间的记录还没有计入，分数还可能因此变化。" in page.text


def test_a_closing_counts_what_boards_tell(early: School) -> None:
    client = early.signed_in(COORDINATOR)
    page = early.page(client, f"/courses/{COURSE}/closing")
    found = [
        (one.text, one.attributes["href"]) for one in page.all("a") if "state=" in one.attributes["href"]
    ]
    assert "不合格" not in {one.text for one in page.all("dt")}
    assert {address.rpartition("state=")[2] for _, address in found} >= {"to_be_read", "pass"}
    for count, address in found:
        assert len(early.page(client, address).all("td", "result")) == int(count), address


def test_a_learner_is_told_when_the_next_sync_comes(early: School) -> None:
    goes_on(early)
    page = early.page(early.signed_in(SHORT), f"{BOARD}people/{SHORT}")
    (sentence,) = (one.text for one in page.all("p", "verdict-sentence"))
    assert sentence.endswith("即将同步。同步读完全部记录之后，或者结项之后，才有结果。")


@pytest.mark.parametrize("who", [TUTOR, COORDINATOR])
def test_a_tutor_has_not_failed_either(early: School, who: str) -> None:
    scheme = RULES.scheme
    tutors = scheme.roles[Role.TUTOR]
    strict = replace(tutors, pass_mark=tutors.out_of)
    other = replace(scheme, roles={**scheme.roles, Role.TUTOR: strict})
    score_by(early, replace(early.rules, scheme=other))
    with early.store.reading() as transaction:
        states = {row.card.state for row in transaction.board(COURSE, role=Role.TUTOR)}
    assert CardState.FAIL in states
    pages = (f"/courses/{COURSE}/desk", f"{BOARD}people/{TUTOR}")
    for path in pages if who == TUTOR else (f"/courses/{COURSE}/overview", f"{BOARD}?role=tutor"):
        page = early.page(early.signed_in(who), path)
        assert "待同步" in page.text or "最后一段时间的记录还没有计入" in page.text, path
        assert not said_to_have_failed(page, "zh"), path


def test_who_has_passed_has(early: School) -> None:
    page = early.page(early.signed_in(PASSED), f"{BOARD}people/{PASSED}")
    (sentence,) = (one.text for one in page.all("p", "verdict-sentence"))
    assert sentence.startswith("合格：")


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("who", [TUTOR, COORDINATOR])
def test_no_page_of_a_class_says_that_somebody_failed(early: School, who: str, language: str) -> None:
    client = speaking(early, who, language)
    paths = (
        PAGES
        if who == COORDINATOR
        else (BOARD, f"/courses/{COURSE}/desk", f"/courses/{COURSE}/desk/bulletins")
    )
    for path in paths:
        assert not said_to_have_failed(early.page(client, path), language), path
    assert UNREAD[language] in early.page(client, BOARD).text


def test_a_board_is_picked_by_what_it_says(early: School) -> None:
    client = early.signed_in(COORDINATOR)

    def results(state: str) -> set[str]:
        return {one.text for one in early.page(client, f"{BOARD}?state={state}").all("td", "result")}

    assert (results("to_be_read"), results("fail"), results("pass")) == ({"待同步"}, set(), {"合格"})
    was_read(early, at=early.clock.now())
    assert (results("to_be_read"), results("fail")) == (set(), {"不合格"})


def test_a_board_that_a_browser_kept_is_another_once_all_was_read(early: School) -> None:
    client = early.signed_in(COORDINATOR)
    known = {"If-None-Match": client.get(BOARD).headers["ETag"]}
    assert client.get(BOARD, headers=known).status_code == 304
    was_read(early, at=END - HOUR)
    assert client.get(BOARD, headers=known).status_code == 304, "that told nothing of the end"
    was_read(early, at=END)
    again = client.get(BOARD, headers=known)
    assert (again.status_code, "不合格" in again.text, "待同步" in again.text) == (200, True, False)


@pytest.fixture
def uncounted(early: School) -> School:
    """All was read by now, and what it brought makes a pass of who was short; nobody has scored it as yet."""
    assess(early.rules, early.store, clock=early.clock, everyone=True)
    early.clock.go_on(HOUR)
    with early.store.writing() as transaction:
        run = transaction.begin_run(COURSE, SOURCE, at=early.clock.now())
        early.clock.go_on(MINUTE)
        kept = transaction.keep_records(COURSE, SOURCE, works_enough(SHORT), run=run).kept
        transaction.end_run(run, at=early.clock.now(), state=RunState.DONE, kept=kept)
    was_read(early, at=early.clock.now())
    early.clock.go_on(MINUTE)
    return early


def results_of(school: School, path: str) -> dict[str, str]:
    """The results on a board by the addresses of people."""
    page = school.page(school.signed_in(COORDINATOR), path)
    people = [
        one.attributes["href"] or ""
        for one in page.all("a")
        if "/people/" in (one.attributes.get("href") or "")
    ]
    results = [one.text for one in page.all("td", "result")]
    assert len(people) == len(results)
    return {address.rpartition("/")[2]: told for address, told in zip(people, results, strict=True)}


def test_what_was_read_and_is_not_scored_as_yet_is_not_told_as_failed(uncounted: School) -> None:
    before = results_of(uncounted, BOARD)
    assert before[SHORT] == "待同步"
    assert "不合格" in before.values(), "who was brought nothing has failed"
    tutor = results_of(uncounted, f"{BOARD}?role=tutor")
    client = uncounted.signed_in(SHORT)
    for path in (f"{BOARD}people/{SHORT}", f"{BOARD}people/{SHORT}?glance=1"):
        page = uncounted.page(client, path)
        assert not said_to_have_failed(page, "zh"), path
        assert "记录已经同步，正在计分，之后才有结果。" in page.text, path
    program = Program(uncounted, given_key(uncounted)[0])
    (row,) = (one for one in program.read(f"courses/{COURSE}/results")["results"] if one["person"] == SHORT)
    assert (row["state"], row["provisional"], row["to_be_read"]) == ("fail", True, True)
    rows = csv.DictReader(
        io.StringIO(uncounted.signed_in(COORDINATOR).get(f"{BOARD}board.csv").data.decode("utf-8-sig"))
    )
    assert {row["person"] for row in rows if row["to_be_read"] == "true"} == {SHORT}
    assert "不合格" not in tutor.values()
    desk = uncounted.page(uncounted.signed_in(TUTOR), f"/courses/{COURSE}/desk")
    assert "待同步 1" in {one.text for one in desk.all("span", "chip")}
    with uncounted.store.reading() as transaction:
        known = known_of(transaction, uncounted.rules)
    assert known.is_read
    assert SHORT in known.uncounted
    assert PASSED not in known.uncounted
    assess(uncounted.rules, uncounted.store, clock=uncounted.clock)
    assert results_of(uncounted, BOARD) == {**before, SHORT: "合格"}


def test_boards_are_picked_by_what_is_told_while_it_is_counted(uncounted: School) -> None:
    told = results_of(uncounted, BOARD)
    failed = {person for person, result in told.items() if result == "不合格"}
    assert set(results_of(uncounted, f"{BOARD}?state=to_be_read")) == {SHORT}
    assert set(results_of(uncounted, f"{BOARD}?state=fail")) == failed
    with Consultant(uncounted.store, uncounted.rules).open_board(visitor_of(COORDINATOR)) as board:
        asked = BoardAsk(told=tellings(CardState.FAIL))
        whole = board.lines(asked)
        some = board.lines(replace(asked, first=1, rows=1))
        rows = board.cards(replace(asked, first=1, rows=1)).rows
    assert {line.person for line in whole.lines} == {SHORT, *failed}
    assert (some.found, [*some.lines]) == (whole.found, [whole.lines[1]])
    assert [row.card.person for row in rows] == [whole.lines[1].person]
    client = uncounted.signed_in(COORDINATOR)
    chips = {one.text for one in uncounted.page(client, BOARD).all("a", "chip")}
    assert "待同步 1" in chips
    assert any(one.startswith("不可达 ") for one in chips)


def test_each_count_above_a_board_leads_to_the_rows_that_it_counts(uncounted: School) -> None:
    client = uncounted.signed_in(COORDINATOR)
    chips = uncounted.page(client, BOARD).all("a", "chip")
    for chip in chips:
        name, count = chip.text.rsplit(" ", 1)
        there = uncounted.page(client, chip.attributes["href"] or "")
        assert len(there.all("td", "result")) == int(count), name
        assert [one.text for one in there.all("a", "chip") if "aria-current" in one.attributes] == [chip.text]
    assert {"待同步", "不可达"} < {chip.text.rsplit(" ", 1)[0] for chip in chips}
    assert set(results_of(uncounted, f"{BOARD}?standing=to_be_read")) == {SHORT}
    assert SHORT not in results_of(uncounted, f"{BOARD}?standing=unreachable")


def test_before_all_was_read_nobody_is_found_to_be_out_of_reach(early: School) -> None:
    client = early.signed_in(COORDINATOR)
    (chip,) = (one for one in early.page(client, BOARD).all("a", "chip") if one.text.startswith("待同步"))
    told = results_of(early, chip.attributes["href"] or "")
    assert chip.text == f"待同步 {len(told)}"
    assert results_of(early, f"{BOARD}?standing=unreachable") == {}
    was_read(early, at=END)
    assert set(results_of(early, f"{BOARD}?standing=unreachable")) == set(told)
    assert results_of(early, f"{BOARD}?standing=to_be_read") == {}


def test_a_chip_takes_the_place_of_a_result_that_an_address_says_too_but_no_unknown_one(
    uncounted: School,
) -> None:
    alone = {
        chip: results_of(uncounted, f"{BOARD}?standing={chip}") for chip in ("to_be_read", "unreachable")
    }
    assert results_of(uncounted, f"{BOARD}?standing=to_be_read&state=fail") == alone["to_be_read"]
    assert results_of(uncounted, f"{BOARD}?standing=unreachable&state=to_be_read") == alone["unreachable"]
    assert results_of(uncounted, f"{BOARD}?standing=unreachable&state=fail") == alone["unreachable"]
    failed = results_of(uncounted, f"{BOARD}?state=fail")
    assert failed
    assert results_of(uncounted, f"{BOARD}?standing=unheard-of&state=fail") == failed


@pytest.mark.parametrize("standing", ["to_be_read", "unreachable"])
def test_files_of_a_chip_hold_the_people_of_its_page(uncounted: School, standing: str) -> None:
    client = uncounted.signed_in(COORDINATOR)
    text = client.get(f"{BOARD}board.csv?standing={standing}").data.decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert {row["person"] for row in rows} == {*results_of(uncounted, f"{BOARD}?standing={standing}")}
    assert rows


def test_programs_ask_for_chips_of_cards_as_these_are_kept(uncounted: School) -> None:
    program = Program(uncounted, given_key(uncounted)[0])
    found = program.read(f"courses/{COURSE}/results?standing=unreachable")["results"]
    assert {one["standing"] for one in found} == {"unreachable"}
    assert SHORT in {one["person"] for one in found if one["to_be_read"]}


def test_a_board_that_a_browser_kept_is_another_once_that_is_counted(uncounted: School) -> None:
    client = uncounted.signed_in(COORDINATOR)
    known = {"If-None-Match": client.get(BOARD).headers["ETag"]}
    assert client.get(BOARD, headers=known).status_code == 304
    with uncounted.store.writing() as transaction:
        transaction.untouch(COURSE, [SHORT])
    again = client.get(BOARD, headers=known)
    assert (again.status_code, "待同步" in again.text) == (200, False)


def test_who_was_scored_since_has_failed_whatever_comes_later(uncounted: School) -> None:
    assess(uncounted.rules, uncounted.store, clock=uncounted.clock, everyone=True)
    before = results_of(uncounted, BOARD)
    failed = [person for person, told in before.items() if told == "不合格"]
    with uncounted.store.writing() as transaction:
        transaction.touch_persons(COURSE, failed)
    assert failed
    assert results_of(uncounted, BOARD) == before


def test_who_was_scored_since_all_was_read_has_failed_whatever_an_ordinary_sync_brings(
    uncounted: School,
) -> None:
    assess(uncounted.rules, uncounted.store, clock=uncounted.clock, everyone=True)
    before = results_of(uncounted, BOARD)
    failed = [person for person, told in before.items() if told == "不合格"]
    uncounted.clock.go_on(DAY)
    with uncounted.store.writing() as transaction:
        run = transaction.begin_run(COURSE, SOURCE, at=uncounted.clock.now())
        transaction.touch_persons(COURSE, failed)
        uncounted.clock.go_on(MINUTE)
        transaction.end_run(run, at=uncounted.clock.now(), state=RunState.DONE, kept=Kept())
    assert failed
    assert results_of(uncounted, BOARD) == before


def test_until_each_source_was_read_to_the_end_a_card_since_the_first_is_not_enough(early: School) -> None:
    """And a roster, or a sync that was cut short, is waited for by nobody."""
    assess(early.rules, early.store, clock=early.clock, everyone=True)
    early.clock.go_on(HOUR)
    was_read(early, at=early.clock.now())
    with early.store.writing() as transaction:
        transaction.touch_persons(COURSE, [SHORT])
    assert results_of(early, BOARD)[SHORT] == "待同步"
    early.clock.go_on(MINUTE)
    assess(early.rules, early.store, clock=early.clock, everyone=True)
    early.clock.go_on(MINUTE)
    with early.store.writing() as transaction:
        for source, short in (("lti-1", False), (LATE, True)):
            run = transaction.begin_run(COURSE, source, at=early.clock.now())
            transaction.end_run(run, at=early.clock.now(), state=RunState.DONE, kept=Kept(), cut_short=short)
        transaction.touch_persons(COURSE, [SHORT])
    early.clock.go_on(MINUTE)
    assert results_of(early, BOARD)[SHORT] == "不合格"


def test_files_say_it_too(early: School) -> None:
    client = early.signed_in(COORDINATOR)

    def of_person(told: str) -> dict[str, str]:
        rows = csv.DictReader(io.StringIO(client.get(f"{BOARD}board.csv").data.decode("utf-8-sig")))
        return next(row for row in rows if row["person"] == told)

    row = of_person(SHORT)
    assert (row["state"], row["provisional"], row["to_be_read"]) == ("fail", "true", "true")
    assert of_person(PASSED)["to_be_read"] == "false"
    sheet = openpyxl.load_workbook(io.BytesIO(client.get(f"{BOARD}board.xlsx").data)).active
    assert sheet is not None
    cells = {str(cell) for row in sheet.iter_rows(values_only=True) for cell in row}
    assert "待同步" in cells
    assert "不合格" not in cells
    was_read(early, at=END)
    assert of_person(SHORT)["to_be_read"] == "false"


@pytest.mark.parametrize("language", ["zh", "en"])
def test_files_that_were_picked_say_by_what_as_their_rows_do(early: School, language: str) -> None:
    client = speaking(early, COORDINATOR, language)

    def said(standing: str) -> tuple[bool, bool]:
        file = client.get(f"{BOARD}board.xlsx?standing={standing}").data
        _, sheet = openpyxl.load_workbook(io.BytesIO(file)).worksheets
        picked = str(sheet["A1"].value)
        return UNREAD[language] in picked, FAILED[language][1] in picked

    assert said("to_be_read") == (True, False)
    was_read(early, at=END)
    assert said("unreachable") == (False, True)


@printing
def test_what_is_printed_says_it_too(early: School) -> None:
    sheet = pdf_text(early.signed_in(TUTOR), f"{BOARD}board.pdf")
    assert "?待同步" in sheet
    assert "“待同步”：考核时间已结束" in sheet
    assert "不合格" not in sheet
    record = pdf_text(early.signed_in(SHORT), f"/courses/{COURSE}/records/{SHORT}.pdf")
    assert "?考核时间已结束，最后一段时间的记录还没有计入：" in record
    assert "✗不合格" not in record


def test_programs_are_told_beside_the_state_of_the_card(early: School) -> None:
    program = Program(early, given_key(early)[0])

    def told() -> tuple[str, bool, bool]:
        (row,) = (
            one for one in program.read(f"courses/{COURSE}/results")["results"] if one["person"] == SHORT
        )
        (card,) = program.read(f"courses/{COURSE}/people/{SHORT}")["cards"]
        assert (card["state"], card["provisional"], card["to_be_read"]) == (
            *(row["state"], row["provisional"], row["to_be_read"]),
        )
        return row["state"], row["provisional"], row["to_be_read"]

    assert told() == ("fail", True, True)
    persons = {one["person"] for one in program.read(f"courses/{COURSE}/results?state=fail")["results"]}
    assert SHORT in persons, "the card failed all the while"
    was_read(early, at=END)
    assert told() == ("fail", False, False)


@pytest.mark.parametrize(
    "settle",
    [
        lambda school: was_read(school, at=END),
        lambda school: close(
            school.rules, Signature(by="operator:office", reason="done"), school.store, clock=school.clock
        ),
    ],
    ids=["read", "closed"],
)
def test_once_nothing_more_is_read_who_failed_is_told(
    early: School, settle: Callable[[School], object]
) -> None:
    settle(early)
    page = early.page(early.signed_in(SHORT), f"{BOARD}people/{SHORT}")
    (sentence,) = (one.text for one in page.all("p", "verdict-sentence"))
    assert sentence.startswith("不合格：")
    assert "不可达" in early.page(early.signed_in(TUTOR), BOARD).text
