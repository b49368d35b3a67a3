"""Going a way: the records that its steps would leave behind, and the best evidence there could be.

Nothing here asks the rules what they make of it: records are made from what a step says to a person, and
the time that is free is found by walking through the spans that are there.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from itertools import combinations, pairwise

from lms_scoring.domain import evidence as ev
from lms_scoring.domain.dossier import Decisions, dossiers, seen_at
from lms_scoring.domain.instants import MINUTE, SECOND
from lms_scoring.domain.outlook import DeedKind, KnownTask, Outlook, Step, look_ahead
from lms_scoring.domain.rules.capped_proportion import CappedProportion
from lms_scoring.domain.rules.grade_map import GradeMap
from lms_scoring.domain.scheme import Scheme
from lms_scoring.domain.scoring import score, scorecards
from lms_scoring.domain.study_time import Counting
from tests.given import END, START

Records = list[ev.Record]
PLENTY = 60


def outlooks(
    scheme: Scheme, records: Records, *, as_of: int, tasks: tuple[KnownTask, ...] = ()
) -> Iterator[tuple[ev.Membership, Outlook]]:
    """Every membership that is scored, with its outlook."""
    for dossier in dossiers(records, as_of=as_of):
        if dossier.membership.role in scheme.roles:
            card = score(scheme, dossier)
            yield dossier.membership, look_ahead(scheme, dossier, card, tasks=tasks)


def known(records: Records, as_of: int) -> Records:
    """The records as they stood then, without what was to come."""
    return [seen for record in records if (seen := seen_at(record, as_of)) is not None]


def total_at_end(scheme: Scheme, records: Records, whose: ev.Membership, *, as_of: int) -> Fraction:
    """The total when the window is over; where it is by then, the total then, with what was decided since."""
    (card,) = (
        one
        for one in scorecards(scheme, records, as_of=max(as_of, END))
        if (one.person, one.role, one.class_) == (whose.person, whose.role, whose.class_)
    )
    return card.total


def gone(
    steps: tuple[Step, ...],
    records: Records,
    whose: ev.Membership,
    scheme: Scheme,
    *,
    as_of: int,
    tasks: tuple[KnownTask, ...] = (),
) -> list[Records]:
    """The records after the steps; several where a step leaves open which works it is about. What is handed
    in where the person has no record yet carries the dates of what the course has set there."""
    outcomes = [records]
    for number, step in enumerate(steps):
        outcomes = [
            _dated(done, records, whose.person, tasks)
            for so_far in outcomes
            for done in _done(step, so_far, whose, scheme, as_of, f"new {number}")
        ]
    return outcomes


def with_the_best(
    records: Records,
    whose: ev.Membership,
    scheme: Scheme,
    *,
    as_of: int,
    tasks: tuple[KnownTask, ...] = (),
) -> Iterator[Records]:
    """What a learner's evidence could become at best; of what excludes each other, each."""
    rules = scheme.roles[whose.role]
    begin = max(as_of, START)
    mine = [one for one in records if isinstance(one, ev.Submission) and one.person == whose.person]
    top = {
        grade: max(rule.grades.get(grade, Fraction(0)) for rule in _grade_maps(scheme, whose))
        for grade in ev.Grade
    }
    best = max(top, key=lambda grade: top[grade])
    marked = [_marked(one, best) if one in _waiting(records, whose, scheme) else one for one in records]
    if begin >= END:
        yield marked
        return
    study: Records = []
    for criterion in rules.criteria:
        if isinstance(criterion.rule, CappedProportion):
            study += _studied("best", criterion.rule, records, whose.person, begin, 2 * (END - begin))
    posts = [
        _post(f"best {n} {p}", whose.person, begin, parent=p) for n in range(PLENTY) for p in (None, "t")
    ]
    homework = list(_hand_ins(mine, tasks, ev.Task.HOMEWORK, begin, 1, best, whose.person))
    journals = [
        replace(one, id=f"{one.id} {attempt}", attempt=attempt)
        for entries in _hand_ins(mine, tasks, ev.Task.JOURNAL, begin, 5, None, whose.person)
        for one in entries
        for attempt in _attempts(records, whose.person, one.activity)
    ]
    for done in [[], *homework]:
        yield [*marked, *study, *posts, *journals, *done]


