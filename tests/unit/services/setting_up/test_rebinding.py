"""What activities count as, changed later: seen before it is so, signed, and never in a closed course."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from lms_scoring.domain import evidence as ev
from lms_scoring.domain.binding import CountsOtherwise
from lms_scoring.domain.errors import CannotBeDecided, NotAllowed
from lms_scoring.domain.evidence import Purpose
from lms_scoring.domain.obstacle import Obstacle
from lms_scoring.files.course_file import parse_course
from lms_scoring.ports import Activity, Batch, Grant, Launched, Uses, Visitor
from lms_scoring.services.collecting.collect import collect
from lms_scoring.services.deciding.close import close
from lms_scoring.services.scoring.rules import CourseRules
from lms_scoring.services.setting_up.edited_text import with_bindings
from lms_scoring.services.setting_up.rebinding import Rebinding
from lms_scoring.services.signing import Signature
from lms_scoring.store import SqlStore
from tests import given
from tests.fakes.activity_kinds import NamedKinds
from tests.fixtures.courses.scripted import (
    CHEN,
    COURSE,
    FORUM,
    HOMEWORK,
    LI,
    MOODLE,
    WANG,
    ZHAO,
    ScriptedSource,
    StandingClock,
    bindings,
    members,
    new_store,
    roster,
    rules,
    scored,
    told,
)

CLOCK = StandingClock()
GRANT = Grant(person="office", role="coordinator", course=COURSE)
COORDINATOR = Visitor(person="office", roles=(GRANT,))
NEW_TASK, DROPPED = "homework 2", "forum 2"
HEAD = (
    '# our own words\nformat = 1\nid = "course"\ntitle = "A course"\nscheme = "longcheng-2024"\n\n'
    '[[source]]\nname = "moodle"\nkind = "moodle"\ncourse = "C"\n'
)
TASKS = frozenset({Purpose.HOMEWORK, Purpose.JOURNAL})
KINDS = NamedKinds(assign=Uses(may_be=TASKS, usual=TASKS))
BOUND = bindings(posts=(FORUM, DROPPED))
"""One of the forums is on the platform no more."""
LISTED = (
    Activity(id=HOMEWORK, name="课程作业", kind="assign"),
    Activity(id=NEW_TASK, name="课程作业二", kind="assign"),
    Activity(id=FORUM, name="研讨交流", kind="forum"),
)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqlStore]:
    """Li posted twelve times, and handed in a homework that counts as nothing."""
    store = new_store(tmp_path)
    late: list[ev.Record] = [replace(given.homework(), activity=NEW_TASK)]
    scored(
        store,
        roster(LI, ZHAO, WANG, CHEN),
        Batch(activities=LISTED),
        told(*members(), *given.topics(12), *late),
    )
    with store.writing() as transaction:
        transaction.keep_course(replace(transaction.course(COURSE), settings=with_bindings(HEAD, BOUND)))
    yield store
    store.close()


def rules_of(store: SqlStore) -> CourseRules:
    with store.reading() as transaction:
        text = transaction.course(COURSE).settings
    file = parse_course(text, name=COURSE, folder=Path())
    sources, kinds = frozenset({MOODLE}), {MOODLE: "platform"}
    return rules(bindings=file.bindings, settings=text, sources=sources, source_kinds=kinds)


def rebinding(store: SqlStore) -> Rebinding:
    return rebinding_by(store, rules_of(store))


def rebinding_by(store: SqlStore, known: CourseRules) -> Rebinding:
    return Rebinding(store, known, clock=CLOCK, activity_kinds={"platform": KINDS})


def with_task(now: dict[tuple[str, str], Purpose]) -> dict[tuple[str, str], Purpose]:
    return {**now, (MOODLE, NEW_TASK): Purpose.HOMEWORK}


def test_each_activity_tells_what_it_counts_as_and_what_it_could(store: SqlStore) -> None:
    bound = rebinding(store).bound(COORDINATOR)
    now = {activity: purpose for (_, activity), purpose in bound.now.items()}
    assert (now[HOMEWORK], now[FORUM], now[DROPPED]) == (Purpose.HOMEWORK, Purpose.POSTS, Purpose.POSTS)
    assert (MOODLE, NEW_TASK) not in bound.now
    assert bound.options[MOODLE, NEW_TASK] == [Purpose.HOMEWORK, Purpose.JOURNAL]
    assert bound.suggested == {(MOODLE, NEW_TASK): Purpose.HOMEWORK}


def test_a_bound_activity_of_which_nothing_is_left_keeps_its_line_and_its_choice(store: SqlStore) -> None:
    bound = rebinding(store).bound(COORDINATOR)
    assert (MOODLE, DROPPED) in [line.key for line in bound.lines]
    assert bound.options[MOODLE, DROPPED] == [Purpose.POSTS]


def test_what_a_choice_changes_is_foreseen_and_nothing_kept(store: SqlStore) -> None:
    one = rebinding(store)
    bound = one.bound(COORDINATOR)
    rebound = one.foresee(COORDINATOR, bound, with_task({**bound.now}))
    assert rebound.changes == [
        CountsOtherwise(source=MOODLE, activity=NEW_TASK, before=None, after=Purpose.HOMEWORK)
    ]
    assert rebound.foreseen.changed == 1
    assert rules_of(store).bindings == BOUND


def test_a_criterion_that_is_left_with_nothing_is_told(store: SqlStore) -> None:
    one = rebinding(store)
    bound = one.bound(COORDINATOR)
    chosen = {key: purpose for key, purpose in bound.now.items() if purpose is not Purpose.JOURNAL}
    told_of = [each.criterion.id for each in one.foresee(COORDINATOR, bound, chosen).without]
    assert told_of == ["journal"]


def test_what_was_shown_is_taken_on_signed_and_the_text_keeps_its_words(store: SqlStore) -> None:
    one = rebinding(store)
    bound = one.bound(COORDINATOR)
    chosen = with_task({**bound.now})
    mark = one.foresee(COORDINATOR, bound, chosen).mark
    assert one.take_on(COORDINATOR, bound, chosen, reason="a second homework", seen=mark)
    with store.reading() as transaction:
        kept, (act,) = transaction.course(COURSE), transaction.acts()
        (li,) = (row.card for row in transaction.board(COURSE) if row.card.person == LI)
    assert kept.settings.startswith("# our own words\n")
    assert rules_of(store).bindings.purpose_of(MOODLE, NEW_TASK) is Purpose.HOMEWORK
    assert rules_of(store).bindings.purpose_of(MOODLE, DROPPED) is Purpose.POSTS
    assert (act.by, act.reason, act.subject) == ("office", "a second homework", kept.scheme)
    assert next(each for each in li.criteria if each.id == "homework").points > 0


def test_choices_that_nobody_was_shown_are_not_taken_on(store: SqlStore) -> None:
    one = rebinding(store)
    bound = one.bound(COORDINATOR)
    mark = one.foresee(COORDINATOR, bound, {**bound.now}).mark
    assert not one.take_on(COORDINATOR, bound, with_task({**bound.now}), reason="because", seen=mark)
    assert rules_of(store).bindings == BOUND


def test_choices_that_nobody_was_shown_are_not_taken_on_though_they_change_no_card(store: SqlStore) -> None:
    one = rebinding(store)
    bound = one.bound(COORDINATOR)
    without = {key: purpose for key, purpose in bound.now.items() if key != (MOODLE, DROPPED)}
    mark = one.foresee(COORDINATOR, bound, {**bound.now}).mark
    assert not one.take_on(COORDINATOR, bound, without, reason="because", seen=mark)
    assert rules_of(store).bindings == BOUND


def test_what_somebody_else_applied_meanwhile_is_not_taken_back(store: SqlStore) -> None:
    one = rebinding(store)
    bound = one.bound(COORDINATOR)
    chosen = with_task({**bound.now})
    mark = one.foresee(COORDINATOR, bound, chosen).mark
    with store.writing() as transaction:
        course = transaction.course(COURSE)
        transaction.keep_course(replace(course, settings=f"{course.settings}# since\n"))
    for each in (one, rebinding(store)):
        assert not each.take_on(COORDINATOR, bound, chosen, reason="because", seen=mark)
    with store.reading() as transaction:
        assert transaction.course(COURSE).settings.endswith("# since\n")


def test_a_closed_course_is_neither_previewed_nor_changed(store: SqlStore) -> None:
    one = rebinding(store)
    bound = one.bound(COORDINATOR)
    chosen = with_task({**bound.now})
    mark = one.foresee(COORDINATOR, bound, chosen).mark
    close(rules_of(store), Signature(by="office", reason="over"), store, clock=CLOCK)
    for ask in (
        lambda: one.foresee(COORDINATOR, bound, chosen),
        lambda: one.take_on(COORDINATOR, bound, chosen, reason="because", seen=mark),
    ):
        with pytest.raises(CannotBeDecided, check=lambda error: error.why is Obstacle.CLOSED):
            ask()
    assert rules_of(store).bindings == BOUND


def test_nothing_is_taken_on_without_a_reason(store: SqlStore) -> None:
    one = rebinding(store)
    bound = one.bound(COORDINATOR)
    chosen = with_task({**bound.now})
    mark = one.foresee(COORDINATOR, bound, chosen).mark
    with pytest.raises(CannotBeDecided, check=lambda error: error.why is Obstacle.NO_REASON):
        one.take_on(COORDINATOR, bound, chosen, reason=" ", seen=mark)
    assert rules_of(store).bindings == BOUND


@pytest.mark.parametrize(
    "visitor",
    [
        Visitor(person=LI),
        Visitor(person=WANG),
        Visitor(
            person=None,
            roles=(replace(GRANT, person=""),),
            launched=Launched(registration=1, context="1", subject="-1", course=COURSE, staff=True),
        ),
    ],
    ids=["a learner", "a tutor", "a test user"],
)
def test_settings_are_for_who_sees_the_whole_course_and_can_sign(store: SqlStore, visitor: Visitor) -> None:
    one = rebinding(store)
    bound = one.bound(COORDINATOR)
    for ask in (
        lambda: one.bound(visitor),
        lambda: one.foresee(visitor, bound, bound.now),
        lambda: one.take_on(visitor, bound, bound.now, reason="mine", seen=""),
    ):
        with pytest.raises(NotAllowed):
            ask()


def test_a_bound_folder_stands_for_what_it_holds_and_a_smaller_one_for_its_own(store: SqlStore) -> None:
    videos = "https://video.example.edu/"
    watched = [
        replace(given.watch(id_), person=LI, activity=f"{videos}{place}")
        for id_, place in (("w1", "a/1"), ("w2", "a/2"), ("w3", "b/1"), ("w4", "b/2"))
    ]
    collect(COURSE, ScriptedSource([told(*watched)]), store, clock=CLOCK)
    now = bindings(study_time=(f"{videos}*", f"{videos}a/*"))
    bound = rebinding_by(store, replace(rules_of(store), bindings=now)).bound(COORDINATOR)
    told_of = {
        line.activity: (line.count, line.activities) for line in bound.lines if videos in line.activity
    }
    assert told_of == {f"{videos}*": (2, 2), f"{videos}a/*": (2, 2)}
