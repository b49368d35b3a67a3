"""Rows 7 to 9 and 22: what is listed changes, comes twice, comes late, vanishes, or is no row at all."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from lms_scoring.cli.here import ADMINISTRATOR
from lms_scoring.domain.evidence import Membership
from lms_scoring.domain.quarantine import QuarantineState
from lms_scoring.ports import ProblemKind, Quarantined
from lms_scoring.services.collecting.open_problems import open_problems
from lms_scoring.services.signing import Signature
from lms_scoring.services.syncing.losses_desk import LossesDesk
from tests.faults import faults
from tests.faults.contents import Rows, difference, living
from tests.faults.fault_proxy import Fault
from tests.faults.invariants import (
    gone,
    no_evidence_is_lost,
    nothing_counts_twice,
    nothing_seems_gone,
    scores_can_be_had_again,
    undisturbed,
)
from tests.faults.matrix import row
from tests.faults.rewritten import Edit, moodle_rows, shuffled, statements, twice
from tests.faults.scene import COURSE, LRS, MOODLE, Scene, scene
from tests.fixtures.courses.installed import DATABASE

FIRST, SECOND, THIRD, FOURTH = 3, 4, 5, 6
"""The learners' user ids at the Moodle."""
FORUM, HOMEWORK = 1, 1
AT_A_TIME = ("add_topic", "hand_in", "grade")
Change = Callable[[Scene], object]


@pytest.fixture
def course(tmp_path: Path) -> Iterator[Scene]:
    """One whose platform may be changed; nothing is synced."""
    folder = tmp_path / "course"
    folder.mkdir()
    with scene(folder) as ours:
        yield ours


def change(name: str, **arguments: Any) -> Change:
    """One of the platform's, made now: what is older than the last sync, a Moodle does not tell."""

    def make(course: Scene) -> object:
        now = {"at": int(time.time())} if name in AT_A_TIME else {}
        return course.platform.moodle.change(name, **arguments, **now)

    make.__name__ = name
    return make


def topic_of(course: Scene, number: int) -> int:
    """The first post of a topic, the oldest topic first."""
    topics = course.platform.moodle.server.model.forums[FORUM].discussions
    return int(topics[sorted(topics)[number]].row["id"])


def delete_topics(count: int) -> Change:
    def make(course: Scene) -> None:
        for _ in range(count):
            course.platform.moodle.change("delete_post", post=topic_of(course, 0))

    make.__name__ = f"delete_{count}_topics"
    return make


def tell(course: Scene, *ids: str, age: int = 0) -> None:
    """Somebody watched a video: the statements of another session, stored now, `age` seconds ago."""
    model = course.platform.lrs.model
    line = json.loads(model.raw(0))
    kept = []
    for id_ in ids:
        line = {**line, "id": id_}
        kept.append((id_, json.dumps(line).encode()))
    model.keep(kept)


CHANGES: list[Change] = [
    change("add_topic", forum=FORUM, user=FIRST, subject="新", message="<p>…</p>"),
    delete_topics(1),
    change("enrol", username="lc_new", firstname="新", lastname="王", group=1),
    change("hand_in", assignment=HOMEWORK, user=FIRST, text="<p>再交一次</p>"),
    change("grade", assignment=HOMEWORK, user=SECOND, grade=3),
    change("extend", assignment=HOMEWORK, user=THIRD, until=1_733_586_400),
    change("add_scorm_time", sco=2, user=THIRD, seconds=600),
    change("rename", user=SECOND, firstname="改", lastname="李"),
    change("hide_activity", cmid=20),
]


@row(
    7,
    "made, after",
    [pytest.param(made, after, id=f"{made.__name__} {after}") for made in CHANGES for after in (3, 10, 19)],
)
def test_what_changes_while_it_is_read_is_there_after_the_next_sync(
    course: Scene, tmp_path: Path, made: Change, after: int
) -> None:
    """As it is there where it changed between two syncs."""
    while_read, between = changed_both_ways(course, tmp_path, made, after)
    assert difference(while_read, between) == {}


@row(7, "after", [3, 10, 19])
def test_who_is_suspended_while_it_is_read_has_the_own_deadline_if_it_was_told(
    course: Scene, tmp_path: Path, after: int
) -> None:
    """A Moodle tells it of nobody who is suspended, so where it was not told before it is another's. All
    else is as where it changed between two syncs."""
    suspended = change("suspend_enrolment", user=SECOND)
    while_read, between = changed_both_ways(course, tmp_path, suspended, after)
    assert difference(undated(while_read), undated(between)) == {}


