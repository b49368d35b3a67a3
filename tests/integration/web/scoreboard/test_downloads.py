"""The scoreboard as a file that a spreadsheet opens."""

from __future__ import annotations

import csv
import io
from concurrent.futures import ThreadPoolExecutor, as_completed
from threading import Event

import openpyxl
import pytest
from flask.testing import FlaskClient
from pypdf import PdfReader
from werkzeug.test import TestResponse

from lms_scoring.domain.identity import KnownPerson
from lms_scoring.exports.pdf.setter import setter
from lms_scoring.services.unattended.work_state import work_state
from tests.fixtures.texts import RARE_NAMES, printing
from tests.integration.web.doubtful import make_contested, make_doubtful
from tests.integration.web.forms import sent
from tests.integration.web.html_page import HtmlPage
from tests.integration.web.school import (
    COORDINATOR,
    COURSE,
    FIRST,
    HOSTILE,
    SECOND_CLASS,
    TUTORS,
    School,
    home,
)
from tests.waiting import LONG

BOARD = f"/courses/{COURSE}/"
FILE = f"/courses/{COURSE}/board.csv"
RECORDS = f"/courses/{COURSE}/records"


@pytest.fixture
def coordinator(school: School) -> FlaskClient:
    return school.signed_in(COORDINATOR)


def rows(client: FlaskClient, address: str = FILE) -> list[dict[str, str]]:
    answer = client.get(address)
    assert answer.status_code == 200
    return list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"))))


def shown(school: School, client: FlaskClient, address: str) -> list[str]:
    """The people of the board's page, from the top."""
    heads = [e for e in school.page(client, address).all("th") if e.attributes.get("scope") == "row"]
    return [head.text.split()[0] for head in heads if "colspan" not in head.attributes]


@pytest.mark.parametrize(
    "asked",
    [
        "",
        "?role=tutor",
        f"?class={SECOND_CLASS}",
        "?state=fail",
        "?withdrawn=1&sort=name",
        "?sort=study_time",
    ],
)
def test_the_file_has_the_people_of_the_page_in_their_order(
    school: School, coordinator: FlaskClient, asked: str
) -> None:
    names = [
        row["name"].split()[0] if row["name"] else "（姓名未知）" for row in rows(coordinator, FILE + asked)
    ]
    assert names
    assert names == shown(school, coordinator, BOARD + asked)


def test_the_file_has_the_numbers_of_the_cards(coordinator: FlaskClient) -> None:
    (row,) = (row for row in rows(coordinator) if row["name"] == "马欣怡")
    points = {name: row[name] for name in ("class", "study_time", "homework", "journal", "posts", "score")}
    assert points == {
        "class": FIRST,
        "study_time": "39.95",
        "homework": "16.00",
        "journal": "20.00",
        "posts": "4.00",
        "score": "79.95",
    }
    assert (row["passed"], row["state"]) == ("false", "fail")


def test_the_workbook_has_the_same_rows(coordinator: FlaskClient) -> None:
    answer = coordinator.get(f"/courses/{COURSE}/board.xlsx")
    sheet = openpyxl.load_workbook(io.BytesIO(answer.data)).active
    assert sheet is not None
    _, head, *lines = sheet.iter_rows(values_only=True)
    named = head.index("姓名")
    assert [line[named] or "" for line in lines] == [row["name"] for row in rows(coordinator)]


def test_a_tutor_gets_the_own_class_and_no_other(school: School) -> None:
    tutor = school.signed_in(TUTORS[FIRST])
    assert {row["class"] for row in rows(tutor, f"{FILE}?withdrawn=1")} == {FIRST}
    assert tutor.get(f"{FILE}?class={SECOND_CLASS}").status_code == 403


