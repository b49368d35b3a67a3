"""What was decided about a person, as pages tell it."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest

from lms_scoring.domain import evidence as ev
from lms_scoring.domain.evidence import Action, CriterionTarget, RecordTarget
from lms_scoring.domain.identity import KnownPerson
from lms_scoring.domain.obstacle import Obstacle
from lms_scoring.domain.scorecard import Finding, Reason, Verdict
from lms_scoring.ports import KeptCourse
from lms_scoring.services.access.seeing import View
from lms_scoring.services.deciding.enter import Made
from lms_scoring.services.viewing.consult import Seen, Status
from lms_scoring.web.card.decided import (
    asked_of,
    decidable,
    decided_of,
    owner_of_finding,
    target_in,
)
from lms_scoring.web.deciding.decision_page import Asked, asked_in, subject_of
from tests import given

COURSE = KeptCourse(id="c", title="C", scheme="", settings="")
POST = RecordTarget(kind="post", id="topic")
POSTS = CriterionTarget(criterion="posts")


def made(
    target: RecordTarget | CriterionTarget, action: Action, *, in_force: bool = True, **more: Any
) -> Made:
    plain = ev.Decision(
        id="here/li-1",
        person=given.LI,
        target=target,
        action=action,
        by="wang",
        at=given.AFTER,
        reason="seen",
    )
    return Made(entry=replace(plain, **more), in_force=in_force)


def seen(*entered: Made, role: ev.Role = ev.Role.LEARNER, names: dict[str, str] | None = None) -> Seen:
    """What a coordinator sees of li, who has one topic, one of flooding, and maybe a place as a tutor."""
    records: list[ev.Record] = [
        given.membership(role=role),
        given.topic("topic"),
        given.topic("flood", state=ev.PostState.FLOODING),
    ]
    card = given.card(records, role=role)
    scheme = given.main_scheme()
    status = Status(
        course=COURSE,
        scheme=scheme,
        rules=scheme.roles[role],
        person=KnownPerson(id=given.LI, name="Li", accounts=()),
        membership=given.membership(role=role),
        card=card,
        history=(),
        activities={},
        names={},
        synced_at=None,
        may_decide=True,
    )
    view = View(person="office", everything=True, classes=frozenset(), course=COURSE, roles=frozenset())
    return Seen(view=view, statuses=[status], entered=entered, names=names or {})


def finding(kind: str = "post", **more: Any) -> Finding:
    return Finding(kind=kind, id="x", verdict=Verdict.COUNTED, **more)


def test_the_latest_decision_stands_first_and_the_one_in_force_is_found() -> None:
    former = made(POST, Action.VOID, in_force=False)
    latest = made(POST, Action.RESTORE, id="here/li-2")
    found = decided_of(seen(former, latest))
    assert list(found.made) == [latest, former]
    assert found.about(POST) == latest.entry
    assert found.about(POSTS) is None
    assert found.about_finding(replace(finding(), id="topic")) == latest.entry
    assert [found.can_be_undone(one) for one in found.made] == [False, False]


def test_decisions_about_cards_that_are_not_shown_are_not_told() -> None:
    of_tutor = made(CriterionTarget(criterion="marking"), Action.EXEMPT)
    taken_back = made(RecordTarget(kind="recommendation", id="here/li/work"), Action.VOID)
    recommended = Made(entry=ev.Recommendation(id="r", submission="w", by=given.LI, at=1), in_force=True)
    everything = (of_tutor, taken_back, recommended, made(POSTS, Action.EXEMPT))
    assert [one.entry for one in decided_of(seen(*everything)).made] == [everything[-1].entry]
    as_tutor = decided_of(seen(*everything, role=ev.Role.TUTOR)).made
    assert [one.entry for one in as_tutor] == [taken_back.entry, of_tutor.entry]


@pytest.mark.parametrize(
    ("by", "name"),
    [("wang", "Wang"), ("operator:office", "office"), ("nameless", None), ("unknown", None)],
)
def test_who_decided_is_called_by_name_where_one_is_known(by: str, name: str | None) -> None:
    one = made(POST, Action.VOID, by=by)
    found = decided_of(seen(one, names={"wang": "Wang", "nameless": ""}))
    assert isinstance(one.entry, ev.Decision)
    assert found.name_of(one.entry) == name


def test_a_target_comes_out_of_an_address_as_it_went_in() -> None:
    for target in (POST, POSTS):
        assert target_in(asked_of(target)) == target
    for nothing in ({}, {"kind": "post"}, {"id": "x"}, {"criterion": ""}, {"kind": "", "id": "x"}):
        assert target_in(nothing) is None


@pytest.mark.parametrize("reason", [Reason.DELETED, Reason.GONE, Reason.DRAFT, Reason.OUTSIDE_WINDOW])
def test_nothing_is_decided_about_what_counts_nowhere(reason: Reason) -> None:
    assert decidable(finding(reason=reason), "posts") is None
    assert decidable(finding("membership"), "posts") is None
    assert decidable(finding(reason=Reason.LATE), "posts") == RecordTarget(kind="post", id="x")
    assert decidable(finding("decision"), "posts") == POSTS


def test_works_are_their_learners_and_recommendations_the_tutors() -> None:
    assert owner_of_finding(finding(), "wang") == "wang"
    assert owner_of_finding(finding("submission", person="li"), "wang") == "li"
    assert owner_of_finding(finding("recommendation", person="li"), "wang") == "wang"


# -- what can be done -----------------------------------------------------------------------------------

ACTIONS: list[tuple[tuple[Made, ...], RecordTarget | CriterionTarget, list[Action]]] = [
    ((), POST, [Action.VOID]),
    ((made(POST, Action.VOID),), POST, [Action.RESTORE]),
    ((made(POST, Action.RESTORE),), POST, [Action.VOID]),
    ((), RecordTarget(kind="post", id="flood"), [Action.RESTORE]),
    ((), POSTS, [Action.OVERRIDE, Action.EXEMPT]),
    ((made(POSTS, Action.EXEMPT),), POSTS, [Action.OVERRIDE, Action.RESTORE]),
    ((made(POSTS, Action.OVERRIDE),), POSTS, [Action.OVERRIDE, Action.EXEMPT, Action.RESTORE]),
    ((made(POSTS, Action.RESTORE),), POSTS, [Action.OVERRIDE, Action.EXEMPT]),
]


@pytest.mark.parametrize(("entered", "target", "actions"), ACTIONS)
def test_what_can_be_done_depends_on_what_was_decided(
    entered: tuple[Made, ...], target: RecordTarget | CriterionTarget, actions: list[Action]
) -> None:
    subject = subject_of(seen(*entered), target)
    assert subject is not None
    assert list(subject.actions) == actions


def test_a_record_that_left_the_card_when_it_was_voided_can_still_be_restored() -> None:
    unread = RecordTarget(kind="unknown", id="gone from the card")
    assert subject_of(seen(), unread) is None
    subject = subject_of(seen(made(unread, Action.VOID)), unread)
    assert subject is not None
    assert subject.finding is None
    assert subject.criterion is None
    assert subject.most == 0
    assert list(subject.actions) == [Action.RESTORE]


def test_what_a_form_says_is_read_with_every_fault_at_once() -> None:
    subject = subject_of(seen(), POSTS)
    assert subject is not None
    assert asked_in({}, subject).faults == (Obstacle.IMPOSSIBLE, Obstacle.NO_REASON)
    long = {"action": "override", "points": "21", "reason": "x" * 2_001}
    assert asked_in(long, subject).faults == (Obstacle.BAD_POINTS, Obstacle.TOO_LONG)
    good = asked_in({"action": "override", "points": " 2,5 ", "reason": " why "}, subject)
    assert (good.points_meant, good.reason, good.is_good) == (Fraction("2.5"), "why", True)
    assert Asked(action=Action.EXEMPT, points="3").points_meant is None
