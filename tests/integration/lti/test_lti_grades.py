"""The gradebook of a course: our column found or made, grades sent, results read; a Moodle's answers."""

from __future__ import annotations

import json
import threading
from fractions import Fraction
from typing import Any

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from adapters.lti.grades import CourseGradebook
from lms_scoring.domain.errors import (
    PlatformError,
    PlatformMisread,
    PlatformRefused,
    PlatformUnreachable,
)
from lms_scoring.domain.gradebook import Grade, LineItem, Reception, Result, Unsent
from lms_scoring.lti.claims import Scope
from lms_scoring.ports import Gradebook
from tests.integration.lti import recorded
from tests.integration.lti.asking import GRADES, connecting, gives_tokens, gradebook, root, service

ITEMS = "/2/lineitems"
MOODLE_ITEM = "/mod/lti/services.php/2/lineitems/15/lineitem"
GRADE = Grade(subject="3", given=Fraction("79.9999"), at=1_795_284_487, comment="视频 337 分钟")


def column(server: HTTPServer, number: int, **changed: Any) -> dict[str, Any]:
    ours = {"resourceId": "lms-scoring", "tag": "pass-status", "scoreMaximum": 100, "label": "研修状态"}
    return {"id": server.url_for(f"{ITEMS}/{number}/lineitem?type_id=1"), **ours, **changed}


def book(server: HTTPServer, **options: Any) -> CourseGradebook:
    gives_tokens(server)
    return gradebook(root(server), **options)


def sent(server: HTTPServer) -> tuple[Request, dict[str, Any]]:
    request = server.log[-1][0]
    return request, json.loads(request.get_data())


# -- our column -----------------------------------------------------------------------------------------


def test_it_is_the_gradebook_that_publishing_asks_for(httpserver: HTTPServer) -> None:
    httpserver.expect_request(ITEMS).respond_with_json([column(httpserver, 15)])
    ours: Gradebook = book(httpserver)
    assert ours.line_item(label="研修状态") == LineItem(
        url=httpserver.url_for(f"{ITEMS}/15/lineitem?type_id=1"), label="研修状态", maximum=Fraction(100)
    )


def test_our_column_is_found_by_its_two_marks_among_others(httpserver: HTTPServer) -> None:
    others = [
        column(httpserver, 1, tag=""),
        column(httpserver, 2, resourceId=None),
        column(httpserver, 3, tag="minutes"),
        column(httpserver, 4, resourceId="eval-2024"),
    ]
    httpserver.expect_request(ITEMS).respond_with_json([*others, column(httpserver, 5)])
    found = book(httpserver).line_item(label="研修状态")
    assert (found.url, found.twins) == (column(httpserver, 5)["id"], ())
    request = httpserver.log[-1][0]
    assert request.args.to_dict() == {"type_id": "1", "resource_id": "lms-scoring", "tag": "pass-status"}
    assert request.headers["Accept"] == "application/vnd.ims.lis.v2.lineitemcontainer+json"


def test_of_two_the_older_is_ours_and_the_other_is_told(httpserver: HTTPServer) -> None:
    httpserver.expect_request(ITEMS).respond_with_json([column(httpserver, 15), column(httpserver, 9)])
    found = book(httpserver).line_item(label="x")
    assert found.url == column(httpserver, 9)["id"]
    assert found.twins == (column(httpserver, 15)["id"],)


def test_our_column_may_stand_on_a_later_page(httpserver: HTTPServer) -> None:
    header = {"Link": f"<{httpserver.url_for('/more?a=1&amp;b=2')}>; rel=“next”".encode().decode("latin-1")}
    httpserver.expect_request(ITEMS).respond_with_data("[]", headers=header)
    httpserver.expect_request("/more", query_string="a=1&b=2").respond_with_json([column(httpserver, 5)])
    assert book(httpserver).line_item(label="x").url == column(httpserver, 5)["id"]


def test_a_moodles_broken_link_header_harms_nothing(httpserver: HTTPServer) -> None:
    recorded.serve(httpserver, "line items with a limit", path=ITEMS)
    httpserver.expect_request(ITEMS, method="POST").respond_with_json(column(httpserver, 5), status=201)
    assert book(httpserver).line_item(label="x").url == column(httpserver, 5)["id"]
    assert httpserver.log[-1][0].method == "POST"


