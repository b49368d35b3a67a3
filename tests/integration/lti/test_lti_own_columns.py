"""A gradebook in which we may make no column: the one that an activity has by itself is ours."""

from __future__ import annotations

from fractions import Fraction

import pytest
from pytest_httpserver import HTTPServer

from adapters.lti.grades import CourseGradebook
from lms_scoring.domain.errors import PlatformError
from lms_scoring.domain.gradebook import Grade, Reception
from lms_scoring.lti.claims import Scope
from tests.integration.lti import recorded
from tests.integration.lti.asking import gives_tokens, gradebook, root

ITEMS = "/2/lineitems"
OWN, OTHER = f"{ITEMS}/14/lineitem?type_id=1", f"{ITEMS}/11/lineitem?type_id=1"
SYNC_ONLY = frozenset({Scope.LINE_ITEM_READ.value, Scope.RESULT_READ.value, Scope.SCORE.value})
GRADE = Grade(subject="3", given=Fraction("79.9999"), at=1_795_284_487, comment="视频 337 分钟")


def book(
    server: HTTPServer,
    *,
    scopes: frozenset[str] = SYNC_ONLY,
    line_items: str | None = f"{ITEMS}?type_id=1",
    used: str | None = None,
) -> CourseGradebook:
    gives_tokens(server)
    before = None if used is None else server.url_for(used)
    return gradebook(root(server), scopes=scopes, line_items=line_items, line_item=OWN, used=before)


def column_of(ours: CourseGradebook, server: HTTPServer) -> str:
    return ours.line_item(label="x").url.removeprefix(server.url_for("").rstrip("/"))


def test_where_none_may_be_made_the_activitys_own_is_taken(httpserver: HTTPServer) -> None:
    httpserver.expect_request(ITEMS).respond_with_json([])
    found = book(httpserver).line_item(label="x")
    assert found.url == httpserver.url_for(OWN)
    assert {request.method for request, _ in httpserver.log[1:]} == {"GET"}, "none was made"


def test_a_column_with_our_marks_goes_before_the_activitys_own(httpserver: HTTPServer) -> None:
    ours = {"id": httpserver.url_for(OTHER), "resourceId": "lms-scoring", "tag": "pass-status"}
    httpserver.expect_request(ITEMS).respond_with_json([ours])
    assert column_of(book(httpserver), httpserver) == OTHER


def test_an_activity_that_gives_only_its_own_column_is_enough(httpserver: HTTPServer) -> None:
    ours = book(httpserver, scopes=frozenset({Scope.SCORE.value}), line_items=None)
    httpserver.expect_request(f"{ITEMS}/14/lineitem/scores").respond_with_data("", status=204)
    assert ours.send(ours.line_item(label="x").url, GRADE).reception is Reception.ACCEPTED
    assert httpserver.log[0][0].form["scope"] == Scope.SCORE.value


def test_a_recorded_score_into_an_activitys_own_column_is_accepted(httpserver: HTTPServer) -> None:
    recorded.serve(httpserver, "score taken by an activity's own", path=f"{ITEMS}/14/lineitem/scores")
    assert book(httpserver).send(httpserver.url_for(OWN), GRADE).reception is Reception.ACCEPTED


def test_the_column_that_was_used_before_stays_while_it_is_there(httpserver: HTTPServer) -> None:
    httpserver.expect_request(ITEMS).respond_with_json([])
    recorded.serve(httpserver, "line item", path=OTHER.partition("?")[0])
    assert column_of(book(httpserver, used=OTHER), httpserver) == OTHER
    assert httpserver.log[-1][0].headers["Accept"] == "application/vnd.ims.lis.v2.lineitem+json"


@pytest.mark.parametrize("status", [404, 410])
def test_a_column_that_is_gone_gives_way_to_the_activitys_own(httpserver: HTTPServer, status: int) -> None:
    httpserver.expect_request(ITEMS).respond_with_json([])
    httpserver.expect_request(OTHER.partition("?")[0]).respond_with_data("<html>", status=status)
    assert column_of(book(httpserver, used=OTHER), httpserver) == OWN


@pytest.mark.parametrize("status", [302, 401, 403, 408, 429, 503])
def test_a_column_that_cannot_be_looked_at_just_now_is_not_given_up(
    httpserver: HTTPServer, status: int
) -> None:
    httpserver.expect_request(ITEMS).respond_with_json([])
    httpserver.expect_request(OTHER.partition("?")[0]).respond_with_data("", status=status)
    with pytest.raises(PlatformError):
        book(httpserver, used=OTHER).line_item(label="x")


def test_a_column_that_we_may_not_look_for_is_not_clung_to(httpserver: HTTPServer) -> None:
    scopes = frozenset({Scope.RESULT_READ.value, Scope.SCORE.value})
    assert column_of(book(httpserver, scopes=scopes, used=OTHER), httpserver) == OWN
    assert httpserver.log == []


def test_no_token_goes_to_a_column_on_another_host(httpserver: HTTPServer) -> None:
    httpserver.expect_request(ITEMS).respond_with_json([])
    gives_tokens(httpserver)
    ours = gradebook(
        root(httpserver),
        scopes=SYNC_ONLY,
        line_items=f"{ITEMS}?type_id=1",
        line_item=OWN,
        used="http://elsewhere.example/2/lineitems/11/lineitem",
    )
    with pytest.raises(PlatformError, match="another host"):
        ours.line_item(label="x")
