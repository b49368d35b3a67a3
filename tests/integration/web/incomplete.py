"""What syncs at the school could not use, and what vanished: record 1 is a row, loss 1 all posts."""

from __future__ import annotations

import json

from flask.testing import FlaskClient

from lms_scoring.domain.quarantine import set_aside
from lms_scoring.ports import Scope
from tests.integration.web.school import COURSE, HOSTILE, SOURCE, School

ROW = f'{{"id": null, "author": "刘洋 {HOSTILE}"}}'
LOSS = f"/courses/{COURSE}/losses/1"
POSTS = Scope(kind="post", activity="25")


def make_incomplete(school: School, words: str | None = None) -> None:
    """A row of the forum, two statements of the record store that all courses share, and a lost forum.
    `words` stand in the row and in why it was set aside."""
    said = ROW if words is None else json.dumps({"id": None, "author": words}, ensure_ascii=False)
    row = set_aside(
        said.encode(),
        code="row_unreadable",
        reason=f"a row {words or HOSTILE}",
        subject="25",
        place="25",
        record="p1",
    )
    statements = [
        set_aside(text, code="not_json", reason="it is no JSON", subject=f"page 1, statement {number}")
        for number, text in enumerate((b"{", b"\xff"), start=1)
    ]
    now = school.clock.now()
    with school.store.writing() as transaction:
        run = transaction.begin_run(COURSE, SOURCE, at=now)
        transaction.quarantine(COURSE, SOURCE, [row], run=run, at=now)
        transaction.hold_loss(COURSE, SOURCE, POSTS, run=run, at=now)
        transaction.quarantine(None, "lrs", statements, run=run, at=now)


def seen_on(school: School, client: FlaskClient) -> str:
    """What the page of the loss says was there, which who signs it must have seen."""
    (field,) = (
        each for each in school.page(client, LOSS).all("input") if each.attributes.get("name") == "seen"
    )
    return str(field.attributes["value"])
