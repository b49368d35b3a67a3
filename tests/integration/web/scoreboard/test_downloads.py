"""The scoreboard as a file that a spreadsheet opens."""

from __future__ import annotations

import csv
import io

import openpyxl
import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.integration.web.forms import sent
from tests.integration.web.html_page import HtmlPage
from tests.integration.web.school import COORDINATOR, COURSE, FIRST, HOSTILE, SECOND_CLASS, TUTORS, School

BOARD = f"/courses/{COURSE}/"
FILE = f"/courses/{COURSE}/board.csv"


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


def test_the_workbook_tells_when_a_card_was_scored_and_not_as_of_when_the_data_are(
    coordinator: FlaskClient,
) -> None:
    coordinator.set_cookie("language", "en")
    answer = coordinator.get(f"/courses/{COURSE}/board.xlsx")
    sheet = openpyxl.load_workbook(io.BytesIO(answer.data)).active
    assert sheet is not None
    assert "Scored as of (Asia/Shanghai)" in [cell.value for cell in sheet[2]]


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
    whole = school.page(coordinator, f"{BOARD}?rows=50").text
    assert "下载这份名单：" in whole
    assert "本页" not in whole, "the file has the rows of all pages"


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
