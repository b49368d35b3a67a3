"""Scoring against an oracle that counts naively: sets of milliseconds, plain loops, the rubric's own words.

The oracle shares nothing with the product but the record types: no union of intervals, no terms, no order
of judging beyond what domain rules A1 and A2 say.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from lms_scoring.domain import evidence as ev
from lms_scoring.domain.evidence import Grade, Role
from lms_scoring.domain.rules.capped_proportion import CappedProportion
from lms_scoring.domain.rules.count import Count
from lms_scoring.domain.rules.grade_map import GradeMap
from lms_scoring.domain.rules.handed_in import Late
from lms_scoring.domain.rules.more_homework import Take
from lms_scoring.domain.scheme import Scheme
from lms_scoring.domain.scorecard import Scorecard
from lms_scoring.domain.scoring import scorecards
from lms_scoring.domain.study_time import Counting
from tests.given import AFTER, CLASS, END, START, figure, membership, result, scheme_of
from tests.property.drawn import (
    LEARNERS,
    TUTORS,
    began,
    evidence,
    moments,
    schemes,
    segments,
    watches,
)

Records = list[ev.Record]


# -- time ------------------------------------------------------------------------------------------


def naive_wall_clock(spans: list[ev.Watch], as_of: int) -> int:
    """Every millisecond in which something played, once."""
    played = {moment for span in spans for moment in range(span.start, span.end)}
    return sum(START <= moment < END and moment < as_of for moment in played)


def naive_content(spans: list[ev.Watch], as_of: int) -> Fraction:
    """Every twelfth of a millisecond of content that was shown in some millisecond of the window, once."""
    return Fraction(len({cell for span in spans for cell in _cells(span, as_of)}), 12)


def _cells(span: ev.Watch, as_of: int) -> Iterator[tuple[str, int]]:
    film = [12 * begin + part for begin, to in span.segments for part in range(12 * (to - begin))]
    for moment in range(span.start, span.end):
        if START <= moment < END and moment < as_of:
            first = len(film) * (moment - span.start) // (span.end - span.start)
            last = len(film) * (moment + 1 - span.start) // (span.end - span.start)
            yield from ((span.activity, cell) for cell in film[first:last])


def naive_reported(totals: list[ev.ReportedTime], as_of: int, cap: int | None) -> int:
    """What each attempt claims, at most as long as it lasted inside the window, at most the cap."""
    counted = 0
    for total in totals:
        first, last = max(total.started_at, START), min(total.ended_at + 1_000, END, as_of + 1_000)
        counted += max(0, min(total.duration, last - first, total.duration if cap is None else cap))
    return counted


def naive_time(records: Records, person: str, rule: CappedProportion, as_of: int) -> Fraction:
    spans = [one for one in records if isinstance(one, ev.Watch) and one.person == person]
    totals = [one for one in records if isinstance(one, ev.ReportedTime) and one.person == person]
    if rule.counting is Counting.REPORTED:
        return Fraction(naive_reported(totals, as_of, rule.reported_cap))
    with_spans = {span.activity for span in spans if naive_wall_clock([span], as_of) > 0}
    totals = [total for total in totals if total.activity not in with_spans]
    watched = naive_wall_clock if rule.counting is Counting.WALL_CLOCK else naive_content
    return Fraction(watched(spans, as_of)) + naive_reported(totals, as_of, rule.reported_cap)


# -- what was handed in ----------------------------------------------------------------------------


def naive_handed_in(records: Records, as_of: int) -> list[ev.Submission]:
    """Handed in by then, inside the window, and in the order of time."""
    found = [
        one
        for one in records
        if isinstance(one, ev.Submission)
        and one.state is ev.SubmissionState.SUBMITTED
        and one.submitted_at is not None
        and START <= one.submitted_at < END
        and one.submitted_at <= as_of
    ]
    return sorted(found, key=lambda one: (one.submitted_at, one.attempt, one.id))


def naive_grade(one: ev.Submission, rule: GradeMap, as_of: int) -> Grade | None:
    if one.graded_at is not None and one.graded_at > as_of:
        return None
    if one.grade is not None:
        return one.grade
    if one.points is None or not rule.cutoffs or not one.max_points:
        return None
    reached = [grade for grade in Grade if one.points >= rule.cutoffs.get(grade, 2**99) * one.max_points]
    highest = max((rule.cutoffs[grade] for grade in reached), default=None)
    best = [grade for grade in reached if rule.cutoffs[grade] == highest]
    return max(best, key=lambda grade: rule.grades[grade], default=Grade.FAIL)


def naive_homework(records: Records, person: str, rule: GradeMap, as_of: int) -> list[Fraction]:
    """What the criterion is worth with the marks as they are, and with the best marks there could be."""
    outcomes = []
    for one in naive_handed_in(records, as_of):
        if one.person != person or one.task is not ev.Task.HOMEWORK or one.submitted_at is None:
            continue
        if one.opens_at is not None and one.submitted_at < one.opens_at:
            continue
        late = one.due_at is not None and one.submitted_at - one.submitted_at % 1_000 > one.due_at
        if late and rule.late is Late.REJECT:
            continue
        in_time = Fraction(0) if late and rule.late is Late.FORFEIT_ON_TIME else rule.on_time
        grade = naive_grade(one, rule, as_of)
        best = max(rule.grades.values())
        outcomes.append((in_time, in_time + best) if grade is None else (in_time + rule.grades[grade],) * 2)
    if not outcomes:
        return [Fraction(0), Fraction(0)]
    now, then = zip(*outcomes, strict=True)
    if rule.take is Take.LATEST:
        return [now[-1], then[-1]]
    if rule.take is Take.MEAN:
        return [sum(now, Fraction(0)) / len(now), sum(then, Fraction(0)) / len(then)]
    return [max(now), max(then)]


def naive_journals(records: Records, person: str, rule: Any, as_of: int) -> int:
    journals = [
        one for one in naive_handed_in(records, as_of) if one.person == person and one.task is ev.Task.JOURNAL
    ]
    if rule.late is Late.REJECT:
        journals = [
            one
            for one in journals
            if (one.opens_at is None or (one.submitted_at or 0) >= one.opens_at)
            and (one.due_at is None or (one.submitted_at or 0) // 1_000 <= one.due_at // 1_000)
        ]
    activities = {one.activity for one in journals}
    return sum(max(Counter(_attempts(journals, activity)).values()) for activity in activities)


def _attempts(journals: list[ev.Submission], activity: str) -> list[int]:
    """The numbers of the attempts: as many pieces as there are hand-ins with one number."""
    return [one.attempt for one in journals if one.activity == activity]


# -- what was written ------------------------------------------------------------------------------


def naive_posts(records: Records, person: str, as_of: int) -> list[ev.Post]:
    return [
        one
        for one in records
        if isinstance(one, ev.Post)
        and one.person == person
        and one.state is ev.PostState.LIVE
        and one.created_at is not None
        and START <= one.created_at < END
        and one.created_at <= as_of
    ]


def naive_count(posts: list[ev.Post], rule: Count, most: Fraction) -> Fraction:
    if rule.without_bulletins:
        posts = [one for one in posts if not (one.bulletin and one.parent is None)]
    topics = sum(one.parent is None for one in posts) * rule.topic
    replies = sum(one.parent is not None for one in posts) * rule.reply
    topics = topics if rule.topic_cap is None else min(topics, rule.topic_cap)
    replies = replies if rule.reply_cap is None else min(replies, rule.reply_cap)
    return min(topics + replies, most)


# -- tutors ----------------------------------------------------------------------------------------


def naive_class(records: Records, class_: str | None) -> set[str]:
    return {
        one.person
        for one in records
        if isinstance(one, ev.Membership) and one.role is Role.LEARNER and one.class_ == class_
    }


def naive_marking(records: Records, card: Scorecard, most: Fraction, as_of: int) -> list[Fraction]:
    withdrawn = {
        one.person
        for one in records
        if isinstance(one, ev.Membership)
        and (one.status is ev.MembershipStatus.WITHDRAWN or one.gone_at is not None)
    }
    duty: dict[tuple[str, str], ev.Submission] = {}
    for one in naive_handed_in(records, as_of):
        if one.task is ev.Task.HOMEWORK and one.person in naive_class(records, card.class_) - withdrawn:
            duty[one.person, one.activity] = one
    unmarked = [
        one
        for one in duty.values()
        if (one.grade is None and one.points is None and one.graded_at is None)
        or (one.graded_at is not None and one.graded_at > as_of)
    ]
    if not duty:
        return [Fraction(0), Fraction(0)]
    return [Fraction(0) if unmarked else most, most]


def naive_recommended(records: Records, card: Scorecard, as_of: int) -> set[str]:
    works = {
        one.id
        for one in naive_handed_in(records, as_of)
        if one.task is not None and one.person in naive_class(records, card.class_) - {card.person}
    }
    made = {
        one.submission
        for one in records
        if isinstance(one, ev.Recommendation) and one.by == card.person and one.at <= as_of
    }
    return works & made


# -- whole cards -----------------------------------------------------------------------------------


def naive_learner(records: Records, card: Scorecard, scheme: Scheme, as_of: int) -> list[list[Fraction]]:
    """Points now and at best, criterion by criterion."""
    time, homework, journal, posts = scheme.roles[Role.LEARNER].criteria
    rule: Any = time.rule
    minutes = min(naive_time(records, card.person, rule, as_of) / rule.full, Fraction(1)) * time.max
    mapped: Any = homework.rule
    handed = [min(one, homework.max) for one in naive_homework(records, card.person, mapped, as_of)]
    asked: Any = journal.rule
    there = naive_journals(records, card.person, asked, as_of) >= asked.needed
    counted: Any = posts.rule
    written = naive_count(naive_posts(records, card.person, as_of), counted, posts.max)
    return [[minutes] * 2, handed, [journal.max if there else Fraction(0)] * 2, [written] * 2]


def naive_tutor(records: Records, card: Scorecard, scheme: Scheme, as_of: int) -> list[list[Fraction]]:
    marking, discussion, bulletins, recommending = scheme.roles[Role.TUTOR].criteria
    written = naive_posts(records, card.person, as_of)
    letters = [one for one in written if one.bulletin and one.parent is None]
    asked: Any = bulletins.rule
    counted: Any = discussion.rule
    enough = bulletins.max if len(letters) >= asked.needed else Fraction(0)
    praised = recommending.max if naive_recommended(records, card, as_of) else Fraction(0)
    return [
        naive_marking(records, card, marking.max, as_of),
        [naive_count(written, counted, discussion.max)] * 2,
        [enough] * 2,
        [praised] * 2,
    ]


@given(schemes(), evidence(decided=False, most=20), moments | st.just(AFTER))
def test_every_card_is_what_the_oracle_counts(scheme: Scheme, records: Records, as_of: int) -> None:
    here = [
        one
        for one in records
        if isinstance(one, ev.Membership) or (one.gone_at is None and began(one) <= as_of)
    ]
    for card in scorecards(scheme, records, as_of=as_of):
        naive = naive_learner if card.role is Role.LEARNER else naive_tutor
        expected = naive(here, card, scheme, as_of)
        assert [[one.points, one.could_become] for one in card.criteria] == expected
        scale = scheme.roles[card.role].scale
        assert card.total == sum(points for points, _ in expected) * scale


@given(st.lists(watches(st.just(LEARNERS[0])), max_size=12), moments | st.just(AFTER))
def test_the_wall_clock_is_the_set_of_milliseconds(drawn: list[ev.Watch], as_of: int) -> None:
    spans = list({one.id: one for one in drawn if one.gone_at is None}.values())
    scheme = scheme_of((CappedProportion(full=20), 40))
    (card,) = scorecards(scheme, [membership(), *spans], as_of=as_of)
    assert figure(card, "c0", "study_time") == naive_wall_clock(spans, as_of)


@given(st.lists(watches(st.just(LEARNERS[0])), max_size=8), moments | st.just(AFTER))
def test_unique_content_is_the_set_of_its_parts(drawn: list[ev.Watch], as_of: int) -> None:
    spans = list({one.id: one for one in drawn if one.gone_at is None}.values())
    scheme = scheme_of((CappedProportion(full=20, counting=Counting.UNIQUE_CONTENT), 40))
    (card,) = scorecards(scheme, [membership(), *spans], as_of=as_of)
    assert figure(card, "c0", "study_time") == naive_content(spans, as_of)
    assert result(card, "c0").points == min(naive_content(spans, as_of) * 2, Fraction(40))


@given(segments, st.integers(-12, 12), st.sampled_from((1, 2, 3, 4, 6, 12)))
def test_cutting_a_span_loses_no_content(shown: list[tuple[int, int]], away: int, length: int) -> None:
    """The parts of a span on either side of the window's opening show what the whole shows."""
    scheme = scheme_of((CappedProportion(full=20, counting=Counting.UNIQUE_CONTENT), 40))

    def content(start: int) -> Fraction:
        span = ev.Watch(
            id="w", person="li", activity="a", start=start, end=start + length, segments=tuple(shown)
        )
        (card,) = scorecards(scheme, [membership(), span], as_of=AFTER)
        return figure(card, "c0", "study_time") or Fraction(0)

    inside, whole = content(START + away), content(START + 20)
    assert inside <= whole
    if not set(_overlapping(shown)):
        cut = min(length, max(0, length + away)) if away < 0 else length
        assert inside == whole * Fraction(cut, length)


def _overlapping(shown: list[tuple[int, int]]) -> Iterator[int]:
    seen: set[int] = set()
    for begin, to in shown:
        yield from seen & set(range(begin, to))
        seen |= set(range(begin, to))


def test_the_oracle_knows_everybody() -> None:
    assert {*LEARNERS, *TUTORS} == {"li", "zhao", "wang", "chen"}
    assert naive_class([membership()], CLASS) == {"li"}
