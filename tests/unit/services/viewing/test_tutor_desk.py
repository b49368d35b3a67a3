"""The tutor's desk: which works are on it, who sees them, and what the class looks like in figures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

import pytest

from lms_scoring.cli.scoreboard import board_text
from lms_scoring.domain import evidence as ev
from lms_scoring.domain.binding import Binding, Bindings
from lms_scoring.domain.board import Median
from lms_scoring.domain.errors import NotAllowed
from lms_scoring.domain.evidence import Grade, Purpose, Role
from lms_scoring.domain.identity import account
from lms_scoring.domain.outlook import Standing
from lms_scoring.domain.scorecard import Verdict
from lms_scoring.domain.statements import LmsStatement, LmsVerb
from lms_scoring.ports import Activity, Batch, Grant, Store, Uses, Visitor
from lms_scoring.services.access.erase import erase
from lms_scoring.services.collecting.collect import collect
from lms_scoring.services.deciding.close import close
from lms_scoring.services.deciding.decide import Decide
from lms_scoring.services.deciding.enter import enter
from lms_scoring.services.deciding.recommend import Recommend, TakeBack
from lms_scoring.services.scoring.assess import assess
from lms_scoring.services.scoring.rules import CourseRules
from lms_scoring.services.signing import Signature
from lms_scoring.services.viewing.class_works import advised
from lms_scoring.services.viewing.consult import Consultant
from lms_scoring.services.viewing.tutor_desk import TutorDesk
from lms_scoring.web.desk.desk_page import choices_of
from tests import given
from tests.fakes.activity_kinds import SITE, NamedKinds
from tests.fakes.memory_store import MemoryStore
from tests.fixtures.courses.scripted import (
    CHEN,
    COURSE,
    HOMEWORK,
    LI,
    LRS,
    NEWS,
    WANG,
    ZHAO,
    ScriptedSource,
    StandingClock,
    adopt_course,
    bindings,
    members,
    roster,
    rules,
    scored,
    told,
)

SUN = "sun"
FIRST, SECOND = given.CLASS, "class 2"
OFFICE = Visitor(person="office")
TUTOR, LEARNER = Visitor(person=WANG), Visitor(person=LI)
ACTIVITIES = [Activity(id=id_, name=id_.title(), kind="assign") for id_ in (HOMEWORK, "journal 1")]


def filled(*more: ev.Record, store: Store | None = None, own: CourseRules | None = None) -> Store:
    """Li's homework waits, Zhao's is marked and Chen's is of another class; Li wrote a journal."""
    store = MemoryStore() if store is None else store
    clock = StandingClock()
    adopt_course(store)
    with store.writing() as transaction:
        transaction.keep_grant(Grant(person="office", role="coordinator", course=COURSE))
        transaction.begin_run(COURSE, "moodle", at=1)
        transaction.keep_activities(COURSE, "moodle", ACTIVITIES)
    records: Sequence[ev.Record] = (
        *members(),
        given.homework("of li"),
        given.homework("of zhao", Grade.GOOD, person=ZHAO, at=given.DUE + given.DAY),
        given.journal("journal"),
        given.homework("of chen", person=CHEN),
        *more,
    )
    collect(COURSE, ScriptedSource([roster(LI, ZHAO, WANG, CHEN, SUN), told(*records)]), store, clock=clock)
    assess(rules() if own is None else own, store, clock=clock, everyone=True)
    return store


def desk(store: Store, own: CourseRules | None = None, *, at: int = given.AFTER) -> TutorDesk:
    return TutorDesk(
        store,
        rules() if own is None else own,
        clock=StandingClock(at),
        activity_kinds={"canvas": NamedKinds(assign=Uses())},
    )


def waiting(store: Store, visitor: Visitor = TUTOR) -> dict[str | None, list[str]]:
    works = desk(store).desk(visitor).works
    return {one.class_: [work.submission.id for work in one.waiting] for one in works}


# -- what is on it, and for whom ------------------------------------------------------------------------


def test_a_tutor_has_the_works_of_the_own_class_and_a_coordinator_those_of_all() -> None:
    store = filled()
    assert waiting(store) == {FIRST: ["moodle/of li"]}
    assert waiting(store, OFFICE) == {FIRST: ["moodle/of li"], SECOND: ["moodle/of chen"]}
    found = desk(store).desk(OFFICE, class_=SECOND)
    assert [one.class_ for one in found.works] == [SECOND]
    assert (list(found.classes), found.chosen) == ([FIRST, SECOND], SECOND)


