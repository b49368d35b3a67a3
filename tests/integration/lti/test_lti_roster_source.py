"""A platform's roster as a source: who learns becomes a learner, and staff become nothing."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import pytest
from pytest_httpserver import HTTPServer

from adapters.lti.roster_source import RosterSource
from lms_scoring.domain.errors import PlatformMisread
from lms_scoring.domain.evidence import Membership, MembershipStatus, Role
from lms_scoring.domain.identity import NameKind, account, mbox, sha1_of
from lms_scoring.ports import Batch, Scope
from tests.integration.lti import recorded
from tests.integration.lti.asking import gives_tokens, registration, root, roster_of, service


def pulled(
    server: HTTPServer, *members: dict[str, Any], given: Collection[NameKind] = tuple(NameKind)
) -> list[Batch]:
    gives_tokens(server)
    server.expect_request("/members").respond_with_json({"members": list(members)})
    ours = registration(root(server))
    source = RosterSource(
        roster_of(service()), ours, url=server.url_for("/members"), context="2", given=given
    )
    assert (source.name, source.shared) == ("lti-1", False)
    return list(source.pull(None, full=False))


def test_learners_are_learners_and_staff_are_made_nothing(httpserver: HTTPServer) -> None:
    people, memberships = pulled(
        httpserver,
        {"user_id": "a", "roles": ["Learner"], "name": "Li"},
        {"user_id": "b", "roles": ["Learner"], "status": "Inactive"},
        {"user_id": "c", "roles": ["Instructor"]},
        {"user_id": "d", "roles": ["Learner", "Instructor"]},
        {"user_id": "e", "roles": []},
    )
    assert [one.id for one in people.people] == ["lti1-a", "lti1-b", "lti1-c", "lti1-d", "lti1-e"]
    assert people.people[0].accounts == ("lti:1|a", account(root(httpserver), "a"))
    assert memberships.whole == (Scope(kind="membership", activity=None),)
    assert memberships.records == [
        Membership(
            id="2-a", person="lti:1|a", role=Role.LEARNER, class_=None, status=MembershipStatus.ACTIVE
        ),
        Membership(
            id="2-b", person="lti:1|b", role=Role.LEARNER, class_=None, status=MembershipStatus.WITHDRAWN
        ),
    ]


def test_a_roster_of_nobody_is_not_believed(httpserver: HTTPServer) -> None:
    with pytest.raises(PlatformMisread, match="names nobody"):
        pulled(httpserver)


def test_people_have_every_account_by_which_a_record_store_may_name_them(httpserver: HTTPServer) -> None:
    gives_tokens(httpserver)
    recorded.serve(httpserver, "roster", path="/members")
    source = RosterSource(
        roster_of(service()), registration(root(httpserver)), url=httpserver.url_for("/members"), context="2"
    )
    people = {one.id: one for one in next(iter(source.pull(None, full=False))).people}
    assert people["lti1-46"].accounts == (
        "lti:1|46",
        *(account(root(httpserver), name) for name in ("46", "tea044", "LC240044")),
        mbox("tea044@lc.example"),
        sha1_of("tea044@lc.example"),
    )


def test_a_name_that_is_the_subject_of_somebody_else_identifies_nobody(httpserver: HTTPServer) -> None:
    people, _ = pulled(
        httpserver,
        {"user_id": "7", "roles": ["Learner"], "ext_user_username": "8", "email": "none"},
        {"user_id": "8", "roles": ["Learner"], "lis_person_sourcedid": "8"},
    )
    home = root(httpserver)
    assert [one.accounts for one in people.people] == [
        ("lti:1|7", account(home, "7")),
        ("lti:1|8", account(home, "8")),
    ]


def test_a_short_number_is_a_name_only_where_subjects_are_none(httpserver: HTTPServer) -> None:
    people, _ = pulled(
        httpserver,
        {"user_id": "7", "roles": ["Learner"], "ext_user_username": "57", "lis_person_sourcedid": "20240007"},
        {"user_id": "f3a1", "roles": ["Learner"], "ext_user_username": "58"},
    )
    home = root(httpserver)
    assert [(one.accounts, one.own) for one in people.people] == [
        (("lti:1|7", account(home, "7"), account(home, "20240007")), 2),
        (("lti:1|f3a1", account(home, "f3a1"), account(home, "58")), 2),
    ]


def test_a_number_that_anybody_may_have_chosen_identifies_nobody_and_the_sync_says_so(
    httpserver: HTTPServer,
) -> None:
    members = ({"user_id": "7", "roles": ["Learner"], "ext_user_username": "20240007"},)
    people, _ = pulled(httpserver, *members, given=[NameKind.IDNUMBER])
    assert [one.accounts for one in people.people] == [("lti:1|7", account(root(httpserver), "7"))]
    assert ["lti-1.username" in one.text for one in people.problems] == [True]


def test_an_address_appears_in_no_text_of_a_member(httpserver: HTTPServer) -> None:
    gives_tokens(httpserver)
    recorded.serve(httpserver, "roster", path="/members")
    members = roster_of(service()).roster(registration(root(httpserver)), httpserver.url_for("/members"))
    assert members[0].email is not None
    assert not any("@" in repr(one) for one in members)