def changed_both_ways(
    course: Scene, tmp_path: Path, made: Change, after: int
) -> tuple[dict[str, Rows], dict[str, Rows]]:
    """What lives once all is read where it changed while it was read, and where it did between two syncs."""
    between = course.like_this(tmp_path / "between")
    assert between.sync().good
    course.calm()
    course.moodle.next(faults.held(lambda: made(course)), after=after)
    course.sync()
    assert any(fault is not None for _, fault in course.moodle.seen), "it was changed in the middle"
    course.calm()
    for one in (course, between):
        one.sync()
        nothing_counts_twice(one)
        scores_can_be_had_again(one)
    found = living(course.database), living(between.database)
    between.close()
    return found


def undated(found: dict[str, Rows]) -> dict[str, Rows]:
    """All of it, the records without their deadlines and without what stands for all that they say."""
    return {**found, "records": [(*row[:8], undated_body(row[9])) for row in found["records"]]}


def undated_body(body: str) -> str:
    """What it says besides."""
    told = json.loads(body)
    return json.dumps({name: value for name, value in told.items() if not name.startswith(("due", "opens"))})


@row(7, "after", [1, 3, 10, 19])
def test_who_leaves_while_it_is_read_has_what_the_moodle_still_gives_and_the_rest_is_unknown(
    course: Scene, tmp_path: Path, after: int
) -> None:
    """It gives no hand-ins of who left: those that were read before stay, the others nobody takes for 0."""
    between = course.like_this(tmp_path / "between")
    assert between.sync().good
    course.calm()
    course.moodle.next(faults.held(lambda: change("unenrol", user=FOURTH)(course)), after=after)
    course.sync()
    course.calm()
    for one in (course, between):
        assert one.sync().good
        nothing_counts_twice(one)
        scores_can_be_had_again(one)
    ours, theirs = (set(living(one.database)["records"]) for one in (course, between))
    assert ours <= theirs
    unknown = {activity for _, _, kind, _, _, activity, *_ in ours if kind == "unknown"}
    assert {activity for _, _, _, _, _, activity, *_ in theirs - ours} <= unknown
    between.close()


@row(7, "after", [0, 1, 2])
def test_statements_that_come_while_pages_are_read_are_there_after_the_next_sync(
    course: Scene, tmp_path: Path, after: int
) -> None:
    new = [f"0000000{n}-0000-4000-8000-00000000000{after}" for n in range(3)]
    course.lrs.next(faults.held(lambda: tell(course, *new)), after=after)
    course.sync()
    course.calm()
    assert course.sync().good
    no_evidence_is_lost(course, undisturbed(course, tmp_path / "truth"))


# -- row 8 ----------------------------------------------------------------------------------------------

TWICE_THERE = {
    "core_enrol_get_enrolled_users": twice,
    "mod_assign_get_grades": lambda told: _each_assignment(told, "grades", twice),
    "mod_forum_get_forum_discussions": lambda told: {**told, "discussions": twice(told["discussions"])},
    "mod_forum_get_discussion_posts": lambda told: {**told, "posts": twice(told["posts"])},
}


def _each_assignment(told: Any, rows: str, edit: Callable[[list[Any]], list[Any]]) -> Any:
    return {**told, "assignments": [{**each, rows: edit(each[rows])} for each in told["assignments"]]}


def _no_hand_ins(told: Any) -> Any:
    return _each_assignment(told, "submissions", lambda _: [])


def _bad_hand_in(told: Any) -> Any:
    return _each_assignment(told, "submissions", _first_bad)


def in_another_order(seed: int) -> Fault:
    shuffle = shuffled(seed)
    return moodle_rows(
        {
            "core_enrol_get_enrolled_users": shuffle,
            "mod_forum_get_forum_discussions": lambda told: {
                **told,
                "discussions": shuffle(told["discussions"]),
            },
            "mod_forum_get_discussion_posts": lambda told: {**told, "posts": shuffle(told["posts"])},
        },
        f"shuffled {seed}",
    )


@row(
    8,
    "source, fault",
    [
        pytest.param(source, fault, id=f"{source} {fault.name}")
        for source, fault in (
            (MOODLE, moodle_rows(TWICE_THERE, "each row twice")),
            *((MOODLE, in_another_order(seed)) for seed in range(3)),
            (LRS, statements(twice, "each statement twice")),
            (LRS, statements(lambda page: page[::-1], "backwards")),
            *((LRS, statements(shuffled(seed), f"shuffled {seed}")) for seed in range(3)),
        )
    ],
)
def test_any_order_and_any_repeat_of_rows_gives_the_same(
    course: Scene, tmp_path: Path, source: str, fault: Fault
) -> None:
    truth = undisturbed(course, tmp_path / "truth")
    course.proxy(source).always(fault)
    assert course.sync().good
    no_evidence_is_lost(course, truth)
    assert course.sync(full=True).good
    no_evidence_is_lost(course, truth)
    nothing_counts_twice(course)
    scores_can_be_had_again(course)