def _hand_ins(
    mine: list[ev.Submission],
    tasks: tuple[KnownTask, ...],
    task: ev.Task,
    begin: int,
    count: int,
    grade: ev.Grade | None,
    person: str,
) -> Iterator[list[ev.Submission]]:
    """Hand-ins to every activity that the person's records speak of or the course has set, at the first
    instant that is allowed."""
    told = {
        (one.activity, one.opens_at, one.due_at) for one in mine if one.task is task and one.gone_at is None
    }
    spoken_of = {activity for activity, _, _ in told}
    dates: set[tuple[str, int | None, int | None]] = told | {
        (one.activity or "new", one.opens_at, one.due_at)
        for one in tasks
        if one.task is task and one.activity not in spoken_of
    }
    for activity, opens_at, due_at in dates or {("new", None, None)}:
        for at in {begin, max(begin, opens_at or 0)}:
            if at < END:
                yield [
                    replace(
                        _submission(
                            f"best {task.value} {activity} {n}", person, task, activity, at, 100 + n, grade
                        ),
                        opens_at=opens_at,
                        due_at=due_at,
                    )
                    for n in range(count)
                ]


def _dated(done: Records, before: Records, person: str, tasks: tuple[KnownTask, ...]) -> Records:
    there = {one.id for one in before}
    spoken_of = {
        (one.task, one.activity)
        for one in before
        if isinstance(one, ev.Submission) and one.person == person and one.gone_at is None
    }
    dates = {(one.task, one.activity): (one.opens_at, one.due_at) for one in tasks}
    dated: Records = []
    for one in done:
        if isinstance(one, ev.Submission) and one.id not in there and one.task is not None:
            place = (one.task, one.activity)
            if place in dates and place not in spoken_of:
                opens_at, due_at = dates[place]
                dated.append(replace(one, opens_at=opens_at, due_at=due_at))
                continue
        dated.append(one)
    return dated


def _done(
    step: Step, records: Records, whose: ev.Membership, scheme: Scheme, as_of: int, id_: str
) -> Iterator[Records]:
    person, numbers = whose.person, range(step.amount)
    at = max(as_of, START, step.opens_at or 0)
    if step.deadline is not None:
        assert at < END
        assert at // SECOND <= step.deadline // SECOND
    match step.kind:
        case DeedKind.STUDY:
            (rule,) = (one.rule for one in scheme.roles[whose.role].criteria if one.id == step.criterion)
            assert isinstance(rule, CappedProportion)
            yield [*records, *_studied(id_, rule, records, person, at, step.amount * MINUTE)]
        case DeedKind.HOMEWORK:
            task, activity = ev.Task.HOMEWORK, step.activity or "new"
            made = (
                _submission(f"{id_} {n}", person, task, activity, at, 100 + n, step.grade) for n in numbers
            )
            yield [*records, *(replace(one, due_at=at - 2 * SECOND) if step.late else one for one in made)]
        case DeedKind.JOURNAL:
            activity = step.activity or f"new {id_}"
            for attempt in _attempts(records, person, activity):
                made = (
                    _submission(f"{id_} {n}", person, ev.Task.JOURNAL, activity, at, attempt, None)
                    for n in numbers
                )
                yield [*records, *made]
        case DeedKind.TOPICS | DeedKind.REPLIES:
            parent = None if step.kind is DeedKind.TOPICS else "t"
            yield [*records, *(_post(f"{id_} {n}", person, at, parent=parent) for n in numbers)]
        case DeedKind.BULLETINS:
            posts = (_post(f"{id_} {n}", person, at, parent=None) for n in numbers)
            yield [*records, *(replace(post, bulletin=True) for post in posts)]
        case DeedKind.GET_MARKED | DeedKind.MARK:
            own = step.kind is DeedKind.GET_MARKED
            waiting = _waiting(records, whose, scheme) if own else _due(records)
            for chosen in combinations(waiting, step.amount):
                yield [_marked(one, step.grade or ev.Grade.PASS) if one in chosen else one for one in records]
        case DeedKind.RECOMMEND:
            for one in records:
                if isinstance(one, ev.Submission):
                    yield [*records, ev.Recommendation(id=id_, submission=one.id, by=person, at=at)]


