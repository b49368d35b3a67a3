"""Doing more never lowers a score, where that is claimed; and where it is not, that is shown.

Not claimed: `take = latest` and `take = mean` (another attempt can replace or dilute a better one); `posts`
of a tutor while bulletins do not count again; a reported total once its activity has spans; marking, where
another hand-in is another duty.
"""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from lms_scoring.domain import evidence as ev
from lms_scoring.domain.evidence import Grade, Role
from lms_scoring.domain.instants import HOUR
from lms_scoring.domain.rules.capped_proportion import CappedProportion
from lms_scoring.domain.rules.grade_map import GradeMap
from lms_scoring.domain.rules.more_homework import Take
from lms_scoring.domain.scheme import Scheme
from lms_scoring.domain.study_time import Counting
from tests.given import (
    AFTER,
    END,
    LI,
    START,
    WANG,
    card,
    homework,
    main_scheme,
    membership,
    reported,
    result,
    scheme_of,
    scheme_with,
    tutor,
    watch,
)
from tests.property.drawn import (
    evidence,
    moments,
    points,
    posts,
    recommendations,
    reported_times,
    schemes,
    submissions,
    watches,
)

LADDER = (Grade.FAIL, Grade.PASS, Grade.GOOD, Grade.EXCELLENT)
instants = moments | st.just(AFTER)
of_li = st.just(LI)


def total(scheme: Scheme, records: list[ev.Record], as_of: int) -> Fraction:
    return card(records, scheme=scheme, as_of=as_of, person=LI).total


def more(record: ev.Record, records: list[ev.Record]) -> list[ev.Record]:
    """The records and one more, which is none of them."""
    return [*records, replace(record, id="new")]


@given(schemes(), evidence(), watches(of_li), instants)
def test_watching_more_never_lowers_a_total(
    scheme: Scheme, records: list[ev.Record], span: ev.Watch, as_of: int
) -> None:
    """Where the activity has no reported total, which spans would put out of count."""
    span = replace(span, activity="without a total")
    assert total(scheme, more(span, records), as_of) >= total(scheme, records, as_of)


@given(schemes(), evidence(), watches(of_li), st.sampled_from("abc"))
def test_watching_outside_the_window_changes_no_total(
    scheme: Scheme, records: list[ev.Record], span: ev.Watch, activity: str
) -> None:
    """Not even where its activity has a reported total."""
    for start in (START - HOUR, END):
        outside = replace(span, activity=activity, start=start, end=start + span.end - span.start)
        assert total(scheme, more(outside, records), AFTER) == total(scheme, records, AFTER)


@given(schemes(), evidence(), reported_times(of_li), instants)
def test_another_reported_total_never_lowers_a_total(
    scheme: Scheme, records: list[ev.Record], time: ev.ReportedTime, as_of: int
) -> None:
    assert total(scheme, more(time, records), as_of) >= total(scheme, records, as_of)


@given(schemes(), evidence(), posts(of_li), instants)
def test_another_post_never_lowers_a_total(
    scheme: Scheme, records: list[ev.Record], post: ev.Post, as_of: int
) -> None:
    assert total(scheme, more(post, records), as_of) >= total(scheme, records, as_of)


@given(schemes(take=Take.BEST), evidence(), submissions(of_li), instants)
def test_another_attempt_never_lowers_a_total_where_the_best_counts(
    scheme: Scheme, records: list[ev.Record], attempt: ev.Submission, as_of: int
) -> None:
    assert total(scheme, more(attempt, records), as_of) >= total(scheme, records, as_of)


@given(
    st.lists(points, min_size=4, max_size=4).map(sorted),
    st.sampled_from(Take),
    evidence(decided=False),
    submissions(of_li),
    st.sampled_from([(a, b) for a in LADDER for b in LADDER if LADDER.index(a) <= LADDER.index(b)]),
)
def test_a_better_grade_never_lowers_a_total_whichever_attempt_counts(
    worth: list[Fraction],
    take: Take,
    records: list[ev.Record],
    attempt: ev.Submission,
    grades: tuple[Grade, Grade],
) -> None:
    rule = GradeMap(grades=dict(zip(LADDER, worth, strict=True)), on_time=Fraction(2), take=take)
    scheme = scheme_of((rule, 5))
    lower, higher = (more(replace(attempt, grade=grade), records) for grade in grades)
    assert total(scheme, higher, AFTER) >= total(scheme, lower, AFTER)


@given(schemes(), evidence(decided=False), submissions(of_li), st.sampled_from(Grade), instants)
def test_marking_never_lowers_points_and_stays_within_what_it_could_make_of_them(
    scheme: Scheme, records: list[ev.Record], attempt: ev.Submission, grade: Grade, as_of: int
) -> None:
    unmarked = replace(attempt, grade=None, points=None, graded_at=None)
    before = card(more(unmarked, records), scheme=scheme, as_of=as_of, person=LI)
    after = card(more(replace(unmarked, grade=grade), records), scheme=scheme, as_of=as_of, person=LI)
    assert before.total <= after.total <= before.could_become
    assert after.could_become <= before.could_become


