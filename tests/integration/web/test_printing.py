"""Printing anything: rare names, names that no font has, and too many who print at once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor, as_completed
from threading import Event

import pytest

from lms_scoring.exports.pdf.setter import setter
from lms_scoring.services.unattended.work_state import work_state
from tests.fixtures.texts import RARE_NAMES, printing
from tests.integration.web.printed import pdf_text, rename
from tests.integration.web.school import COORDINATOR, COURSE, School
from tests.waiting import LONG

RECORDS = f"/courses/{COURSE}/records"
REFUSED = "a PDF was refused, since others are made; more processes make more at once"


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
