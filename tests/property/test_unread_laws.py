"""Laws of what could not be read: what is told as final stays so whatever that turns out to be; what is
provisional for it could be told otherwise."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from itertools import cycle, product
from typing import Any

from hypothesis import example, given
from hypothesis import strategies as st

from lms_scoring.domain import evidence as ev
from lms_scoring.domain.dossier import Dossier, dossiers
from lms_scoring.domain.evidence import Grade, Purpose, Role
from lms_scoring.domain.instants import HOUR, SECOND
from lms_scoring.domain.outlook import Outlook, look_ahead, told_state
from lms_scoring.domain.rules.grade_map import GradeMap
from lms_scoring.domain.rules.more_homework import Take
from lms_scoring.domain.scheme import Scheme
from lms_scoring.domain.scorecard import Scorecard
from lms_scoring.domain.scoring import score
from tests.given import (
    AFTER,
    DUE,
    END,
    START,
    homework,
    journal,
    main_scheme,
    membership,
    reply,
    reported,
    scheme_with,
    topic,
    topics,
    tutor,
    unknown,
    watch,
)
from tests.property.drawn import evidence, posts, reported_times, schemes, submissions, watches
from tests.property.going_ways import Records

HOMEWORK = unknown(activity="homework 1", about=Purpose.HOMEWORK)
PASSED: list[Any] = [membership(), watch(minutes=750), journal(), homework(grade=Grade.PASS), *topics(4)]
"""Just at the pass mark of the main scheme, with 16 points of homework."""
UNMARKED: list[Any] = [membership(), watch(minutes=750), homework(), *topics(5)]
"""55 points; marking makes at most 65 of them, a journal 75, and both 85."""
ALL_MARKED: list[Any] = [tutor(), membership(), homework(grade=Grade.PASS)]
LATEST, MEAN = (scheme_with("homework", take=take) for take in (Take.LATEST, Take.MEAN))
ONE = Fraction(1)

Unread = list[tuple[ev.Unknown, set[Purpose]]]
"""What could not be read, each with what it may be."""

shares = st.sampled_from((Fraction(1, 2), Fraction(3, 4), ONE, Fraction(5, 4), Fraction(3, 2)))
readings = st.lists(st.one_of(submissions(), submissions(), posts(), reported_times(), watches()), max_size=5)


@given(schemes(), evidence(), shares, st.integers(0, 2), readings)
@example(LATEST, [*PASSED, HOMEWORK], ONE, 0, [homework(at=DUE - HOUR, grade=Grade.FAIL)])
@example(MEAN, [*PASSED, HOMEWORK], ONE, 0, [homework(at=DUE - HOUR, grade=Grade.FAIL)])
@example(main_scheme(), [*PASSED, HOMEWORK], ONE, 0, [homework(at=DUE - HOUR, grade=Grade.FAIL)])
@example(main_scheme(), [*ALL_MARKED, HOMEWORK], ONE, 0, [homework(at=DUE - HOUR)])
@example(main_scheme(), [*UNMARKED, unknown(about=Purpose.JOURNAL)], ONE, 25, [journal()])
def test_what_is_told_as_final_stays_so_whatever_could_not_be_read_turns_out_to_be(
    scheme: Scheme, records: Records, share: Fraction, extra: int, drawn: Records
) -> None:
    """The pass mark lies at a share of the points that there are, or a little above."""
    for harder, dossier in with_marks(scheme, records, share, extra):
        card, outlook = seen(harder, dossier)
        after = score(harder, of_same(dossier, read(records, card, harder, drawn)))
        if told_state(card.state, outlook.standing).is_final:
            assert after.state is card.state
        for result, then in zip(card.criteria, after.criteria, strict=True):
            if result.id not in outlook.unread:
                assert then.points == result.points


@given(schemes(), evidence(decided=False), shares, st.integers(0, 2))
@example(MEAN, [*PASSED, HOMEWORK], Fraction(84, 80), 0)
@example(MEAN, [*PASSED, HOMEWORK], Fraction(83, 80), 0)
@example(LATEST, [*PASSED, HOMEWORK], Fraction(74, 80), 0)
def test_what_is_provisional_for_what_could_not_be_read_could_be_told_otherwise(
    scheme: Scheme, records: Records, share: Fraction, extra: int
) -> None:
    """Of learners, none of whose time is implausible."""
    records = [one for one in records if not isinstance(one, ev.ReportedTime)]
    for harder, dossier in with_marks(scheme, records, share, extra):
        card, outlook = seen(harder, dossier)
        if card.role is not Role.LEARNER or not told_state(card.state, outlook.standing).is_provisional:
            continue
        ends = (
            score(harder, of_same(dossier, extreme)).state
            for extreme in extremes(records, card, harder, best=not card.passed)
        )
        assert any(state is not card.state for state in ends)


@given(schemes(), evidence(), shares)
def test_nothing_hangs_on_reading_where_all_could_be_read(
    scheme: Scheme, records: Records, share: Fraction
) -> None:
    readable: Records = [one for one in records if not isinstance(one, ev.Unknown)]
    for harder, dossier in with_marks(scheme, readable, share, 0):
        assert seen(harder, dossier)[1].unread == ()


def with_marks(
    scheme: Scheme, records: Records, share: Fraction, extra: int
) -> Iterator[tuple[Scheme, Dossier]]:
    """Every place with the scheme whose pass mark lies there for it."""
    for dossier in dossiers(records, as_of=AFTER):
        role = dossier.membership.role
        mark = score(scheme, dossier).total * share + extra
        rules = replace(scheme.roles[role], pass_mark=mark)
        yield replace(scheme, roles={**scheme.roles, role: rules}), dossier


def seen(scheme: Scheme, dossier: Dossier) -> tuple[Scorecard, Outlook]:
    card = score(scheme, dossier)
    return card, look_ahead(scheme, dossier, card)


def of_same(dossier: Dossier, records: Records) -> Dossier:
    own = dossier.membership
    return next(one for one in dossiers(records, as_of=AFTER) if one.membership == own)


def read(records: Records, card: Scorecard, scheme: Scheme, drawn: Records) -> Records:
    """The records with what was drawn in place of what the card could not read."""
    unread = shown(records, card, scheme)
    turned_out = [
        made
        for number, (record, (one, purposes)) in enumerate(zip(drawn, cycle(unread), strict=False))
        for made in as_read(record, one, purposes, records, id_=f"read {number}")
    ]
    return [*without(records, unread), *turned_out]


def without(records: Records, unread: Unread) -> Records:
    there = {one for one, _ in unread}
    return [one for one in records if not (isinstance(one, ev.Unknown) and one in there)]


def shown(records: Records, card: Scorecard, scheme: Scheme) -> Unread:
    """What the card says could not be read, and what it may be by the criteria where it says so."""
    found = []
    for one in (one for one in dict.fromkeys(records) if isinstance(one, ev.Unknown)):
        purposes = {
            purpose
            for criterion, result in zip(scheme.roles[card.role].criteria, card.criteria, strict=True)
            if any((of.kind, of.id) == ("unknown", one.id) for of in result.findings)
            for purpose in criterion.rule.purposes
            if one.about in (None, purpose)
        }
        if purposes:
            found.append((one, purposes))
    return found


def as_read(
    record: ev.Record, unread: ev.Unknown, purposes: set[Purpose], records: Records, *, id_: str
) -> Iterator[ev.Record]:
    """The record as something of that person in that activity, if it may be such a thing.

    An activity tells its time in one way: beside totals there are no spans.
    """
    person, activity = unread.person, unread.activity
    totals = {(one.person, one.activity) for one in records if isinstance(one, ev.ReportedTime)}
    tasks = [task for task in ev.Task if Purpose(task.value) in purposes]
    forums = purposes & {Purpose.POSTS, Purpose.BULLETINS}
    match record:
        case ev.Submission(task=task) if tasks:
            task = task if task in tasks else tasks[0]
            yield replace(record, id=id_, person=person, activity=activity, task=task)
        case ev.Post(bulletin=bulletin) if forums:
            bulletin = bulletin if len(forums) == 2 else forums == {Purpose.BULLETINS}
            yield replace(record, id=id_, person=person, forum=activity, bulletin=bulletin)
        case ev.ReportedTime() if Purpose.STUDY_TIME in purposes:
            yield replace(record, id=id_, person=person, activity=activity)
        case ev.Watch() if Purpose.STUDY_TIME in purposes and (person, activity) not in totals:
            yield replace(record, id=id_, person=person, activity=activity)


def extremes(records: Records, card: Scorecard, scheme: Scheme, *, best: bool) -> Iterator[Records]:
    """All that could not be read as ever more homework: the worst, in time or late; or the best, with all
    else that there may be."""
    unread = shown(records, card, scheme)
    for count, late in product((4**power for power in range(9)), (False,) if best else (False, True)):
        things = [*hand_ins(scheme, count, best=best, late=late), *(everything_else(count) if best else ())]
        turned_out = [
            made
            for one, purposes in unread
            for record in things
            if not isinstance(record, ev.Submission) or Purpose(str(record.task)) in purposes
            for made in as_read(record, one, purposes, records, id_=f"{one.id} {record.id}")
        ]
        yield [*without(records, unread), *turned_out]


def hand_ins(scheme: Scheme, count: int, *, best: bool, late: bool) -> Iterator[ev.Submission]:
    """Of the best grade, or unmarked; after all others."""
    rules = (criterion.rule for criterion in scheme.roles[Role.LEARNER].criteria)
    grades = next(dict(rule.grades) for rule in rules if isinstance(rule, GradeMap))
    grade = max(grades, key=lambda one: grades[one]) if best else None
    due_at = END - 5 * SECOND if late else None
    for number in range(count):
        yield homework(f"h{number}", grade, at=END - 1, attempt=99, opens_at=None, due_at=due_at)


def everything_else(count: int) -> Iterator[ev.Record]:
    """More than any rule asks for that is drawn here, once there are 64."""
    for number in range(min(count, 64)):
        yield journal(f"j{number}", at=START + number)
        yield topic(f"t{number}", at=START + number)
        yield reply(f"p{number}", at=START + number)
        yield reported(f"r{number}", START + number * HOUR)
    yield watch("w", START, minutes=60 * 24, segments=((1_000, 9_000),))