@pytest.mark.parametrize(
    ("ending", "kind"),
    [
        ("csv", "text/csv; charset=utf-8"),
        ("xlsx", "application/vnd.openxmlformats"),
        ("pdf", "application/pdf"),
    ],
)
def test_the_browser_saves_the_file_under_course_and_day_and_keeps_no_copy(
    coordinator: FlaskClient, ending: str, kind: str
) -> None:
    headers = coordinator.get(f"/courses/{COURSE}/board.{ending}?class={FIRST}").headers
    assert headers["Content-Disposition"] == f"attachment; filename=lc2024-learner-2024-12-16.{ending}"
    assert headers["Content-Type"].startswith(kind)
    assert headers["Cache-Control"] == "no-store"
    assert headers["X-Content-Type-Options"] == "nosniff"


def test_the_page_links_to_the_file_of_what_it_shows(school: School, coordinator: FlaskClient) -> None:
    page = school.page(coordinator, f"{BOARD}?class={FIRST}&state=fail")
    links = [e.attributes["href"] for e in page.all("a") if "data-file" in e.attributes]
    assert [link.partition("?")[0] for link in links] == [
        f"/courses/{COURSE}/board.{ending}" for ending in ("csv", "xlsx", "pdf")
    ]
    assert {row["class"] + row["state"] for row in rows(coordinator, links[0])} == {f"{FIRST}fail"}
    assert f"下载这 4 人的名单（班级：{FIRST}；结果：不合格）：" in page.text
    assert "下载本页名单：" in school.page(coordinator, BOARD).text


def found(client: FlaskClient, file: str, **asked: str) -> TestResponse:
    """The file that a button below a search offers: whatever else its form has in it is pressed with it."""
    page = HtmlPage(sent(client, BOARD, **asked).text)
    (form,) = (e for e in page.all("form") if "data-file" in e.attributes)
    within = page.elements[page.elements.index(form) :]
    fields = {e.attributes["name"]: e.attributes["value"] for e in within if e.tag == "input"}
    assert file in [e.attributes["value"] for e in within if e.attributes.get("name") == "file"]
    return client.post(form.attributes["action"], data={**fields, "file": file})


def test_while_a_name_is_searched_for_the_file_is_of_who_is_found_and_no_address_tells_whom(
    coordinator: FlaskClient,
) -> None:
    page = HtmlPage(sent(coordinator, BOARD, search="moodle", sort="name", state="fail").text)
    shown = [e.text for e in page.all("a") if "data-person" in e.attributes]
    answer = found(coordinator, "csv", search="moodle", sort="name", state="fail")
    lines = list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"))))
    assert [line["name"] or "（姓名未知）" for line in lines] == shown
    assert len(shown) > 1
    one = found(coordinator, "csv", search="刘磊")
    assert [line["name"] for line in csv.DictReader(io.StringIO(one.data.decode("utf-8-sig")))] == ["刘磊"]
    name = "attachment; filename=lc2024-learner-2024-12-16-part.csv"
    assert one.headers["Content-Disposition"] == name, (
        "and the file's name tells that it is a part, not whose"
    )
    assert one.request.url.endswith(f"/courses/{COURSE}/files")
    assert "下载这 1 人的名单（查找：刘磊）：" in HtmlPage(sent(coordinator, BOARD, search="刘磊").text).text


def test_a_workbook_of_some_says_on_a_second_sheet_which(coordinator: FlaskClient) -> None:
    book = openpyxl.load_workbook(io.BytesIO(found(coordinator, "xlsx", search="刘磊").data))
    whole = openpyxl.load_workbook(io.BytesIO(coordinator.get(f"/courses/{COURSE}/board.xlsx").data))
    assert book.sheetnames == ["成绩", "筛选"]
    assert book["筛选"]["A1"].value == "非完整名单，仅含符合筛选条件的人员（查找：刘磊）"
    assert [row[1].value for row in book["成绩"].iter_rows(min_row=3)] == ["刘磊"]
    assert whole.sheetnames == ["成绩"]


def test_a_name_in_an_address_is_not_searched_for(coordinator: FlaskClient) -> None:
    assert rows(coordinator, f"{FILE}?search=刘磊") == rows(coordinator)