@row(8, "times", [1, 2, 5])
def test_an_edit_that_is_taken_back_leaves_what_was_there(course: Scene, times: int) -> None:
    moodle = course.platform.moodle
    moodle.change("grade", assignment=HOMEWORK, user=FIRST, grade=4)
    assert course.sync().good
    before = living(course.database)
    for _ in range(times):
        moodle.change("grade", assignment=HOMEWORK, user=FIRST, grade=1)
        assert course.sync().good
        assert difference(living(course.database), before) != {}
        moodle.change("grade", assignment=HOMEWORK, user=FIRST, grade=4)
        assert course.sync().good
    assert living(course.database)["scores"] == before["scores"]
    nothing_counts_twice(course)


@row(8, "late", [1, 3])
def test_statements_that_come_late_are_counted_once(course: Scene, tmp_path: Path, late: int) -> None:
    assert course.sync().good
    new = [f"0000000{n}-0000-4000-8000-000000000099" for n in range(late)]
    for _ in range(2):
        tell(course, *new)
        assert course.sync().good
    no_evidence_is_lost(course, undisturbed(course, tmp_path / "truth"))


@row(8, "new_owner", [SECOND, THIRD])
def test_an_id_that_is_used_again_by_somebody_else_is_theirs_alone(course: Scene, new_owner: int) -> None:
    """A post was deleted, and the platform gave its number to another person's."""
    assert course.sync().good
    forum = course.platform.moodle.server.model.forums[FORUM]
    topic = next(
        each
        for _, each in sorted(forum.discussions.items())
        if each.row["userid"] == FIRST and each.row["numreplies"] == 0
    )
    topic.row["userid"] = new_owner
    for post in topic.posts:
        post["author"] = {**post["author"], "id": new_owner}
    assert course.sync(full=True).good
    owners = [
        account
        for _, _, kind, record, account, *_ in living(course.database)["records"]
        if (kind, record) == ("post", f"post-{topic.row['id']}")
    ]
    assert [account.rpartition("|")[2] for account in owners] == [str(new_owner)]
    nothing_counts_twice(course)
    scores_can_be_had_again(course)


# -- row 9 ----------------------------------------------------------------------------------------------

CAPABILITIES = [
    "moodle/course:view",
    "moodle/user:viewdetails",
    "moodle/site:accessallgroups",
    "mod/forum:viewdiscussion",
    "mod/assign:view",
    "mod/assign:grade",
    "mod/scorm:viewreport",
    "mod/lesson:viewreports",
    "mod/h5pactivity:reviewattempts",
]


@row(9, "full", [False, True])
@row(9, "capability", CAPABILITIES)
def test_a_permission_that_was_lost_deletes_nothing(
    course: Scene, tmp_path: Path, capability: str, full: bool
) -> None:
    assert course.sync().good
    before = living(course.database)
    course.platform.moodle.change("deny", capability=capability)
    course.sync(full=full)
    nothing_seems_gone(course)
    assert living(course.database)["records"] == before["records"]
    course.platform.moodle.change("allow", capability=capability)
    assert course.sync(full=full).good
    no_evidence_is_lost(course, undisturbed(course, tmp_path / "truth"))


EMPTY: dict[str, dict[str, Edit]] = {
    "enrolled people": {"core_enrol_get_enrolled_users": lambda _: []},
    "topics": {"mod_forum_get_forum_discussions": lambda told: {**told, "discussions": []}},
    "hand-ins": {"mod_assign_get_submissions": _no_hand_ins},
    "activities": {"core_course_get_contents": lambda _: []},
    "attempts": {"mod_scorm_get_scorm_attempt_count": lambda told: {**told, "attemptscount": 0}},
}


@row(9, "what", EMPTY)
def test_a_list_that_comes_empty_deletes_nothing_until_somebody_says_so(course: Scene, what: str) -> None:
    assert course.sync().good
    before = living(course.database)
    course.moodle.always(moodle_rows(EMPTY[what], f"no {what}"))
    done = course.sync(full=True)
    nothing_seems_gone(course)
    assert set(living(course.database)["records"]) >= set(before["records"])
    assert any(word in done.complained + done.said for word in ("lost:", "activity_missing"))
    course.calm()
    assert course.sync(full=True).good
    assert living(course.database)["records"] == before["records"]


@row(9, "count, held", [(1, False), (2, False), (20, True), (30, True)])
def test_a_mass_disappearance_is_held_until_it_is_confirmed(course: Scene, count: int, held: bool) -> None:
    assert course.sync().good
    delete_topics(count)(course)
    done = course.sync()
    assert done.good is not held
    if held:
        assert "mass_disappearance" in done.complained
        nothing_seems_gone(course)
        course.sync()
        nothing_seems_gone(course)
        confirm_losses(course)
        assert course.sync(full=True).good
    assert gone(course) >= count
    scores_can_be_had_again(course)