@given(schemes(), evidence(decided=False), instants)
def test_what_could_become_is_reached_when_everything_is_marked_at_its_best(
    scheme: Scheme, records: list[ev.Record], as_of: int
) -> None:
    rule = scheme.roles[Role.LEARNER].criteria[1].rule
    assert isinstance(rule, GradeMap)
    top = max(rule.grades, key=lambda grade: rule.grades[grade])
    marked = [_marked(one, top, rule, as_of) for one in records]
    before = card(records, scheme=scheme, as_of=as_of, person=LI)
    after = card(marked, scheme=scheme, as_of=as_of, person=LI)
    assert after.total == before.could_become == after.could_become


@given(evidence(decided=False), recommendations(), posts(st.just(WANG)))
def test_a_tutors_bulletins_and_recommendations_never_lower_a_total(
    records: list[ev.Record], made: ev.Recommendation, post: ev.Post
) -> None:
    def of_wang(evidence: list[ev.Record]) -> Fraction:
        return card(evidence, role=Role.TUTOR, person=WANG).total

    assert of_wang(more(replace(made, by=WANG), records)) >= of_wang(records)
    assert of_wang(more(post, records)) >= of_wang(records)


@given(evidence(decided=False), submissions(st.just(WANG)), recommendations())
def test_recommending_the_own_work_changes_no_points(
    records: list[ev.Record], own: ev.Submission, made: ev.Recommendation
) -> None:
    before = more(own, more(membership(WANG), records))
    after = more(replace(made, by=WANG, submission="new"), before)
    was, now = (result(card(one, role=Role.TUTOR, person=WANG), "recommending") for one in (before, after))
    assert (now.points, now.figures) == (was.points, was.figures)


@given(evidence(decided=False), st.sampled_from(Grade))
def test_marking_never_lowers_a_tutors_total(records: list[ev.Record], grade: Grade) -> None:
    marked = [_graded(one, grade) for one in records]
    before, after = (card(one, role=Role.TUTOR, person=WANG) for one in (records, marked))
    assert before.total <= after.total == before.could_become


@given(watches(of_li), st.lists(watches(of_li), max_size=5), instants)
def test_time_of_spans_together_is_no_more_than_their_sum_and_no_less_than_the_longest(
    span: ev.Watch, others: list[ev.Watch], as_of: int
) -> None:
    scheme = scheme_of((CappedProportion(full=10**9), 1))
    spans = [replace(one, id=f"{number}") for number, one in enumerate([span, *others])]
    alone = [total(scheme, [membership(), one], as_of) for one in spans]
    assert max(alone) <= total(scheme, [membership(), *spans], as_of) <= sum(alone)


# -- where it is not claimed -----------------------------------------------------------------------


def test_a_worse_latest_attempt_lowers_a_total_where_the_latest_counts() -> None:
    for take in (Take.LATEST, Take.MEAN):
        scheme = scheme_with("homework", take=take)
        good: list[ev.Record] = [membership(), homework("a", Grade.EXCELLENT)]
        worse = [*good, homework("b", Grade.FAIL, attempt=1, at=homework().due_at)]
        assert card(worse, scheme=scheme).total < card(good, scheme=scheme).total


def test_a_span_of_an_activity_puts_its_reported_total_out_of_count() -> None:
    told: list[ev.Record] = [membership(), reported(activity="both", minutes=60)]
    assert card([*told, watch(activity="both", minutes=1)]).total < card(told).total


def test_another_hand_in_is_another_duty() -> None:
    marked: list[ev.Record] = [tutor(), membership(), homework("a", Grade.PASS)]
    more_work = [*marked, homework("b", activity="homework 2")]
    before, after = (card(one, role=Role.TUTOR) for one in (marked, more_work))
    assert result(after, "marking").points < result(before, "marking").points


def test_unique_content_counts_no_more_than_was_shown() -> None:
    scheme = scheme_with("study_time", counting=Counting.UNIQUE_CONTENT)
    twice: list[ev.Record] = [membership(), watch("a"), watch("b", start=watch().end)]
    assert card(twice, scheme=scheme).total < card(twice, scheme=main_scheme()).total


def _graded(record: ev.Record, grade: Grade) -> ev.Record:
    """The record with that grade if it is a submission without a mark."""
    if not isinstance(record, ev.Submission) or record.grade is not None or record.points is not None:
        return record
    return replace(record, grade=grade, graded_at=None)


def _marked(record: ev.Record, grade: Grade, rule: GradeMap, as_of: int) -> ev.Record:
    """The submission with the best grade where it has none that means anything yet."""
    if not isinstance(record, ev.Submission):
        return record
    known = record.graded_at is None or record.graded_at <= as_of
    by_points = record.points is not None and bool(rule.cutoffs) and bool(record.max_points)
    if known and (record.grade is not None or by_points):
        return record
    return replace(record, grade=grade, points=None, graded_at=None)