def test_a_column_that_is_not_there_is_made(httpserver: HTTPServer) -> None:
    recorded.serve(httpserver, "line items")
    recorded.serve(httpserver, "line item made")
    ours = book(httpserver, line_items="/mod/lti/services.php/2/lineitems?type_id=1")
    found = ours.line_item(label="研修状态")
    assert found.url == httpserver.url_for(f"{MOODLE_ITEM}?type_id=1")
    request, body = sent(httpserver)
    assert request.query_string == b"type_id=1"
    assert request.headers["Content-Type"] == "application/vnd.ims.lis.v2.lineitem+json"
    assert request.headers["Accept"] == "application/vnd.ims.lis.v2.lineitem+json"
    assert body == {
        "label": "研修状态", "scoreMaximum": 100, "resourceId": "lms-scoring", "tag": "pass-status",
    }  # fmt: skip


@pytest.mark.parametrize("scopes", [frozenset(), frozenset({Scope.SCORE.value}), frozenset({"https://x/y"})])
def test_no_right_to_a_column_is_said_with_the_remedy(httpserver: HTTPServer, scopes: frozenset[str]) -> None:
    with pytest.raises(PlatformRefused, match="grade sync and column management"):
        book(httpserver, scopes=scopes).line_item(label="x")
    assert httpserver.log == []


def test_only_granted_scopes_are_asked_for(httpserver: HTTPServer) -> None:
    httpserver.expect_request(ITEMS).respond_with_json([column(httpserver, 5)])
    book(httpserver, scopes=GRADES | {"https://platform.example/everything"}).line_item(label="x")
    assert httpserver.log[0][0].form["scope"].split() == sorted(GRADES)


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        *((body, PlatformMisread) for body in ("{}", "null", '{"lineItems": []}', '[{"label": "x"}]')),
        *(("<html>", PlatformMisread), ('[{"id": 1}]', PlatformMisread)),
        *(("[", PlatformUnreachable), ("", PlatformUnreachable)),
    ],
)
def test_what_is_no_list_of_columns_is_not_an_empty_one(
    httpserver: HTTPServer, body: str, kind: type[PlatformError]
) -> None:
    httpserver.expect_request(ITEMS, method="GET").respond_with_data(body)
    with pytest.raises(kind):
        book(httpserver).line_item(label="x")
    assert len(httpserver.log) == 2, "nothing was made"


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (400, "[]"),
        (400, '{"id": "ORIGIN/2/lineitems/1"}'),
        (403, ""),
        (200, "<html>"),
        (201, "{}"),
        (503, ""),
    ],
)
def test_a_column_that_could_not_be_made_is_an_error_and_not_tried_twice(
    httpserver: HTTPServer, status: int, body: str
) -> None:
    httpserver.expect_request(ITEMS, method="GET").respond_with_json([])
    answer = body.replace("ORIGIN", root(httpserver))
    httpserver.expect_request(ITEMS, method="POST").respond_with_data(answer, status=status)
    with pytest.raises(PlatformError):
        book(httpserver, asking=service(connect=connecting(attempts=3))).line_item(label="x")
    assert len(httpserver.log) == 3


@pytest.mark.parametrize("elsewhere", ["https://elsewhere.example/1", "http://127.0.0.1:1/1", "x", ""])
def test_a_column_on_another_host_is_not_believed(httpserver: HTTPServer, elsewhere: str) -> None:
    httpserver.expect_request(ITEMS).respond_with_json([column(httpserver, 1, id=elsewhere)])
    ours = book(httpserver)
    with pytest.raises(PlatformRefused):
        ours.line_item(label="x")
    asked = len(httpserver.log)
    assert ours.send(elsewhere, GRADE).reception is Reception.LATER
    with pytest.raises(PlatformRefused):
        ours.results(elsewhere)
    assert len(httpserver.log) == asked


# -- sending --------------------------------------------------------------------------------------------