def confirm_losses(course: Scene) -> None:
    """Somebody signs that all that is held was really deleted."""
    ours = course.site.installation
    desk = LossesDesk(ours.store, ours.rules(COURSE), clock=ours.clock)
    for held in desk.held(ADMINISTRATOR):
        signed = Signature(by="operator:office", reason="they were deleted")
        desk.confirm(ADMINISTRATOR, held.number, signed, seen=held.mark)


# -- row 22 ---------------------------------------------------------------------------------------------


def _first_bad(rows: list[Any]) -> list[Any]:
    return [{"userid": FIRST, "id": "no number", "author": 7}, *rows[1:]]


BAD_ROWS: dict[str, dict[str, Edit]] = {
    "enrolled people": {"core_enrol_get_enrolled_users": lambda rows: [{"id": "x"}, *rows]},
    "hand-ins": {"mod_assign_get_submissions": _bad_hand_in},
    "marks": {"mod_assign_get_grades": lambda told: _each_assignment(told, "grades", _first_bad)},
    "topics": {
        "mod_forum_get_forum_discussions": lambda told: {
            **told,
            "discussions": [{"discussion": "?"}, *told["discussions"]],
        }
    },
    "posts": {
        "mod_forum_get_discussion_posts": lambda told: {**told, "posts": [{"id": None}, *told["posts"]]}
    },
}


@row(22, "what", BAD_ROWS)
def test_a_row_that_cannot_be_read_is_kept_and_costs_no_other(
    course: Scene, tmp_path: Path, what: str
) -> None:
    undisturbed(course, tmp_path / "truth")
    truth = living(tmp_path / "truth" / DATABASE)
    course.moodle.always(moodle_rows(BAD_ROWS[what], f"a bad row among {what}"))
    course.sync()
    assert [each for each in problems(course) if each.code == "row_unreadable"]
    waiting = quarantined(course)
    assert {each.state for each in waiting} == {QuarantineState.WAITING}
    assert all(each.aside.text and each.aside.code == "row_unreadable" for each in waiting)
    nothing_seems_gone(course)
    course.sync()
    assert [each.number for each in quarantined(course)] == [each.number for each in waiting]
    course.calm()
    assert course.sync().good
    assert difference(living(course.database), truth) == {}
    assert course.sync(full=True).good
    assert {each.state for each in quarantined(course)} <= {QuarantineState.RESOLVED, QuarantineState.GONE}


@row(22, "place", [0, 1, -1])
def test_whose_row_cannot_be_read_has_not_left(course: Scene, place: int) -> None:
    assert course.sync().good
    before = places(course)

    def spoil(rows: list[Any]) -> list[Any]:
        if not rows:
            return rows
        rows[place] = {**rows[place], "id": "x"}
        return rows

    course.moodle.always(moodle_rows({"core_enrol_get_enrolled_users": spoil}, f"row {place} has no number"))
    course.sync(full=True)
    nothing_seems_gone(course)
    assert places(course) == before
    assert [each.aside.subject for each in quarantined(course)] == ["people"]
    course.calm()
    assert course.sync(full=True).good
    assert [each.state for each in quarantined(course)] == [QuarantineState.GONE]


@row(22, "every", [1, 7, 50])
def test_statements_that_cannot_be_read_are_kept_and_cost_no_other(
    course: Scene, tmp_path: Path, every: int
) -> None:
    truth = undisturbed(course, tmp_path / "truth")

    def spoil(page: list[Any]) -> list[Any]:
        spoilt = []
        for number, each in enumerate(page):
            if number % every == 0:
                spoilt.append({**each, "id": f"bad{number:05d}-0000-4000-8000-000000000000", "actor": None})
            spoilt.append(each)
        return spoilt

    course.lrs.always(statements(spoil, "spoilt"))
    assert course.sync().good
    no_evidence_is_lost(course, truth)
    refused = [each for each in problems(course) if each.kind is ProblemKind.REFUSED]
    assert len(refused) > 2
    waiting = quarantined(course)
    assert {each.aside.record for each in waiting} == {each.subject for each in refused}
    assert all(each.aside.text and each.aside.record.startswith("bad") for each in waiting)
    assert course.sync(full=True).good
    assert [(each.number, each.state) for each in quarantined(course)] == [
        (each.number, QuarantineState.WAITING) for each in waiting
    ]


def places(course: Scene) -> list[Membership]:
    with course.site.installation.store.reading() as transaction:
        return list(transaction.memberships(COURSE))


def quarantined(course: Scene) -> list[Quarantined]:
    with course.site.installation.store.reading() as transaction:
        return list(transaction.quarantined())


def problems(course: Scene) -> list[Any]:
    with course.site.installation.store.reading() as transaction:
        return [met.problem for met in open_problems(transaction, COURSE)]
