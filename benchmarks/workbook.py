"""The workbook of a county: 2,100 learners downloaded as XLSX, against XlsxWriter writing the same cells.

Limit: 2 times. The download is whole: a signed-in request, who may see whom, reading the cards, and writing.
The other side has the cells ready in memory, with their types and formats.
"""

from __future__ import annotations

import io
import tempfile
import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import openpyxl
import xlsxwriter
from flask.testing import FlaskClient

from benchmarks.measuring import in_turns
from lms_scoring.domain import evidence as ev
from lms_scoring.domain.binding import Binding, Bindings
from lms_scoring.domain.identity import KnownPerson, account
from lms_scoring.domain.instants import DAY, HOUR, MINUTE
from lms_scoring.domain.scheme import Scheme
from lms_scoring.files.course_scheme import shipped_scheme_files
from lms_scoring.ports import Grant, Kept, KeptCourse, KeptScheme, RunState, Visitor
from lms_scoring.services.scoring.assess import assess
from lms_scoring.services.scoring.rules import CourseRules
from lms_scoring.store import SqlStore
from lms_scoring.store.migrations import upgrade
from lms_scoring.web.access.credentials import digest_of, new_secret
from lms_scoring.web.application import create_app

LEARNERS, CLASSES = 2_100, 23
LIMIT = 2.0
COURSE, SOURCE = "county", "moodle"
FILE = f"/courses/{COURSE}/board.xlsx"


class _Now:
    """The machine's time of day."""

    def now(self) -> int:
        return time.time_ns() // 1_000_000


def main() -> bool:
    """Prints both sides; whether the download is within the limit."""
    with tempfile.TemporaryDirectory(prefix="lms-scoring-bench-") as folder:
        store, client = _pages(Path(folder))
        rows = _cells(client)
        measured = in_turns(lambda: client.get(FILE).data, lambda: _written(rows))
        store.close()
    within = measured.ratio <= LIMIT
    print(
        f"workbook: {len(rows):,} rows, {sum(map(len, rows)):,} cells downloaded in {measured.ours:.2f} s, "
        f"written by XlsxWriter in {measured.theirs:.2f} s: {measured.ratio:.2f} times (limit {LIMIT})"
    )
    return within


def _cells(client: FlaskClient) -> list[list[Any]]:
    answer = client.get(FILE)
    assert answer.status_code == 200
    book = openpyxl.load_workbook(io.BytesIO(answer.data), read_only=True)
    rows = [list(row) for row in book.active.iter_rows(values_only=True)]
    assert len(rows) == LEARNERS + 2
    return rows


def _written(rows: list[list[Any]]) -> bytes:
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"constant_memory": True}) as book:
        sheet = book.add_worksheet()
        points, moment = (
            book.add_format({"num_format": "0.00"}),
            book.add_format({"num_format": "yyyy-mm-dd"}),
        )
        for number, row in enumerate(rows):
            for place, cell in enumerate(row):
                if isinstance(cell, bool):
                    sheet.write_boolean(number, place, cell)
                elif isinstance(cell, str):
                    sheet.write_string(number, place, cell)
                elif isinstance(cell, datetime):
                    sheet.write_datetime(number, place, cell, moment)
                elif cell is not None:
                    sheet.write_number(number, place, cell, points)
    return content.getvalue()


def _pages(folder: Path) -> tuple[SqlStore, FlaskClient]:
    """The pages over a county's course, and the browser of somebody who sees all of it."""
    url = f"sqlite:///{folder / 'county.sqlite'}"
    upgrade(url)
    store, clock = SqlStore(url), _Now()
    file = shipped_scheme_files()["longcheng-2024"]
    rules = CourseRules(course=COURSE, scheme=file.scheme, bindings=_BINDINGS, sources=frozenset({SOURCE}))
    with store.writing() as transaction:
        fingerprint = file.scheme.fingerprint
        transaction.keep_scheme(KeptScheme(fingerprint=fingerprint, name=file.scheme.id, text=file.text))
        transaction.keep_course(KeptCourse(id=COURSE, title="County", scheme=fingerprint, settings=""))
        run = transaction.begin_run(COURSE, SOURCE, at=clock.now())
        transaction.keep_people(
            [
                KnownPerson(id=f"moodle-{number}", name=f"学员{number}", accounts=(_home(number),))
                for number in range(LEARNERS)
            ]
        )
        records = [record for number in range(LEARNERS) for record in _records(number, file.scheme)]
        transaction.keep_records(COURSE, SOURCE, records, run=run)
        transaction.end_run(run, at=clock.now(), state=RunState.DONE, kept=Kept())
        code, everything = new_secret(), Grant(person="", role="administrator", course=None)
        visitor = Visitor(person=None, roles=(everything,))
        transaction.keep_link(digest_of(code), visitor, expires_at=clock.now() + HOUR)
    assess(rules, store, clock=clock)
    app = create_app(
        store=store, courses=lambda: {COURSE: rules}, clock=clock, public_url="http://127.0.0.1:8000"
    )
    client = app.test_client()
    assert client.post(f"/sign-in/{code}").status_code == 303
    return store, client


_BINDINGS = Bindings(
    bindings=tuple(
        Binding(purpose=purpose, source=SOURCE, activities=(purpose.value,)) for purpose in ev.Purpose
    )
)


def _home(number: int) -> str:
    return account("https://moodle.example", str(number))


def _records(number: int, scheme: Scheme) -> Iterator[ev.Record]:
    """A learner with a little of everything: a board's cost does not grow with the evidence."""
    begin, length = scheme.window.start + DAY, (number % 900 + 1) * MINUTE
    yield ev.Membership(
        id=f"m-{number}",
        person=_home(number),
        role=ev.Role.LEARNER,
        class_=f"{number % CLASSES + 1}班",
        status=ev.MembershipStatus.ACTIVE,
    )
    yield ev.Watch(
        id=f"w-{number}",
        person=_home(number),
        activity="study_time",
        start=begin,
        end=begin + length,
        segments=((0, length),),
    )
    for post in range(number % 5):
        yield ev.Post(
            id=f"p-{number}-{post}",
            person=_home(number),
            forum="posts",
            parent=None,
            created_at=begin + post * HOUR,
            state=ev.PostState.LIVE,
            bulletin=False,
        )
