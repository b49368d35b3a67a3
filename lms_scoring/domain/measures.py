"""Measures of cards apart from what rules make of them, so that other rules can be tried without evidence.

A measure is known by its reading: a fingerprint of all that it depends on besides the evidence, which is the
window, the bindings, and those settings of the rule that are not about points. Rules that share a reading
share the measure.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil, lcm

from lms_scoring.domain.binding import Bindings
from lms_scoring.domain.canonical import canonical
from lms_scoring.domain.evidence import Role
from lms_scoring.domain.plan import Plan, compiled
from lms_scoring.domain.rules.rule import Measured
from lms_scoring.domain.scheme import Criterion, Scheme, settings_of
from lms_scoring.domain.scorecard import Scorecard

WORD = 2**63
"""What no number in a database reaches."""

MOST = 12
"""The most measures that are kept of a card: twice as many as any scheme has that comes with the program."""

Readings = tuple[tuple[str, ...], ...]
"""For each criterion of a role, the readings of its measures."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CardMeasures:
    """What was measured for one card of a scheme: by reading, in the order of the rules, how much there is,
    and how much marking alone could make.

    None where whole numbers do not say it all: where a mean or a cut makes a fraction, a person decided, or
    there are too many.
    """

    person: str
    role: Role
    class_: str | None
    scheme: str
    values: Mapping[str, tuple[int, int]] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class BulkRules:
    """One role's rules in integers: its plan, the readings that the plan takes, and the marks of its bands,
    from the lowest."""

    scheme: str
    role: Role
    plan: Plan
    readings: Readings
    bands: tuple[tuple[str, int], ...] = ()

    @property
    def wanted(self) -> tuple[str, ...]:
        """The readings, each once."""
        return tuple(dict.fromkeys(reading for of_criterion in self.readings for reading in of_criterion))


def bulk_rules(scheme: Scheme, bindings: Bindings, role: Role) -> BulkRules:
    """The rules of one role that the scheme scores."""
    rules = scheme.roles[role]
    plan = compiled(rules)
    bands = sorted((ceil(band.from_ * plan.denominator), band.id) for band in rules.bands)
    return BulkRules(
        scheme=scheme.fingerprint,
        role=role,
        plan=plan,
        readings=readings_of(scheme, bindings, role),
        bands=tuple((id_, mark) for mark, id_ in bands),
    )


def readings_of(scheme: Scheme, bindings: Bindings, role: Role) -> Readings:
    """What each criterion's measures are known by."""
    bound = [[one.purpose.value, one.source, [*one.activities]] for one in bindings.bindings]
    around = [scheme.window.start, scheme.window.end, bound]
    return tuple(
        tuple(_reading(criterion, name, around) for name in criterion.rule.measures)
        for criterion in scheme.roles[role].criteria
    )


def card_measures(card: Scorecard, measured: Sequence[Measured | None], readings: Readings) -> CardMeasures:
    """What is kept of a card's measures."""
    values = _values(measured, readings)
    return CardMeasures(
        person=card.person, role=card.role, class_=card.class_, scheme=card.scheme, values=values
    )


def common_factors(one: Plan, other: Plan) -> tuple[int, int] | None:
    """What brings both totals over one denominator; None where a database could not hold them."""
    denominator = lcm(one.denominator, other.denominator)
    factors = (denominator // one.denominator, denominator // other.denominator)
    tops = (one.most * factors[0], other.most * factors[1])
    return factors if max(tops) < WORD else None


def _reading(criterion: Criterion, name: str, around: object) -> str:
    settings = settings_of(criterion.rule)
    read = {key: value for key, value in settings.items() if key in criterion.rule.measured_by}
    return hashlib.sha256(canonical([around, criterion.rule.kind, read, name])).hexdigest()[:32]


def _values(measured: Sequence[Measured | None], readings: Readings) -> dict[str, tuple[int, int]] | None:
    found: dict[str, tuple[int, int]] = {}
    for one, names in zip(measured, readings, strict=True):
        if one is None:
            return None
        for name, value, could in zip(names, one.values, one.could_become, strict=True):
            if not (isinstance(value, int) and isinstance(could, int) and max(value, could) < WORD):
                return None
            found[name] = (value, could)
    return found if len(found) <= MOST else None
