"""A scheme (考核方案): for each role its criteria, pass mark and bands; known by its fingerprint."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, fields, is_dataclass
from datetime import date, timedelta
from enum import Enum
from fractions import Fraction
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from lms_scoring.domain.canonical import canonical
from lms_scoring.domain.evidence import Role
from lms_scoring.domain.instants import start_of
from lms_scoring.domain.rules.rule import Rule


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """The scheme's own words, in both languages of its readers."""

    zh: str
    en: str

    def in_(self, language: str) -> str:
        """The words in `zh` or `en`."""
        return self.zh if language.startswith("zh") else self.en


@dataclass(frozen=True, kw_only=True)
class Window:
    """The days in which evidence counts, the first and the last included, in a named time zone."""

    first: date
    last: date
    zone: str

    @cached_property
    def start(self) -> int:
        """The instant at which the first day begins."""
        return start_of(self.first, ZoneInfo(self.zone))

    @cached_property
    def end(self) -> int:
        """The instant at which the last day is over: the first that no longer counts."""
        return start_of(self.last + timedelta(days=1), ZoneInfo(self.zone))


@dataclass(frozen=True, slots=True, kw_only=True)
class Band:
    """等级: a name for totals from a mark on."""

    id: str
    from_: Fraction
    name: Words


@dataclass(frozen=True, slots=True, kw_only=True)
class Criterion:
    """考核指标: one scored item; `rule` says how evidence becomes at most `max` points."""

    id: str
    name: Words
    max: Fraction
    rule: Rule


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleScheme:
    """How one role is scored. `scaled_to`: the sum of the points is converted to this maximum.

    `daily_minutes` is how much study a day is advised, where any is; like all advice it scores nothing.
    """

    role: Role
    pass_mark: Fraction
    criteria: tuple[Criterion, ...]
    bands: tuple[Band, ...] = ()
    scaled_to: Fraction | None = None
    advice: tuple[Words, ...] = ()
    daily_minutes: int | None = None

    @property
    def most(self) -> Fraction:
        """The sum of the maxima, before any conversion."""
        return sum((criterion.max for criterion in self.criteria), Fraction(0))

    @property
    def out_of(self) -> Fraction:
        """The highest total a card can show."""
        return self.most if self.scaled_to is None else self.scaled_to

    @property
    def scale(self) -> Fraction:
        """What a sum of points is multiplied by to become the total."""
        return self.out_of / self.most

    def band_of(self, total: Fraction) -> str | None:
        """The id of the highest band that the total reaches; None where there are none."""
        reached = [band for band in self.bands if total >= band.from_]
        return max(reached, key=lambda band: band.from_).id if reached else None


@dataclass(frozen=True, kw_only=True)
class Scheme:
    """The rules of one programme. Changing anything that can change a score makes another scheme."""

    id: str
    title: Words
    window: Window
    roles: Mapping[Role, RoleScheme]

    @cached_property
    def fingerprint(self) -> str:
        """SHA-256 of the rules in canonical JSON: window and zone in, titles, names and comments out.

        Settings at their default are left out, so that a setting added later leaves old schemes as known.
        """
        return hashlib.sha256(canonical(self._rules())).hexdigest()

    @cached_property
    def wording(self) -> str:
        """SHA-256 of the names of criteria and bands, which the fingerprint leaves out and boards say."""
        names = [
            (name.zh, name.en)
            for part in self.roles.values()
            for name in (*(one.name for one in part.criteria), *(band.name for band in part.bands))
        ]
        return hashlib.sha256(canonical(names)).hexdigest()

    def _rules(self) -> dict[str, Any]:
        return {
            "window": [self.window.first.isoformat(), self.window.last.isoformat(), self.window.zone],
            "roles": {
                role.value: {
                    "pass": str(part.pass_mark),
                    "scaled_to": None if part.scaled_to is None else str(part.scaled_to),
                    "bands": [[band.id, str(band.from_)] for band in part.bands],
                    "criteria": [
                        [criterion.id, str(criterion.max), criterion.rule.kind, settings_of(criterion.rule)]
                        for criterion in part.criteria
                    ],
                }
                for role, part in self.roles.items()
            },
        }


def settings_of(value: Any) -> Any:
    """A rule's settings as JSON, without those at their default."""
    if is_dataclass(value):
        changed = (field for field in fields(value) if getattr(value, field.name) != _default(field))
        return {field.name: settings_of(getattr(value, field.name)) for field in changed}
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, Fraction):
        return str(value)
    if isinstance(value, Mapping):
        return {str(settings_of(key)): settings_of(item) for key, item in value.items()}
    return value


def _default(field: Any) -> Any:
    if field.default is not MISSING:
        return field.default
    if field.default_factory is not MISSING:
        return field.default_factory()
    return MISSING
