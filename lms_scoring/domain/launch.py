"""A launch, as it is believed: who came from which course of which platform, and what we may do there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Message(StrEnum):
    """The messages we act on, and those we answer politely."""

    RESOURCE_LINK = "LtiResourceLinkRequest"
    DEEP_LINKING = "LtiDeepLinkingRequest"
    SUBMISSION_REVIEW = "LtiSubmissionReviewRequest"
    DATA_PRIVACY = "LtiDataPrivacyLaunchRequest"
    EULA = "LtiEulaRequest"


@dataclass(frozen=True, slots=True, kw_only=True)
class LaunchRoles:
    """What the platform says of the visitor in this course. Staff is not yet tutor of any class.

    An administrator of the platform may claim a course that nobody has set up, and is no more than that.
    """

    learner: bool = False
    staff: bool = False
    administrator: bool = False
    test_user: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """The course, as the platform knows it. `history` are the contexts it was copied from, nearest first."""

    id: str
    title: str | None = None
    label: str | None = None
    history: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class GradeService:
    """Where this course's gradebook is reached (LTI-AGS 2.0), and what we may do there."""

    scopes: frozenset[str]
    line_items: str | None
    line_item: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DeepLinking:
    """What an author who places links accepts, and where the answer goes; `data` goes back unchanged."""

    return_url: str
    types: frozenset[str]
    multiple: bool
    data: object = None
    """Whatever the platform wants back: a text with some, an object with others. None: nothing."""
    line_items: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Launch:
    """A believed launch. Whatever a platform may keep to itself is None or empty.

    `skew` is how many seconds the platform's clock runs ahead of ours. `groups` are the platform's group
    ids of the visitor, None where it does not tell. `for_user` is whose work a reviewer asked for.
    """

    registration: int
    message: Message
    deployment: str
    subject: str
    roles: LaunchRoles
    target: str
    skew: int
    context: Context | None = None
    given_name: str | None = None
    family_name: str | None = None
    name: str | None = None
    return_url: str | None = field(default=None, repr=False)
    """It may carry a session key of the platform (a Moodle's does): never logged, never kept."""
    locale: str | None = None
    """The language that the platform shows the visitor: `zh-CN`, or as Moodle writes it `zh_cn`."""
    groups: frozenset[str] | None = None
    grades: GradeService | None = None
    roster_url: str | None = None
    for_user: str | None = None
    deep_linking: DeepLinking | None = None
    custom: Mapping[str, str] = field(default_factory=dict)
