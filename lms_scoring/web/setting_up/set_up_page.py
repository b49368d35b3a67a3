"""Pages of setting a course up: what forms say, what is wrong with it, and the first scores in figures."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction

from lms_scoring.domain.evidence import Purpose, Role
from lms_scoring.domain.scorecard import CardState
from lms_scoring.services.scoring.scheme_shelf import SchemeOffer
from lms_scoring.services.setting_up.activity_lines import Key, Line
from lms_scoring.services.setting_up.new_course import (
    LONGEST_TITLE,
    Choice,
    FirstCard,
    Offered,
    Preview,
)
from lms_scoring.services.setting_up.set_up import purposes_of
from lms_scoring.spelling import class_order

FIRST_ROWS = 10
_PARTS = 10
"""Of the whole range of points, each with the number of people in it."""


class Wrong(StrEnum):
    """What can be wrong with a field; each has its sentence."""

    NO_TITLE = "no_title"
    BAD_TITLE = "bad_title"
    NO_SCHEME = "no_scheme"
    NO_RECORD_STORE = "no_record_store"
    NOTHING_TO_READ = "nothing_to_read"
    UNFIT = "unfit"
    HELD = "held"
    """A folder holds it that counts as something."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a form says of a new course, as it was typed, and what is wrong with it by field."""

    title: str = ""
    scheme: str = ""
    record_store: str = ""
    faults: Mapping[str, Wrong] = field(default_factory=dict)

    @property
    def query(self) -> dict[str, str]:
        """The same for an address."""
        return {"title": self.title, "scheme": self.scheme, "record_store": self.record_store}


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """What each line was chosen to count as, and the lines where that cannot be."""

    chosen: Mapping[Key, Purpose]
    faults: Mapping[Key, Wrong] = field(default_factory=dict)

    @property
    def mark(self) -> str:
        """The same for the same choices: only what somebody saw the first scores of is adopted."""
        return hashlib.sha256(repr(sorted(self.chosen.items())).encode()).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """People whose points are from `low` on and below `high`; the last part has the highest too."""

    low: Fraction
    high: Fraction
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleFigures:
    """The first scores of everybody of one role who is active."""

    role: Role
    count: int
    states: Mapping[CardState, int]
    parts: Sequence[Part]
    rows: Sequence[FirstCard]


def proposed(offered: Offered) -> Asked:
    """What the form begins with."""
    proposal = offered.proposal
    return Asked(
        title=proposal.title,
        scheme="" if proposal.scheme is None else proposal.scheme.key,
        record_store=proposal.record_store or "",
    )


def choice_of(values: Mapping[str, str], offered: Offered) -> tuple[Asked, Choice | None]:
    """What was typed, and the choice that it is; None where something is wrong with it."""
    title = values.get("title", "").strip()
    scheme, store = values.get("scheme", ""), values.get("record_store", "")
    faults: dict[str, Wrong] = {}
    if not title:
        faults["title"] = Wrong.NO_TITLE
    elif len(title) > LONGEST_TITLE or not title.isprintable():
        faults["title"] = Wrong.BAD_TITLE
    offer = _offer(scheme, offered)
    if offer is None:
        faults["scheme"] = Wrong.NO_SCHEME
    if store and store not in offered.record_stores:
        faults["record_store"] = Wrong.NO_RECORD_STORE
    elif not store and offered.platform is None:
        faults["record_store"] = Wrong.NOTHING_TO_READ
    asked = Asked(title=title, scheme=scheme, record_store=store, faults=faults)
    if faults or offer is None:
        return asked, None
    return asked, Choice(scheme=offer, title=title, record_store=store or None)


def decided(values: Mapping[str, str], lines: Sequence[Line], offer: SchemeOffer) -> Decided:
    """What the form says of each line."""
    return decided_of(values, {line.key: options_of(line, offer) for line in lines})


def decided_of(
    values: Mapping[str, str],
    options: Mapping[Key, Sequence[Purpose]],
    now: Mapping[Key, Purpose] | None = None,
) -> Decided:
    """What the form says of what has these options; what it does not speak of stays as it is `now`."""
    chosen: dict[Key, Purpose] = {}
    faults: dict[Key, Wrong] = {}
    before = {} if now is None else now
    for key, offered in options.items():
        as_before = before[key].value if key in before else ""
        word = values.get(" ".join(key), as_before)
        words = {purpose.value: purpose for purpose in offered}
        if word in words:
            chosen[key] = words[word]
        elif word:
            faults[key] = Wrong.UNFIT
    return Decided(chosen=chosen, faults=faults)


def name_of(line: Line) -> str:
    """What the form calls a line; a source's name has no space."""
    return " ".join(line.key)


def options_of(line: Line, offer: SchemeOffer) -> list[Purpose]:
    """What a line can count as by that scheme."""
    wanted = purposes_of(offer.scheme)
    return [purpose for purpose in line.fitting if purpose in wanted]


def figures_of(preview: Preview) -> list[RoleFigures]:
    """The first scores, role by role."""
    found = []
    for role, rules in preview.scheme.roles.items():
        rows = [one for one in preview.cards if one.card.role is role and one.active]
        rows.sort(key=lambda one: (class_order(one.card.class_), one.card.person))
        states = {state: sum(one.card.state is state for one in rows) for state in CardState}
        parts = _parts([one.card.total for one in rows], rules.out_of)
        first = rows[:FIRST_ROWS]
        found.append(RoleFigures(role=role, count=len(rows), states=states, parts=parts, rows=first))
    return found


def _offer(key: str, offered: Offered) -> SchemeOffer | None:
    return next((one for one in offered.schemes if one.key == key), None)


def _parts(totals: Sequence[Fraction], out_of: Fraction) -> list[Part]:
    edges = [out_of * number / _PARTS for number in range(_PARTS + 1)]
    inside = [min(int(total * _PARTS / out_of), _PARTS - 1) for total in totals]
    return [
        Part(low=edges[number], high=edges[number + 1], count=inside.count(number))
        for number in range(_PARTS)
    ]
