"""Looking ahead: a card and its dossier in, an outlook out. Nothing here depends on the time of day."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from fractions import Fraction

from lms_scoring.domain.dossier import Dossier
from lms_scoring.domain.intervals import Span
from lms_scoring.domain.outlook.doubts import (
    Cases,
    doubtful,
    hanging_on_voided,
    is_decided,
    passing_hangs_on,
)
from lms_scoring.domain.outlook.effort import Effort
from lms_scoring.domain.outlook.expiry import next_edge
from lms_scoring.domain.outlook.outlook import Ceiling, Goal, Outlook
from lms_scoring.domain.outlook.parts import Part, Place, parts_of
from lms_scoring.domain.outlook.standing import standing_of
from lms_scoring.domain.outlook.ways import ways_to
from lms_scoring.domain.rules.chances import Chances, KnownTask
from lms_scoring.domain.rules.deeds import DeedKind, Why
from lms_scoring.domain.rules.reach import Reach
from lms_scoring.domain.rules.room import Room
from lms_scoring.domain.scheme import Criterion, RoleScheme, Scheme
from lms_scoring.domain.scorecard import CriterionResult, Scorecard
from lms_scoring.domain.scoring import reaches_of, results_of


def look_ahead(
    scheme: Scheme,
    dossier: Dossier,
    card: Scorecard,
    *,
    tasks: Sequence[KnownTask] = (),
    cases: Cases = frozenset(),
    effort: Effort | None = None,
    marks_come: bool = True,
) -> Outlook:
    """What may still become of the card that `score` made of this dossier.

    `tasks` are the pieces of homework and journals that the course is known to have set, with their dates;
    `cases` the records (kind and id) that an open case is about, for a tutor those of the class too; `effort`
    the weighing of ways; of a closed programme no more `marks_come`.
    """
    rules = scheme.roles[card.role]
    chances = _chances(scheme, dossier, tasks)
    ahead = card.criteria if chances.at_end is dossier else results_of(scheme, chances.at_end)
    reaches = _reaches(scheme, chances.at_end, ahead)
    places = [_place(*one, chances) for one in zip(rules.criteria, ahead, reaches, strict=True)]
    parts = parts_of(places, effort=Effort() if effort is None else effort)
    at_best = _sum(place.at_best for place in places) * rules.scale
    goals = tuple(_goals(rules, card, parts, at_best=at_best))
    doubts = doubtful(card, dossier, cases=cases)
    edge = next_edge(chances, parts, goals, scale=rules.scale)
    return Outlook(
        so_far=card.total,
        if_nothing_more=_sum(part.base for part in parts) * rules.scale,
        with_marking=_sum(result.could_become for result in ahead) * rules.scale,
        at_best=at_best,
        pass_mark=card.pass_mark,
        standing=standing_of(
            card,
            parts,
            to_check=passing_hangs_on(doubts, card, dossier, scheme=scheme, marks_come=marks_come),
            by_others=_by_others(places, ahead) * rules.scale,
            at_best=at_best,
            scale=rules.scale,
        ),
        goals=goals,
        ceilings=tuple(_ceilings(places)),
        doubts=len(doubts),
        unread=tuple(_unread(card, _reaches(scheme, dossier, card.criteria))),
        voided=tuple(hanging_on_voided(doubts, card, dossier, scheme=scheme)),
        valid_until=min((at for at in (card.valid_until, edge) if at is not None), default=None),
    )


def _chances(scheme: Scheme, dossier: Dossier, tasks: Sequence[KnownTask]) -> Chances:
    window = Span(start=scheme.window.start, end=scheme.window.end)
    return Chances(dossier=dossier, at_end=_at_end(dossier, window), window=window, tasks=tuple(tasks))


def _at_end(dossier: Dossier, window: Span) -> Dossier:
    """The dossier when the window is over: the same, unless something that began is still going on."""
    going_on = any(watch.end > dossier.as_of for watch in dossier.watches) or any(
        total.ended_at > dossier.as_of for total in dossier.reported
    )
    return replace(dossier, as_of=max(dossier.as_of, window.end)) if going_on else dossier


def _reaches(scheme: Scheme, dossier: Dossier, results: Sequence[CriterionResult]) -> Sequence[Reach]:
    """Of each criterion; nothing is measured again where all could be read."""
    if any(one.unknowns for one in results):
        return reaches_of(scheme, dossier)
    return [Reach.exactly(one.points) for one in results]


def _unread(card: Scorecard, reaches: Sequence[Reach]) -> Iterator[str]:
    """The criteria whose points reading could change."""
    return (result.id for result, reach in zip(card.criteria, reaches, strict=True) if reach.is_open)


def _place(criterion: Criterion, result: CriterionResult, reach: Reach, chances: Chances) -> Place:
    """What is unreadable may be whatever the rule allows; what a person decided stays as it is."""
    if is_decided(result):
        points = result.points
        why = Why.DECIDED if points < criterion.max else None
        room = Room(points=lambda _: points, at_best=points, why=why)
    else:
        room = criterion.rule.room(chances, most=criterion.max)
    return Place(criterion=criterion.id, max=criterion.max, room=room, at_best=max(room.at_best, reach.most))


def _goals(rules: RoleScheme, card: Scorecard, parts: Sequence[Part], *, at_best: Fraction) -> Iterator[Goal]:
    """The pass mark and the beginning of the next band, as far as the total is below them."""
    ahead = [band for band in rules.bands if band.from_ > card.total]
    following = min(ahead, key=lambda band: band.from_, default=None)
    marks: dict[Fraction, str | None] = {} if card.passed else {rules.pass_mark: None}
    if following is not None:
        marks[following.from_] = following.id
    for mark, band in sorted(marks.items()):
        yield Goal(
            mark=mark,
            is_pass=mark == rules.pass_mark,
            band=band,
            missing=mark - card.total,
            reachable=at_best >= mark,
            ways=ways_to(mark, parts, scale=rules.scale),
        )


def _by_others(places: Sequence[Place], results: Sequence[CriterionResult]) -> Fraction:
    """The points if everything got its best mark that others owe; what a tutor must mark is not owed so."""
    return _sum(
        result.could_become if DeedKind.GET_MARKED in place.room.ladders else result.points
        for place, result in zip(places, results, strict=True)
    )


def _ceilings(places: Sequence[Place]) -> Iterator[Ceiling]:
    for place in places:
        if place.room.why is not None and place.at_best < place.max:
            yield Ceiling(
                criterion=place.criterion,
                why=place.room.why,
                at_best=place.at_best,
                max=place.max,
                due_basis=place.room.due_basis,
            )


def _sum(numbers: Iterator[Fraction]) -> Fraction:
    return sum(numbers, Fraction(0))