def test_a_grade_is_sent_as_every_platform_wants_it(httpserver: HTTPServer) -> None:
    recorded.serve(httpserver, "score taken")
    receipt = book(httpserver).send(httpserver.url_for(f"{MOODLE_ITEM}?type_id=1"), GRADE)
    assert receipt.reception is Reception.ACCEPTED
    request, body = sent(httpserver)
    assert request.headers["Content-Type"] == "application/vnd.ims.lis.v1.score+json"
    assert (request.path, request.query_string) == (f"{MOODLE_ITEM}/scores", b"type_id=1")
    assert b'"scoreGiven":79.99,' in request.get_data(), "a number, cut"
    assert body == {
        "userId": "3", "scoreGiven": 79.99, "scoreMaximum": 100, "activityProgress": "Completed",
        "gradingProgress": "FullyGraded", "timestamp": "2026-11-21T18:08:07.000Z", "comment": "视频 337 分钟",
    }  # fmt: skip


def test_an_empty_comment_is_sent_too(httpserver: HTTPServer) -> None:
    httpserver.expect_request("/c/scores").respond_with_data("")
    book(httpserver).send(
        httpserver.url_for("/c"), Grade(subject="3", given=Fraction(0), at=1_795_284_487, comment="")
    )
    assert sent(httpserver)[1]["comment"] == ""
    assert sent(httpserver)[1]["scoreGiven"] == 0


@pytest.mark.parametrize(
    ("step", "reception", "why"),
    [
        ("score that is older", Reception.NEWER_THERE, Unsent.NEWER_THERE),
        ("score of a tutor", Reception.REFUSED, Unsent.NOT_TAKEN),
        ("score of an unknown user", Reception.REFUSED, Unsent.NOT_TAKEN),
        ("score in a wrong media type", Reception.REFUSED, Unsent.NOT_TAKEN),
        ("results without the scope", Reception.LATER, Unsent.NO_TOKEN),
        ("results with a limit", Reception.REFUSED, Unsent.NOT_THERE),
    ],
)
def test_a_moodles_answers_to_a_grade(
    httpserver: HTTPServer, step: str, reception: Reception, why: Unsent
) -> None:
    httpserver.expect_request("/c/scores").respond_with_response(recorded.response(httpserver, step))
    receipt = book(httpserver).send(httpserver.url_for("/c"), GRADE)
    assert (receipt.reception, receipt.reason) == (reception, why)


@pytest.mark.parametrize(
    ("status", "headers", "body", "wait"),
    [
        (429, {"Retry-After": "17"}, "", 17),
        (429, {}, "", None),
        (503, {"Retry-After": "3600"}, "", 3600),
        (500, {}, "<html>", None),
        (408, {}, "", None),
        (302, {"Location": "/login"}, "", None),
        (200, {}, "<html>Log in</html>", None),
    ],
)
def test_a_platform_that_is_not_itself_is_tried_later_and_once_at_a_time(
    httpserver: HTTPServer, status: int, headers: dict[str, str], body: str, wait: int | None
) -> None:
    httpserver.expect_request("/c/scores").respond_with_data(body, status=status, headers=headers)
    ours = book(httpserver, asking=service(connect=connecting(attempts=4)))
    receipt = ours.send(httpserver.url_for("/c"), GRADE)
    assert (receipt.reception, receipt.wait) == (Reception.LATER, wait)
    assert receipt.reason
    assert len(httpserver.log) == 2, "whether a lost answer was a yes, the outbox finds out"


def test_without_a_token_there_is_a_later(httpserver: HTTPServer) -> None:
    recorded.serve(httpserver, "token when the key set cannot be fetched", path="/token")
    receipt = gradebook(root(httpserver)).send(httpserver.url_for("/c"), GRADE)
    assert receipt.reception is Reception.LATER
    assert "HTTP security" in receipt.reason


def test_without_the_right_to_send_nothing_is_asked(httpserver: HTTPServer) -> None:
    ours = book(httpserver, scopes=frozenset({Scope.LINE_ITEM.value}))
    receipt = ours.send(httpserver.url_for("/c"), GRADE)
    assert receipt.reception is Reception.LATER
    assert "open the tool from the course once" in receipt.reason
    assert httpserver.log == []


