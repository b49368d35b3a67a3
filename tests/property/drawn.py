"""Evidence drawn at random: a class of two learners and two tutors around the edges of the window.

Moments lie within a few milliseconds of the window's opening, of the deadline and of its end, so that
edges, overlaps and ties happen often, and time can be counted by brute force.
"""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import Any

from hypothesis import strategies as st

from lms_scoring.domain import evidence as ev
from lms_scoring.domain.evidence import Grade, Role
from lms_scoring.domain.outlook import KnownTask
from lms_scoring.domain.rules.capped_proportion import CappedProportion
from lms_scoring.domain.rules.complete_ratio import CompleteRatio
from lms_scoring.domain.rules.count import Count
from lms_scoring.domain.rules.grade_map import GradeMap
from lms_scoring.domain.rules.handed_in import Late
from lms_scoring.domain.rules.more_homework import Take
from lms_scoring.domain.rules.presence import Presence, Thing
from lms_scoring.domain.rules.some_none import SomeNone
from lms_scoring.domain.scheme import Criterion, RoleScheme, Scheme
from lms_scoring.domain.study_time import Counting
from tests.given import CHEN, CLASS, DUE, END, LI, START, WANG, main_scheme, membership, tutor

ZHAO = "zhao"
LEARNERS, TUTORS = (LI, ZHAO), (WANG, CHEN)
PEOPLE = (*LEARNERS, *TUTORS)
LENGTHS = (0, 1, 2, 3, 4, 6, 12)
"""Lengths of spans in milliseconds, so that a cut of a span cuts its content at a twelfth of one."""

learners, people = st.sampled_from(LEARNERS), st.sampled_from(PEOPLE)
ids = st.integers(0, 9).map(str)
near = st.builds(lambda moment, away: moment + away, st.sampled_from((START, DUE, END)), st.integers(-15, 15))
seconds_near = st.builds(
    lambda moment, away: moment + away * 500, st.sampled_from((START, DUE, END)), st.integers(-4, 4)
)
moments = near | seconds_near
maybe_gone = st.none() | st.just(None) | moments
segments = st.lists(
    st.tuples(st.integers(0, 20), st.integers(0, 20)).map(lambda pair: tuple(sorted(pair))), max_size=3
)
points = st.builds(Fraction, st.integers(0, 12), st.integers(1, 4))


def watches(person: st.SearchStrategy[str] = learners) -> st.SearchStrategy[ev.Watch]:
    return st.builds(
        lambda start, length, **more: ev.Watch(start=start, end=start + length, **more),
        id=ids,
        person=person,
        activity=st.sampled_from("ab"),
        start=near,
        length=st.sampled_from(LENGTHS),
        segments=segments.map(tuple),
        gone_at=maybe_gone,
    )


def reported_times(person: st.SearchStrategy[str] = learners) -> st.SearchStrategy[ev.ReportedTime]:
    return st.builds(
        lambda start, lasted, **more: ev.ReportedTime(started_at=start, ended_at=start + lasted, **more),
        id=ids,
        person=person,
        activity=st.sampled_from("abc"),
        duration=st.sampled_from((0, 1, 900, 2_500, 9 * 3_600_000)),
        start=moments,
        lasted=st.sampled_from((0, 1, 1_500, 10 * 3_600_000)),
        gone_at=maybe_gone,
    )


def submissions(person: st.SearchStrategy[str] = learners) -> st.SearchStrategy[ev.Submission]:
    return st.builds(
        _submission,
        id=ids,
        person=person,
        task=st.sampled_from((ev.Task.HOMEWORK, ev.Task.HOMEWORK, ev.Task.JOURNAL, None)),
        activity=st.sampled_from("hj"),
        attempt=st.integers(0, 3),
        state=st.sampled_from((ev.SubmissionState.SUBMITTED,) * 3 + (ev.SubmissionState.DRAFT,)),
        submitted_at=moments,
        opens_at=st.none() | moments,
        due_at=st.none() | moments,
        grade=st.none() | st.sampled_from(Grade),
        points=st.none() | points,
        max_points=st.none() | points,
        graded_at=st.none() | moments,
        due_basis=st.sampled_from(ev.DueBasis),
        gone_at=maybe_gone,
    )


