"""What a page tells of an outlook: dates once each, in order, and what is asked for without points."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest

from lms_scoring.domain import evidence as ev
from lms_scoring.domain.dossier import Dossier, dossiers
from lms_scoring.domain.evidence import Record, Role
from lms_scoring.domain.identity import KnownPerson
from lms_scoring.domain.instants import DAY
from lms_scoring.domain.outlook import (
    DeedKind,
    KnownTask,
    Outlook,
    Stand,
    Standing,
    Step,
    ToldState,
    Way,
    look_ahead,
)
from lms_scoring.domain.scorecard import Scorecard
from lms_scoring.domain.scoring import scorecards
from lms_scoring.ports import KeptCourse
from lms_scoring.services.viewing.consult import Status
from lms_scoring.web.card.needs import Needs, needs_of
from lms_scoring.web.card.records import person_record
from lms_scoring.web.card.status_page import status_page
from lms_scoring.web.voice import Voice
from lms_scoring.web.wording import read_wording
from tests import given
from tests.unit.web.card.test_status_page import SHANGHAI

SCHEME = given.main_scheme()
DURING = given.START + 10 * DAY


def status(*records: Record, as_of: int = DURING) -> Status:
    there = [given.membership(), *records]
    card = next(one for one in scorecards(SCHEME, there, as_of=as_of) if one.role is Role.LEARNER)
    (dossier,) = (one for one in dossiers(there, as_of=as_of) if one.membership.role is Role.LEARNER)
    return Status(
        course=KeptCourse(id="c", title="C", scheme=SCHEME.fingerprint, settings=""),
        scheme=SCHEME,
        rules=SCHEME.roles[Role.LEARNER],
        person=KnownPerson(id=given.LI, name="李", accounts=()),
        membership=given.membership(),
        card=card,
        history=(),
        activities={},
        names={},
        synced_at=None,
        outlook=_outlook(dossier, card),
    )


def _outlook(dossier: Dossier, card: Scorecard) -> Outlook:
    task = KnownTask(task=ev.Task.HOMEWORK, activity="hw", due_at=given.DUE)
    return look_ahead(SCHEME, dossier, card, tasks=[task])


def needs(*records: Record, as_of: int = DURING) -> Needs:
    found = needs_of(status(*records, as_of=as_of))
    assert found is not None
    return found


def test_a_card_kept_without_an_outlook_needs_nothing_that_is_known() -> None:
    assert needs_of(replace(status(), outlook=None)) is None


def test_dates_come_in_order_and_each_thing_once() -> None:
    told = needs()
    assert len(told.outlook.goals[0].ways) > 1, "else nothing could stand twice"
    dates = [(date.at, None if date.step is None else date.step.kind) for date in told.dates]
    assert dates == [(given.DUE, DeedKind.HOMEWORK), (given.END - 1, None)]


def test_before_the_window_its_beginning_is_a_date() -> None:
    first = needs(as_of=given.START - DAY).dates[0]
    assert (first.at, first.begins, first.step) == (given.START, True, None)


def test_what_opens_later_has_two_dates() -> None:
    base = status()
    assert base.outlook is not None
    step = Step(
        criterion="homework",
        kind=DeedKind.HOMEWORK,
        amount=1,
        points=Fraction(10),
        opens_at=DURING + DAY,
        deadline=DURING + 2 * DAY,
    )
    waiting = replace(step, kind=DeedKind.GET_MARKED)
    goal = replace(base.outlook.goals[0], ways=(Way(steps=(step, waiting), reaches=Fraction(80), effort=1),))
    told = needs_of(replace(base, outlook=replace(base.outlook, goals=(goal,))))
    assert told is not None
    assert [(date.at, date.begins) for date in told.dates] == [
        (DURING + DAY, True),
        (DURING + 2 * DAY, False),
        (given.END - 1, False),
    ]


def test_after_the_window_there_are_no_dates_and_nothing_is_asked_for() -> None:
    told = needs(as_of=given.AFTER)
    assert told.is_over
    assert not told.dates
    assert not told.asked
    assert not told.drafts


def test_posts_that_are_asked_for_are_named_until_they_are_there() -> None:
    assert [figure.name for figure in needs().asked] == ["topics", "replies"]


def test_why_a_mark_is_out_of_reach_is_said_once() -> None:
    told = needs(as_of=given.AFTER)
    (goal,) = told.outlook.goals
    assert told.says_why(goal) == told.outlook.ceilings
    assert told.says_why(replace(goal, is_pass=False)) == ()


def test_a_doubt_on_which_passing_hangs_is_told_apart() -> None:
    told = needs()
    assert not told.is_doubtful
    assert replace(told, outlook=replace(told.outlook, standing=Standing.TO_CHECK)).is_doubtful


def test_a_criterion_is_open_while_more_can_be_had() -> None:
    page = status_page(status(), SHANGHAI)
    assert [page.stand_of(part.result) for part in page.parts] == [Stand.OPEN] * 4
    over = status_page(status(as_of=given.AFTER), SHANGHAI)
    assert [over.stand_of(part.result) for part in over.parts] == [Stand.FINAL] * 4


def test_a_criterion_whose_deadline_is_over_is_final() -> None:
    page = status_page(status(as_of=given.DUE + DAY), SHANGHAI)
    stands = {part.result.id: page.stand_of(part.result) for part in page.parts}
    assert stands["homework"] is Stand.FINAL
    assert stands["journal"] is Stand.OPEN


def test_a_criterion_with_all_its_points_is_full() -> None:
    page = status_page(status(given.journal()), SHANGHAI)
    stands = {part.result.id: page.stand_of(part.result) for part in page.parts}
    assert stands["journal"] is Stand.FULL


def test_who_cannot_pass_any_more_reads_so_although_the_window_is_open() -> None:
    base = status()
    assert base.outlook is not None
    late = replace(base, outlook=replace(base.outlook, standing=Standing.UNREACHABLE))
    assert status_page(late, SHANGHAI).result is Standing.UNREACHABLE
    assert status_page(late, SHANGHAI).chip is None, "it is said once"
    assert status_page(base, SHANGHAI).result is ToldState.IN_PROGRESS


@pytest.mark.parametrize(
    ("language", "sentence"), [("zh", "已经无法合格"), ("en", "passing is out of reach")]
)
def test_a_printed_record_says_so_too(language: str, sentence: str) -> None:
    base = status()
    assert base.outlook is not None
    late = replace(base, outlook=replace(base.outlook, standing=Standing.UNREACHABLE))
    voice = Voice(read_wording(), language)
    (printed,), (usual,) = (person_record([one], (), (), voice, SHANGHAI).cards for one in (late, base))
    assert sentence in printed.verdict
    assert sentence not in usual.verdict