@pytest.mark.parametrize(
    ("visitor", "class_"), [(LEARNER, None), (Visitor(person="x"), None), (TUTOR, SECOND), (OFFICE, "none")]
)
def test_what_is_not_the_visitors_is_refused(visitor: Visitor, class_: str | None) -> None:
    with pytest.raises(NotAllowed):
        desk(filled()).desk(visitor, class_=class_)


def test_the_duty_on_the_desk_is_the_one_that_the_tutors_card_scores() -> None:
    left = replace(given.homework("left", activity="journal 1"), person=ZHAO)
    store = filled(given.homework("again", attempt=1, at=given.DUE), left)
    (works,) = desk(store).desk(TUTOR).works
    with store.reading() as transaction:
        card = transaction.scorecard(COURSE, WANG, role=Role.TUTOR, class_=FIRST)
    assert card is not None
    judged = given.result(card, "marking").findings
    assert [one.submission.id for one in works.due] == [one.id for one in judged]
    assert [one.is_marked for one in works.due] == [one.verdict is Verdict.COUNTED for one in judged]
    assert (works.marked, len(works.due)) == (1, 2)


def test_the_longest_waiting_stands_first() -> None:
    store = filled(given.homework("older", person=ZHAO, attempt=1, at=given.DUE + 2 * given.DAY))
    assert waiting(store) == {FIRST: ["moodle/of li", "moodle/older"]}


def test_a_class_that_nobody_guides_has_its_works_too() -> None:
    (works,) = desk(filled()).desk(OFFICE, class_=SECOND).works
    assert list(works.tutors) == []
    assert [one.name for one in works.waiting] == ["Chen"]


def test_a_voided_work_is_none_and_an_unreadable_one_is_counted() -> None:
    unread = given.unknown("u", HOMEWORK, person=ZHAO)
    elsewhere = given.unknown("v", "scorm 1", person=ZHAO)
    void = given.decided(ev.Action.VOID, given.homework("moodle/of li"), person=LI)
    (works,) = desk(filled(unread, elsewhere, void)).desk(TUTOR).works
    assert (len(works.waiting), works.unread) == (0, 1)


def findings_of_marking(store: Store) -> dict[str, bool]:
    """The duty as the tutor's card judges it: what of it is marked."""
    with store.reading() as transaction:
        card = transaction.scorecard(COURSE, WANG, role=Role.TUTOR, class_=FIRST)
    assert card is not None
    return {one.id: one.verdict is Verdict.COUNTED for one in given.result(card, "marking").findings}


def duty_on_the_desk(store: Store, own: CourseRules | None = None) -> dict[str, bool]:
    (works,) = desk(store, own, at=given.AFTER + given.DAY).desk(TUTOR).works
    return {one.submission.id: one.is_marked for one in works.due}


def closed(store: Store, own: CourseRules | None = None) -> Store:
    """The window is over and read, and the programme is closed."""
    signed = Signature(by="operator:office", reason="it is over")
    done = close(rules() if own is None else own, signed, store, clock=StandingClock(given.AFTER))
    assert done.assessed is not None
    return store


def test_a_closed_programmes_desk_has_what_was_frozen_with_what_was_decided_since() -> None:
    store = closed(filled())
    before = {"moodle/of li": False, "moodle/of zhao": True}
    later = [given.homework("of li", Grade.GOOD), given.homework("new", person=ZHAO, activity="journal 1")]
    collect(COURSE, ScriptedSource([told(*later)]), store, clock=StandingClock(given.AFTER + 1))
    assert duty_on_the_desk(store) == findings_of_marking(store) == before
    void = Decide(
        person=LI,
        target=ev.RecordTarget(kind="submission", id="moodle/of li"),
        action=ev.Action.VOID,
        signed=Signature(by="operator:office", reason="copied"),
    )
    enter(void, rules(), store, clock=StandingClock(given.AFTER + 2))
    assert duty_on_the_desk(store) == findings_of_marking(store) == {"moodle/of zhao": True}


