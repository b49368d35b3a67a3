"""Count: so many points a topic and a reply, each kind under its own cap, together under one."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cache, partial
from itertools import product
from math import ceil
from typing import ClassVar

from lms_scoring.domain.dossier import Dossier
from lms_scoring.domain.evidence import Post, Purpose, Unknown
from lms_scoring.domain.figures import counted, plain
from lms_scoring.domain.intervals import Span
from lms_scoring.domain.rules.chances import Chances
from lms_scoring.domain.rules.deeds import Deed, DeedKind, Deeds, Why
from lms_scoring.domain.rules.posted import post_objection, post_order
from lms_scoring.domain.rules.reach import Reach
from lms_scoring.domain.rules.room import Room, Rungs, amount_of
from lms_scoring.domain.rules.rule import Measured, points_of
from lms_scoring.domain.rules.terms import Counted
from lms_scoring.domain.scorecard import Figure, Finding, Reason, Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """Points a topic and a reply. `topic_cap` and `reply_cap` are points; `asked_…` is only shown.

    `without_bulletins`: a tutor's bulletins count elsewhere and not again here.
    """

    kind: ClassVar[str] = "count"
    purposes: ClassVar[frozenset[Purpose]] = frozenset({Purpose.POSTS, Purpose.BULLETINS})
    needs_class_work: ClassVar[bool] = False
    measures: ClassVar[tuple[str, ...]] = ("topics", "replies")
    measured_by: ClassVar[frozenset[str]] = frozenset(("without_bulletins",))

    topic: Fraction = Fraction(1)
    reply: Fraction = Fraction(1)
    topic_cap: Fraction | None = None
    reply_cap: Fraction | None = None
    asked_topics: int | None = None
    asked_replies: int | None = None
    without_bulletins: bool = False

    def measure(self, dossier: Dossier, *, window: Span, most: Fraction) -> Measured:
        """The number of topics and of replies that count."""
        findings: list[Finding] = []
        counts = {True: 0, False: 0}
        left = _Left(self, most)
        for post in sorted(dossier.posts, key=post_order):
            reason = self._objection(post, dossier, window)
            if reason is None:
                counts[post.parent is None] += 1
                findings.append(left.take(post))
            else:
                findings.append(_finding(post, Verdict.REJECTED, reason, Fraction(0)))
        values = (counts[True], counts[False])
        return Measured(
            values=values,
            could_become=values,
            findings=tuple(findings),
            figures=tuple(self._figures(*values)),
        )

    def term(self, most: Fraction) -> Counted:
        """Counts to points."""
        return Counted(values=(self.topic, self.reply), caps=(self.topic_cap, self.reply_cap), most=most)

    def room(self, chances: Chances, *, most: Fraction) -> Room:
        """More topics and replies, each as many as find room under its cap."""
        term = self.term(most)
        topics, replies = map(int, self.measure(chances.at_end, window=chances.window, most=most).values)

        known = points_of(term, [topics, replies])
        if not chances.is_open:
            return Room(points=lambda _: known, at_best=known, why=chances.closed if known < most else None)
        left = most - known
        ladders = {
            DeedKind.TOPICS: _more(topics, value=self.topic, cap=self.topic_cap, left=left),
            DeedKind.REPLIES: _more(replies, value=self.reply, cap=self.reply_cap, left=left),
        }
        points = self._points(term, topics, replies, ladders)
        at_best = points({kind: Deed(amount=ladder.most) for kind, ladder in ladders.items()})
        return Room(
            points=points,
            at_best=at_best,
            why=Why.NEVER_MORE if at_best < most else None,
            ladders=ladders,
            openings=dict.fromkeys(ladders, (chances.anywhere,)),
            also=frozenset() if self.without_bulletins else frozenset({DeedKind.BULLETINS}),
            asked={
                kind: max(0, asked - count)
                for kind, asked, count in (
                    (DeedKind.TOPICS, self.asked_topics, topics),
                    (DeedKind.REPLIES, self.asked_replies, replies),
                )
                if asked is not None
            },
        )

    def reach(self, dossier: Dossier, unread: Sequence[Unknown], *, window: Span, most: Fraction) -> Reach:
        """As many topics and replies as find room; of bulletins that count elsewhere, replies alone."""
        term = self.term(most)
        topics, replies = map(int, self.measure(dossier, window=window, most=most).values)
        known = points_of(term, [topics, replies])
        if any(one.about is not Purpose.BULLETINS for one in unread) or not self.without_bulletins:
            topics += len(_more(topics, value=self.topic, cap=self.topic_cap, left=most))
        replies += len(_more(replies, value=self.reply, cap=self.reply_cap, left=most))
        return Reach(least=known, most=points_of(term, [topics, replies]))

    def sentence(self, language: str, most: Fraction) -> str:
        """In plain words."""
        topic, reply = plain(self.topic), plain(self.reply)
        if language == "zh":
            caps = "".join(
                f"，{word}最多 {plain(cap)} 分"
                for word, cap in (("主题帖", self.topic_cap), ("回复帖", self.reply_cap))
                if cap is not None
            )
            bulletins = "，班级简报不重复计" if self.without_bulletins else ""
            return (
                f"主题帖每帖 {topic} 分，回复帖每帖 {reply} 分{caps}，合计最多 {plain(most)} 分"
                f"{bulletins}；灌水帖、已删除的帖子和私密回复不计{self._asked(language)}。"
            )
        caps = "".join(
            f", {word} at most {plain(cap)}"
            for word, cap in (("topics", self.topic_cap), ("replies", self.reply_cap))
            if cap is not None
        )
        bulletins = ", class bulletins not again" if self.without_bulletins else ""
        return (
            f"{topic} a topic, {reply} a reply{caps}, together at most {counted(most, 'point')}{bulletins}; "
            f"flooding, deleted posts and private replies do not count{self._asked(language)}."
        )

    def _points(
        self, term: Counted, topics: int, replies: int, ladders: Mapping[DeedKind, Rungs]
    ) -> Callable[[Deeds], Fraction]:
        """Points by what is done more, all of them worked out at once: they are asked for by the hundred."""
        most_topics, most_replies = (len(ladders[kind]) for kind in (DeedKind.TOPICS, DeedKind.REPLIES))
        pairs = list(product(range(most_topics + 1), range(most_replies + 1)))
        numerators = term.column(
            [[topics + more for more, _ in pairs], [replies + more for _, more in pairs]]
        )
        table = list(map(cache(partial(Fraction, denominator=term.denominator)), numerators))

        def points(deeds: Deeds) -> Fraction:
            bulletins = 0 if self.without_bulletins else amount_of(deeds, DeedKind.BULLETINS)
            more_topics = min(amount_of(deeds, DeedKind.TOPICS) + bulletins, most_topics)
            more_replies = min(amount_of(deeds, DeedKind.REPLIES), most_replies)
            return table[more_topics * (most_replies + 1) + more_replies]

        return points

    def _asked(self, language: str) -> str:
        if self.asked_topics is None or self.asked_replies is None:
            return ""
        if language == "zh":
            return f"（要求主题帖不少于 {self.asked_topics}、回复帖不少于 {self.asked_replies}）"
        topics, replies = counted(self.asked_topics, "topic"), counted(self.asked_replies, "reply", "replies")
        return f" (asked for: {topics} and {replies})"

    def _figures(self, topics: int, replies: int) -> Iterator[Figure]:
        yield Figure(name="topics", value=Fraction(topics), asked=self.asked_topics)
        yield Figure(name="replies", value=Fraction(replies), asked=self.asked_replies)

    def _objection(self, post: Post, dossier: Dossier, window: Span) -> Reason | None:
        reason = post_objection(post, dossier, window=window)
        if reason is None and self.without_bulletins and post.bulletin and post.parent is None:
            return Reason.COUNTS_AS_BULLETIN
        return reason


def _more(count: int, *, value: Fraction, cap: Fraction | None, left: Fraction) -> Rungs:
    """How many more posts of a kind earn anything, where so many points are left for all kinds."""
    if value == 0:
        return Rungs(0)
    room = left if cap is None else min(left, cap - count * value)
    return Rungs(max(0, ceil(room / value)))


class _Left:
    """How many points are still to be had, by kind of post and altogether."""

    def __init__(self, rule: Count, most: Fraction) -> None:
        self._value = {True: rule.topic, False: rule.reply}
        self._left = {
            True: most if rule.topic_cap is None else rule.topic_cap,
            False: most if rule.reply_cap is None else rule.reply_cap,
        }
        self._together = most

    def take(self, post: Post) -> Finding:
        is_topic = post.parent is None
        value = self._value[is_topic]
        points = min(value, self._left[is_topic], self._together)
        self._left[is_topic] -= points
        self._together -= points
        if points == value:
            return _finding(post, Verdict.COUNTED, None, points)
        verdict = Verdict.PARTLY if points > 0 else Verdict.REJECTED
        return _finding(post, verdict, Reason.OVER_CAP, points)


def _finding(post: Post, verdict: Verdict, reason: Reason | None, points: Fraction) -> Finding:
    return Finding(
        kind="post",
        id=post.id,
        verdict=verdict,
        reason=reason,
        points=points,
        activity=post.forum,
        at=post.created_at,
    )
