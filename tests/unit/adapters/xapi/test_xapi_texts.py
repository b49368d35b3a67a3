"""What posts say, out of statements of every year's form."""

from __future__ import annotations

from typing import Any

import pytest

from adapters.xapi.evidence import Evidence, StatementReader
from adapters.xapi.pages import read_page
from lms_scoring.domain.instants import parse_instant
from lms_scoring.domain.texts import Text
from tests.fixtures.xapi.statements import numbered, page

REPLIED = {"id": "http://id.tincanapi.com/verb/replied"}
DELETED = {"id": "http://activitystrea.ms/schema/1.0/delete"}
REPLY = "http://id.tincanapi.com/activitytype/forum-reply"
POST = "https://moodle.example.edu/mod/forum/discuss.php?d=3#p16"
FORUM = "https://moodle.example.edu/mod/forum/view.php?id=25"
CONTEXT = {
    "contextActivities": {
        "parent": [
            {
                "id": FORUM,
                "definition": {"type": "https://xapi.edlm/profiles/edlm-lms/concepts/activity-types/forum"},
            }
        ]
    }
}
AT = parse_instant("2024-11-01T10:00:00+08:00")


def read(*statements: dict[str, Any]) -> Evidence:
    return StatementReader().read(read_page(page(*statements)))


def replied(number: int = 1, description: object = ..., **more: Any) -> dict[str, Any]:
    definition: dict[str, Any] = {"type": REPLY}
    if description is not ...:
        definition["description"] = description
    thing = {"id": POST, "definition": definition}
    return numbered(number, verb=REPLIED, object=thing, context=CONTEXT, **{"result": ..., **more})


def said(text: str | None) -> Text:
    return Text(
        kind="post",
        id=POST,
        person="mbox:learner@example.org",
        activity=FORUM,
        at=AT,
        text=text,
        told_at=AT,
    )


@pytest.mark.parametrize(
    ("statement", "text"),
    [
        (replied(description={"zh": "<p>同意&nbsp;你</p>"}), "同意 你"),
        (replied(result={"response": "<p>我的回答</p>"}), "我的回答"),
        (replied(description={"en": "The post"}, result={"response": "Another"}), "The post"),
        (replied(description={"en": ""}), None),
    ],
    ids=["description", "response", "both", "an empty one"],
)
def test_a_post_says_its_description_or_else_the_response(
    statement: dict[str, Any], text: str | None
) -> None:
    assert read(statement).texts == [said(text)]


@pytest.mark.parametrize("result", [..., {}, {"response": 5}, {"response": None}])
def test_a_post_without_a_text_has_none(result: Any) -> None:
    evidence = read(replied(result=result))
    assert len(evidence.statements) == 1
    assert evidence.texts == []


def test_a_deleted_post_has_no_text_any_more() -> None:
    gone = numbered(2, verb=DELETED, object={"id": POST, "definition": {"type": REPLY}}, context=CONTEXT)
    evidence = read(gone)
    assert [text.text for text in evidence.texts] == [None] * len(evidence.statements)
    assert [(text.id, text.told_at) for text in evidence.texts] == [(POST, AT)]


def test_watching_says_nothing() -> None:
    assert read(numbered(1)).texts == []