def test_who_may_not_see_the_board_finds_nobody_by_a_file(school: School) -> None:
    path = f"/courses/{COURSE}/files"
    assert sent(school.signed_in("moodle-3"), path, search="刘").status_code == 403
    tutor = sent(school.signed_in(TUTORS[FIRST]), path, search="moodle").data.decode("utf-8-sig")
    assert {row["class"] for row in csv.DictReader(io.StringIO(tutor))} == {FIRST}


def test_a_hostile_name_is_no_formula(coordinator: FlaskClient) -> None:
    names = [row["name"] for row in rows(coordinator, f"{FILE}?withdrawn=1")]
    assert HOSTILE in names
    assert not [name for name in names if name.startswith(("=", "+", "-", "@"))]


def pdf_text(client: FlaskClient, address: str) -> str:
    """What can be selected in a PDF, without spaces and line ends, which are the layout's."""
    answer = client.get(address)
    assert answer.status_code == 200
    assert answer.mimetype == "application/pdf"
    pages = PdfReader(io.BytesIO(answer.data)).pages
    return "".join("".join(page.extract_text().split()) for page in pages)


@printing
def test_the_result_sheet_has_the_people_of_the_filter_by_class_and_no_ids(
    school: School, coordinator: FlaskClient
) -> None:
    text = pdf_text(coordinator, f"/courses/{COURSE}/board.pdf?class={FIRST}")
    assert "刘磊" in text
    assert "欧阳修远" not in text
    assert "moodle-" not in text, "a name stands alone where nobody else has it"
    assert "79.95" in text
    both = pdf_text(coordinator, f"/courses/{COURSE}/board.pdf")
    assert both.index(FIRST) < both.index("刘磊") < both.index(SECOND_CLASS) < both.index("欧阳修远")
    assert "制表：" in both
    assert "并非" not in both
    failed = pdf_text(coordinator, f"/courses/{COURSE}/board.pdf?state=fail")
    assert "非完整名单，仅含符合筛选条件的人员（结果：不合格）" in failed
    assert "刘磊" not in failed
    assert "马欣怡" in failed


@printing
def test_a_tutor_prints_the_own_class_alone(school: School) -> None:
    text = pdf_text(school.signed_in(TUTORS[FIRST]), f"/courses/{COURSE}/board.pdf")
    assert "刘磊" in text
    assert "欧阳修远" not in text


@printing
def test_namesakes_of_one_class_are_told_apart(own_school: School) -> None:
    rename(own_school, "moodle-4", "刘磊")
    text = pdf_text(own_school.signed_in(COORDINATOR), f"/courses/{COURSE}/board.pdf?class={FIRST}")
    assert "刘磊moodle-3" in text
    assert "刘磊moodle-4" in text
    assert "moodle-5" not in text


@printing
@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_record_has_every_criterion_with_its_ledger_and_history(
    school: School, coordinator: FlaskClient, language: str
) -> None:
    text = pdf_text(coordinator, f"/courses/{COURSE}/records/moodle-3.pdf?lang={language}")
    for evidence in ("moodle/w-moodle-3-0a", "moodle/moodle-3-t13", "moodle/s-moodle-3-17", "20:55:00"):
        assert evidence in text
    history = {"zh": "成绩变化", "en": "Howthescorechanged"}
    assert history[language] in text