def known_tasks() -> st.SearchStrategy[tuple[KnownTask, ...]]:
    """What a course is known to have set, in activities that records may speak of and in another."""
    one = st.builds(
        KnownTask,
        task=st.sampled_from(ev.Task),
        activity=st.sampled_from("hjk"),
        opens_at=st.none() | moments,
        due_at=st.none() | moments,
        basis=st.sampled_from(ev.DueBasis),
    )
    return st.lists(one, max_size=3, unique_by=lambda known: (known.task, known.activity)).map(tuple)


def posts(person: st.SearchStrategy[str] = people) -> st.SearchStrategy[ev.Post]:
    return st.builds(
        _post,
        id=ids,
        person=person,
        forum=st.just("f"),
        parent=st.none() | st.just("t"),
        created_at=moments,
        state=st.sampled_from((ev.PostState.LIVE,) * 4 + tuple(ev.PostState)),
        bulletin=st.booleans(),
        gone_at=maybe_gone,
    )


def recommendations() -> st.SearchStrategy[ev.Recommendation]:
    return st.builds(ev.Recommendation, id=ids, submission=ids, by=people, at=moments, gone_at=maybe_gone)


def decisions() -> st.SearchStrategy[ev.Decision]:
    kinds = st.sampled_from(("watch", "reported_time", "submission", "post", "recommendation", "unknown"))
    criteria = st.sampled_from([f"c{number}" for number in range(4)])
    return st.builds(
        _decision,
        id=ids,
        person=people,
        target=st.builds(ev.RecordTarget, kind=kinds, id=ids)
        | st.builds(ev.CriterionTarget, criterion=criteria),
        action=st.sampled_from(ev.Action),
        by=st.just("admin"),
        at=moments,
        reason=st.just("seen"),
        points=points,
        instead_of=st.lists(ids, max_size=2).map(tuple),
        gone_at=maybe_gone,
    )


def unknowns() -> st.SearchStrategy[ev.Unknown]:
    return st.builds(
        ev.Unknown,
        id=ids,
        person=people,
        activity=st.sampled_from("abhf"),
        reason=st.just("no access"),
        about=st.none() | st.sampled_from(ev.Purpose),
        gone_at=maybe_gone,
    )


def memberships() -> st.SearchStrategy[list[ev.Record]]:
    """The whole class, of which Zhao may be in another one, withdrawn or gone, and Wang may learn too."""
    zhao: st.SearchStrategy[ev.Record] = st.builds(
        lambda class_, status, gone_at: membership(ZHAO, class_=class_, status=status, gone_at=gone_at),
        st.sampled_from((CLASS, CLASS, "class 2", None)),
        st.sampled_from(ev.MembershipStatus),
        maybe_gone,
    )
    both: st.SearchStrategy[list[ev.Record]] = st.sampled_from(([], [membership(WANG)]))
    return st.builds(lambda one, more: [membership(LI), one, *more, tutor(WANG), tutor(CHEN)], zhao, both)


def evidence(*, decided: bool = True, most: int = 14) -> st.SearchStrategy[list[ev.Record]]:
    """A class and what it did; of records with the same kind and id the last is kept."""
    kinds: list[st.SearchStrategy[Any]] = [
        watches(),
        reported_times(),
        submissions(),
        submissions(st.sampled_from((*LEARNERS, WANG))),
        posts(),
        posts(),
        recommendations(),
        unknowns(),
        *([decisions()] if decided else []),
    ]
    done = st.lists(st.one_of(kinds), max_size=most)
    return st.builds(lambda people, records: [*people, *distinct(records)], memberships(), done)


def distinct(records: list[ev.Record]) -> list[ev.Record]:
    """One record for each kind and id."""
    return list({(type(record), record.id): record for record in records}.values())