def test_an_answer_that_was_lost_is_a_later(httpserver: HTTPServer) -> None:
    def half(request: Request) -> Response:
        response = Response("x")
        response.headers["Content-Length"] = "1000"
        response.automatically_set_content_length = False
        return response

    httpserver.expect_request("/c/scores").respond_with_handler(half)
    assert book(httpserver).send(httpserver.url_for("/c"), GRADE).reception is Reception.LATER
    assert len(httpserver.log) == 2


def test_an_answer_that_takes_too_long_is_a_later() -> None:
    go_on = threading.Event()

    def wait(request: Request) -> Response:
        go_on.wait(10)
        return Response("")

    with HTTPServer(threaded=True) as slow:
        slow.expect_request("/c/scores").respond_with_handler(wait)
        ours = book(slow, asking=service(connect=connecting(deadline=1.0)))
        receipt = ours.send(slow.url_for("/c"), GRADE)
        go_on.set()
    assert (receipt.reception, "within 1 s" in receipt.reason) == (Reception.LATER, True)


# -- results --------------------------------------------------------------------------------------------


def test_the_results_of_a_moodle(httpserver: HTTPServer) -> None:
    recorded.serve(httpserver, "results")
    results = book(httpserver).results(httpserver.url_for(f"{MOODLE_ITEM}?type_id=1"))
    by_subject = {result.subject: result for result in results}
    assert by_subject["3"] == Result(subject="3", score=Fraction(90), maximum=Fraction(100))
    assert by_subject["4"] == Result(subject="4", score=None), "cleared"
    assert by_subject["6"].score == 0, "nought is not nothing"
    request = httpserver.log[-1][0]
    assert request.query_string == b"type_id=1", "no limit"
    assert request.headers["Accept"] == "application/vnd.ims.lis.v2.resultcontainer+json"


def test_the_result_of_one_learner(httpserver: HTTPServer) -> None:
    recorded.serve(httpserver, "results of one user", with_query=True)
    result = book(httpserver).result(httpserver.url_for(f"{MOODLE_ITEM}?type_id=1"), "3")
    assert result == Result(subject="3", score=Fraction(90), maximum=Fraction(100))


def test_a_platform_that_ignores_the_filter_is_understood(httpserver: HTTPServer) -> None:
    everybody = [
        {"userId": 2, "resultScore": 1},
        {"userId": 3, "resultScore": 79.94666666666667, "comment": "c"},
    ]
    httpserver.expect_request("/c/results").respond_with_json(everybody)
    ours = book(httpserver)
    assert ours.result(httpserver.url_for("/c"), "3") == Result(
        subject="3", score=Fraction("79.94666666666667"), maximum=Fraction(1), comment="c"
    )
    assert ours.result(httpserver.url_for("/c"), "7") == Result(subject="7", score=None)


def test_results_are_read_page_by_page_where_a_platform_has_pages(httpserver: HTTPServer) -> None:
    header = {"Link": f'<{httpserver.url_for("/c/results?page=2")}>; rel="next"'}
    httpserver.expect_request("/c/results", query_string="").respond_with_data(
        '[{"userId": "1"}]', headers=header
    )
    httpserver.expect_request("/c/results", query_string="page=2").respond_with_json([{"userId": "2"}])
    assert [one.subject for one in book(httpserver).results(httpserver.url_for("/c"))] == ["1", "2"]


@pytest.mark.parametrize("step", ["results with a limit", "results without the scope"])
def test_a_moodles_refusals_of_results(httpserver: HTTPServer, step: str) -> None:
    httpserver.expect_request("/c/results").respond_with_response(recorded.response(httpserver, step))
    with pytest.raises(PlatformRefused):
        book(httpserver).results(httpserver.url_for("/c"))


@pytest.mark.parametrize(
    "body",
    ['{"results": []}', '[{"resultScore": 1}]', '[{"userId": "3", "resultScore": 1e999999999}]', "<html>",
     "[", '[{"userId": "3", "resultScore": "NaN"}]', '[{"userId": "3", "resultMaximum": "Infinity"}]'],
)  # fmt: skip
def test_what_are_no_results_are_not_none(httpserver: HTTPServer, body: str) -> None:
    httpserver.expect_request("/c/results").respond_with_data(body)
    with pytest.raises(PlatformUnreachable if body == "[" else PlatformMisread):
        book(httpserver).result(httpserver.url_for("/c"), "3")
