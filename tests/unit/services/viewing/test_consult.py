"""Consulting: everybody sees what is theirs to see, and nothing else."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from lms_scoring.domain import evidence as ev
from lms_scoring.domain.errors import NotAllowed, PlatformUnreachable, UnknownPerson
from lms_scoring.domain.evidence import Purpose, Role
from lms_scoring.ports import Activity, Batch, Grant, Problem, ProblemKind, Visitor
from lms_scoring.services.collecting.collect import collect
from lms_scoring.services.scoring.assess import assess
from lms_scoring.services.viewing.consult import Consultant
from lms_scoring.services.viewing.sync_report import SyncReport, sync_report_of
from lms_scoring.store import SqlStore
from tests import given
from tests.fixtures.courses.joining import watched
from tests.fixtures.courses.scripted import (
    CHEN,
    COURSE,
    FORUM,
    LI,
    MOODLE,
    PEOPLE,
    WANG,
    ZHAO,
    ScriptedSource,
    StandingClock,
    account_of,
    adopt_course,
    members,
    new_store,
    roster,
    rules,
    told,
)

CLOCK = StandingClock()
ADMINISTRATOR = Visitor(person=None, roles=(Grant(person="", role="administrator", course=None),))


def granted(role: str, course: str | None) -> Visitor:
    return Visitor(person=None, roles=(Grant(person="", role=role, course=course),))


def person(name: str) -> Visitor:
    return Visitor(person=name)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqlStore]:
    """Two classes, the first with a tutor; zhao has withdrawn; some evidence is bound to nothing."""
    store = new_store(tmp_path)
    adopt_course(store)
    activities = Batch(
        activities=[
            Activity(id=FORUM, name="研讨交流", kind="forum"),
            Activity(id="26", name="答疑", kind="forum"),
        ]
    )
    odd = Problem(kind=ProblemKind.NOTICE, code="odd", text="worth a look")
    records: list[ev.Record] = [
        *members(withdrawn=[ZHAO]),
        *given.topics(2),
        replace(given.topic("question"), forum="26"),
    ]
    stranger = given.topic("by a stranger", person="nobody")
    batches = [roster(LI, ZHAO, WANG, CHEN), activities, Batch(problems=(odd,)), told(*records, stranger)]
    collect(COURSE, ScriptedSource(batches), store, clock=CLOCK)
    assess(rules(), store, clock=CLOCK)
    yield store
    store.close()


@pytest.fixture
def desk(store: SqlStore) -> Consultant:
    return Consultant(store, rules())


def on_board(desk: Consultant, visitor: Visitor, *, class_: str | None = None) -> set[str]:
    return {row.card.person for row in desk.board(visitor, class_=class_).rows}


@pytest.mark.parametrize("visitor", [ADMINISTRATOR, granted("coordinator", COURSE)])
def test_coordinators_and_administrators_see_every_class(desk: Consultant, visitor: Visitor) -> None:
    assert on_board(desk, visitor) == {LI, ZHAO, CHEN}
    assert on_board(desk, visitor, class_="class 2") == {CHEN}
    assert desk.board(visitor).classes == [given.CLASS, "class 2"]


def test_a_tutor_sees_the_own_class(desk: Consultant) -> None:
    assert on_board(desk, person(WANG)) == {LI, ZHAO}
    assert desk.board(person(WANG)).classes == [given.CLASS]


def test_a_tutor_may_not_ask_for_another_class(desk: Consultant) -> None:
    with pytest.raises(NotAllowed):
        desk.board(person(WANG), class_="class 2")


def test_a_learner_sees_no_scoreboard_and_the_own_status(desk: Consultant) -> None:
    with pytest.raises(NotAllowed):
        desk.board(person(LI))
    (status,) = desk.status(person(LI), LI)
    assert (status.membership.class_, status.person.name) == (given.CLASS, "Li")
    assert status.card.total == 2
    assert status.outlook is not None
    assert status.outlook.so_far == 2
    assert status.outlook.missing == 78


def test_the_board_tells_the_chip_and_what_is_missing(desk: Consultant) -> None:
    rows = {row.card.person: row for row in desk.board(person(WANG)).rows}
    (status,) = desk.status(person(LI), LI)
    assert status.outlook is not None
    assert (rows[LI].standing, rows[LI].missing) == (status.outlook.standing, 7_800)


Question = Callable[[Consultant], object]


@pytest.mark.parametrize(
    "question",
    [
        pytest.param(lambda desk: desk.status(person(LI), ZHAO), id="a classmate"),
        pytest.param(lambda desk: desk.status(person(LI), WANG), id="the own tutor"),
        pytest.param(lambda desk: desk.status(person(WANG), CHEN), id="a learner of another class"),
        pytest.param(
            lambda desk: desk.view(granted("coordinator", "other")), id="another course's coordinator"
        ),
        pytest.param(lambda desk: desk.view(person("nobody")), id="somebody unknown"),
        pytest.param(lambda desk: desk.board(person(CHEN), role=Role.TUTOR), id="the tutors' board"),
    ],
)
def test_nobody_sees_what_is_none_of_theirs(desk: Consultant, question: Question) -> None:
    with pytest.raises(NotAllowed):
        question(desk)


def unclassed(store: SqlStore, *others: ev.Membership) -> Consultant:
    """The course with a tutor and a learner of no class, and with the other memberships."""
    alone = [given.tutor("wu", class_=None), given.membership("zhou", class_=None), *others]
    collect(COURSE, ScriptedSource([roster("wu", "zhou"), told(*alone, whole=[PEOPLE])]), store, clock=CLOCK)
    assess(rules(), store, clock=CLOCK)
    return Consultant(store, rules())


@pytest.mark.parametrize("status", ev.MembershipStatus)
def test_where_there_are_classes_who_has_none_is_for_coordinators_alone(
    store: SqlStore, status: ev.MembershipStatus
) -> None:
    desk = unclassed(store, given.membership(CHEN, class_="class 2", status=status))
    assert desk.view(person("wu")).classes == frozenset()
    assert [one.person.id for one in desk.status(person("wu"), "wu")] == ["wu"]
    with pytest.raises(NotAllowed):
        desk.status(person("wu"), "zhou")
    with pytest.raises(NotAllowed):
        desk.board(person("wu"))
    assert "zhou" in on_board(desk, ADMINISTRATOR)


def test_a_course_without_classes_is_one_class_of_its_tutors(tmp_path: Path) -> None:
    store = new_store(tmp_path)
    adopt_course(store)
    assert on_board(unclassed(store), person("wu")) == {"zhou"}


def test_two_tutors_of_a_class_see_nothing_of_each_other(store: SqlStore) -> None:
    other = given.tutor("wu")
    collect(COURSE, ScriptedSource([roster("wu"), told(other)]), store, clock=CLOCK)
    assess(rules(), store, clock=CLOCK)
    desk = Consultant(store, rules())
    for one, another in ((WANG, "wu"), ("wu", WANG)):
        assert [card.membership.role for card in desk.status(person(one), one)] == [Role.TUTOR]
        with pytest.raises(NotAllowed):
            desk.board(person(one), role=Role.TUTOR)
        with pytest.raises(NotAllowed):
            desk.status(person(one), another)


def test_a_tutor_who_withdrew_sees_no_class(store: SqlStore) -> None:
    left = replace(given.tutor(WANG), status=ev.MembershipStatus.WITHDRAWN)
    collect(COURSE, ScriptedSource([told(left)]), store, clock=CLOCK)
    with pytest.raises(NotAllowed):
        Consultant(store, rules()).board(person(WANG))


def test_a_granted_role_is_remembered(store: SqlStore) -> None:
    with store.writing() as transaction:
        transaction.keep_grant(Grant(person=LI, role="coordinator", course=COURSE))
    assert on_board(Consultant(store, rules()), person(LI)) == {LI, ZHAO, CHEN}


def test_a_scheme_without_tutors_shows_none_of_their_cards(store: SqlStore) -> None:
    """Cards of a role that an earlier scheme scored are history."""
    learners_only = rules(scheme=given.shipped("prefecture-three-bands").scheme)
    assess(learners_only, store, clock=CLOCK)
    desk = Consultant(store, learners_only)
    assert on_board(desk, ADMINISTRATOR) == {LI, ZHAO, CHEN}
    with pytest.raises(NotAllowed, match="scores no tutors"):
        desk.board(ADMINISTRATOR, role=Role.TUTOR)
    with pytest.raises(UnknownPerson):
        desk.status(ADMINISTRATOR, WANG)


def test_somebody_without_a_card_is_unknown(desk: Consultant) -> None:
    with pytest.raises(UnknownPerson):
        desk.status(ADMINISTRATOR, "nobody")


def reported(store: SqlStore) -> SyncReport:
    return sync_report_of(rules(), store, ADMINISTRATOR)


@pytest.mark.parametrize("name", [WANG, LI])
def test_a_sync_report_is_for_who_sees_the_whole_course(store: SqlStore, name: str) -> None:
    with pytest.raises(NotAllowed, match="coordinators and administrators"):
        sync_report_of(rules(), store, person(name))


def test_unbound_evidence_shows_among_the_kinds_as_bound_to_nothing(store: SqlStore) -> None:
    kinds = {(one.kind, one.activity_id): one for one in reported(store).kinds}
    bound, unbound = kinds["post", FORUM], kinds["post", "26"]
    assert (bound.purpose, bound.count, bound.source) == (Purpose.POSTS, 3, MOODLE)
    assert (unbound.purpose, unbound.count) == (None, 1)
    assert unbound.activity is not None
    assert unbound.activity.name == "答疑"


def test_a_video_is_called_by_its_statements_where_no_platform_lists_it(store: SqlStore) -> None:
    seen, nameless = "https://video.example/1", "https://video.example/2"
    (played, _), (other, _) = watched(30, by=account_of(LI)), watched(10, by=account_of(LI), day=1)
    events = [played._replace(activity=seen), other._replace(activity=nameless)]
    titled = Batch(events=events, titles={seen: "第一讲", FORUM: "no video"})
    collect(COURSE, ScriptedSource([titled]), store, clock=CLOCK)
    kinds = {one.activity_id: one.activity for one in reported(store).kinds}
    assert kinds[seen] == Activity(id=seen, name="第一讲", kind="video")
    assert kinds[nameless] is None
    assert kinds[FORUM] == Activity(id=FORUM, name="研讨交流", kind="forum")


def test_the_sync_report_has_runs_problems_and_who_could_not_be_joined(store: SqlStore) -> None:
    report = reported(store)
    assert [run.state.value for run in report.runs] == ["done"]
    assert [one.met.problem.code for one in report.problems] == ["odd"]
    assert [one.records for one in report.unjoined] == [1]


DEAD = PlatformUnreachable("lrs", "statements", "no answer; sync again")


BOTH = frozenset({MOODLE, "lrs"})


def test_a_source_that_fails_for_long_keeps_a_page_as_old_as_it_is(store: SqlStore) -> None:
    collect(COURSE, ScriptedSource(name="lrs"), store, clock=CLOCK)
    for hour in range(1, 102):
        later = StandingClock(CLOCK.at + hour)
        collect(COURSE, ScriptedSource(), store, clock=later)
        collect(COURSE, ScriptedSource(name="lrs", failure=DEAD), store, clock=later)
    assert Consultant(store, rules(sources=BOTH)).board(ADMINISTRATOR).synced_at == CLOCK.at


def test_with_a_source_that_never_succeeded_a_page_was_never_synced(store: SqlStore) -> None:
    collect(COURSE, ScriptedSource(name="lrs", failure=DEAD), store, clock=CLOCK)
    assert Consultant(store, rules(sources=BOTH)).board(ADMINISTRATOR).synced_at is None
    assert Consultant(store, rules(sources=BOTH)).status(ADMINISTRATOR, LI)[0].synced_at is None


@pytest.mark.parametrize(("now", "as_of"), [({MOODLE}, CLOCK.at), ({MOODLE, "new"}, None), (set(), None)])
def test_only_the_sources_of_today_make_a_page_old(store: SqlStore, now: set[str], as_of: int | None) -> None:
    collect(COURSE, ScriptedSource(name="former", failure=DEAD), store, clock=CLOCK)
    desk = Consultant(store, rules(sources=frozenset(now)))
    assert desk.board(ADMINISTRATOR).synced_at == as_of


def test_a_page_is_as_of_the_oldest_of_the_latest_good_syncs(store: SqlStore) -> None:
    later = StandingClock(CLOCK.at + 5)
    collect(COURSE, ScriptedSource(name="lrs"), store, clock=later)
    desk = Consultant(store, rules(sources=BOTH))
    assert desk.board(ADMINISTRATOR).synced_at == CLOCK.at
    collect(COURSE, ScriptedSource(), store, clock=StandingClock(CLOCK.at + 9))
    assert desk.board(ADMINISTRATOR).synced_at == later.at