def test_works_that_only_statements_tell_of_are_on_the_desk_as_on_the_card() -> None:
    told_here = rules(
        bindings=Bindings(
            bindings=(
                *bindings(homework=()).bindings,
                Binding(purpose=Purpose.HOMEWORK, source=LRS, activities=("http://lms/assign",)),
            )
        )
    )
    store = filled(own=told_here)
    hand_in = LmsStatement(
        1, "s1", account("https://moodle.example.edu", LI), LmsVerb.SUBMITTED, "http://lms/work", "http://lms/assign",
        given.DUE, None, None, None, None,
    )  # fmt: skip
    source = ScriptedSource([Batch(statements=[hand_in])], name=LRS, shared=True)
    collect(COURSE, source, store, clock=StandingClock())
    assess(told_here, store, clock=StandingClock(), everyone=True)
    told_works = duty_on_the_desk(store, told_here)
    assert [*told_works.values()] == [False]
    assert findings_of_marking(store) == told_works
    assert duty_on_the_desk(closed(store, told_here), told_here) == told_works


def test_a_clock_that_was_set_back_takes_no_work_from_the_desk_as_it_takes_none_from_the_card() -> None:
    store = filled()
    for _ in range(3):
        collect(COURSE, ScriptedSource([told()]), store, clock=StandingClock(given.AFTER))
    early = given.START - given.DAY
    assess(rules(), store, clock=StandingClock(early), everyone=True)
    (works,) = desk(store, at=early).desk(TUTOR).works
    assert {one.submission.id: one.is_marked for one in works.due} == findings_of_marking(store)
    assert len(works.due) == 2


@pytest.mark.parametrize(
    ("kinds", "page"),
    [
        ({"moodle": "canvas", "lrs": "xapi"}, f"{SITE}/assign/{HOMEWORK}/{LI}/0"),
        ({"moodle": "other", "lrs": "canvas"}, None),
        ({}, None),
    ],
)
def test_a_work_is_marked_where_the_sort_of_platform_says_that_its_source_is(
    kinds: dict[str, str], page: str | None
) -> None:
    (works,) = desk(filled(), rules(source_kinds=kinds)).desk(TUTOR).works
    assert {one.page for one in works.waiting} == {page}


# -- recommending ---------------------------------------------------------------------------------------


def recommends(store: Store, submission: str = "moodle/journal") -> None:
    wish = Recommend(person=WANG, submission=submission)
    enter(wish, rules(), store, clock=StandingClock(given.AFTER))


def test_a_recommended_work_says_who_recommended_it() -> None:
    store = filled()
    recommends(store)
    (works,) = desk(store).desk(TUTOR).works
    assert [one.submission.id for one in works.recommended_by(WANG)] == ["moodle/journal"]
    (own,) = [one for one in works.works if one.recommended_by]
    assert [*own.recommended_by] == [WANG]


def test_a_tutor_chooses_among_the_works_of_the_own_class_alone() -> None:
    store = filled()
    candidate = desk(store).candidate(TUTOR, "moodle/journal")
    assert (candidate.tutor, candidate.work.name, candidate.was_taken_back) == (WANG, "Li", False)
    for visitor, work in ((TUTOR, "moodle/of chen"), (TUTOR, "absent"), (OFFICE, "moodle/journal")):
        with pytest.raises(NotAllowed):
            desk(store).candidate(visitor, work)


def test_what_was_taken_back_is_known_and_an_earlier_attempt_stands_for_its_work() -> None:
    store = filled(given.homework("again", attempt=1, at=given.DUE))
    recommends(store, "moodle/of li")
    candidate = desk(store).candidate(TUTOR, "moodle/of li")
    assert (candidate.work.submission.id, candidate.was_taken_back) == ("moodle/again", False)
    back = TakeBack(person=WANG, submission="moodle/of li", signed=Signature(by=WANG, reason="copied"))
    enter(back, rules(), store, clock=StandingClock(given.AFTER + 1))
    later = desk(store, at=given.AFTER + 3)
    assert not later.candidate(TUTOR, "moodle/again").was_taken_back
    with pytest.raises(NotAllowed):  # the latest attempt speaks for the work again
        later.candidate(TUTOR, "moodle/of li")
    recommends(store, "moodle/again")
    enter(replace(back, submission="moodle/again"), rules(), store, clock=StandingClock(given.AFTER + 2))
    assert later.candidate(TUTOR, "moodle/again").was_taken_back


