"""What there is to choose, and what was chosen, while a new course is being set up."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from lms_scoring.domain.binding import Bindings
from lms_scoring.domain.evidence import Purpose
from lms_scoring.domain.scheme import Scheme
from lms_scoring.domain.scorecard import Scorecard
from lms_scoring.ports import ActivityKinds, KeptCourse, KeptScheme
from lms_scoring.services.scoring.empty_bindings import WithoutEvidence
from lms_scoring.services.scoring.scheme_shelf import SchemeOffer
from lms_scoring.services.setting_up.activity_lines import Key, Line
from lms_scoring.services.setting_up.source_states import SourceProgress, SourceState
from lms_scoring.services.unattended.first_sources import KindOf

LONGEST_TITLE = 200
"""Characters of a course's title."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Former:
    """What a course of ours is set up as."""

    scheme: SchemeOffer
    bindings: Bindings
    sources: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Supplies:
    """What an installation has for new courses.

    `record_stores` are the LRSs of the settings. `former` reads what a course of ours is pinned to, and
    raises Mistakes or UnknownScheme. `activity_kinds` are what platforms know of theirs, by the kind of
    source.
    """

    schemes: Sequence[SchemeOffer]
    record_stores: Sequence[str]
    former: Callable[[KeptCourse, KeptScheme], Former]
    kind_of: KindOf
    activity_kinds: Mapping[str, ActivityKinds]


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What was chosen before anything is read."""

    scheme: SchemeOffer
    title: str
    record_store: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """What a form begins with; `like` is the title of the course that this one is a copy of."""

    title: str = ""
    scheme: SchemeOffer | None = None
    record_store: str | None = None
    like: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Offered:
    """What there is to choose from. `platform` is the platform of the settings that the course is in.

    None: it is in none that we may ask, so nothing of its activities can be read. `roster`: who learns there
    is then read from its roster.
    """

    schemes: Sequence[SchemeOffer]
    record_stores: Sequence[str]
    platform: str | None
    proposal: Proposal
    roster: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedRoster:
    """Whom the platform's roster calls learners, as of when (ms UTC); `inactive` are not in `learners`."""

    source: str
    learners: int
    inactive: int
    as_of: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """What was read: lines to decide about once all sources were, with what they probably count as.

    `somebody_reads`: whether the jobs run anywhere, so that what is asked for is read. `roster` None: a
    platform of the settings tells who learns, or nobody does.
    """

    sources: Sequence[SourceState]
    somebody_reads: bool
    lines: Sequence[Line] = ()
    proposed: Mapping[Key, Purpose] = field(default_factory=dict)
    roster: ListedRoster | None = None

    @property
    def is_under_way(self) -> bool:
        """Whether it is worth while to look again soon."""
        return any(one.is_under_way for one in self.sources)

    @property
    def is_read(self) -> bool:
        """Whether there is something to decide about."""
        return all(one.state is SourceProgress.DONE for one in self.sources)


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstCard:
    """A card that nobody keeps."""

    name: str
    active: bool
    card: Scorecard


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """The first scores. `without` are criteria that nothing is bound for: everybody has 0 of those."""

    scheme: Scheme
    cards: Sequence[FirstCard]
    without: Sequence[WithoutEvidence]


@dataclass(frozen=True, slots=True, kw_only=True)
class GoesOn:
    """The session of whoever claims: it goes on in the new course."""

    digest: str = field(repr=False)
    lasts: int
    idle: int
