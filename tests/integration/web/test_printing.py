"""Printing anything: rare names, names that no font has, and too many who print at once."""

from __future__ import annotations

import re
from collections.abc import Iterator
from concurrent.futures import Executor, ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from html import unescape
from threading import Event

import pytest

from lms_scoring.exports.pdf.setter import setter
from lms_scoring.services.unattended.work_state import work_state
from tests.fixtures.texts import RARE_NAMES, printing
from tests.integration.web.printed import pdf_text, rename
from tests.integration.web.school import COORDINATOR, COURSE, FIRST, SECOND_CLASS, TUTORS, School
from tests.waiting import LONG, until

RECORDS = f"/courses/{COURSE}/records"
REFUSED = "a PDF was refused, since others are made; more processes make more at once"


@pytest.fixture(autouse=True)
def own_setter() -> None:
    """Whoever was turned away in another test does not come again."""
    setter.cache_clear()


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
        assert "marked=1" in answer.text
    assert "U+E000" in caplog.text
    assert "王" not in caplog.text
    assert "moodle-3" not in caplog.text


def test_the_page_says_whose_name_cannot_be_printed_and_the_other_files_are_there(own_school: School) -> None:
    rename(own_school, "moodle-3", "王\ue000敏")
    client = own_school.signed_in(COORDINATOR)
    sheet = f"/courses/{COURSE}/board.pdf?class={FIRST}"
    told = client.get(sheet).text
    assert re.search(rf"{FIRST}第 \d+ 号: <bdi>王\ue000敏</bdi> <span class=\"faint\">moodle-3</span>", told)
    assert told.count('<span class="faint">moodle-') == 1
    for name in ("csv", "xlsx"):
        (address,) = re.findall(rf'href="([^"]*board\.{name}[^"]*)"', told)
        answer = client.get(unescape(address))
        assert answer.status_code == 200
        assert name == "xlsx" or "王\ue000敏" in answer.text


@printing
def test_a_sheet_is_printed_with_a_mark_and_a_note_where_somebody_asks_for_that(own_school: School) -> None:
    rename(own_school, "moodle-3", "王\ue000敏")
    client = own_school.signed_in(COORDINATOR)
    told = client.get(f"/courses/{COURSE}/board.pdf?class={FIRST}").text
    (address,) = re.findall(r'href="([^"]*board\.pdf[^"]*)"', told)
    text = pdf_text(client, unescape(address))
    assert "王〓敏" in text
    assert "（U+E000）在本机的任何字体中都没有" in text
    assert re.search(rf"姓名因此不完整的：{FIRST}第\d+号。", text)
    assert "〓" not in pdf_text(client, f"/courses/{COURSE}/board.pdf?class={SECOND_CLASS}&marked=1")
    record = pdf_text(client, f"{RECORDS}/moodle-3.pdf?marked=1")
    assert "王〓敏" in record
    assert "U+E000" in record


@printing
def test_whoever_searched_for_a_name_is_printed_with_a_mark_too(own_school: School) -> None:
    rename(own_school, "moodle-3", "王\ue000敏")
    client = own_school.signed_in(COORDINATOR)
    page = f"/courses/{COURSE}/"
    (token,) = set(re.findall(r'name="token" value="([^"]+)"', client.get(page).text))
    asked = {"token": token, "search": "敏", "file": "pdf"}
    refused = client.post(f"/courses/{COURSE}/files", data=asked)
    assert (refused.status_code, "敏" in refused.text) == (503, True)
    fields = dict(re.findall(r'type="hidden" name="([a-z_]+)" value="([^"]*)"', refused.text))
    assert fields["search"] == "敏"
    printed = client.post(f"/courses/{COURSE}/files", data={**fields, "file": "pdf"})
    assert (printed.status_code, printed.mimetype) == (200, "application/pdf")
    assert "marked" in printed.headers["Content-Disposition"]


@printing
def test_slow_pdfs_leave_the_pages_alone(own_school: School, caplog: pytest.LogCaptureFixture) -> None:
    path = f"{RECORDS}/moodle-3.pdf"
    readers = ("moodle-3", TUTORS[FIRST], COORDINATOR)
    clients = [own_school.signed_in(one) for one in readers]
    with ThreadPoolExecutor(4) as visitors:
        with _kept_busy(visitors):
            asked = as_completed([visitors.submit(client.get, path) for client in clients], timeout=LONG)
            for refused in (next(asked).result(), next(asked).result()):
                assert (refused.status_code, refused.headers["Retry-After"]) == (503, "10")
                assert "请稍后再下载" in refused.text
                assert "编号" not in refused.text
            assert "刘磊" in clients[0].get(f"/courses/{COURSE}/people/moodle-3").text
        assert next(asked).result().mimetype == "application/pdf"
    assert "刘磊" in pdf_text(clients[0], path)  # what was refused is counted before that is made
    assert work_state(own_school.store, clock=own_school.clock).pdfs_refused == 2
    assert caplog.messages == [REFUSED] * 2


@printing
def test_who_asks_again_before_the_first_is_there_leaves_the_other_place_to_others(
    own_school: School,
) -> None:
    path = f"{RECORDS}/moodle-3.pdf"
    with ThreadPoolExecutor(3) as visitors:
        with _kept_busy(visitors, who="moodle-3"):
            again = own_school.signed_in("moodle-3").get(path)
            assert (again.status_code, again.headers["Retry-After"]) == (503, "10")
            assert "您的上一份 PDF 还在生成" in again.text
            other = visitors.submit(own_school.signed_in(COORDINATOR).get, path)
        assert other.result(LONG).mimetype == "application/pdf"
    assert work_state(own_school.store, clock=own_school.clock).pdfs_refused == 0


@printing
def test_who_asks_for_the_same_again_gets_it_and_nobody_is_refused(own_school: School) -> None:
    """A second click leaves the first request to nobody: what it waited for comes to the second."""
    path = f"{RECORDS}/moodle-3.pdf"
    with ThreadPoolExecutor(3) as visitors:
        with _kept_busy(visitors):
            first, second = (own_school.signed_in("moodle-3") for _ in range(2))
            left = visitors.submit(first.get, path)
            until(lambda: "moodle-3" in setter().inside)
            again = visitors.submit(second.get, path)
            assert "您的上一份 PDF 还在生成" in left.result(LONG).text
        assert again.result(LONG).mimetype == "application/pdf"
    assert work_state(own_school.store, clock=own_school.clock).pdfs_refused == 0


@contextmanager
def _kept_busy(visitors: Executor, *, who: str | None = None) -> Iterator[None]:
    """Something else is being set meanwhile; by nobody, or for who asked for it."""
    begun, done = Event(), Event()

    def slow() -> bytes:
        begun.set()
        done.wait(LONG)
        return b""

    visitors.submit(setter().do, slow, who=who)
    begun.wait(LONG)
    try:
        yield
    finally:
        done.set()