def began(record: ev.Record) -> int:
    """The instant a record is dated; before all time where it has no date."""
    match record:
        case ev.Watch(start=at) | ev.ReportedTime(started_at=at):
            return at
        case ev.Submission(submitted_at=int(at)) | ev.Post(created_at=int(at)):
            return at
        case ev.Recommendation(at=at) | ev.Decision(at=at):
            return at
        case _:
            return 0


def learner_rules(take: Take | None = None) -> st.SearchStrategy[RoleScheme]:
    """Four criteria of the kinds that learners have, with any settings, or with that `take`."""
    grades = st.fixed_dictionaries(dict.fromkeys(Grade, points))
    cutoffs = st.dictionaries(
        st.sampled_from(Grade), st.builds(Fraction, st.integers(0, 4), st.just(4)), max_size=4
    )
    time = st.builds(
        CappedProportion,
        full=st.integers(1, 40),
        counting=st.sampled_from(Counting),
        reported_cap=st.none() | st.sampled_from((2, 1_000)),
    )
    homework = st.builds(
        GradeMap,
        grades=grades,
        on_time=points,
        late=st.sampled_from(Late),
        take=st.sampled_from(Take) if take is None else st.just(take),
        cutoffs=cutoffs,
    )
    journal = st.builds(
        Presence,
        of=st.just(Thing.JOURNAL),
        needed=st.integers(1, 2),
        late=st.sampled_from((Late.ACCEPT, Late.REJECT)),
    )
    return _role(Role.LEARNER, time, homework, journal, counts())


def tutor_rules() -> st.SearchStrategy[RoleScheme]:
    """Four criteria of the kinds that tutors have, with any settings."""
    bulletins = st.builds(Presence, of=st.just(Thing.BULLETIN), needed=st.integers(1, 2))
    recommending = st.builds(SomeNone, advised_percent=st.none() | points)
    return _role(Role.TUTOR, st.just(CompleteRatio()), counts(), bulletins, recommending)


def counts() -> st.SearchStrategy[Count]:
    return st.builds(
        Count,
        topic=points,
        reply=points,
        topic_cap=st.none() | points,
        reply_cap=st.none() | points,
        without_bulletins=st.booleans(),
    )


def schemes(take: Take | None = None) -> st.SearchStrategy[Scheme]:
    """A scheme of both roles in the window of the main one."""
    return st.builds(
        lambda learner, tutor: replace(main_scheme(), roles={Role.LEARNER: learner, Role.TUTOR: tutor}),
        learner_rules(take),
        tutor_rules(),
    )


def _role(role: Role, *rules: st.SearchStrategy[Any]) -> st.SearchStrategy[RoleScheme]:
    maxima = st.lists(points.map(lambda most: most + 1), min_size=len(rules), max_size=len(rules))
    return st.builds(
        _made_role, st.just(role), st.tuples(*rules), maxima, points, st.none() | st.just(Fraction(100))
    )


def _made_role(
    role: Role, rules: tuple[Any, ...], maxima: list[Fraction], mark: Fraction, scaled_to: Fraction | None
) -> RoleScheme:
    criteria = tuple(
        Criterion(id=f"c{number}", name=main_scheme().title, max=most, rule=rule)
        for number, (rule, most) in enumerate(zip(rules, maxima, strict=True))
    )
    return RoleScheme(role=role, pass_mark=mark, criteria=criteria, scaled_to=scaled_to)


def _submission(**fields: Any) -> ev.Submission:
    if fields["state"] is ev.SubmissionState.DRAFT and fields["attempt"] % 2:
        fields["submitted_at"] = None
    return ev.Submission(**fields)


def _post(**fields: Any) -> ev.Post:
    if fields["state"] is ev.PostState.DELETED and fields["bulletin"]:
        fields["created_at"] = None
    return ev.Post(**fields)


def _decision(**fields: Any) -> ev.Decision:
    if fields["action"] is not ev.Action.OVERRIDE:
        fields["points"] = None
    return ev.Decision(**fields)