def _attempts(records: Records, person: str, activity: str) -> list[int]:
    """The numbers that more entries of an activity may have: those of the journals that are there, else any.
    What has another number is an attempt at one of them."""
    there = {
        one.attempt
        for one in records
        if isinstance(one, ev.Submission)
        and (one.person, one.task, one.activity) == (person, ev.Task.JOURNAL, activity)
    }
    return sorted(there) or [100]


def _studied(
    id_: str, rule: CappedProportion, records: Records, person: str, begin: int, amount: int
) -> Records:
    if rule.counting is Counting.REPORTED:
        return list(_reports(id_, rule, person, begin, min(amount, END - begin)))
    if rule.counting is Counting.UNIQUE_CONTENT:
        shown = min(amount, 2 * (END - begin))
        return [_watch(id_, person, begin, begin + -(-shown // 2), content=shown)]
    spans: Records = []
    for start, end in _free(records, person, begin):
        length = min(amount, end - start)
        spans.append(_watch(f"{id_} {start}", person, start, start + length, content=length))
        amount -= length
    return spans


def _reports(id_: str, rule: CappedProportion, person: str, begin: int, amount: int) -> Iterator[ev.Record]:
    amount = min(amount, rule.full)
    piece = amount if rule.reported_cap is None else min(amount, rule.reported_cap)
    for number in range(-(-amount // piece) if amount else 0):
        length = min(piece, amount - number * piece)
        yield ev.ReportedTime(
            id=f"{id_} {number}",
            person=person,
            activity=f"new {number}",
            duration=length,
            started_at=begin,
            ended_at=min(begin + length, END - 1),
        )


def _free(records: Records, person: str, begin: int) -> Iterator[tuple[int, int]]:
    """The gaps between spans that may count, found edge by edge."""
    decisions = Decisions.of(one for one in records if isinstance(one, ev.Decision))
    watched = [one for one in records if isinstance(one, ev.Watch) and one.person == person]
    spans = [(one.start, one.end) for one in watched if decisions.objection(one) is None]
    edges = sorted({begin, END, *(at for span in spans for at in span if begin < at < END)})
    for start, end in pairwise(edges):
        if not any(first < end and start < last for first, last in spans):
            yield start, end


def _grade_maps(scheme: Scheme, whose: ev.Membership) -> list[GradeMap]:
    return [one.rule for one in scheme.roles[whose.role].criteria if isinstance(one.rule, GradeMap)]


def _waiting(records: Records, whose: ev.Membership, scheme: Scheme) -> list[ev.Submission]:
    """The person's own homework whose mark is not there, or tells no grade."""
    by_points = any(rule.cutoffs for rule in _grade_maps(scheme, whose))
    return [
        one
        for one in records
        if isinstance(one, ev.Submission)
        and one.person == whose.person
        and one.task is ev.Task.HOMEWORK
        and one.grade is None
        and not (by_points and one.points is not None and one.max_points)
    ]


def _due(records: Records) -> list[ev.Submission]:
    """All homework without any mark."""
    return [
        one
        for one in records
        if isinstance(one, ev.Submission)
        and one.task is ev.Task.HOMEWORK
        and (one.grade, one.points, one.graded_at) == (None, None, None)
    ]


def _marked(record: ev.Submission, grade: ev.Grade) -> ev.Submission:
    return replace(record, grade=grade, points=None, graded_at=None)


def _watch(id_: str, person: str, start: int, end: int, *, content: int) -> ev.Watch:
    return ev.Watch(id=id_, person=person, activity="new", start=start, end=end, segments=((0, content),))


def _post(id_: str, person: str, at: int, *, parent: str | None) -> ev.Post:
    return ev.Post(
        id=id_,
        person=person,
        forum="f",
        parent=parent,
        created_at=at,
        state=ev.PostState.LIVE,
        bulletin=False,
    )


def _submission(
    id_: str, person: str, task: ev.Task, activity: str, at: int, attempt: int, grade: ev.Grade | None
) -> ev.Submission:
    return ev.Submission(
        id=id_,
        person=person,
        task=task,
        activity=activity,
        attempt=attempt,
        state=ev.SubmissionState.SUBMITTED,
        submitted_at=at,
        opens_at=None,
        due_at=None,
        grade=grade,
    )