def test_the_own_work_is_listed_and_not_open_to_the_tutor_who_made_it() -> None:
    store = filled(given.membership(WANG), given.homework("own", person=WANG))
    (works,) = desk(store).desk(TUTOR).works
    assert [one.submission.id for one in works.works if WANG not in one.open_to] == ["moodle/own"]
    others = ["moodle/of li", "moodle/journal", "moodle/of zhao"]
    assert sorted(one.submission.id for one in works.open_to(WANG)) == sorted(others)
    with store.reading() as transaction:
        card = transaction.scorecard(COURSE, WANG, role=Role.TUTOR, class_=FIRST)
    assert card is not None
    assert given.figure(card, "recommending", "works") == len(others)
    assert len(works.open_to("office")) == len(others), "nobody else guides the class"


def test_a_colleagues_work_may_be_recommended_and_where_nobody_guides_all_could_be() -> None:
    both: list[ev.Record] = [given.membership(WANG), given.tutor(SUN), given.homework("own", person=WANG)]
    first, second = desk(filled(*both)).desk(OFFICE).works
    for visitor, open_ in ((WANG, 3), (SUN, 4), ("office", 4), (None, 4)):
        assert len(first.open_to(visitor)) == open_
    assert [one.submission.id for one in second.open_to(None)] == ["moodle/of chen"]


@pytest.mark.parametrize(("works", "about"), [(1, 1), (19, 1), (20, 1), (21, 2), (60, 3), (70, 4)])
def test_about_as_many_works_are_advised_on_the_desk_as_on_the_tutors_card(works: int, about: int) -> None:
    handed_in = [given.homework(f"h{n}", activity=f"{n}") for n in range(works)]
    card = given.card([given.tutor(), given.membership(), *handed_in], role=Role.TUTOR)
    assert advised(given.main_scheme(), works) == about
    assert given.result(card, "recommending").figures[0].advised == about


def test_nothing_is_advised_of_nothing_or_where_the_scheme_advises_nothing() -> None:
    assert advised(given.main_scheme(), 0) is None
    assert advised(given.shipped("prefecture-three-bands").scheme, 60) is None


@pytest.mark.parametrize("is_closed", [False, True])
def test_works_of_who_was_erased_count_as_on_the_tutors_card_and_nobody_is_shown_them(
    is_closed: bool,
) -> None:
    store = filled(given.journal("of zhao too", person=ZHAO))
    recommends(store, "moodle/of zhao")
    if is_closed:
        closed(store)
    signed = Signature(by="operator:office", reason="asked for")
    assert erase(ZHAO, signed, store, clock=StandingClock(given.AFTER)) is not None
    assess(rules(), store, clock=StandingClock(), everyone=True)
    found = desk(store)
    (works,) = found.desk(TUTOR).works
    assert (works.marked, len(works.due), works.unread) == (1, 2, 0)
    assert sorted(findings_of_marking(store).values()) == [False, True]
    with store.reading() as transaction:
        card = transaction.scorecard(COURSE, WANG, role=Role.TUTOR, class_=FIRST)
    assert card is not None
    assert given.figure(card, "recommending", "works") == len(works.open_to(WANG)) == 4
    (chosen,) = works.recommended_by(WANG)
    assert (chosen.is_nameless, chosen.name, chosen.page) == (True, "", None)
    assert [one.submission.id for one in works.named] == ["moodle/journal", "moodle/of li"]
    (choice,) = choices_of(found.desk(TUTOR), given.main_scheme())
    assert (len(choice.own), len(choice.open), choice.chosen, len(choice.others)) == (1, 4, [], 2)
    assert (choice.recommended, choice.not_recommended) == (1, 3)
    with pytest.raises(NotAllowed):
        found.candidate(TUTOR, chosen.submission.id)


@pytest.mark.parametrize("is_closed", [False, True])
def test_a_class_stays_on_a_coordinators_desk_whose_only_learner_was_erased_and_left_works(
    is_closed: bool,
) -> None:
    store = closed(filled()) if is_closed else filled()
    signed = Signature(by="operator:office", reason="asked for")
    assert erase(CHEN, signed, store, clock=StandingClock(given.AFTER)) is not None
    found, duties = desk(store).duties(OFFICE)
    assert list(found.classes) == [FIRST, SECOND]
    assert [(len(one.works.works), len(one.works.named)) for one in duties] == [(3, 3), (1, 0)]
    assert len(desk(store).desk(OFFICE, class_=SECOND).works) == 1
    assert Consultant(store, rules()).board(OFFICE, class_=SECOND).rows == []


