"""LMS statements, folded to hand-ins and posts, for courses whose only witness is an LRS.

The same submission or post may be said several times, under new ids, and years use different words; what
counts is the distinct thing. Rules: xAPI facts, sections 1.4 and 2.1.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

from lms_scoring.domain import evidence as ev
from lms_scoring.domain.identity import without_address
from lms_scoring.domain.statements import LmsStatement, LmsVerb
from lms_scoring.domain.unread import Unread

_HANDED_IN = "#submission"
"""What some years' statements put behind the assignment's address to name the hand-in; others do not, and a
mark may be of another year than the hand-in it is for."""


def told_by(
    person: str, statements: Iterable[LmsStatement], *, source: str | None = None
) -> Iterator[ev.Record]:
    """The submissions, posts and unknowns that one person's statements tell of, in any order.

    A post may have been deleted by somebody else: that statement is to be among them.
    """
    by_object: dict[str, list[LmsStatement]] = defaultdict(list)
    for statement in sorted(set(statements), key=lambda s: (s.at, s.id)):
        by_object[statement.object.removesuffix(_HANDED_IN)].append(statement)
    for told in by_object.values():
        yield from _hand_ins(person, told, source)
        yield from _posts(person, told, source)


def _hand_ins(person: str, told: list[LmsStatement], source: str | None) -> Iterator[ev.Record]:
    moments = {s.at: s for s in reversed(told) if s.verb is LmsVerb.SUBMITTED}
    submitted = [moments[at] for at in sorted(moments)]
    marks = [s for s in told if s.verb is LmsVerb.SCORED]
    if not submitted and any(map(_is_mark, marks)):
        yield ev.Unknown(
            id=f"{marks[0].object} {person}",
            person=person,
            activity=marks[0].activity,
            reason=Unread.MARKED_UNSEEN.value,
            source=source,
        )
    for attempt, hand_in in enumerate(submitted):
        until = submitted[attempt + 1].at if attempt + 1 < len(submitted) else None
        mark = _mark_between(marks, hand_in.at, until, first=attempt == 0)
        yield ev.Submission(
            id=f"{hand_in.object} {person} {hand_in.at}",
            person=person,
            task=None,
            activity=hand_in.activity,
            attempt=attempt,
            state=ev.SubmissionState.SUBMITTED,
            submitted_at=hand_in.at,
            opens_at=None,
            due_at=None,
            grade=None,
            points=None if mark is None else mark.raw,
            max_points=None if mark is None else mark.maximum,
            graded_at=None if mark is None else mark.at,
            graded_by=None if mark is None or mark.by is None else without_address(mark.by),
            characters=hand_in.characters,
            source=source,
        )


def _mark_between(
    marks: list[LmsStatement], start: int, end: int | None, *, first: bool
) -> LmsStatement | None:
    """The latest mark given to that attempt: after it was handed in and before the next one was; None where
    the latest took it back.

    A mark dated before the first hand-in belongs to that one: the two came from clocks that disagree.
    """
    own = [mark for mark in marks if (first or mark.at >= start) and (end is None or mark.at < end)]
    return own[-1] if own and _is_mark(own[-1]) else None


def _is_mark(scored: LmsStatement) -> bool:
    """Moodle says -1 where somebody commented on a work without marking it, or takes a mark back."""
    return scored.raw is None or scored.raw >= 0


def _posts(person: str, told: list[LmsStatement], source: str | None) -> Iterator[ev.Post]:
    written = [s for s in told if s.verb in (LmsVerb.TOPIC_CREATED, LmsVerb.REPLIED)]
    if not written:
        return
    post = written[0]
    deleted = any(s.verb is LmsVerb.POST_DELETED for s in told)
    yield ev.Post(
        id=post.object,
        person=person,
        forum=post.activity,
        parent=None if post.verb is LmsVerb.TOPIC_CREATED else _discussion(post.object),
        created_at=post.at,
        state=ev.PostState.DELETED if deleted else ev.PostState.LIVE,
        bulletin=False,
        source=source,
    )


def _discussion(post: str) -> str:
    """A reply's IRI is its discussion's with `#p` and its number behind."""
    return post.partition("#")[0]