@printing
@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_record_tells_what_is_doubted_and_contested_and_what_was_answered(
    own_school: School, language: str
) -> None:
    make_doubtful(own_school)
    make_contested(own_school)
    theirs = pdf_text(own_school.signed_in("moodle-3"), f"{RECORDS}/moodle-3.pdf?lang={language}")
    theirs = theirs.replace("\u200b", "")
    said = {
        "zh": (
            "异议1·研讨发帖·帖子已答复",
            "异议1(已答复)",
            "答复：维持不变",
            "核查1(?待核查)",
            "规则提出核查",
        ),
        "en": ("Dispute1·Posts·postanswered", "Dispute1(answered)", "Answered:nothingischanged", "Case1"),
    }
    for words in (*said[language], "这不是灌水，当时大家都在回应。", "内容与前一条重复。", "王敏", HOSTILE):
        assert words in theirs
    classmate = pdf_text(own_school.signed_in(COORDINATOR), f"{RECORDS}/moodle-4.pdf?lang=zh")
    assert "课程作业?待答复" in classmate
    assert "作业在截止前已提交。" in classmate
    assert "灌水，当时" not in classmate
    assert "应在2024年" in classmate


@printing
def test_one_prints_the_own_record_and_nobody_elses(school: School) -> None:
    learner = school.signed_in("moodle-3")
    assert "刘磊" in pdf_text(learner, f"/courses/{COURSE}/records/moodle-3.pdf")
    assert learner.get(f"/courses/{COURSE}/records/moodle-4.pdf").status_code == 403
    assert learner.get(f"/courses/{COURSE}/board.pdf").status_code == 403


@printing
@pytest.mark.parametrize("name", RARE_NAMES[:7])
def test_a_rare_name_is_whole_on_the_sheet_and_the_record(own_school: School, name: str) -> None:
    rename(own_school, "moodle-3", name)
    client = own_school.signed_in(COORDINATOR)
    for address in ("board.pdf", "records/moodle-3.pdf"):
        text = pdf_text(client, f"/courses/{COURSE}/{address}")
        assert "".join(name.split()).replace("\u200d", "") in text.replace("\u200d", "")


def test_a_name_that_cannot_be_printed_is_told_and_nothing_is_printed(
    own_school: School, caplog: pytest.LogCaptureFixture
) -> None:
    rename(own_school, "moodle-3", "王\ue000敏")
    client = own_school.signed_in(COORDINATOR)
    for address in ("board.pdf", "records/moodle-3.pdf"):
        answer = client.get(f"/courses/{COURSE}/{address}")
        assert (answer.status_code, answer.mimetype) == (503, "text/html")
        assert "U+E000" in answer.text
        assert "fonts-noto-cjk" in answer.text
        assert "LMS_SCORING_FONTS" in answer.text
    assert "U+E000" in caplog.text
    assert "王" not in caplog.text


REFUSED = "a PDF was refused, since others are made; more processes make more at once"


@printing
def test_slow_pdfs_leave_the_pages_alone(own_school: School, caplog: pytest.LogCaptureFixture) -> None:
    path = f"{RECORDS}/moodle-3.pdf"
    clients = [own_school.signed_in("moodle-3") for _ in range(3)]
    begun, done = Event(), Event()

    def slow() -> bytes:
        begun.set()
        done.wait(LONG)
        return b""

    with ThreadPoolExecutor(4) as visitors:
        try:
            visitors.submit(setter().do, slow)
            begun.wait(LONG)
            asked = as_completed([visitors.submit(client.get, path) for client in clients], timeout=LONG)
            for refused in (next(asked).result(), next(asked).result()):
                assert (refused.status_code, refused.headers["Retry-After"]) == (503, "10")
                assert "请稍后再下载" in refused.text
                assert "编号" not in refused.text
            assert "刘磊" in clients[0].get(f"/courses/{COURSE}/people/moodle-3").text
        finally:
            done.set()
        assert next(asked).result().mimetype == "application/pdf"
    assert "刘磊" in pdf_text(clients[0], path)  # what was refused is counted before that is made
    assert work_state(own_school.store, clock=own_school.clock).pdfs_refused == 2
    assert caplog.messages == [REFUSED] * 2


def rename(school: School, person: str, name: str) -> None:
    """The platform tells another name of somebody."""
    with school.store.writing() as transaction:
        transaction.keep_people([KnownPerson(id=person, name=name, accounts=(home(person),))])
