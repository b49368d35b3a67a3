"""A result that something open can change is told as provisional, wherever it is told, until that is over."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from pathlib import Path

import openpyxl

import lms_scoring.web
from lms_scoring.domain.outlook import Standing, ToldState
from lms_scoring.ports import Passback
from lms_scoring.services.gradebook.switch_passback import switch_passback
from tests.fixtures.courses.scripted import NOTHING_TO_WAIT_FOR
from tests.integration.web.contested import LEARNER, NEW, PERSON, POSTS, TUTOR, act
from tests.integration.web.forms import sent
from tests.integration.web.html_page import HtmlPage
from tests.integration.web.programs import Program, given_key
from tests.integration.web.school import COORDINATOR, COURSE, School

STYLE = Path(lms_scoring.web.__file__).parent / "static" / "style"
BOARD = f"/courses/{COURSE}/"


@dataclass(frozen=True)
class Told:
    """What is told of the learner's result, by where it is."""

    page: str
    drawer: str
    looks: frozenset[str]
    row: str
    says_it_twice: bool
    chip_passed: int
    rows_passed: int
    csv: tuple[str, str]
    workbook: str
    api: tuple[str, bool, str]
    of_person: bool
    verdicts: frozenset[str]


def told(school: School) -> Told:
    own, tutor = school.signed_in(LEARNER), school.signed_in(COORDINATOR)
    board = school.page(tutor, BOARD)
    (row,) = (one for one in board.all("tr") if "刘磊" in one.text)
    (chip,) = (one.text for one in board.all("a", "chip") if one.text.startswith("达标"))
    results = [one.text for one in board.all("td", "result")]
    (line,) = (
        one
        for one in csv.DictReader(io.StringIO(tutor.get(f"{BOARD}board.csv").data.decode("utf-8-sig")))
        if one["person"] == LEARNER
    )
    sheet = openpyxl.load_workbook(io.BytesIO(tutor.get(f"{BOARD}board.xlsx").data)).active
    assert sheet is not None
    (cells,) = (one for one in sheet.iter_rows(values_only=True) if LEARNER in one)
    program = Program(school, given_key(school)[0])
    (result,) = (
        one for one in program.read(f"courses/{COURSE}/results")["results"] if one["person"] == LEARNER
    )
    (card,) = program.read(f"courses/{COURSE}/people/{LEARNER}")["cards"]
    with school.store.reading() as transaction:
        grades = transaction.outgoing(COURSE)
        verdicts = frozenset(grade.person for grade in grades if grade.held is None)
    whole, glance = school.page(own, PERSON), school.page(tutor, f"{PERSON}?glance=1")
    sentence = (one.text for one in whole.all("p", "verdict-sentence"))
    state = (one.text for one in glance.all("p", "chip-line"))
    return Told(
        page=next(sentence).partition("：")[0],
        drawer=next(state),
        looks=looks_of(whole) | looks_of(glance),
        row=next(text for text in ("暂定合格", "合格") if text in row.text),
        says_it_twice='class="standing same"'
        in tutor.get(BOARD).text.partition("刘磊")[2].partition("</tr>")[0],
        chip_passed=int(chip.rpartition(" ")[2]),
        rows_passed=results.count("合格"),
        csv=(line["state"], line["provisional"]),
        workbook=next(str(cell) for cell in cells if cell in ("暂定合格", "合格")),
        api=(result["state"], result["provisional"], result["standing"]),
        of_person=card["provisional"],
        verdicts=verdicts,
    )


def looks_of(page: HtmlPage) -> frozenset[str]:
    """By which results the boxes of verdicts and the big bars are coloured."""
    drawn = [*page.all("div", "verdict-box"), *page.all("section", "verdict-box"), *page.all("svg", "big")]
    assert len(drawn) == 2
    looks = " ".join(one.attributes["class"] for one in drawn).split()
    return frozenset(looks) - {"verdict-box", "bar", "big"}


def test_a_result_is_told_alike_everywhere_before_a_dispute_while_it_waits_and_after(
    own_school: School,
) -> None:
    switch_passback(
        COURSE, Passback.VERDICT, own_school.store, clock=own_school.clock, reading=NOTHING_TO_WAIT_FOR
    )
    before = told(own_school)
    assert (before.page, before.drawer, before.row, before.workbook) == ("合格",) * 4
    assert before.looks == {"pass"}
    assert (before.csv, before.api) == (("pass", "false"), ("pass", False, "passed"))
    assert (before.says_it_twice, before.of_person) == (True, False)
    assert LEARNER in before.verdicts
    assert before.chip_passed == before.rows_passed > 1

    assert sent(own_school.signed_in(LEARNER), NEW, **POSTS, words="不对。").status_code == 303
    waits = told(own_school)
    assert (waits.page, waits.drawer, waits.row, waits.workbook) == ("暂定合格",) * 4
    assert waits.looks == {"pass_provisionally"}
    assert (waits.csv, waits.api) == (("pass", "true"), ("pass", True, "to_check"))
    assert (waits.says_it_twice, waits.of_person) == (False, True)
    assert waits.verdicts == before.verdicts - {LEARNER}
    assert waits.chip_passed == waits.rows_passed == before.rows_passed - 1
    page = own_school.page(own_school.signed_in(LEARNER), PERSON)
    assert "有 1 项异议尚待答复，可能改变这一结果。查看异议" in page.text
    (posts,) = (one.text for one in page.all("li") if one.text.startswith("研讨发帖"))
    assert "待核查" in posts

    assert act(own_school, TUTOR, "keep") == 303
    assert told(own_school) == before


def test_every_result_that_is_told_has_its_colour_of_box_and_bar() -> None:
    style = "".join((STYLE / sheet).read_text(encoding="utf-8") for sheet in ("marks.css", "person.css"))
    for result in {*ToldState, Standing.UNREACHABLE} - {ToldState.IN_PROGRESS}:
        for rule in (f".verdict-box.{result}", f".bar.{result} .fill", f".bar.{result} .could"):
            assert rule in style, "it would look as if it were in progress"


def test_a_result_picks_the_rows_that_say_so_and_for_programs_those_of_the_card(own_school: School) -> None:
    assert sent(own_school.signed_in(LEARNER), NEW, **POSTS, words="不对。").status_code == 303
    client, program = own_school.signed_in(COORDINATOR), Program(own_school, given_key(own_school)[0])

    def said(state: str) -> set[str]:
        page = own_school.page(client, f"{BOARD}?state={state}")
        return {one.text for one in page.all("td", "result")}

    def persons(address: str) -> set[str]:
        return {one["person"] for one in program.read(f"courses/{COURSE}/results?{address}")["results"]}

    assert (said("pass"), said("pass_provisionally")) == ({"合格"}, {"暂定合格"})
    rows = csv.DictReader(io.StringIO(client.get(f"{BOARD}board.csv?state=pass").data.decode("utf-8-sig")))
    passed = {row["person"] for row in rows}
    assert LEARNER not in passed
    assert persons("state=pass") == {*passed, LEARNER}
