"""A platform of another make: its tokens, roster, line items, scores and results, in pages, over HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction

import pytest
from pytest_httpserver import HTTPServer

from adapters.lti.grades import CourseGradebook
from adapters.lti.tokens import AccessTokens
from lms_scoring.domain.errors import PlatformRefused
from lms_scoring.domain.gradebook import Grade, Reception, RosterMember
from lms_scoring.lti.claims import Scope
from lms_scoring.lti.keys import Turn, new_key
from tests.integration.lti.asking import RealClock, connecting, gradebook, registration, roster_of, service
from tests.integration.lti.peer import Peer

AT = 1_795_284_487
GRADE = Grade(subject="3", given=Fraction("79.995"), at=AT, comment="视频 337 分钟")


@pytest.fixture
def peer(httpserver: HTTPServer) -> Iterator[Peer]:
    with HTTPServer() as tool:
        yield peopled(Peer(httpserver, tool=tool))


def peopled(platform: Peer) -> Peer:
    platform.tables.members = [
        {"user_id": str(number), "roles": ["Learner"], "given_name": "静", "family_name": "李"}
        for number in range(1, 6)
    ]
    platform.tables.members[4] |= {"status": "Inactive", "roles": ["Instructor"]}
    return platform


def book(peer: Peer) -> CourseGradebook:
    asking = service(clock=RealClock())
    return gradebook(peer.base, asking=asking, line_items="/course/2/lineitems")


def test_its_roster_is_read_over_all_its_pages(peer: Peer) -> None:
    reading = roster_of(service(clock=RealClock()))
    members = reading.roster(registration(peer.base), f"{peer.base}/members")
    assert [member.subject for member in members] == ["1", "2", "3", "4", "5"]
    assert members[0] == RosterMember(subject="1", name="李静", active=True, staff=False, learner=True)
    assert members[4] == RosterMember(subject="5", name="李静", active=False, staff=True, learner=False)
    assert peer.status == [200, 200, 200]


def test_our_column_is_made_once_and_found_again(peer: Peer) -> None:
    made = book(peer).line_item(label="研修状态")
    again = book(peer).line_item(label="another name")
    assert made == again
    assert peer.tables.columns == [
        {
            "id": made.url,
            "label": "研修状态",
            "scoreMaximum": 100,
            "resourceId": "lms-scoring",
            "tag": "pass-status",
        }
    ]


def test_a_grade_arrives_and_is_read_back_as_it_was_sent(peer: Peer) -> None:
    ours = book(peer)
    column = ours.line_item(label="x").url
    assert ours.send(column, GRADE).reception is Reception.ACCEPTED
    back = ours.result(column, "3")
    assert (back.score, back.maximum, back.comment) == (Fraction("79.99"), Fraction(100), "视频 337 分钟")
    assert ours.result(column, "4").score is None


def test_an_old_grade_never_overwrites_a_new_one(peer: Peer) -> None:
    ours = book(peer)
    column = ours.line_item(label="x").url
    ours.send(column, replace(GRADE, given=Fraction(80), at=AT + 1))
    for old in (AT, AT + 1):
        assert ours.send(column, replace(GRADE, at=old)).reception is Reception.NEWER_THERE
    assert ours.result(column, "3").score == 80
    assert ours.send(column, replace(GRADE, at=AT + 2)).reception is Reception.ACCEPTED


def test_a_stranger_is_refused_and_stops_nobody_else(peer: Peer) -> None:
    ours = book(peer)
    column = ours.line_item(label="x").url
    receipts = [
        ours.send(column, replace(GRADE, subject=one)).reception for one in ("1", "stranger", "2", "3")
    ]
    assert [one is Reception.ACCEPTED for one in receipts] == [True, False, True, True]
    assert receipts[1] is Reception.REFUSED
    assert {one.subject for one in ours.results(column)} == {"1", "2", "3"}


def test_a_column_that_is_gone_is_a_refusal(peer: Peer) -> None:
    ours = book(peer)
    column = ours.line_item(label="x").url
    peer.tables.columns.clear()
    assert ours.send(column, GRADE).reception is Reception.REFUSED
    with pytest.raises(PlatformRefused, match="HTTP 404"):
        ours.result(column, "3")


def test_it_gives_no_token_to_a_key_it_does_not_know(peer: Peer) -> None:
    stranger = new_key(Turn.CURRENT, at=AT)
    asking = AccessTokens(connecting(), own_key=lambda: stranger, clock=RealClock())
    with pytest.raises(PlatformRefused, match=r"invalid_client.*does not believe our signature"):
        asking.token(registration(peer.base), [Scope.SCORE.value])
