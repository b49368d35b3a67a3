"""Rosters by Names and Roles: recorded from a Moodle, and broken in every way that was ever seen."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from lms_scoring.domain.errors import (
    PlatformError,
    PlatformMisread,
    PlatformRefused,
    PlatformUnreachable,
)
from lms_scoring.domain.gradebook import RosterMember
from tests.integration.lti import recorded
from tests.integration.lti.asking import (
    connecting,
    gives_tokens,
    registration,
    root,
    roster_of,
    service,
)

MOODLE = "/mod/lti/services.php/CourseSection/2/bindings/1/memberships"
LEARNER = "http://purl.imsglobal.org/vocab/lis/v2/membership#Learner"
INSTRUCTOR = "http://purl.imsglobal.org/vocab/lis/v2/membership#Instructor"
TEST_USER = "http://purl.imsglobal.org/vocab/lti/system/person#TestUser"


def members_of(server: HTTPServer, path: str = "/members", *, max_bytes: int = 1 << 20) -> list[RosterMember]:
    gives_tokens(server)
    asking = service(connect=connecting(max_bytes=max_bytes))
    return list(roster_of(asking).roster(registration(root(server)), server.url_for(path)))


def pages(server: HTTPServer, *links: str | None, path: str = "/members") -> None:
    """Page after page at the same path with `?page=n`, each with one member and that next link."""
    for number, link in enumerate(links):
        headers = {} if link is None else {"Link": f'<{link}>; rel="next"'}
        body = json.dumps({"members": [{"user_id": str(number), "roles": ["Learner"]}]})
        query = {"page": str(number)} if number else {}
        server.expect_request(path, query_string=query).respond_with_data(body, headers=headers)


def of_one(**member: Any) -> Callable[[Request], Response]:
    return lambda request: Response(json.dumps({"members": [{"user_id": "3", "roles": [LEARNER], **member}]}))


def test_a_moodles_roster_is_read_whole_with_names_as_they_are_read(httpserver: HTTPServer) -> None:
    gives_tokens(httpserver)
    recorded.serve(httpserver, "roster")
    members = roster_of(service()).roster(registration(root(httpserver)), httpserver.url_for(MOODLE))
    assert len(members) == 59
    by_id = {member.subject: member for member in members}
    assert by_id["46"].name == "阿依古丽·买买提"
    assert by_id["4"].name == "黄涛"
    assert all(member.active and member.learner for member in members)
    asked = httpserver.log[-1][0]
    assert asked.headers["Accept"] == "application/vnd.ims.lti-nrps.v2.membershipcontainer+json"
    assert asked.headers["Authorization"] == "Bearer token-1"
    assert asked.query_string == b"", "neither role nor limit"


def test_the_pages_of_a_moodle_give_the_same_people_as_the_whole(httpserver: HTTPServer) -> None:
    for page in ("roster page 1", "roster page 2", "roster page 3"):
        recorded.serve(httpserver, page, with_query=True)
    paged = members_of(httpserver, f"{MOODLE}?limit=20")
    httpserver.clear()
    recorded.serve(httpserver, "roster")
    assert {member.subject: member for member in paged} == {
        member.subject: member for member in members_of(httpserver, MOODLE)
    }


def test_the_next_link_is_followed_as_it_is_and_nothing_of_ours_is_added(httpserver: HTTPServer) -> None:
    pages(httpserver, "/members?page=1", "?page=2", httpserver.url_for("/members?page=3"), None)
    assert [member.subject for member in members_of(httpserver)] == ["0", "1", "2", "3"]
    assert [request.query_string for request, _ in httpserver.log[1:]] == [
        b"",
        b"page=1",
        b"page=2",
        b"page=3",
    ]


@pytest.mark.parametrize(
    "links", [["/members"], ["/members?page=1", "/members?page=1"], ["/members?page=1", "/members"], [""]]
)
def test_a_page_that_leads_back_is_an_error(httpserver: HTTPServer, links: list[str]) -> None:
    pages(httpserver, *links)
    with pytest.raises(PlatformMisread, match="roster: its pages lead back to one that was read"):
        members_of(httpserver)


def test_a_list_without_an_end_is_an_error(httpserver: HTTPServer) -> None:
    def more(request: Request) -> Response:
        following = int(request.args.get("page", "0")) + 1
        return Response('{"members": []}', headers={"Link": f'</members?page={following}>; rel="next"'})

    httpserver.expect_request("/members").respond_with_handler(more)
    gives_tokens(httpserver)
    asking = roster_of(service(most_pages=20))
    with pytest.raises(PlatformMisread, match="more than 20 pages"):
        asking.roster(registration(root(httpserver)), httpserver.url_for("/members"))
    assert len(httpserver.log) == 21


@pytest.mark.parametrize(
    "link",
    ["https://elsewhere.example/m", "//elsewhere.example/m", "http://127.0.0.1:1/m", "http://localhost/m",
     "https://localhost/m", "http://u:p@localhost/m", "file:///etc/passwd", "http://[::1/m"],
)  # fmt: skip
def test_no_token_goes_to_another_origin(httpserver: HTTPServer, link: str) -> None:
    pages(httpserver, link)
    with pytest.raises((PlatformRefused, PlatformMisread)):
        members_of(httpserver)
    assert len(httpserver.log) == 2


@pytest.mark.parametrize(
    "body",
    [
        "{}", '{"members": null}', '{"members": {}}', '{"members": [null]}', '{"members": [{"roles": []}]}',
        '{"members": [{"user_id": true, "roles": []}]}',
        '{"members": [{"user_id": "3", "roles": "Learner"}]}',
        '{"members": [{"user_id": "3", "roles": []}', "[]", "", "null", "<html>Log in</html>",
        '{"members": [' + "[" * 50_000,
    ],
)  # fmt: skip
def test_what_is_no_roster_is_not_an_empty_one(httpserver: HTTPServer, body: str) -> None:
    httpserver.expect_request("/members").respond_with_data(body)
    kind = (
        PlatformUnreachable if body in ("", '{"members": [{"user_id": "3", "roles": []}') else PlatformMisread
    )
    with pytest.raises(kind, match="campus: roster: "):
        members_of(httpserver)


def test_a_broken_page_breaks_the_whole(httpserver: HTTPServer) -> None:
    pages(httpserver, "/members?page=1")
    httpserver.expect_request("/members", query_string="page=1").respond_with_data("", status=404)
    with pytest.raises(PlatformRefused, match="HTTP 404"):
        members_of(httpserver)


def test_a_moodles_own_refusals_are_refusals(httpserver: HTTPServer) -> None:
    recorded.serve(httpserver, "roster of an unknown link", path="/members")
    with pytest.raises(PlatformRefused, match=r"HTTP 404: .*Open the tool from the course once"):
        members_of(httpserver)


@pytest.mark.parametrize(("status", "kind"), [(403, PlatformRefused), (410, PlatformRefused),
                                              (418, PlatformRefused), (408, PlatformError),
                                              (302, PlatformRefused), (500, PlatformError)])  # fmt: skip
def test_any_other_status_is_an_error(httpserver: HTTPServer, status: int, kind: type[PlatformError]) -> None:
    httpserver.expect_request("/members").respond_with_data('{"members": []}', status=status)
    with pytest.raises(kind):
        members_of(httpserver)


def test_half_a_roster_is_none(httpserver: HTTPServer) -> None:
    def half(request: Request) -> Response:
        response = Response('{"members": []}')
        response.headers["Content-Length"] = "1000"
        response.automatically_set_content_length = False
        return response

    httpserver.expect_request("/members").respond_with_handler(half)
    with pytest.raises(PlatformUnreachable, match="broke"):
        members_of(httpserver)


def test_a_roster_beyond_the_limit_is_not_read(httpserver: HTTPServer) -> None:
    httpserver.expect_request("/members").respond_with_data(b'{"members": []}' + b" " * 300_000)
    with pytest.raises(PlatformMisread):
        members_of(httpserver, max_bytes=200_000)


@pytest.mark.parametrize(
    ("member", "expected"),
    [
        ({}, ("", True, False, True)),
        ({"roles": ["Instructor"]}, ("", True, True, False)),
        ({"roles": [INSTRUCTOR, LEARNER]}, ("", True, True, True)),
        ({"roles": ["urn:nonsense", "Observer"]}, ("", True, False, False)),
        ({"roles": []}, ("", True, False, False)),
        ({"roles": None}, ("", True, False, False)),
        ({"status": "Inactive"}, ("", False, False, True)),
        ({"status": "Deleted"}, ("", False, False, True)),
        ({"status": "active"}, ("", True, False, True)),
        ({"status": None}, ("", True, False, True)),
        ({"name": " 静 李 "}, ("静 李", True, False, True)),
        ({"name": "静 李", "given_name": "静", "family_name": "李"}, ("李静", True, False, True)),
        ({"given_name": "Ada", "family_name": "Lovelace"}, ("Ada Lovelace", True, False, True)),
        ({"given_name": "古丽", "family_name": "-"}, ("古丽", True, False, True)),
        ({"given_name": None, "family_name": None, "name": None}, ("", True, False, True)),
    ],
)  # fmt: skip
def test_members_are_read_as_the_specification_and_platforms_write_them(
    httpserver: HTTPServer, member: dict[str, Any], expected: tuple[str, bool, bool, bool]
) -> None:
    httpserver.expect_request("/members").respond_with_handler(of_one(**member))
    found = members_of(httpserver)[0]
    assert (found.name, found.active, found.staff, found.learner) == expected


def test_a_number_for_an_id_is_the_same_person(httpserver: HTTPServer) -> None:
    httpserver.expect_request("/members").respond_with_handler(of_one(user_id=3))
    assert members_of(httpserver)[0].subject == "3"


def test_who_is_listed_twice_is_one_person_with_both_roles(httpserver: HTTPServer) -> None:
    twice = [
        {"user_id": "3", "roles": ["Instructor"], "name": "Ada"},
        {"user_id": "3", "roles": ["Learner"], "status": "Inactive"},
    ]
    httpserver.expect_request("/members").respond_with_json({"members": twice})
    assert members_of(httpserver) == [
        RosterMember(subject="3", name="Ada", active=True, staff=True, learner=True)
    ]


def test_a_platforms_test_user_is_nobody(httpserver: HTTPServer) -> None:
    httpserver.expect_request("/members").respond_with_handler(of_one(roles=[LEARNER, TEST_USER]))
    assert members_of(httpserver) == []