def test_a_class_is_on_no_desk_whose_only_learner_was_erased_and_left_nothing() -> None:
    store = filled(given.membership(SUN, class_="class 3"))
    assert list(desk(store).desk(OFFICE).classes) == [FIRST, SECOND, "class 3"]
    signed = Signature(by="operator:office", reason="asked for")
    assert erase(SUN, signed, store, clock=StandingClock(given.AFTER)) is not None
    assert list(desk(store).desk(OFFICE).classes) == [FIRST, SECOND]


# -- what is to be done, and what can be told to the class ----------------------------------------------


def test_the_own_card_stands_beside_what_is_to_be_done() -> None:
    store = filled()
    _, (duties,) = desk(store).duties(TUTOR)
    assert duties.own is not None
    assert duties.outlook is not None
    assert duties.own.person == WANG
    assert {standing: len(rows) for standing, rows in duties.standings.items()} == {Standing.UNREACHABLE: 2}
    found = desk(store).duties(OFFICE)[1]
    assert [(one.own, one.outlook) for one in found] == [(None, None)] * 2


def test_a_class_in_figures_names_nobody_and_leaves_out_who_left() -> None:
    store = filled(given.homework("more", Grade.EXCELLENT, person=LI, activity="journal 1"))
    _, (news,) = desk(store).news(TUTOR)
    figures = news.figures
    assert (figures.enrolled, figures.passed) == (2, 0)
    assert figures.median == Median(points=Fraction(15), of=2, is_at_least=False)
    by_id = {one.criterion.id: (one.full, one.some, one.none, one.pending) for one in figures.criteria}
    assert by_id["homework"] == (0, 1, 1, 1)
    assert by_id["study_time"] == (0, 0, 2, 0)


def test_points_that_could_not_be_read_are_not_called_none() -> None:
    store = filled(given.unknown("u", "scorm 1", person=ZHAO))
    _, (news,) = desk(store).news(TUTOR)
    (study,) = (one for one in news.figures.criteria if one.criterion.id == "study_time")
    assert (study.full, study.some, study.none) == (0, 1, 1)
    assert news.figures.median is not None
    assert news.figures.median.is_at_least


def test_an_empty_class_has_no_median() -> None:
    store = MemoryStore()
    scored(store, roster(WANG, LI), told(*members(without=[ZHAO, CHEN], withdrawn=[LI])))
    _, (news,) = desk(store).news(TUTOR)
    assert (news.figures.enrolled, news.figures.median) == (0, None)


def test_bulletins_are_told_of_the_own_card_or_of_all_to_who_sees_all() -> None:
    news = replace(given.topic("bulletin", person=WANG), forum=NEWS)
    store = filled(news, given.tutor(SUN))
    for visitor, tutors in ((TUTOR, [WANG]), (OFFICE, [SUN, WANG])):
        _, (first, *_) = desk(store).news(visitor)
        assert [made.tutor for made in first.bulletins] == tutors
    (own,) = desk(store).news(TUTOR)[1][0].bulletins
    assert [finding.id for finding in own.result.findings] == ["moodle/bulletin"]


def test_classes_stand_in_the_order_of_their_numbers_as_on_the_board() -> None:
    classes = ["2班", "三班", "10班", "十一班"]
    places = [given.membership(f"of {class_}", class_=class_) for class_ in reversed(classes)]
    store = MemoryStore()
    adopt_course(store)
    with store.writing() as transaction:
        transaction.keep_grant(Grant(person="office", role="coordinator", course=COURSE))
    scored(store, roster(*(place.person for place in places)), told(*places))
    found = desk(store).desk(OFFICE)
    assert list(found.classes) == [works.class_ for works in found.works] == classes
    rows = Consultant(store, rules()).board(OFFICE).rows
    heads = [line for line in board_text(rules(), rows, language="zh").splitlines() if "班 · " in line]
    assert [head.partition(" · ")[0] for head in heads] == classes
