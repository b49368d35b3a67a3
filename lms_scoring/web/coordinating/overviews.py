"""The overview of a course; for coordinators."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from flask import Blueprint, render_template

from lms_scoring.domain.evidence import Role
from lms_scoring.domain.scheme import RoleScheme
from lms_scoring.ports import Clock
from lms_scoring.services.viewing.overview import overview_of
from lms_scoring.web.access.sessions import current_visitor
from lms_scoring.web.door import Door

PARTS = 10
"""Into so many ranges the totals are counted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bin:
    """How many totals lie from one mark on and below the next; the last range has its upper end too."""

    first: Fraction
    end: Fraction
    people: int


def bins_of(totals: Sequence[int], out_of: Fraction) -> list[Bin]:
    """The totals (hundredths of a point) counted in ranges of equal width."""
    width = out_of / PARTS
    counts = [0] * PARTS
    for total in totals:
        counts[min(PARTS - 1, int(Fraction(total, 100) / width))] += 1
    return [Bin(first=width * place, end=width * (place + 1), people=n) for place, n in enumerate(counts)]


def blueprint(door: Door, *, clock: Clock) -> Blueprint:
    """`/courses/<course>/overview`."""
    pages = Blueprint("overviews", __name__)

    @pages.get("/courses/<course>/overview")
    def overview(course: str) -> str:
        rules = door.rules(course)
        found = overview_of(rules, door.store, current_visitor(), now=clock.now())
        learners: RoleScheme | None = rules.scheme.roles.get(Role.LEARNER)
        bins = [] if learners is None else bins_of(found.totals, learners.out_of)
        return render_template(
            "overview.html",
            view=found.view,
            overview=found,
            scheme=rules.scheme,
            learners=learners,
            tutors=rules.scheme.roles.get(Role.TUTOR),
            bins=bins,
            most=max((one.people for one in bins), default=0),
            zone=rules.zone,
        )

    return pages
