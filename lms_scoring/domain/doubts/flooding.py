"""Flooding: posts without substance, told from their length, their repetition and their haste.

One author's posts are judged together, in the order of time; the order in which they are given and repeats of
them change nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from lms_scoring.domain.doubts.doubt import Doubt, Family, Ground, GroundKind
from lms_scoring.domain.doubts.rules import Flooding
from lms_scoring.domain.evidence import KIND_OF, Post
from lms_scoring.domain.instants import SECOND


@dataclass(frozen=True, slots=True, kw_only=True)
class Posted:
    """A post: its name, when it was written, how many letters and digits it has, and their digest."""

    name: str
    at: int | None
    size: int
    digest: bytes


def floods(posts: Iterable[Posted], *, rules: Flooding) -> list[Doubt]:
    """The doubts about one author's posts."""
    ordered = sorted(set(posts), key=_in_time)
    repeated = dict(_repeated(ordered)) if rules.repeats else {}
    hasty = dict(_hasty(ordered, rules)) if rules.burst_posts else {}
    doubts = []
    for post in ordered:
        told = (_too_short(post, rules), repeated.get(post.name), hasty.get(post.name))
        grounds = tuple(ground for ground in told if ground is not None)
        if grounds:
            doubts.append(
                Doubt(
                    family=Family.FLOODING,
                    kind=KIND_OF[Post],
                    name=post.name,
                    digest=post.digest,
                    grounds=grounds,
                )
            )
    return doubts


def _too_short(post: Posted, rules: Flooding) -> Ground | None:
    if post.size >= rules.shortest:
        return None
    return Ground(kind=GroundKind.TOO_SHORT, amount=post.size, limit=rules.shortest)


def _repeated(ordered: Iterable[Posted]) -> Iterator[tuple[str, Ground]]:
    """Emoji alone are not the same as other emoji: of them no letters are left to compare."""
    first: dict[bytes, str] = {}
    times: Counter[bytes] = Counter()
    for post in ordered:
        if post.size > 0:
            if post.digest in first:
                yield (
                    post.name,
                    Ground(
                        kind=GroundKind.REPEATED,
                        amount=times[post.digest],
                        limit=1,
                        other=first[post.digest],
                    ),
                )
            first.setdefault(post.digest, post.name)
            times[post.digest] += 1


def _hasty(ordered: Iterable[Posted], rules: Flooding) -> Iterator[tuple[str, Ground]]:
    timed = [(post.at, post.name) for post in ordered if post.at is not None]
    first = 0
    for place, (at, name) in enumerate(timed):
        while at - timed[first][0] > rules.burst_seconds * SECOND:
            first += 1
        amount = place - first + 1
        if amount >= rules.burst_posts:
            limit, within = rules.burst_posts, rules.burst_seconds
            yield name, Ground(kind=GroundKind.BURST, amount=amount, limit=limit, within=within)


def _in_time(post: Posted) -> tuple[int, str]:
    """Posts of an unknown time come first."""
    return (-1 if post.at is None else post.at, post.name)
